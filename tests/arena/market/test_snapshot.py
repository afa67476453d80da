from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from arena.errors import StoreError
from arena.market.answers import Answered, Answers, Unanswered
from arena.market.calendar import close_of, session_back
from arena.market.indicators import standard
from arena.market.snapshot import load, save
from arena.records.market import (
    Dividend,
    Earnings,
    Identity,
    Insiders,
    PriceHistory,
    PriceNote,
    Split,
)
from tests.arena.market.assembling import (
    AS_OF,
    RETRIEVED,
    SESSION,
    SETTINGS,
    TOMORROW,
    news_item,
    post,
    report,
    snapshot,
    social_day,
    trade,
)
from tests.arena.market.scripted import bar, bars, company, history, statement


def test_nothing_after_as_of_gets_in_and_what_was_cut_leaves_no_trace() -> None:
    known = {
        "prices": history(date(2025, 9, 2), SESSION),
        "fundamentals": company(statement(date(2025, 6, 30), date(2025, 7, 31)), statement(date(2025, 7, 31), None)),
        "news": (news_item(AS_OF),),
        "market_news": (news_item(AS_OF, "the Fed"),),
        "social": (social_day(SESSION),),
        "earnings": Earnings(reports=(report(AS_OF),)),
        "insiders": Insiders(trades=(trade(date(2025, 10, 9), None), trade(date(2025, 10, 9), date(2025, 10, 13)))),
        "posts": (post(AS_OF),),
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
        "market_news": (news_item(AS_OF + timedelta(microseconds=1), "the future"), *known["market_news"]),
        "social": (social_day(SESSION + timedelta(days=1)), *known["social"]),
        "earnings": Earnings(reports=(report(AS_OF + timedelta(microseconds=1), "777"), *known["earnings"].reports)),
        "insiders": Insiders(
            trades=(
                trade(TOMORROW, None, "the future"),
                trade(SESSION, None, "the future"),
                trade(date(2025, 10, 10), None, "the future"),  # its filing may come two sessions later, on the 14th
                trade(date(2025, 10, 9), SESSION, "the future"),  # filed that day, perhaps after the close
                *known["insiders"].trades,
            )
        ),
        "posts": (post(AS_OF + timedelta(microseconds=1), "the future"), *known["posts"]),
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
        earnings=Earnings(reports=(report(AS_OF),), expected=TOMORROW),
        insiders=Insiders(trades=(trade(date(2025, 10, 9), date(2025, 10, 13)),)),
        news=(news_item(AS_OF),),
        market_news=(news_item(AS_OF),),
        social=(social_day(SESSION),),
        posts=(post(AS_OF),),
    )
    assert made.prices.bars[-1].session == SESSION
    assert made.prices.dividends[0].amount == Decimal("0.25")
    assert made.prices.splits[0].ratio == 2
    assert {name: section.status for name, section in made.sections().items()} == dict.fromkeys(made.sections(), "ok")
    assert made.identity.name == "Acme Corp."
    assert made.prices.observed == made.indicators.observed == AS_OF
    assert made.news.observed == made.earnings.observed == made.posts.observed == AS_OF
    assert made.earnings.expected == TOMORROW
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


@pytest.mark.parametrize(("behind", "last"), [(1, "2025-10-13"), (3, "2025-10-09")])
def test_prices_that_are_up_to_three_sessions_late_are_ok_and_name_the_newest_bar(behind: int, last: str) -> None:
    made = snapshot(prices=history(date(2024, 6, 3), session_back(SESSION, behind)))
    assert made.prices.status == made.indicators.status == "ok"
    assert made.prices.notes == (f"the newest bar is of {last}, not of 2025-10-14",)
    assert made.prices.observed == close_of(date.fromisoformat(last))


def test_prices_that_end_more_than_three_sessions_before_are_stale_and_say_so() -> None:
    made = snapshot(prices=history(date(2024, 6, 3), session_back(SESSION, 4)))
    assert made.prices.status == made.indicators.status == "stale"
    assert made.prices.notes == (
        "the newest bar is of 2025-10-08, not of 2025-10-14",
        "that is 4 sessions behind: trading may be halted, or the ticker no longer listed",
    )
    assert made.prices.observed == close_of(session_back(SESSION, 4))


@pytest.mark.parametrize(("sessions", "noted"), [(259, True), (260, False)])
def test_a_history_that_begins_later_than_asked_says_since_when(sessions: int, noted: bool) -> None:
    first = session_back(SESSION, sessions - 1)
    notes = snapshot(prices=history(first, SESSION)).prices.notes
    assert bool(notes) is noted
    assert all(note.startswith(f"the prices begin on {first}, later than asked") for note in notes)


def test_missing_sessions_and_bars_on_other_days_are_noted() -> None:
    saturday = bar(date(2025, 10, 11))
    there = [one for one in bars(date(2025, 10, 1), SESSION) if one.session != date(2025, 10, 9)]
    ordered = tuple(sorted([*there, saturday], key=lambda one: one.session))
    section = snapshot(prices=PriceHistory(ticker="ACME", bars=ordered)).prices
    assert saturday not in section.bars
    assert section.status == "ok"
    assert (section.notes[0], section.notes[2]) == (
        "1 bars on days without a session are left out, the newest of 2025-10-11",
        "1 sessions in between have no bar, the newest of them 2025-10-09",
    )


