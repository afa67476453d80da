"""The season engine: a plan is stored, its rounds are played in order, and whoever resumes it knows what remains.

What makes a killed season the same season again: the plan is written before the first round; a desk's chat is
written when the desk ends, and its desk is not asked again, whether it decided or abstained; orders, fills and marks
are written under keys that exist once; and a round counts as over only when all of that is done. A round that was
broken off is simply played on.

A round in which no desk could so much as be asked (an endpoint down, a limit met, no credit) is not over: the
season stops there, and resuming it asks those desks again.

Rounds never run ahead of one another, but the research of later ones does: it knows nothing of any book. While a round
is played, that of the next `limits.ahead` due ones is under way beside it, from when its own desks are. It is stored
as it ends, and a round begins when all that is under way for it is through, so that its desks find their research in
the store, whoever ran it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import partial

from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.market import calendar
from arena.market.market import Market
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
from arena.rounds.ahead import Forerunner
from arena.rounds.asked import Asked
from arena.rounds.facts import facts
from arena.rounds.opening import check, refuse_what_the_season_forbids
from arena.rounds.playing import Supervising, play
from arena.rounds.shelf import Shelf
from arena.rounds.standing import standings_of
from arena.season import looking
from arena.season.ahead import RunningAhead
from arena.season.due import Due, due_now
from arena.season.follower import Follower, ResearchHall
from arena.season.lock import alone_in
from arena.season.marks import mark_benchmark
from arena.season.outage import outage, put_failed_aside
from arena.season.planning import SeasonAsked, another, exchange_of, planned, planned_as_days_pass, remaining
from arena.season.played import nobody_was_asked, played_round
from arena.season.settling import settle_season


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
        forerunner: Callable[[], Forerunner],
    ) -> None:
        """What is made by a call is made when it is first needed: a list of seasons needs none of it."""
        self._config = config
        self._forerunner = forerunner
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
        notes += await self._put_failed_aside(plan, due.sessions)
        ahead = RunningAhead(self._config.limits.ahead, lambda session: self._research(plan, session, follower))
        try:
            for place, session in enumerate(due.sessions):
                begin_later = partial(ahead.begin, due.sessions[place + 1 :])
                notes.append(await ahead.through(session))
                played, result, told = await self._round(plan, session, follower, begin_later)
                rounds.append(played)
                standings = result.standings
                notes += [*result.notes, *told]
                if follower.on_round is not None:
                    follower.on_round(played)
                if stopped := outage(result.chats):
                    again = "`arena season resume` asks those desks again"
                    notes.append(f"the season stops at {session}: {stopped}; {again}")
                    break
                # Where no desk was at work, nothing has begun it yet.
                begin_later()
        finally:
            await ahead.stop()
        finished = await self._shelf.look_up(lambda store: store.finished_rounds(plan.season))
        return SeasonReport(
            plan=plan,
            picked_up=picked_up,
            rounds=tuple(rounds),
            remaining=remaining(plan, finished),
            standings=standings,
            notes=tuple(dict.fromkeys(filter(None, notes))),
        )

    async def _research(self, plan: SeasonPlan, session: date, follower: Follower) -> str:
        """Run the research of a round to come; returns why it was not, where there is something to say."""
        asked = await self._asked(plan, session)
        return await self._forerunner().research(asked, ResearchHall(session, follower.on_research))

    async def _put_failed_aside(self, plan: SeasonPlan, due: Sequence[date]) -> tuple[str, ...]:
        """Where nobody could be asked in the round to be played on: forget what failed of later research by that."""
        if not due:
            return ()
        earlier = await self._shelf.look_up(
            lambda store: store.decided_chats(plan.season, due[0], abstentions_too=True)
        )
        if not nobody_was_asked(plan, earlier):
            return ()
        return await self._shelf.write(lambda store: put_failed_aside(store, plan.season))

    async def _round(
        self, plan: SeasonPlan, session: date, follower: Follower, under_way: Callable[[], None]
    ) -> tuple[PlayedRound, RoundResult, Sequence[str]]:
        """Play one round to its end, or on from where it was; `under_way` is called whenever a desk gets somewhere."""

        def on_progress(progress: Progress) -> None:
            under_way()
            if follower.on_progress is not None:
                follower.on_progress(progress)

        began = time.monotonic()
        asked = await self._asked(plan, session)
        earlier, ready = await self._shelf.look_up(
            lambda store: (
                store.decided_chats(plan.season, session, abstentions_too=True),
                {research.id for research in store.ready_research(plan.season, session)},
            )
        )
        # Before the desks are asked: what they are shown of their past is held against the benchmark.
        early = await mark_benchmark(plan, self._market(), self._shelf, session) if self._config.memory.enabled else ()
        result = await play(
            self._graph(),
            self._config,
            asked,
            on_progress,
            keep_abstentions=not nobody_was_asked(plan, earlier),
        )
        late = await mark_benchmark(plan, self._market(), self._shelf, await self._marked_through(plan, session))
        # The round's own leaderboard was made before the benchmark's close of the session its orders filled in.
        table = await self._shelf.look_up(lambda store: standings_of(store, plan.season))
        result = result.model_copy(update={"standings": table})
        if not outage(result.chats):
            at = self._clock()
            await self._shelf.write(lambda store: store.finish_round(plan.season, session, at))
        finished = await self._shelf.look_up(lambda store: store.finished_rounds(plan.season))
        number = 1 + sum(day < session for day in finished)
        played = played_round(
            result,
            number=number,
            of=len(plan.sessions) or None,
            ready=ready,
            seconds=time.monotonic() - began,
        )
        return played, result, (*early, *late)

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
        if self._config.trading.fill == "same_close":
            return session
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
