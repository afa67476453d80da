import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from arena.config.market import MarketSettings
from arena.errors import DateError, NotCoveredError, TickerError, VendorError
from arena.market.calendar import close_of, next_session, session_back, sessions_between
from arena.market.files import FilesVendor
from arena.market.market import Market, SourcedHistory
from arena.records.market import SECTIONS, Dividend, Earnings, Insiders, NewsItem, PriceHistory, PriceNote, Split
from tests.arena.market.scripted import ScriptedVendor, acme, bar, bars, company, every_session

SESSION = date(2025, 10, 14)
AS_OF = close_of(SESSION)
NOW = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)
SETTINGS = MarketSettings(vendors=("yahoo", "alpha_vantage"), sessions=200, timeout=5)
ASKED = set(SECTIONS) - {"indicators"}
"""The sections that a vendor is asked for; indicators are computed."""


def market(*vendors: ScriptedVendor, now: datetime = NOW, timeout: float = 5) -> Market:
    return Market(SETTINGS.model_copy(update={"timeout": timeout}), vendors, lambda: now)


def full(name: str = "yahoo", **sections: object) -> ScriptedVendor:
    answers = {
        "identity": acme(),
        "prices": every_session,
        "fundamentals": company(),
        "earnings": Earnings(reports=()),
        "insiders": Insiders(trades=()),
        "market_news": (),
        "posts": (),
    }
    return ScriptedVendor(name, **(answers | sections))


