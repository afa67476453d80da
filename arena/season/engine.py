"""The season engine: a plan is stored, its rounds are played in order, and whoever resumes it knows what remains.

What makes a killed season the same season again: the plan is written before the first round; a desk's chat is
written when the desk ends, and its desk is not asked again, whether it decided or abstained; orders, fills and marks
are written under keys that exist once; and a round counts as over only when all of that is done. A round that was
broken off is simply played on.

A round in which no desk could so much as be asked (an endpoint down, a limit met, no credit) is not over: the
season stops there, and resuming it asks those desks again. Rounds never run ahead of one another.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import NamedTuple, get_args

from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.market import calendar
from arena.market.market import Market
from arena.records.chat import ModelChat
from arena.records.outcome import Action
from arena.records.progress import Progress
from arena.records.season import (
    PlayedRound,
    SeasonPlan,
    SeasonReport,
    SeasonSummary,
    SeasonView,
    SettledSeason,
)
from arena.records.standing import RoundResult, Standings
from arena.rounds.asked import Asked
from arena.rounds.facts import facts
from arena.rounds.opening import check, refuse_what_the_season_forbids
from arena.rounds.playing import Supervising, play
from arena.rounds.shelf import Shelf
from arena.season import looking
from arena.season.due import Due, due_now
from arena.season.lock import alone_in
from arena.season.marks import mark_benchmark
from arena.season.outage import outage
from arena.season.planning import SeasonAsked, another, exchange_of, planned, planned_as_days_pass, remaining
from arena.season.settling import settle_season


class Follower(NamedTuple):
    """Who is told how a season goes on. All are called on the event loop and must neither block nor raise."""

    on_pick_up: Callable[[str], None] | None = None
    """At the beginning, of what earlier runs had left: a sentence each."""
    on_round: Callable[[PlayedRound], None] | None = None
    """When a round is over."""
    on_progress: Callable[[Progress], None] | None = None
    """Whenever a desk gets somewhere."""


class SeasonEngine:
    """Plays the season that its configuration names."""

    def __init__(
        self,
        config: ArenaConfig,
        shelf: Shelf,
        clock: Callable[[], datetime],
        *,
        market: Callable[[], Market],
        graph: Callable[[], Supervising],
    ) -> None:
        """`market` and `graph` are made when they are first needed: a list of seasons needs neither."""
        self._config = config
        self._market = market
        self._shelf = shelf
        self._graph = graph
        self._clock = clock

    async def run(
        self,
        asked: SeasonAsked,
        start: date,
        end: date | None,
        follower: Follower,
    ) -> SeasonReport:
        """Plan a season and play all of it that is due; one that was planned the same before is resumed."""
        plan = await asyncio.to_thread(planned, self._config, asked, start, end, self._clock())
        return await self._begin_or_go_on(plan, plan.sessions[0], follower)

    async def resume(self, follower: Follower) -> SeasonReport:
        """Play what remains of the planned season and is due. Raises UsageError where none was planned."""
        plan = await self._stored_plan()
        if plan is None:
            raise UsageError(
                f"no season {self._config.season} is planned here; `arena season run` begins one, "
                "`arena season list` names those there are"
            )
        with self._alone():
            return await self._play(plan, follower)

    async def tick(self, asked: SeasonAsked | None, follower: Follower) -> SeasonReport:
        """Play the round of the last completed session, unless it is over; begun ones before it are ended first.

        The first tick of a season needs to be told what to play, later ones do not. A season that was planned over
        dates plays those of its sessions that are due.
        """
        plan = await self._stored_plan()
        if asked is not None:
            wanted = await asyncio.to_thread(
                planned_as_days_pass, self._config, asked, plan.start if plan else None, self._clock()
            )
            return await self._begin_or_go_on(wanted, wanted.start, follower)
        if plan is None:
            raise UsageError(f"the season {self._config.season} has not begun: name its tickers with --tickers")
        with self._alone():
            return await self._play(plan, follower)

    async def settle(self) -> SettledSeason:
        """Settle the season's books as far as its next round allows."""
        return await settle_season(self._config, self._market(), self._shelf, self._clock)

    async def summaries(self) -> tuple[SeasonSummary, ...]:
        """Every season that anything is stored of, by name. Raises StoreError where there is no store."""
        return await self._shelf.look_up(looking.summaries)

    async def view(self) -> SeasonView:
        """The season as it stands. Raises UsageError for one that nothing is stored of, StoreError without a store."""
        return await self._shelf.look_up(lambda store: looking.view(store, self._config.season))

    async def _play(self, plan: SeasonPlan, follower: Follower) -> SeasonReport:
        picked_up = await self._picked_up(plan)
        if follower.on_pick_up is not None:
            for sentence in picked_up:
                follower.on_pick_up(sentence)
        due = await self._due(plan)
        notes = [due.note] if due.note else []
        rounds: list[PlayedRound] = []
        standings: Standings | None = None
        for session in due.sessions:
            played, result, told = await self._round(plan, session, follower)
            rounds.append(played)
            standings = result.standings
            notes += [*result.notes, *told]
            if follower.on_round is not None:
                follower.on_round(played)
            if stopped := outage(result.chats):
                notes.append(f"the season stops at {session}: {stopped}; `arena season resume` asks those desks again")
                break
        finished = await self._shelf.look_up(lambda store: store.finished_rounds(plan.season))
        return SeasonReport(
            plan=plan,
            picked_up=picked_up,
            rounds=tuple(rounds),
            remaining=remaining(plan, finished),
            standings=standings,
            notes=tuple(dict.fromkeys(notes)),
        )

    async def _round(
        self, plan: SeasonPlan, session: date, follower: Follower
    ) -> tuple[PlayedRound, RoundResult, Sequence[str]]:
        """Play one round to its end, or on from where it was."""
        began = time.monotonic()
        asked = await self._asked(plan, session)
        earlier = await self._shelf.look_up(
            lambda store: store.decided_chats(plan.season, session, abstentions_too=True)
        )
        # Before the desks are asked: what they are shown of their past is held against the benchmark.
        early = await mark_benchmark(plan, self._market(), self._shelf, session) if self._config.memory.enabled else ()
        result = await play(
            self._graph(),
            self._config,
            asked,
            follower.on_progress,
            keep_abstentions=not _nobody_was_asked(plan, earlier),
        )
        late = await mark_benchmark(plan, self._market(), self._shelf, await self._marked_through(plan, session))
        if not outage(result.chats):
            at = self._clock()
            await self._shelf.write(lambda store: store.finish_round(plan.season, session, at))
        finished = await self._shelf.look_up(lambda store: store.finished_rounds(plan.season))
        number = 1 + sum(day < session for day in finished)
        return _played(result, number, len(plan.sessions) or None, time.monotonic() - began), result, (*early, *late)

    async def _begin_or_go_on(self, plan: SeasonPlan, first: date, follower: Follower) -> SeasonReport:
        """Play a season that may have been planned the same before; its first session is looked at before the lock."""
        if await self._kept(plan) is None:
            await self._check_beginning(plan, first)
        with self._alone():
            kept = await self._kept(plan)
            if kept is None:
                await self._shelf.write(lambda store: store.save_plan(plan))
            return await self._play(kept or plan, follower)

    async def _check_beginning(self, plan: SeasonPlan, first: date) -> None:
        """Refuse a first round that may not be played, and a ticker that nobody knows, before anything is written."""
        asked = await self._asked(plan, min(first, await self._today(plan)))
        await refuse_what_the_season_forbids(self._config, self._shelf, asked)
        market = self._market()
        await asyncio.gather(*(facts(self._config, market, self._shelf, t, asked.session) for t in asked.tickers))

    async def _due(self, plan: SeasonPlan) -> Due:
        today = await self._today(plan)
        finished, begun = await self._shelf.look_up(
            lambda store: (store.finished_rounds(plan.season), looking.broken_off(store, plan))
        )
        # Calendars are built at their first use, which is too long for the event loop.
        return await asyncio.to_thread(due_now, plan, finished, begun, today)

    async def _picked_up(self, plan: SeasonPlan) -> tuple[str, ...]:
        return await self._shelf.look_up(lambda store: looking.picked_up(store, plan, self._config.hash))

    async def _asked(self, plan: SeasonPlan, session: date) -> Asked:
        return await asyncio.to_thread(check, self._config, plan.tickers, session, plan.contestants, self._clock())

    async def _today(self, plan: SeasonPlan) -> date:
        """The last completed session of the plan's exchange."""
        return await asyncio.to_thread(calendar.last_completed_session, self._clock(), exchange_of(plan.tickers))

    async def _marked_through(self, plan: SeasonPlan, session: date) -> date:
        """The session up to which a round's books are marked: that of its fills, where it is completed."""
        following = await asyncio.to_thread(calendar.next_session, session, exchange_of(plan.tickers))
        return min(following, await self._today(plan))

    async def _kept(self, plan: SeasonPlan) -> SeasonPlan | None:
        """The plan as it was made before; None where there was none. UsageError where it was another one.

        Another one of which nothing was played gives way.
        """
        kept = await self._stored_plan()
        if kept is None or plan.same_as(kept):
            return kept
        if await self._shelf.look_up(lambda store: looking.summary(store, plan.season).finished == 0) and (
            await self._shelf.look_up(lambda store: looking.broken_off(store, kept)) is None
        ):
            return None
        raise another(kept)

    async def _stored_plan(self) -> SeasonPlan | None:
        return await self._shelf.read(lambda store: store.plan(self._config.season))

    def _alone(self) -> AbstractContextManager[None]:
        return alone_in(self._config.home, self._config.season)


def _nobody_was_asked(plan: SeasonPlan, chats: Sequence[ModelChat]) -> bool:
    """Whether the round was played to its end, and in vain, before."""
    return len(chats) == len(plan.tickers) * len(plan.contestants) and bool(outage(chats))


def _played(result: RoundResult, number: int, of: int | None, seconds: float) -> PlayedRound:
    actions = Counter(chat.outcome.action for chat in result.chats if chat.outcome.kind == "decision")
    return PlayedRound(
        session=result.round.session,
        number=number,
        of=of,
        desks=len(result.chats),
        earlier=len(result.replayed),
        decisions={action: actions[action] for action in get_args(Action)},
        abstentions=len(result.chats) - sum(actions.values()),
        orders=len(result.orders),
        fills=len(result.fills),
        seconds=round(seconds, 3),
    )
