"""What desks are shown of their own past: theirs alone, nothing later, once reflected on, the same after a break."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.market.simulated import SimulatedVendor
from arena.records.chat import ModelChat
from arena.records.market import Split
from arena.records.memory import Lesson
from arena.records.outcome import Decision
from arena.records.season import KeptActions
from arena.records.trading import Mark
from arena.store import Store
from arena.tape.tape import Tape
from tests.arena.season.breaking import broken_off
from tests.arena.store.chat import make_chat
from tests.arenas import Clock, rehearsal_arena
from tests.planted import FIGURE, WORD, traces

pytestmark = pytest.mark.slow

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2025, 10, day) for day in range(6, 11))
HALF_A_CENT_OF_A_PERCENT = Decimal("0.005")


def trial(home: Path, *styles: str, **memory: Any) -> ArenaConfig:
    rows = [{"name": style, "kind": "rehearsal", "style": style} for style in styles or ("momentum",)]
    return rehearsal_arena(home, contestants=rows, memory={"horizon": 2, **memory}, limits={"desks": 1})


def opened(config: ArenaConfig, now: Clock | None = None, **more: Any) -> Arena:
    return Arena(config, environ={}, clock=now or Clock("2025-11-20T12:00:00"), **more)


def chats_of(arena: Arena, contestant: str = "momentum") -> list[ModelChat]:
    """A contestant's chats in order of session."""
    rows = arena.chats(contestant=contestant, season=arena.config.season)
    return sorted((arena.chat(row.id) for row in rows), key=lambda chat: chat.session)


def shown(chat: ModelChat) -> tuple[Lesson, ...]:
    return chat.stages.reflection.lessons if chat.stages.reflection is not None else ()


def change(ticker: str, start: date, end: date) -> Decimal:
    """The simulated price's own change in percent, splits undone."""
    history = SimulatedVendor(7).prices(ticker, start, end)
    assert history is not None
    close = history.bars[-1].close
    for split in history.splits:
        close *= split.ratio if start < split.ex_date <= end else 1
    return 100 * (close / history.bars[0].close - 1)


def assert_right(lessons: Sequence[Lesson], ticker: str = "NVDA", benchmark: str | None = "SPY") -> None:
    for one in lessons:
        assert one.return_pct is not None
        assert abs(one.return_pct - change(ticker, one.session, one.until)) <= HALF_A_CENT_OF_A_PERCENT
        if benchmark is not None:
            assert one.benchmark_return_pct is not None
            assert abs(one.benchmark_return_pct - change(benchmark, one.session, one.until)) <= HALF_A_CENT_OF_A_PERCENT


def test_a_season_shows_each_decision_from_the_session_its_horizon_ends_at(tmp_path: Path) -> None:
    with opened(trial(tmp_path, lessons=2)) as arena:
        arena.season_run(["NVDA"], MONDAY, FRIDAY)
        chats = chats_of(arena)
    assert [[one.session for one in shown(chat)] for chat in chats] == [
        [],
        [],
        [MONDAY],
        [TUESDAY, MONDAY],
        [WEDNESDAY, TUESDAY],
    ]
    for chat in chats:
        assert_right(shown(chat))
    first = chats[0].outcome
    remembered = shown(chats[2])[0]
    assert isinstance(first, Decision)
    assert (remembered.action, remembered.fraction, remembered.confidence) == (
        first.action,
        first.fraction,
        first.confidence,
    )
    assert remembered.reasoning == first.reasoning


def test_each_decision_is_reflected_on_once_and_its_reflection_goes_with_it(tmp_path: Path) -> None:
    with opened(trial(tmp_path)) as arena:
        arena.season_run(["NVDA"], MONDAY, FRIDAY)
        chats = chats_of(arena)
    asked = [[call for call in chat.calls if call.node == "reflection"] for chat in chats]
    assert [len(calls) for calls in asked] == [0, 0, 1, 1, 1]
    last = shown(chats[-1])
    assert [(one.session, one.reflected) for one in last] == [
        (WEDNESDAY, FRIDAY),
        (TUESDAY, THURSDAY),
        (MONDAY, WEDNESDAY),
    ]
    assert last[1:] == shown(chats[-2])
    assert last[2].reflection == shown(chats[2])[0].reflection
    (deciding,) = (call for call in chats[-1].calls if call.node == "portfolio_manager")
    assert all(str(one.reflection) in deciding.prompt[-1].text for one in last)


