"""Research that runs ahead of its round: the same season, sooner, and no half of a desk paid for twice."""

import asyncio
import gc
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast
from weakref import WeakSet

import pytest

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.errors import UsageError, VendorError
from arena.market.simulated import SimulatedVendor
from arena.records.desk import RESEARCH_ROLES
from arena.records.market import NewsItem
from arena.season.ahead import RunningAhead
from arena.store import Store
from bench.competent_model import competent_model
from bench.model_server import Reply
from tests.arena.llm.endpoint import failure
from tests.arena.season.comparing import the_same
from tests.arena.season.desks import HANG, Models, competent_but, place_of
from tests.arenas import Clock, november, rehearsal_arena

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2025, 10, day) for day in (6, 7, 8, 9))

STAND_IN = {"name": "momentum", "kind": "rehearsal", "style": "momentum"}
HOLDER = {"name": "holder", "kind": "baseline", "rule": "buy_and_hold"}
NO_CREDIT = Reply(402, body=failure(402, "no credit"))

Stored = Callable[[Store], bool]


def arena_at(config: ArenaConfig, clock: Callable[[], datetime] = november, **more: object) -> Arena:
    return Arena(config, environ={}, clock=clock, **{"record": False, **more})


def ready(store: Store) -> dict[date, int]:
    """How much research is ready, by session."""
    return dict(Counter(one.session for one in store.ready_research("trial")))


async def stopped(arena: Arena, when: Stored, end: date = WEDNESDAY) -> None:
    """Play from Monday, and break off as Ctrl-C does once this can be said of what is stored."""
    playing = asyncio.create_task(arena.aseason_run(["NVDA"], MONDAY, end, benchmark="none"))
    # A store tells nobody when it is written.
    while not await arena._shelf.read(when):  # noqa: ASYNC110
        await asyncio.sleep(0.002)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    await arena.hang_up()


def stopped_on_monday(models: Models, config: ArenaConfig, end: date = WEDNESDAY, **more: object) -> None:
    """Leave a season of two contestants with nothing decided and the research of two more rounds."""
    usual, models.handler = models.handler, competent_but(HANG, MONDAY, role="trader")
    with arena_at(config, **more) as arena:
        asyncio.run(stopped(arena, lambda store: ready(store) == {TUESDAY: 2, WEDNESDAY: 2}, end))
    models.handler = usual


def test_a_season_is_the_same_whether_its_research_runs_ahead_or_not(tmp_path: Path) -> None:
    told = []
    for home, ahead, researched in (("without", 0, [0, 0]), ("with", 2, [0, 1])):
        config = rehearsal_arena(tmp_path / home, contestants=[STAND_IN, HOLDER], limits={"ahead": ahead})
        with arena_at(config) as arena:
            report = arena.season_run(["NVDA"], MONDAY, TUESDAY, on_research=lambda *heard: told.append(heard))
        assert [played.researched for played in report.rounds] == researched
        assert bool(told) == bool(ahead)
    the_same(tmp_path / "with", tmp_path / "without")
    assert {(session, progress.contestant) for session, progress in told} == {(TUESDAY, "momentum")}
    assert {progress.stage for _, progress in told} - {""} <= RESEARCH_ROLES


@pytest.mark.slow
def test_what_was_ready_is_picked_up_told_of_and_not_asked_again(tmp_path: Path) -> None:
    told: list[str] = []
    with Models(competent_but(NO_CREDIT, model="b", role="research_manager")) as models:
        config = models.config(tmp_path / "stopped")
        usual = models.handler

        def stuck(request, headers):
            monday = place_of(request)[0] == MONDAY.isoformat() and place_of(request)[2] == "trader"
            return HANG if monday else usual(request, headers)

        models.handler = stuck
        with arena_at(config) as arena:
            left = lambda store: len(store.chat_rows("trial")) == 1 and sum(ready(store).values()) == 4  # noqa: E731
            asyncio.run(stopped(arena, left))
            assert arena.season_show().summary.researched == 4
        models.handler = usual
        before = Counter(models.asked)
        with arena_at(config) as arena:
            report = arena.season_resume(on_pick_up=told.append)
            assert arena.season_show().summary.researched == 0
        asked = {place for place, number in models.asked.items() if number > before[place]}
        with arena_at(models.config(tmp_path / "whole", 0)) as arena:
            arena.season_run(["NVDA"], MONDAY, WEDNESDAY, benchmark="none")
    assert told == [
        "the round of 2025-10-06 was broken off when 1 of its 2 desks had ended",
        "4 research halves of later rounds were ready",
    ]
    assert report.picked_up == tuple(told)
    assert not {place for place in asked if place[0] != MONDAY.isoformat() and place[2] in RESEARCH_ROLES}
    assert not {place for place in asked if place[0] != MONDAY.isoformat() and place[1] == "maker/b"}
    the_same(tmp_path / "stopped", tmp_path / "whole")