async def repeated(arena: Market, times: int, session: date = SESSION) -> None:
    await asyncio.gather(*(arena.snapshot("ACME", session) for _ in range(times)))


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Set at the end of the test, so that no vendor thread outlives it."""
    event = threading.Event()
    yield event
    event.set()


def test_each_vendor_is_asked_once_however_many_ask_at_the_same_time() -> None:
    vendor = full()

    async def crowd() -> None:
        arena = market(vendor)
        await repeated(arena, 20)
        await repeated(arena, 5)

    asyncio.run(crowd())
    assert sorted(asked[0] for asked in vendor.asked) == sorted(ASKED)


def test_a_market_serves_one_event_loop_after_another() -> None:
    vendor = full()
    arena = market(vendor)
    first = asyncio.run(arena.snapshot("ACME", SESSION))
    second = asyncio.run(arena.snapshot("acme", SESSION))
    assert first == second
    assert len(vendor.asked) == len(ASKED)
    asyncio.run(arena.snapshot("ACME", next_session(SESSION)))
    assert len(vendor.questions("news")) == 2


def test_an_event_loop_that_ended_early_leaves_nothing_behind(released: threading.Event) -> None:
    slow = full(news=lambda *_: released.wait(10) and ())
    arena = market(slow)

    async def give_up() -> None:
        await asyncio.wait_for(arena.snapshot("ACME", SESSION), timeout=0.05)

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    released.set()
    assert asyncio.run(arena.snapshot("ACME", SESSION)).news.status == "no_data"


def test_one_caller_giving_up_does_not_take_the_answer_from_the_others(released: threading.Event) -> None:
    vendor = full(news=lambda *_: released.wait(10) and ())

    async def two_callers() -> str:
        arena = market(vendor)
        impatient = asyncio.create_task(arena.snapshot("ACME", SESSION))
        patient = asyncio.create_task(arena.snapshot("ACME", SESSION))
        await asyncio.sleep(0.05)
        impatient.cancel()
        released.set()
        return (await patient).news.status

    assert asyncio.run(two_callers()) == "no_data"
    assert len(vendor.questions("news")) == 1


def test_one_prices_request_serves_the_snapshot_the_fills_after_it_and_the_next_sessions() -> None:
    vendor = full()
    arena = market(vendor)
    shown = asyncio.run(arena.snapshot("ACME", SESSION))
    filled = asyncio.run(arena.history("ACME", next_session(SESSION), date(2025, 10, 20)))
    following = asyncio.run(arena.snapshot("ACME", next_session(SESSION)))
    assert vendor.questions("prices") == [("prices", "ACME", session_back(SESSION, 210), date(2025, 10, 24))]
    assert filled is not None
    assert [bar.session for bar in filled.history.bars] == list(
        sessions_between(date(2025, 10, 15), date(2025, 10, 20))
    )
    assert shown.prices.bars[-1].session == SESSION
    assert len(shown.prices.bars) == len(following.prices.bars) == 200


def cut_at(first: date) -> object:
    """Prices of a vendor that keeps what is before that day to itself."""

    def prices(ticker: str, start: date, end: date) -> PriceHistory:
        begins = max(start, first)
        note = PriceNote(text=f"cut at {first}", day=first)
        return every_session(ticker, begins, end).model_copy(
            update={"known_from": first, "notes": (note,)} if first > start else {}
        )

    return prices


def test_a_history_that_is_cut_is_shown_as_such_and_settles_no_book_from_before_it() -> None:
    first = session_back(SESSION, 50)
    vendor = full("alpha_vantage", prices=cut_at(first))
    arena = market(vendor)
    shown = asyncio.run(arena.snapshot("ACME", SESSION)).prices
    assert (shown.status, shown.bars[0].session, shown.bars[-1].session) == ("ok", first, SESSION)
    assert f"cut at {first}" in shown.notes
    assert any(note.startswith(f"the prices begin on {first}, later than asked") for note in shown.notes)
    before, since = session_back(first, 1), next_session(SESSION)
    assert asyncio.run(arena.history("ACME", before, since)) is None
    known = asyncio.run(arena.history("ACME", first, since))
    assert known is not None
    assert known.history.bars[0].session == first


def test_where_one_vendor_tells_only_of_later_days_the_next_is_asked() -> None:
    first = next_session(SESSION)
    some, all_of_it = full("yahoo", prices=cut_at(first)), full("alpha_vantage")
    arena = market(some, all_of_it)
    shown = asyncio.run(arena.snapshot("ACME", SESSION)).prices
    assert (shown.status, shown.source, len(shown.bars)) == ("ok", "alpha_vantage", 200)
    assert shown.notes == (
        f"yahoo: it has prices of the last sessions only, which begin after {SESSION}; answered by alpha_vantage",
    )
    alone = asyncio.run(market(some).snapshot("ACME", SESSION)).prices
    assert (alone.status, alone.bars) == ("no_data", ())
    assert str(first) not in "".join(alone.notes)


def test_a_history_that_is_not_covered_is_asked_for_once_more() -> None:
    vendor = full()
    arena = market(vendor)
    asyncio.run(arena.snapshot("ACME", SESSION))
    asyncio.run(arena.history("ACME", SESSION, date(2025, 10, 31)))
    assert len(vendor.questions("prices")) == 2

    async def crowd() -> None:
        await asyncio.gather(
            *(arena.history("ACME", SESSION - timedelta(days=n), date(2025, 10, 31)) for n in range(9))
        )

    asyncio.run(crowd())
    assert len(vendor.questions("prices")) == 2


def test_a_history_ends_with_the_last_completed_session() -> None:
    now = datetime(2025, 10, 16, 15, 0, tzinfo=UTC)  # the session of the 16th is open
    vendor = full(
        prices=PriceHistory(
            ticker="ACME",
            bars=bars(date(2025, 10, 1), date(2025, 10, 16)),
            dividends=(
                Dividend(ex_date=date(2025, 10, 15), amount=Decimal(1)),
                Dividend(ex_date=date(2025, 10, 16), amount=Decimal(1)),
            ),
            splits=(
                Split(ex_date=date(2025, 10, 13), ratio=Decimal(2)),
                Split(ex_date=date(2025, 10, 16), ratio=Decimal(2)),
            ),
        )
    )
    found = asyncio.run(market(vendor, now=now).history("ACME", SESSION, date(2025, 12, 31)))
    assert found is not None
    assert [bar.session for bar in found.history.bars] == [date(2025, 10, 14), date(2025, 10, 15)]
    assert [paid.ex_date for paid in found.history.dividends] == [date(2025, 10, 15)]
    assert found.history.splits == ()
    assert vendor.asked[0][3] == date(2025, 10, 15)


def test_a_bar_on_a_day_without_a_session_fills_nothing() -> None:
    saturday, monday = date(2025, 10, 11), date(2025, 10, 13)
    vendor = full(prices=PriceHistory(ticker="ACME", bars=(bar(saturday), bar(monday))))
    found = asyncio.run(market(vendor).history("ACME", date(2025, 10, 10), monday))
    assert found is not None
    assert [one.session for one in found.history.bars] == [monday]


def test_there_is_no_history_before_a_session_has_closed_and_nobody_is_asked() -> None:
    vendor = full()
    assert asyncio.run(market(vendor, now=AS_OF).history("ACME", next_session(SESSION), date(2025, 10, 20))) is None
    assert vendor.asked == []


def test_an_outage_does_not_look_like_no_bars() -> None:
    unknown, absent = TickerError("no such symbol"), NotCoveredError("no prices here")
    ask = lambda *vendors: asyncio.run(market(*vendors).history("ACME", SESSION, SESSION))  # noqa: E731
    down = ScriptedVendor("alpha_vantage", prices=VendorError("HTTP 500"))
    with pytest.raises(
        VendorError,
        match=r"no prices of ACME from 2025-10-14 to 2025-10-14: yahoo: no such symbol; alpha_vantage: HTTP 500",
    ):
        ask(ScriptedVendor(prices=unknown), down)
    assert ask(ScriptedVendor(prices=unknown), ScriptedVendor("alpha_vantage", prices=absent)) is None
    none_known = ask(ScriptedVendor(prices=PriceHistory(ticker="ACME", bars=())))
    assert none_known == SourcedHistory(source="yahoo", history=PriceHistory(ticker="ACME", bars=()))


def test_errors_are_not_remembered() -> None:
    answers = [VendorError("HTTP 500"), ()]

    def recovering(*_: object) -> tuple[NewsItem, ...]:
        answer = answers.pop(0)
        if isinstance(answer, VendorError):
            raise answer
        return answer

    arena = market(full(news=recovering))
    assert asyncio.run(arena.snapshot("ACME", SESSION)).news.status == "error"
    assert asyncio.run(arena.snapshot("ACME", SESSION)).news.status == "no_data"


def test_a_late_bar_is_asked_for_again_and_one_long_missing_is_not() -> None:
    published = [date(2025, 10, 13), SESSION]

    def prices(ticker: str, start: date, end: date) -> PriceHistory:
        return every_session(ticker, start, published[min(len(vendor.questions("prices")), 2) - 1])

    vendor = full(prices=prices)
    soon = market(vendor, now=AS_OF + timedelta(minutes=1))
    assert asyncio.run(soon.snapshot("ACME", SESSION)).prices.bars[-1].session == date(2025, 10, 13)
    late = asyncio.run(soon.history("ACME", SESSION, SESSION))
    assert late is not None
    assert [bar.session for bar in late.history.bars] == [SESSION]

    delisted = full(prices=lambda ticker, start, end: every_session(ticker, start, date(2025, 10, 1)))
    arena = market(delisted)
    assert asyncio.run(arena.snapshot("ACME", SESSION)).prices.status == "stale"
    gone = asyncio.run(arena.history("ACME", SESSION, next_session(SESSION)))
    assert gone is not None
    assert gone.history.bars == ()
    assert len(delisted.questions("prices")) == 1


def test_whoever_fails_is_named_and_the_next_answers() -> None:
    first = ScriptedVendor(
        "yahoo",
        prices=VendorError("HTTP 500"),
        fundamentals=NotCoveredError("present only"),
        news=TickerError("no such symbol"),
        social=NotCoveredError("offers no sentiment"),
    )
    second = full("alpha_vantage", social=VendorError("daily limit"))
    made = asyncio.run(market(first, second).snapshot("ACME", SESSION))
    assert made.prices.source == "alpha_vantage"
    assert made.prices.notes == ("yahoo: HTTP 500; answered by alpha_vantage",)
    assert made.fundamentals.notes == ("yahoo: present only; answered by alpha_vantage",)
    assert made.news.notes == ("yahoo: no such symbol; answered by alpha_vantage",)
    assert made.social.status == "error"
    assert made.social.notes == ("yahoo: offers no sentiment", "alpha_vantage: daily limit")


def test_a_vendor_that_takes_too_long_is_passed_over(released: threading.Event) -> None:
    hanging = ScriptedVendor(prices=lambda *_: released.wait(10), fundamentals=company())
    made = asyncio.run(market(hanging, full("alpha_vantage"), timeout=0.1).snapshot("ACME", SESSION))
    assert made.prices.source == "alpha_vantage"
    assert made.prices.notes == ("yahoo: no answer within 0.1 seconds; answered by alpha_vantage",)


def test_a_call_that_waits_its_turn_has_not_begun_to_take_time() -> None:
    def slow(*_: object) -> tuple[NewsItem, ...]:
        time.sleep(0.4)
        return ()

    arena = market(full(news=slow, social=slow), timeout=1.0)

    async def many() -> list[str]:
        made = await asyncio.gather(*(arena.snapshot(f"ACME{n}", SESSION) for n in range(24)))
        return [one.news.status for one in made] + [one.social.status for one in made]

    assert asyncio.run(many()) == ["no_data"] * 48  # 48 calls of 0.4 s, 16 at a time: 1.2 s in all


def test_a_ticker_that_no_vendor_knows_is_a_ticker_error_with_the_reasons() -> None:
    unknown = ScriptedVendor(prices=TickerError("no such symbol"), fundamentals=company())
    declining = ScriptedVendor("alpha_vantage", prices=NotCoveredError("KEY is not set"), fundamentals=company())
    with pytest.raises(
        TickerError, match=r"no vendor knows ACME: yahoo: no such symbol; alpha_vantage: KEY is not set"
    ):
        asyncio.run(market(unknown, declining).snapshot("ACME", SESSION))


def test_an_outage_leaves_open_whether_a_ticker_exists() -> None:
    unknown = ScriptedVendor(prices=TickerError("no such symbol"), fundamentals=company())
    down = ScriptedVendor("alpha_vantage", prices=VendorError("HTTP 500"), fundamentals=company())
    made = asyncio.run(market(unknown, down).snapshot("ACME", SESSION))
    assert made.prices.status == "error"
    assert made.prices.notes == ("yahoo: no such symbol", "alpha_vantage: HTTP 500")


def test_prices_in_another_currency_are_shown_and_never_traded_as_dollars() -> None:
    in_pence = lambda ticker, start, end: every_session(ticker, start, end).model_copy(update={"currency": "GBp"})  # noqa: E731
    arena = market(full(prices=in_pence))
    assert asyncio.run(arena.snapshot("VOD.L", SESSION)).prices.currency == "GBp"
    with pytest.raises(VendorError, match=r"VOD\.L trades in GBp and books are kept in US dollars"):
        asyncio.run(arena.history("VOD.L", SESSION, SESSION))


def test_a_spike_is_no_price_a_book_is_settled_at_and_a_lasting_jump_none_either() -> None:
    spike, lasting = date(2025, 10, 8), date(2025, 10, 9)

    def jumping(ticker: str, start: date, end: date) -> PriceHistory:
        found = every_session(ticker, start, end)
        hundredfold = [bar(one.session, str(100 * one.close)) for one in found.bars]
        wrong = {spike} if ticker == "ACME" else {one.session for one in found.bars if one.session >= lasting}
        pairs = zip(found.bars, hundredfold, strict=True)
        return found.model_copy(update={"bars": tuple(bad if one.session in wrong else one for one, bad in pairs)})

    arena = market(full(prices=jumping))
    known = asyncio.run(arena.history("ACME", date(2025, 10, 6), SESSION))
    assert known is not None
    assert spike not in {one.session for one in known.history.bars}
    assert len(known.history.bars) == 6
    with pytest.raises(VendorError, match="the prices of EMCA cannot be used"):
        asyncio.run(arena.history("EMCA", date(2025, 10, 6), SESSION))


@pytest.mark.parametrize("later", ["2025-10-15,x,1,1,1,1", "2025-10-31,x,1,1,1,1", "2025-10-15,1,1,1"])
def test_a_bad_row_of_a_later_day_changes_nothing_of_a_past_snapshot(tmp_path: Path, later: str) -> None:
    known = "session,open,high,low,close,volume\n2025-10-13,10,11,9,10,1\n2025-10-14,10,11,9,10,1\n"
    (tmp_path / "ACME.csv").write_text(known)
    sound = asyncio.run(market(FilesVendor(tmp_path)).snapshot("ACME", SESSION))
    (tmp_path / "ACME.csv").write_text(f"{known}{later}\n")
    made = asyncio.run(market(FilesVendor(tmp_path)).snapshot("ACME", SESSION))
    assert made.prices.status == "ok"
    assert made.hash == sound.hash


def test_that_a_file_begins_later_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "ACME.csv").write_text("session,open,high,low,close,volume\n2025-10-30,10,11,9,10,1\n")
    made = asyncio.run(market(FilesVendor(tmp_path)).snapshot("ACME", SESSION))
    assert made.prices.status == "no_data"
    assert made.prices.notes == ("files: ACME.csv has no bar for the days asked for, and none before them",)


def test_what_cannot_be_asked_is_refused_before_any_vendor_hears_of_it() -> None:
    vendor = full()
    with pytest.raises(TickerError, match="is not a ticker"):
        asyncio.run(market(vendor).snapshot("../../etc/x", SESSION))
    with pytest.raises(TickerError, match="is not a ticker"):
        asyncio.run(market(vendor).history("", SESSION, SESSION))
    with pytest.raises(DateError, match="2025-10-18 is a Saturday"):
        asyncio.run(market(vendor).snapshot("ACME", date(2025, 10, 18)))
    with pytest.raises(DateError, match="has not closed yet"):
        asyncio.run(market(vendor, now=AS_OF - timedelta(seconds=1)).snapshot("ACME", SESSION))
    assert vendor.asked == []


def test_vendors_are_asked_about_what_a_snapshot_may_show() -> None:
    vendor = full()
    asyncio.run(market(vendor).snapshot("ACME", SESSION))
    assert vendor.questions("fundamentals") == [("fundamentals", "ACME", AS_OF)]
    assert vendor.questions("news") == [("news", "ACME", AS_OF - timedelta(days=14), AS_OF)]
    assert vendor.questions("social") == [("social", "ACME", date(2025, 9, 30), SESSION)]


def test_a_vendors_bug_is_not_mistaken_for_an_outage() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(market(full(news=ZeroDivisionError("bug"))).snapshot("ACME", SESSION))


@pytest.mark.real_data
def test_recorded_prices_of_october_2025(recorded: Path) -> None:
    settings = MarketSettings(vendors=("files",), files={"folder": recorded / "ai-trader-2025-10"})
    arena = Market(settings, (FilesVendor(recorded / "ai-trader-2025-10"),), lambda: NOW)
    nvda = asyncio.run(arena.snapshot("NVDA", SESSION))
    assert nvda.prices.status == "ok"
    assert nvda.prices.bars[-1].session == SESSION
    assert nvda.prices.bars[-1].close == Decimal("180.03")
    assert nvda.prices.bars[0].session == date(2025, 6, 10)
    assert nvda.indicators.notes == (
        f"computed from {len(nvda.prices.bars)} sessions; 150 are wanted before long windows have settled",
    )
    assert nvda.indicators.series["sma_200"] == (None,) * 30
    assert nvda.news.items[0].published == datetime(2025, 10, 2, 17, 4, 1, tzinfo=UTC)
    assert nvda.fundamentals.status == "no_data"
    assert nvda.hash == asyncio.run(arena.snapshot("NVDA", SESSION)).hash

    filled = asyncio.run(arena.history("NVDA", date(2025, 10, 15), date(2025, 10, 15)))
    assert filled is not None
    assert filled.source == "files"
    assert filled.history.bars[0].open == Decimal("184.80")

    aapl = asyncio.run(arena.snapshot("AAPL", SESSION))
    assert aapl.prices.bars[-1].close == Decimal("247.77")
    reused = asyncio.run(arena.snapshot("FB", date(2025, 10, 30)))
    assert reused.prices.status == "stale"
    assert "the newest bar is of 2025-10-16, not of 2025-10-30" in reused.prices.notes
    with pytest.raises(TickerError, match="no file about NVDAX; the nearest it has: NVDA"):
        asyncio.run(arena.snapshot("NVDAX", SESSION))


def test_a_book_is_not_settled_at_prices_whose_splits_could_not_be_had() -> None:
    def without_actions(ticker: str, start: date, end: date) -> PriceHistory:
        return every_session(ticker, start, end).model_copy(update={"provisional": True})

    arena = market(full(prices=without_actions))
    assert asyncio.run(arena.snapshot("ACME", SESSION)).prices.status == "ok"
    with pytest.raises(VendorError, match="the splits or dividends of ACME could not be had"):
        asyncio.run(arena.history("ACME", SESSION, SESSION))


def test_a_newest_bar_far_off_the_one_before_waits_for_the_next_to_confirm_it() -> None:
    def crashing(ticker: str, start: date, end: date) -> PriceHistory:
        found = every_session(ticker, start, end)
        fallen = [bar(one.session, "10") if one.session >= SESSION else one for one in found.bars]
        return found.model_copy(update={"bars": tuple(fallen)})

    def known(now: datetime) -> list[date]:
        arena = Market(MarketSettings(), (full(prices=crashing),), lambda: now)
        told = asyncio.run(arena.history("ACME", SESSION, SESSION))
        assert told is not None
        return [one.session for one in told.history.bars]

    assert known(close_of(SESSION) + timedelta(hours=1)) == []
    assert known(close_of(next_session(SESSION)) + timedelta(hours=1)) == [SESSION]