def test_switched_off_nothing_is_remembered_and_nobody_is_asked_to_reflect(tmp_path: Path) -> None:
    with opened(trial(tmp_path, enabled=False)) as arena:
        arena.season_run(["NVDA"], MONDAY, FRIDAY)
        chats = chats_of(arena)
    assert [(len(chat.calls), chat.stages.reflection) for chat in chats] == [(16, None)] * 5
    assert not [call for chat in chats for call in chat.calls if "past decisions" in call.prompt[-1].text]
    with Store.open_existing(tmp_path) as store:
        assert store._rows("SELECT * FROM lessons") == []


def test_a_weekly_season_judges_by_the_sessions_in_between_whether_a_round_was_played_on_them_or_not(
    tmp_path: Path,
) -> None:
    """Contrarian holds nothing, so that no close of a session without a round is kept for it."""
    with opened(trial(tmp_path, "contrarian", horizon=5)) as arena:
        arena.season_run(["NVDA"], date(2025, 8, 25), date(2025, 9, 19), every="WEEK")
        chats = chats_of(arena, "contrarian")
    assert [chat.session for chat in chats] == [date(2025, 8, 29), *(date(2025, 9, day) for day in (5, 12, 19))]
    # Monday the first of September is a holiday: the horizon of the first ends on the Monday after the second round.
    assert [[(one.session, one.until) for one in shown(chat)] for chat in chats] == [
        [],
        [],
        [(date(2025, 9, 5), date(2025, 9, 12)), (date(2025, 8, 29), date(2025, 9, 8))],
        [
            (date(2025, 9, 12), date(2025, 9, 19)),
            (date(2025, 9, 5), date(2025, 9, 12)),
            (date(2025, 8, 29), date(2025, 9, 8)),
        ],
    ]
    for chat in chats:
        assert_right(shown(chat))


def test_a_season_played_as_days_pass_knows_the_benchmarks_close_of_its_own_session(tmp_path: Path) -> None:
    clock = Clock("2025-10-06T22:00:00")
    with opened(trial(tmp_path, horizon=1), clock) as arena:
        arena.season_tick(["NVDA"])
        clock.set("2025-10-07T22:00:00")
        arena.season_tick()
        assert_right(shown(chats_of(arena)[1]))


def test_rounds_without_a_plan_are_held_against_nothing_and_say_so(tmp_path: Path) -> None:
    with opened(trial(tmp_path, horizon=1)) as arena:
        for session in (MONDAY, TUESDAY):
            arena.run(["NVDA"], as_of=session)
        (one,) = shown(chats_of(arena)[1])
    assert (one.benchmark, one.benchmark_return_pct) == (None, None)
    assert_right([one], benchmark=None)


def test_a_split_of_ticker_and_benchmark_is_undone(tmp_path: Path) -> None:
    """A vendor of one invented market in which both split on Wednesday."""

    class Splitting(SimulatedVendor):
        def prices(self, ticker: str, start: date, end: date) -> Any:
            told = super().prices(ticker, start, end)
            assert told is not None
            parts = ("open", "high", "low", "close")
            bars = [
                bar.model_copy(update={name: getattr(bar, name) / 4 for name in parts})
                if bar.session >= WEDNESDAY
                else bar
                for bar in told.bars
            ]
            split = (Split(ex_date=WEDNESDAY, ratio=Decimal(4)),) if start <= WEDNESDAY <= end else ()
            return told.model_copy(update={"bars": tuple(bars), "splits": (*told.splits, *split)})

    with opened(trial(tmp_path), vendors=[Splitting(7)]) as arena:
        arena.season_run(["NVDA"], MONDAY, FRIDAY)
        lessons = shown(chats_of(arena)[-1])
    assert [(one.session, one.split) for one in lessons] == [(WEDNESDAY, 1), (TUESDAY, 4), (MONDAY, 4)]
    assert_right(lessons)


CANARY = Decision(action="BUY", fraction=0.5, confidence=0.5, reasoning=f"{WORD} {FIGURE}", key_risks=())


def planted(store: Store) -> None:
    """What momentum may not see on Thursday: others' decisions, its own of elsewhere or of too late, later prices."""
    known = {"season": "trial", "ticker": "NVDA", "contestant": "momentum", "session": MONDAY, "outcome": CANARY}
    others = (
        {"contestant": "value"},
        {"ticker": "AAPL"},
        {"season": "winter"},
        {"session": MONDAY - timedelta(days=3), "contestant": "momentum2"},
        {"session": WEDNESDAY},
    )
    for number, other in enumerate(others):
        store.save_chat(make_chat(f"planted{number}", **{**known, **other}))
    later = [FRIDAY, date(2025, 10, 13), date(2025, 10, 14)]
    store.save_marks(
        "trial",
        [Mark(ticker=t, session=day, close=Decimal(FIGURE), source="") for t in ("NVDA", "SPY") for day in later],
    )
    store.keep_actions("trial", split_on(*later, ratio=FIGURE))