@pytest.mark.slow
def test_chats_whose_research_ran_ahead_replay_from_the_tape(tmp_path: Path) -> None:
    with Models(competent_but(NO_CREDIT, THURSDAY, "b", "research_manager")) as models:
        config = models.config(tmp_path)
        stopped_on_monday(models, config, THURSDAY, record=True)
        with arena_at(config, record=True) as arena:
            assert [played.researched for played in arena.season_resume().rounds] == [0, 2, 2, 2]
            models.asked.clear()
            rows = arena.chats()
            assert [row.kind for row in rows if row.contestant == "b"] == ["abstention", *["decision"] * 3]
            for row in rows:
                replayed = arena.replay(row.id)
                assert replayed.equal, (replayed.miss, replayed.differences)
            assert arena.replay_round(["NVDA"], as_of=THURSDAY).equal
            assert not models.asked


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False])
def test_half_a_tape_does_not_pass_for_one(tmp_path: Path, first: bool) -> None:
    with Models() as models:
        stopped_on_monday(models, models.config(tmp_path), record=first)
        with arena_at(models.config(tmp_path), record=not first) as arena:
            arena.season_resume()
            for row in arena.chats():
                if row.session != MONDAY or first:
                    with pytest.raises(UsageError, match="not on the tape"):
                        arena.replay(row.id)
                else:
                    assert arena.replay(row.id).equal


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "used"),
    [
        ({"market": {"vendors": ["simulated"], "news_days": 7}}, False),
        ({"desk": {"debate": {"rounds": 2}}}, False),
        ({"desk": {"risk": {"rounds": 0}}, "trading": {"slippage_bps": 5}, "budget": {"season": 50}}, True),
    ],
    ids=["the facts", "the debate", "what comes after"],
)
def test_research_made_under_other_settings_is_put_aside_and_what_does_not_matter_to_it_does_not(
    tmp_path: Path, settings: dict[str, object], used: bool
) -> None:
    prices = {"prices": {f"maker/{name}": {"prompt": 2, "completion": 2} for name in "ab"}}
    with Models() as models:
        stopped_on_monday(models, models.config(tmp_path / "changed", **prices))
        with arena_at(models.config(tmp_path / "changed", **prices, **settings)) as arena:
            report = arena.season_resume()
        with arena_at(models.config(tmp_path / "straight", 0, **prices, **settings)) as arena:
            arena.season_run(["NVDA"], MONDAY, WEDNESDAY, benchmark="none")
    the_same(tmp_path / "changed", tmp_path / "straight", put_aside=0 if used else 4)
    assert [played.researched for played in report.rounds] == [0, 2, 2] if used else [0, 0, 0]
    told = [note for note in report.notes if "research" in note]
    with Store.open_existing(tmp_path / "changed") as store:
        aside = store.research_put_aside("trial")
    cost = sum((research.cost.known for research, _ in aside if research.brief.session == TUESDAY), Decimal(0))
    why = "settings, prompts or code have changed: they are kept"
    sentence = f"2 research halves of 2025-10-07 are not used, since {why}, and the ${cost} they cost is spent"
    assert told[:1] == ([] if used else [sentence])
    assert len(told) == (0 if used else 2)


@pytest.mark.slow
def test_the_round_keeps_the_facts_its_research_rests_on(tmp_path: Path) -> None:
    class Later(SimulatedVendor):
        def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
            return super().news(ticker, start, end)[1:]

    with Models() as models:
        config = models.config(tmp_path)
        stopped_on_monday(models, config, vendors=[SimulatedVendor(7)])
        with arena_at(config, vendors=[Later(7)], refresh=True) as arena:
            report = arena.season_resume()
            news = {session: len(arena.snapshot("NVDA", session).news.items) for session in (MONDAY, TUESDAY)}
            assert arena.season_show().summary.researched == 0
        with arena_at(models.config(tmp_path / "before"), vendors=[SimulatedVendor(7)]) as arena:
            known = {session: len(arena.snapshot("NVDA", session).news.items) for session in (MONDAY, TUESDAY)}
    assert report.notes == ()
    assert news == {MONDAY: known[MONDAY] - 1, TUESDAY: known[TUESDAY]}