def test_no_more_than_six_rows_that_were_left_out_are_named() -> None:
    days = [session_back(SESSION, back) for back in range(20)]
    notes = (PriceNote(text="no splits are known"), *(PriceNote(text=f"no prices on {day}", day=day) for day in days))
    shown = snapshot(prices=history(date(2024, 6, 3), SESSION, notes=notes)).prices.notes
    assert shown == (
        "no splits are known",
        "14 earlier notes on single days are not shown",
        *(f"no prices on {day}" for day in reversed(days[:6])),
    )


def test_prices_past_repair_are_an_error_with_the_reason_and_no_bars() -> None:
    earlier, later = bars(date(2024, 6, 3), date(2025, 9, 30)), bars(date(2025, 10, 1), SESSION)
    dollars, cents = (bar(one.session, "100") for one in earlier), (bar(one.session, "10000") for one in later)
    made = snapshot(prices=PriceHistory(ticker="ACME", bars=(*dollars, *cents)))
    assert made.prices.status == made.indicators.status == "error"
    assert made.prices.source == "yahoo"
    assert made.prices.bars == ()
    assert "between 2025-09-30 and 2025-10-01 without a split and does not come back" in made.prices.notes[0]


def test_rows_of_which_none_is_sound_are_an_error_and_not_an_absence() -> None:
    note = PriceNote(text="ACME.csv, line 2: there are no prices; the row is left out", day=SESSION)
    section = snapshot(prices=PriceHistory(ticker="ACME", bars=(), notes=(note,))).prices
    assert (section.status, section.notes) == ("error", (note.text,))


def test_a_jump_that_may_be_a_split_is_told_beside_the_indicators_too() -> None:
    earlier, later = bars(date(2024, 6, 3), date(2025, 9, 30)), bars(date(2025, 10, 1), SESSION)
    made = snapshot(prices=PriceHistory(ticker="ACME", bars=(*(bar(o.session, "1500") for o in earlier), *later)))
    (doubt,) = made.prices.notes
    assert doubt.startswith("the price fell 15-fold on 2025-10-01 and no split is known, close to one of 15:1: ")
    assert made.prices.status == "ok"
    assert made.indicators.notes == (f"computed across a doubt: {doubt}",)


def test_empty_answers_are_no_data_and_keep_their_source() -> None:
    made = snapshot(prices=PriceHistory(ticker="ACME", bars=()), identity=Identity(ticker="ACME"))
    assert {name: section.status for name, section in made.sections().items()} == dict.fromkeys(
        made.sections(), "no_data"
    )
    assert all(section.source == "yahoo" for section in made.sections().values())
    assert all(section.observed is None for section in made.sections().values())
    assert made.indicators.notes == ("there are no prices",)


def test_a_section_nobody_answered_is_an_error_with_every_vendors_reason_and_no_facts() -> None:
    nobody = Unanswered(RETRIEVED, ("yahoo: HTTP 500", "alpha_vantage: no answer within 30 seconds"))
    made = snapshot(**{field.name: nobody for field in fields(Answers)})
    for name, section in made.sections().items():
        assert section.status == "error", name
        assert section.source is None, name
    assert made.prices.notes == made.news.notes == made.posts.notes == nobody.notes
    assert made.prices.bars == ()
    assert made.identity.name is None


def test_fallbacks_and_the_vendors_own_doubts_are_repeated() -> None:
    doubtful = history(date(2024, 6, 3), SESSION, notes=(PriceNote(text="no splits are known"),))
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
    assert made.prices.notes[:2] == ("doubtful on 2025-09-02", "doubtful on 2025-10-14")
    assert made.hash == snapshot(prices=history(first, SESSION, notes=notes[1:3])).hash
    empty = snapshot(prices=history(TOMORROW, TOMORROW, notes=notes[3:])).prices
    assert (empty.status, empty.notes) == ("no_data", ())


def test_news_and_social_go_back_as_far_as_configured_and_come_newest_first() -> None:
    oldest, before = AS_OF - timedelta(days=14), AS_OF - timedelta(days=14, microseconds=1)
    made = snapshot(
        news=(news_item(before), news_item(oldest), news_item(AS_OF)),
        market_news=(news_item(before), news_item(oldest)),
        social=tuple(social_day(SESSION - timedelta(days=n)) for n in (15, 14, 0)),
        posts=(post(oldest, "a"), post(before), post(oldest, "b")),
    )
    assert [item.published for item in made.market_news.items] == [oldest]
    assert [one.text for one in made.posts.posts] == ["b", "a"]
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


def test_what_is_provisional_has_the_hash_of_the_same_facts_that_are_not() -> None:
    prices, earnings = history(date(2025, 10, 1), SESSION), Earnings(reports=())
    partial = {"provisional": True}
    one = snapshot(prices=prices, earnings=earnings)
    other = snapshot(prices=prices.model_copy(update=partial), earnings=earnings.model_copy(update=partial))
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
    path.write_text(path.read_text().replace('"close":"200"', '"close":"200.5"', 1))
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
