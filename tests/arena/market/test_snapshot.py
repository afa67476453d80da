from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arena.config.model import MarketSettings
from arena.errors import StoreError
from arena.market.answers import Answered, Answers, Unanswered
from arena.market.calendar import close_of, next_session, session_back
from arena.market.indicators import standard
from arena.market.snapshot import assemble, load, save
from arena.records.market import Dividend, MarketSnapshot, NewsItem, PriceHistory, PriceNote, SocialDay, Split
from tests.arena.market.scripted import bar, bars, company, history, statement

SESSION = date(2025, 10, 14)
AS_OF = close_of(SESSION)
TOMORROW = next_session(SESSION)
RETRIEVED = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)
SETTINGS = MarketSettings(vendors=("yahoo",))


def answers(**sections: Any) -> Answers:
    facts = {
        "prices": history(date(2025, 1, 2), SESSION),
        "fundamentals": company(),
        "news": (),
        "social": (),
    } | sections
    return Answers(
        **{
            name: answer if isinstance(answer, Answered | Unanswered) else Answered("yahoo", answer, RETRIEVED)
            for name, answer in facts.items()
        }
    )


def snapshot(settings: MarketSettings = SETTINGS, **sections: Any) -> MarketSnapshot:
    return assemble("ACME", SESSION, AS_OF, answers(**sections), settings)


def news_item(published: datetime, title: str = "Acme") -> NewsItem:
    return NewsItem(published=published, title=title)


def social_day(day: date) -> SocialDay:
    return SocialDay(day=day, mentions=3, sentiment=0.5)


def test_nothing_after_as_of_gets_in_and_what_was_cut_leaves_no_trace() -> None:
    known = {
        "prices": history(date(2025, 9, 2), SESSION),
        "fundamentals": company(statement(date(2025, 6, 30), date(2025, 7, 31)), statement(date(2025, 7, 31), None)),
        "news": (news_item(AS_OF),),
        "social": (social_day(SESSION),),
    }
    planted = {
        "prices": PriceHistory(
            ticker="ACME",
            bars=(*known["prices"].bars, bar(TOMORROW, "777")),
            dividends=(Dividend(ex_date=TOMORROW, amount=Decimal("7.77")),),
            splits=(Split(ex_date=TOMORROW, ratio=Decimal(7)),),
            notes=(PriceNote(text=f"yahoo's prices for {TOMORROW} are incomplete", day=TOMORROW),),
        ),
        "fundamentals": company(
            *known["fundamentals"].statements,
            statement(date(2025, 9, 28), TOMORROW),
            statement(date(2025, 8, 31), None),  # 45 days later is 2025-10-15
            statement(date(2025, 7, 31), None, "year"),  # 90 days later is 2025-10-29
            statement(date(2025, 10, 31), date(2025, 10, 1)),  # filed before its period ended: no vendor can know
        ),
        "news": (news_item(AS_OF + timedelta(microseconds=1), "the future"), *known["news"]),
        "social": (social_day(SESSION + timedelta(days=1)), *known["social"]),
    }
    assert snapshot(**planted) == snapshot(**known)
    assert snapshot(**planted).hash == snapshot(**known).hash
    text = snapshot(**planted).model_dump_json()
    assert not any(
        trace in text for trace in ('"777"', '"7.77"', "the future", str(TOMORROW), "2025-09-28", "2025-08-31")
    )


def test_what_is_known_at_the_close_is_there() -> None:
    made = snapshot(
        prices=history(
            date(2025, 9, 2),
            SESSION,
            dividends=(Dividend(ex_date=SESSION, amount=Decimal("0.25")),),
            splits=(Split(ex_date=SESSION, ratio=Decimal(2)),),
        ),
        fundamentals=company(statement(date(2025, 6, 30), date(2025, 7, 31))),
        news=(news_item(AS_OF),),
        social=(social_day(SESSION),),
    )
    assert made.prices.bars[-1].session == SESSION
    assert made.prices.dividends[0].amount == Decimal("0.25")
    assert made.prices.splits[0].ratio == 2
    assert {name: section.status for name, section in made.sections().items()} == dict.fromkeys(made.sections(), "ok")
    assert made.identity.name == "Acme Corp."
    assert made.prices.observed == made.indicators.observed == AS_OF
    assert made.news.observed == AS_OF
    assert made.fundamentals.observed == datetime(2025, 7, 31, 4, 0, tzinfo=UTC)
    assert made.social.observed == datetime(2025, 10, 14, 4, 0, tzinfo=UTC)
    assert all(section.source == "yahoo" and section.retrieved == RETRIEVED for section in made.sections().values())