@pytest.mark.slow
def test_research_on_facts_that_somebody_decided_otherwise_on_is_put_aside(tmp_path: Path) -> None:
    with Models(competent_but(HANG, TUESDAY, role="trader")) as models:
        with arena_at(models.config(tmp_path)) as arena:
            over = lambda store: MONDAY in store.finished_rounds("trial") and ready(store).get(TUESDAY) == 2  # noqa: E731
            asyncio.run(stopped(arena, over, TUESDAY))
        models.handler = competent_model
        others = models.config(tmp_path, market={"vendors": ["simulated"], "news_days": 7})
        with arena_at(others) as arena:
            played = arena.run(["NVDA"], as_of=TUESDAY, contestants=["b"])
            assert any("1 research half of 2025-10-07 is not used, since settings" in note for note in played.notes)
        with arena_at(models.config(tmp_path)) as arena:
            report = arena.season_resume()
            chats = [arena.chat(row.id) for row in arena.chats(session=TUESDAY)]
    assert any("1 research half of 2025-10-07 is not used, since the facts have changed" in n for n in report.notes)
    assert {chat.snapshot_hash for chat in chats} == set(played.round.snapshots.values())
    assert [chat.outcome.kind for chat in chats] == ["decision"] * 2


@pytest.mark.slow
def test_an_outage_stops_what_runs_ahead_and_what_failed_by_it_is_asked_again(tmp_path: Path) -> None:
    with Models() as models:
        models.handler = lambda request, headers: (
            competent_model(request, headers) if place_of(request)[0] == MONDAY.isoformat() else NO_CREDIT
        )
        with arena_at(models.config(tmp_path, ahead=3)) as arena:
            report = arena.season_run(["NVDA"], MONDAY, THURSDAY)
            assert [played.session for played in report.rounds] == [MONDAY, TUESDAY]
            assert any("the season stops at 2025-10-07: every desk" in note for note in report.notes)
            assert arena.season_show().summary.researched == 4
        models.handler = competent_model
        with arena_at(models.config(tmp_path, ahead=3)) as arena:
            resumed = arena.season_resume()
            rows = arena.chats()
        told = "4 research halves of later rounds are not used, since it failed when no model could be asked"
        assert [note.partition(":")[0] for note in resumed.notes] == [told]
        decided = {(row.session, row.contestant) for row in rows if row.kind == "decision"}
        assert len(decided) == 4 * 2
        with arena_at(models.config(tmp_path / "straight", 0)) as arena:
            arena.season_run(["NVDA"], MONDAY, THURSDAY)
    with Store.open_existing(tmp_path) as one, Store.open_existing(tmp_path / "straight") as other:
        ledgers = [[e.model_dump(exclude={"chat_id"}) for e in store.events("trial")] for store in (one, other)]
    assert ledgers[0] == ledgers[1]


@pytest.mark.slow
def test_what_research_costs_is_spent_for_its_own_round(tmp_path: Path) -> None:
    with Models() as models, arena_at(models.config(tmp_path)) as arena:
        arena.season_run(["NVDA"], MONDAY, WEDNESDAY)
        cost = {s: sum(row.cost.known for row in arena.chats(session=s)) for s in (MONDAY, TUESDAY, WEDNESDAY)}
    with Store.open_existing(tmp_path) as store:
        assert {session: store.spent(season="trial", session=session) for session in cost} == cost
    assert min(cost.values()) > 0


@pytest.mark.slow
def test_with_half_of_a_cap_spent_the_rest_is_left_to_the_round_at_hand(tmp_path: Path) -> None:
    prices = {f"maker/{name}": {"prompt": 2, "completion": 2} for name in "ab"}
    with Models() as models:
        with arena_at(models.config(tmp_path / "free", 0)) as arena:
            arena.season_run(["NVDA"], MONDAY, MONDAY)
            cost = sum((row.cost.known for row in arena.chats()), Decimal(0))
        cap = (cost * Decimal("4.5")).quantize(Decimal("0.000001"))
        with arena_at(models.config(tmp_path / "capped", prices=prices, budget={"season": cap})) as arena:
            report = arena.season_run(["NVDA"], MONDAY, THURSDAY)
            assert {row.kind for row in arena.chats()} == {"decision"}
    assert [played.researched for played in report.rounds] == [0, 2, 2, 0]
    assert report.notes == (
        "half of budget.season is spent, so the research of 2025-10-09 was not run ahead: the rounds before it may "
        "need the rest",
    )


@pytest.mark.slow
def test_the_limit_of_desks_holds_over_rounds_and_research_and_the_round_comes_first(tmp_path: Path) -> None:
    delay = 0.03
    with Models(delay=delay) as models:
        with arena_at(models.config(tmp_path, limits={"desks": 1})) as arena:
            report = arena.season_run(["NVDA"], MONDAY, TUESDAY)
        requests = [(request.at, place_of(request.body)[:2]) for request in models.server.requests]
    assert [played.researched for played in report.rounds] == [0, 2]
    for place, (at, desk) in enumerate(requests):
        assert all(later - at >= 0.9 * delay for later, other in requests[place:] if other != desk)
    ((first, _), *_) = dict.fromkeys(desk for _, desk in requests)
    assert first == MONDAY.isoformat()