def split_on(*days, ratio):
    splits = tuple(Split(ex_date=day, ratio=Decimal(ratio)) for day in days)
    return KeptActions(ticker="SPY", through=max(days), splits=splits)


def test_nobody_is_shown_anothers_past_nor_a_later_fact(tmp_path: Path) -> None:
    with opened(trial(tmp_path, "momentum", "value")) as arena:
        arena.season_run(["NVDA"], MONDAY, WEDNESDAY)
    with Store.open(tmp_path) as store:
        planted(store)
    with opened(trial(tmp_path, "momentum", "value")) as arena:
        chats = {chat.contestant: chat for chat in arena.run(["NVDA"], as_of=THURSDAY).chats}
    with Tape.open(tmp_path) as tape:
        briefs = {name: tape.chat(chat.id).label.brief for name, chat in chats.items()}
    assert [one.session for one in briefs["momentum"].lessons] == [TUESDAY, MONDAY]
    assert [traces(told.model_dump_json().encode()) for told in (briefs["momentum"], chats["momentum"])] == [[], []]
    assert_right(briefs["momentum"].lessons)
    # The canary is seen where it may be: value's own newest decision of Monday is the planted one.
    assert WORD in briefs["value"].lessons[-1].reasoning
    (deciding,) = (call for call in chats["value"].calls if call.node == "portfolio_manager")
    assert traces(deciding.prompt[-1].text.encode())
    told = {call.node for call in chats["value"].calls if traces(call.model_dump_json().encode())}
    assert told == {"portfolio_manager"}


def test_a_round_that_was_broken_off_gives_its_waiting_desks_what_it_was_opened_with(tmp_path: Path) -> None:
    """Whatever has come to be known since, and whatever the settings say now."""
    styles = ("momentum", "value")
    with opened(trial(tmp_path / "whole", *styles)) as arena:
        arena.season_run(["NVDA"], MONDAY, THURSDAY)
        whole = {name: [shown(chat) for chat in chats_of(arena, name)] for name in styles}
    home = broken_off(tmp_path, lambda folder: opened(trial(folder, *styles)), MONDAY, THURSDAY, chats=7)
    with Store.open(home) as store:
        store.keep_actions("trial", split_on(THURSDAY, ratio=7))
    with opened(trial(home, *styles, horizon=1, lessons=1)) as arena:
        assert [len(chats_of(arena, name)) for name in styles] == [4, 3]
        arena.season_resume()
        assert {name: [shown(chat) for chat in chats_of(arena, name)] for name in styles} == whole
    assert [one.session for one in whole["value"][-1]] == [TUESDAY, MONDAY]


def test_an_estimate_counts_the_reflection_and_a_desk_by_itself_remembers_too(tmp_path: Path) -> None:
    with opened(trial(tmp_path)) as arena:
        for session in (MONDAY, TUESDAY):
            arena.run(["NVDA"], as_of=session)
        assert [row.calls for row in arena.estimate(["NVDA"], as_of=WEDNESDAY).contestants] == [17]
        with Store.open_existing(tmp_path) as store:
            assert store.lessons("trial", WEDNESDAY) == {}, "an estimate keeps nothing"
        asked = {"ticker": "NVDA", "session": WEDNESDAY.isoformat()}
        state = asyncio.run(arena.lone_desk("momentum").ainvoke(asked))
    assert [one["session"] for one in state["reflection"]["lessons"]] == [MONDAY.isoformat()]


def test_what_was_reflected_on_under_another_horizon_is_reflected_on_anew(tmp_path: Path) -> None:
    with opened(trial(tmp_path, horizon=1)) as arena:
        arena.season_run(["NVDA"], MONDAY, TUESDAY)
    with opened(trial(tmp_path, horizon=2)) as arena:
        arena.run(["NVDA"], as_of=WEDNESDAY)
        found = [shown(chat) for chat in chats_of(arena)]
    assert [[(one.session, one.until, one.reflected) for one in lessons] for lessons in found] == [
        [],
        [(MONDAY, TUESDAY, TUESDAY)],
        [(MONDAY, WEDNESDAY, WEDNESDAY)],
    ]


def test_baselines_remember_nothing(tmp_path: Path) -> None:
    rows = [
        {"name": "momentum", "kind": "rehearsal", "style": "momentum"},
        {"name": "held", "kind": "baseline", "rule": "buy_and_hold"},
    ]
    config = rehearsal_arena(tmp_path, contestants=rows, memory={"horizon": 1})
    with opened(config) as arena:
        arena.season_run(["NVDA"], MONDAY, TUESDAY)
    with Store.open_existing(tmp_path) as store:
        assert store.lessons("trial", TUESDAY).keys() == {("NVDA", "momentum")}
