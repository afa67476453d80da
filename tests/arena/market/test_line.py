"""One vendor's line: kept answers, one question at a time over all markets of a folder, and the breaker."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from arena.config.market import MarketSettings
from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.cache import AnswerCache, Told
from arena.market.calendar import close_of, next_session
from arena.market.line import ReckonedLine, VendorLine
from arena.market.market import Market
from arena.market.questions import FundamentalsQuestion, NewsQuestion, Question
from arena.records.market import Earnings, NewsItem, PriceHistory
from tests.arena.market.scripted import ScriptedVendor, company, every_session

SESSION = date(2025, 10, 14)
AS_OF = close_of(SESSION)
NOW = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)


def settings(**changes: Any) -> MarketSettings:
    return MarketSettings(**{"vendors": ("yahoo", "alpha_vantage"), "sessions": 200, "timeout": 5, **changes})


def news(ticker: str = "ACME") -> NewsQuestion:
    return NewsQuestion(ticker=ticker, start=close_of(date(2025, 10, 1)), end=AS_OF)


def line(vendor: ScriptedVendor, folder: Path | None = None, **changes: Any) -> VendorLine:
    kept = AnswerCache(folder, lambda: NOW) if folder else None
    return VendorLine(vendor, settings(**changes), ThreadPoolExecutor(8), lambda: NOW, kept)


def ask(to: VendorLine | ReckonedLine, *questions: Question[Any]) -> list[Any]:
    """The facts told, or the error raised, all asked at once."""

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(to.ask(question) for question in questions), return_exceptions=True)

    return [getattr(told, "facts", told) for told in asyncio.run(all_at_once())]


def market(folder: Path, *vendors: ScriptedVendor, refresh: bool = False, now: datetime = NOW) -> Market:
    return Market(settings(), vendors, lambda: now, AnswerCache(folder, lambda: now, refresh=refresh), anew=refresh)


def full(name: str = "yahoo", **sections: object) -> ScriptedVendor:
    return ScriptedVendor(name, **({"prices": every_session, "fundamentals": company()} | sections))


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_what_one_market_was_told_another_need_not_ask(tmp_path):
    first, second = full(), full()
    told = asyncio.run(market(tmp_path, first).snapshot("ACME", SESSION))
    again = asyncio.run(market(tmp_path, second).snapshot("ACME", SESSION))
    assert again == told  # the instants at which the vendors were asked included
    assert {asked[0] for asked in second.asked} == {
        "identity",
        "earnings",
        "insiders",
        "market_news",
        "posts",
    }  # refused
    assert second.questions("prices") == []


@pytest.mark.parametrize("snapshot_first", [True, False])
def test_a_decisions_snapshot_and_its_fills_ask_the_same_from_whichever_process(tmp_path, snapshot_first):
    """As where one process plays a round on the snapshot that another saved: it needs the fills only."""
    vendors = [full(), full()]
    markets = [market(tmp_path, vendor) for vendor in vendors]
    snapshot = lambda arena: asyncio.run(arena.snapshot("ACME", SESSION))  # noqa: E731
    fills = lambda arena: asyncio.run(arena.history("ACME", SESSION, next_session(SESSION)))  # noqa: E731
    for arena, ask_for in zip(markets, (snapshot, fills) if snapshot_first else (fills, snapshot), strict=True):
        ask_for(arena)
    assert [len(vendor.questions("prices")) for vendor in vendors] == [1, 0]
    found = fills(markets[0])
    assert [bar.session for bar in found.history.bars] == [SESSION, next_session(SESSION)]


def test_markets_that_ask_at_once_ask_once(tmp_path):
    def slow(*_: object) -> tuple[NewsItem, ...]:
        time.sleep(0.2)
        return ()

    vendors = [ScriptedVendor(news=slow) for _ in range(4)]

    def in_its_own_loop(vendor: ScriptedVendor) -> Any:
        return ask(line(vendor, tmp_path), news())

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(in_its_own_loop, vendors)) == [[()]] * 4
    assert sum(len(vendor.asked) for vendor in vendors) == 1


def test_a_refreshed_market_asks_anew_once_and_leaves_the_new_answer_to_the_others(tmp_path):
    asyncio.run(market(tmp_path, full()).snapshot("ACME", SESSION))
    later = NOW.replace(hour=13)
    fresh, third = full(), full()
    arena = market(tmp_path, fresh, refresh=True, now=later)
    assert asyncio.run(arena.snapshot("ACME", SESSION)).prices.retrieved == later
    asyncio.run(arena.snapshot("ACME", SESSION))
    assert len(fresh.questions("prices")) == 1
    assert asyncio.run(market(tmp_path, third).snapshot("ACME", SESSION)).prices.retrieved == later
    assert third.questions("prices") == []


def settle_no_book(arena):
    with pytest.raises(VendorError, match="the splits or dividends of ACME could not be had"):
        asyncio.run(arena.history("ACME", SESSION, next_session(SESSION)))


def test_a_provisional_answer_serves_its_round_and_is_asked_for_again_by_the_next_question(tmp_path):
    def partial(ticker: str, start: date, end: date) -> PriceHistory:
        return every_session(ticker, start, end).model_copy(update={"provisional": True})

    vendor = full(prices=partial, earnings=Earnings(reports=(), provisional=True))
    whole = full(earnings=Earnings(reports=()))
    clock = Clock()
    for _ in range(2):  # two processes in one round
        arena = Market(settings(), [vendor], clock, AnswerCache(tmp_path, clock))
        asyncio.run(arena.snapshot("ACME", SESSION))
        asyncio.run(arena.snapshot("ACME", SESSION))
        settle_no_book(arena)
    assert (len(vendor.questions("prices")), len(vendor.questions("earnings"))) == (1, 1)
    clock.now += timedelta(minutes=16)
    settle_no_book(arena)
    assert len(vendor.questions("prices")) == 2
    later = market(tmp_path, whole, now=NOW + timedelta(hours=1))
    asyncio.run(later.snapshot("ACME", SESSION))
    asyncio.run(later.snapshot("ACME", next_session(SESSION)))
    assert (len(whole.questions("prices")), len(whole.questions("earnings"))) == (1, 2)
    last = full()
    asyncio.run(market(tmp_path, last).snapshot("ACME", SESSION))
    assert last.questions("prices") == last.questions("earnings") == []


@pytest.mark.parametrize("error", [VendorError("HTTP 500"), NotCoveredError("none"), TickerError("no such symbol")])
def test_errors_are_never_kept(tmp_path, error):
    failing, sound = ScriptedVendor(news=error), ScriptedVendor(news=())
    assert ask(line(failing, tmp_path), news()) == [error]
    assert list(tmp_path.rglob("*.json")) == []
    assert ask(line(sound, tmp_path), news()) == [()]
    assert ask(line(failing, tmp_path), news()) == [()]


def test_what_is_on_this_machine_is_read_anew_and_never_left_alone(tmp_path):
    answers = iter([(), VendorError("row 3 cannot be read"), VendorError("row 3 cannot be read"), ()])

    def edited(*_: object) -> Any:
        answer = next(answers)
        if isinstance(answer, VendorError):
            raise answer
        return answer

    vendor = ScriptedVendor("files", news=edited)
    asked = line(vendor, tmp_path, breaker_failures=1)
    for _ in range(4):
        ask(asked, news())
    assert len(vendor.asked) == 4
    assert list(tmp_path.iterdir()) == []


def test_an_answer_after_the_deadline_is_kept_for_who_asks_next(tmp_path):
    release = threading.Event()
    vendor = ScriptedVendor(news=lambda *_: release.wait(10) and ())
    slow = line(vendor, tmp_path, timeout=0.2)
    assert [str(error) for error in ask(slow, news())] == ["no answer within 0.2 seconds"]
    release.set()
    assert ask(line(ScriptedVendor(), tmp_path), news()) == [()]
    assert len(vendor.asked) == 1


def test_a_vendor_that_failed_often_in_a_row_is_left_alone_and_says_why():
    vendor = ScriptedVendor(news=VendorError("HTTP 500"))
    asked = line(vendor, breaker_failures=3)
    for _ in range(3):
        ask(asked, news())
    (refused,) = ask(asked, news())
    assert str(refused) == "left alone for a while after 3 failures in a row, the last: HTTP 500"
    assert type(refused) is VendorError
    assert len(vendor.asked) == 3


def test_an_outage_costs_one_deadline_and_not_one_a_question():
    release = threading.Event()
    vendor = ScriptedVendor(news=lambda *_: release.wait(10))
    asked = line(vendor, timeout=0.3, breaker_failures=4)
    began = time.monotonic()
    told = ask(asked, *(news(f"T{n}") for n in range(40)))
    took = time.monotonic() - began
    release.set()  # eight threads hang until here, and the other questions are in the queue for them
    assert took < 2
    assert len(vendor.asked) == 8
    why = "left alone for a while after 4 failures in a row, the last: no answer within 0.3 seconds"
    said = [str(error) for error in told]
    assert said[:8] == ["no answer within 0.3 seconds"] * 8
    assert set(said[8:]) <= {why.replace("4", str(failures)) for failures in range(4, 9)}


def test_only_outages_in_a_row_count_and_a_refusal_says_nothing():
    ends: list[Any] = [
        VendorError("HTTP 500"),
        NotCoveredError("present only"),
        VendorError("HTTP 500"),
        TickerError("no such symbol"),
        VendorError("HTTP 500"),
        VendorError("HTTP 502"),
        VendorError("HTTP 503"),
    ]

    def next_end(*_: object) -> Any:
        raise ends.pop(0)

    asked = line(ScriptedVendor(news=next_end), breaker_failures=3)
    told = [str(ask(asked, news())[0]) for _ in range(8)]
    assert told[6] == "HTTP 503"
    assert told[7] == "left alone for a while after 3 failures in a row, the last: HTTP 503"


def test_a_vendor_that_is_up_again_is_asked_again():
    ends: list[Any] = [VendorError("HTTP 500"), ()]

    def next_end(*_: object) -> Any:
        end = ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    asked = line(ScriptedVendor(news=next_end), breaker_failures=1, breaker_seconds=0.05)
    assert "HTTP 500" in str(ask(asked, news())[0])
    assert "left alone" in str(ask(asked, news())[0])
    time.sleep(0.06)
    assert ask(asked, news()) == [()]


def test_kept_answers_serve_while_their_vendor_is_down(tmp_path):
    down = line(ScriptedVendor(news=(), fundamentals=VendorError("HTTP 500")), tmp_path, breaker_failures=1)
    assert ask(down, news()) == [()]
    company_of = FundamentalsQuestion(ticker="ACME", as_of=AS_OF)
    ask(down, company_of)
    assert "left alone" in str(ask(down, company_of)[0])
    assert ask(down, news()) == [()]


def test_a_vendors_bug_rises_and_says_nothing_about_an_outage():
    vendor = ScriptedVendor(news=ZeroDivisionError("bug"))
    asked = line(vendor, breaker_failures=1)
    assert [type(ask(asked, news())[0]) for _ in range(3)] == [ZeroDivisionError] * 3


def test_a_vendor_that_reckons_is_asked_each_time_and_between_two_questions_others_have_their_turn():
    order = []
    vendor = ScriptedVendor("simulated", news=lambda ticker, *_: order.append(ticker) or ())
    reckoned = ReckonedLine(vendor, lambda: NOW)

    async def run():
        asyncio.get_running_loop().call_soon(order.append, "other")
        first = await reckoned.ask(news("A"))
        asyncio.get_running_loop().call_soon(order.append, "another")
        return first, await reckoned.ask(news("A"))

    first, second = asyncio.run(run())
    assert order == ["other", "A", "another", "A"]
    assert first == second == Told((), NOW)


@pytest.mark.parametrize("error", [VendorError("no such seed"), TickerError("no such symbol")])
def test_what_it_refuses_is_raised_and_never_counts_as_an_outage(error):
    reckoned = ReckonedLine(ScriptedVendor("simulated", news=error), lambda: NOW)
    assert ask(reckoned, *[news()] * 20) == [error] * 20


def test_the_simulated_market_is_asked_without_a_thread():
    heard = []
    vendor = full("simulated")
    real = vendor.news
    vendor.news = lambda *asked: heard.append(threading.current_thread()) or real(*asked)
    asyncio.run(Market(settings(vendors=("simulated",)), [vendor], lambda: NOW).snapshot("ACME", SESSION))
    assert heard == [threading.main_thread()]