@pytest.mark.slow
def test_research_whose_desk_gets_no_place_before_its_round_is_over_is_in_the_chat(tmp_path: Path) -> None:
    limits = {"desks": 1, "round_seconds": 4}
    stuck = competent_but(HANG, TUESDAY, role="trader")
    with Models(stuck) as models, arena_at(models.config(tmp_path, limits=limits)) as arena:
        arena.season_run(["NVDA"], MONDAY, TUESDAY)
        chats = [arena.chat(row.id) for row in arena.chats(session=TUESDAY)]
    assert [chat.outcome.reason for chat in chats] == ["timeout"] * 2
    waited = [chat for chat in chats if chat.outcome.detail.endswith("were over before this desk could start")]
    assert len(waited) == 1
    assert {call.node for call in waited[0].calls} == RESEARCH_ROLES


@pytest.mark.slow
def test_only_sessions_that_are_completed_are_researched(tmp_path: Path) -> None:
    told = []
    with arena_at(rehearsal_arena(tmp_path, contestants=[STAND_IN]), Clock("2025-10-07T22:00:00")) as arena:
        arena.season_run(["NVDA"], MONDAY, THURSDAY, on_research=lambda session, _: told.append(session))
    assert set(told) == {TUESDAY}


@pytest.mark.slow
def test_a_round_whose_facts_have_a_hole_is_left_to_itself(tmp_path: Path) -> None:
    class Patchy(SimulatedVendor):
        asked = 0

        def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
            if end.date() == TUESDAY:
                self.asked += 1
                if self.asked == 1:
                    raise VendorError("simulated: HTTP 503")
            return super().news(ticker, start, end)

    with arena_at(rehearsal_arena(tmp_path, contestants=[STAND_IN]), vendors=[Patchy(7)]) as arena:
        report = arena.season_run(["NVDA"], MONDAY, WEDNESDAY)
        assert arena.snapshot("NVDA", TUESDAY).news.status == "ok"
    assert [played.researched for played in report.rounds] == [0, 0, 1]


def test_research_knows_nothing_of_the_desk_from_within_which_it_was_begun() -> None:
    whose, seen = ContextVar("whose", default="nobody's"), []

    async def research(session: date) -> str:
        seen.append(whose.get())
        whose.set(f"that of {session}")
        return ""

    async def play() -> None:
        ahead = RunningAhead(2, research)
        whose.set("a desk's")
        ahead.begin([TUESDAY, WEDNESDAY])
        for session in (TUESDAY, WEDNESDAY):
            await ahead.through(session)

    asyncio.run(play())
    assert seen == ["nobody's"] * 2


def test_research_that_was_waited_for_is_held_no_longer() -> None:
    tasks = WeakSet[asyncio.Task[object]]()

    async def research(session: date) -> str:
        tasks.add(cast("asyncio.Task[object]", asyncio.current_task()))
        return ""

    async def play() -> None:
        ahead = RunningAhead(1, research)
        for session in (TUESDAY, WEDNESDAY):
            ahead.begin([session])
            await ahead.through(session)
            # Whoever waited is told by the event loop, which holds the task for as long.
            await asyncio.sleep(0)
            gc.collect()
            assert not tasks

    asyncio.run(play())


def test_each_of_the_next_sessions_is_begun_once_and_waited_for() -> None:
    begun, done = [], asyncio.Event()

    async def research(session: date) -> str:
        begun.append(session)
        await asyncio.sleep(0)
        if session == THURSDAY:
            raise ZeroDivisionError
        if session == WEDNESDAY:
            await done.wait()
        return f"told of {session}"

    async def play() -> None:
        ahead = RunningAhead(2, research)
        assert await ahead.through(MONDAY) == ""
        for _ in range(2):
            ahead.begin([TUESDAY, WEDNESDAY, THURSDAY])
        assert await ahead.through(TUESDAY) == "told of 2025-10-07"
        assert begun == [TUESDAY, WEDNESDAY]
        ahead.begin([TUESDAY, WEDNESDAY])
        ahead.begin([WEDNESDAY, THURSDAY])
        with pytest.raises(ZeroDivisionError):
            await ahead.through(THURSDAY)
        await ahead.stop()
        with pytest.raises(asyncio.CancelledError):
            await ahead.through(WEDNESDAY)
        assert begun == [TUESDAY, WEDNESDAY, THURSDAY]

    asyncio.run(play())