def test_only_as_many_bars_as_configured_are_kept_with_the_actions_since() -> None:
    first_kept = session_back(SESSION, 4)
    made = snapshot(
        SETTINGS.model_copy(update={"sessions": 5}),
        prices=history(
            date(2025, 9, 2),
            SESSION,
            dividends=tuple(Dividend(ex_date=session_back(SESSION, n), amount=Decimal(1)) for n in (5, 4)),
            splits=tuple(Split(ex_date=session_back(SESSION, n), ratio=Decimal(2)) for n in (5, 4)),
        ),
    )
    assert [one.session for one in made.prices.bars] == [session_back(SESSION, n) for n in (4, 3, 2, 1, 0)]
    assert [paid.ex_date for paid in made.prices.dividends] == [first_kept]
    assert [split.ex_date for split in made.prices.splits] == [first_kept]


def test_indicators_are_those_of_the_bars_shown_for_the_last_thirty_sessions() -> None:
    made = snapshot()
    assert made.indicators.sessions == tuple(one.session for one in made.prices.bars[-30:])
    assert made.indicators.series == {name: values[-30:] for name, values in standard(made.prices.bars, ()).items()}
    assert made.indicators.series["sma_20"][-1] == float(made.prices.bars[-1].close) - 9.5  # closes count up by one
    assert made.indicators.notes == ()


@pytest.mark.parametrize(("sessions", "noted"), [(149, True), (150, False)])
def test_a_history_too_short_for_settled_indicators_is_noted(sessions: int, noted: bool) -> None:
    notes = snapshot(prices=history(session_back(SESSION, sessions - 1), SESSION)).indicators.notes
    assert bool(notes) is noted
    assert all("computed from 149 sessions; 150 are wanted" in note for note in notes)


@pytest.mark.parametrize(
    ("behind", "notes"),
    [
        (1, ("the newest bar is of 2025-10-13, not of 2025-10-14",)),
        (3, ("the newest bar is of 2025-10-09, not of 2025-10-14",)),
        (
            4,
            (
                "the newest bar is of 2025-10-08, not of 2025-10-14",
                "that is 4 sessions behind: trading may be halted, or the ticker no longer listed",
            ),
        ),
    ],
)
def test_prices_that_end_before_the_session_are_stale_and_say_so(behind: int, notes: tuple[str, ...]) -> None:
    made = snapshot(prices=history(date(2025, 1, 2), session_back(SESSION, behind)))
    assert made.prices.status == made.indicators.status == "stale"
    assert made.prices.notes == notes
    assert made.prices.observed == close_of(session_back(SESSION, behind))


def test_missing_sessions_and_bars_on_other_days_are_noted() -> None:
    saturday = bar(date(2025, 10, 11))
    there = [one for one in bars(date(2025, 10, 1), SESSION) if one.session != date(2025, 10, 9)]
    ordered = tuple(sorted([*there, saturday], key=lambda one: one.session))
    section = snapshot(prices=PriceHistory(ticker="ACME", bars=ordered)).prices
    assert saturday not in section.bars
    assert section.status == "ok"
    assert section.notes == (
        "1 bars on days without a session are left out, the newest of 2025-10-11",
        "1 sessions in between have no bar, the newest of them 2025-10-09",
    )


def test_empty_answers_are_no_data_and_keep_their_source() -> None:
    made = snapshot(prices=PriceHistory(ticker="ACME", bars=()))
    assert {name: section.status for name, section in made.sections().items()} == dict.fromkeys(
        made.sections(), "no_data"
    )
    assert all(section.source == "yahoo" for section in made.sections().values())
    assert all(section.observed is None for section in made.sections().values())
    assert made.indicators.notes == ("there are no prices",)


def test_a_section_nobody_answered_is_an_error_with_every_vendors_reason_and_no_facts() -> None:
    nobody = Unanswered(RETRIEVED, ("yahoo: HTTP 500", "alpha_vantage: no answer within 30 seconds"))
    made = snapshot(prices=nobody, fundamentals=nobody, news=nobody, social=nobody)
    for name, section in made.sections().items():
        assert section.status == "error", name
        assert section.source is None, name
    assert made.prices.notes == made.news.notes == nobody.notes
    assert made.prices.bars == ()
    assert made.identity.name is None


def test_fallbacks_and_the_vendors_own_doubts_are_repeated() -> None:
    doubtful = history(date(2025, 1, 2), SESSION, notes=(PriceNote(text="no splits are known"),))
    answer = Answered("alpha_vantage", doubtful, RETRIEVED, ("yahoo: HTTP 500; answered by alpha_vantage",))
    section = snapshot(prices=answer).prices
    assert section.notes == ("yahoo: HTTP 500; answered by alpha_vantage", "no splits are known")
    assert section.source == "alpha_vantage"
    undated = company().model_copy(update={"notes": ("the company's name is undated",)})
    assert snapshot(fundamentals=undated).fundamentals.notes == ("the company's name is undated",)


def test_a_note_about_a_day_is_shown_with_the_days_that_are_shown() -> None:
    first = date(2025, 9, 2)
    days = (first - timedelta(days=1), first, SESSION, TOMORROW)
    notes = tuple(PriceNote(text=f"doubtful on {day}", day=day) for day in days)
    made = snapshot(prices=history(first, SESSION, notes=notes))
    assert made.prices.notes == ("doubtful on 2025-09-02", "doubtful on 2025-10-14")
    assert made.hash == snapshot(prices=history(first, SESSION, notes=notes[1:3])).hash
    empty = snapshot(prices=history(TOMORROW, TOMORROW, notes=notes)).prices
    assert (empty.status, str(TOMORROW) in "".join(empty.notes)) == ("no_data", False)


def test_an_undated_statement_is_noted_and_one_filed_the_same_day_is_not_known_yet() -> None:
    section = snapshot(
        fundamentals=company(
            statement(date(2025, 6, 30), None),
            statement(date(2025, 8, 30), None),  # public on 2025-10-14, 45 days later
            statement(date(2025, 9, 30), SESSION),  # most companies file after the close
        )
    ).fundamentals
    assert [found.fiscal_end for found in section.statements] == [date(2025, 8, 30), date(2025, 6, 30)]
    assert section.notes == (
        "2 statements have no filing date; a quarter's counts as public 45 days after its end, a year's after 90",
    )


def test_news_and_social_go_back_as_far_as_configured_and_come_newest_first() -> None:
    oldest, before = AS_OF - timedelta(days=14), AS_OF - timedelta(days=14, microseconds=1)
    made = snapshot(
        news=(news_item(before), news_item(oldest), news_item(AS_OF)),
        social=tuple(social_day(SESSION - timedelta(days=n)) for n in (15, 14, 0)),
    )
    assert [item.published for item in made.news.items] == [AS_OF, oldest]
    assert [found.day for found in made.social.days] == [SESSION, SESSION - timedelta(days=14)]


def test_the_order_a_vendor_answers_in_does_not_change_the_hash() -> None:
    items = [news_item(AS_OF - timedelta(hours=n), f"item {n}") for n in (1, 1, 2, 3)]
    items[1] = news_item(AS_OF - timedelta(hours=1), "another")
    days = [social_day(SESSION - timedelta(days=n)) for n in range(5)]
    found = [statement(date(2025, 6, 30), date(2025, 7, 31)), statement(date(2025, 3, 31), date(2025, 4, 30))]
    one = snapshot(news=tuple(items), social=tuple(days), fundamentals=company(*found))
    other = snapshot(news=tuple(reversed(items)), social=tuple(reversed(days)), fundamentals=company(*reversed(found)))
    assert one.hash == other.hash


def test_a_snapshot_is_saved_under_its_hash_and_loads_as_it_was(tmp_path: Path) -> None:
    made = snapshot(news=(news_item(AS_OF, "“Größe” 🚀"),))
    path = save(made, tmp_path / "new" / "snapshots")
    assert path.name == f"{made.hash}.json"
    assert load(made.hash, path.parent) == made
    assert save(made, path.parent) == path
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_changed_damaged_or_missing_file_is_a_store_error(tmp_path: Path) -> None:
    made = snapshot()
    path = save(made, tmp_path)
    path.write_text(path.read_text().replace('"close":"100"', '"close":"100.5"', 1))
    with pytest.raises(StoreError, match="has been changed"):
        load(made.hash, tmp_path)
    path.write_text(path.read_text()[:100])
    with pytest.raises(StoreError, match="does not hold a snapshot"):
        load(made.hash, tmp_path)
    path.unlink()
    with pytest.raises(StoreError, match=f"there is no snapshot {made.hash[:12]}"):
        load(made.hash, tmp_path)


@pytest.mark.parametrize("name", ["", "../secret", "A" * 64, "a" * 63])
def test_only_a_hash_is_looked_for(name: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a snapshot's hash"):
        load(name, tmp_path)


def test_when_it_was_retrieved_is_kept_but_is_not_part_of_the_hash(tmp_path: Path) -> None:
    later = RETRIEVED + timedelta(days=1)
    one, other = snapshot(), snapshot(news=Answered("yahoo", (), later))
    assert one.hash == other.hash
    save(other, tmp_path)
    assert load(one.hash, tmp_path).news.retrieved == later
