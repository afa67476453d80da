"""Where desks are run: a place at the gate, a deadline, a tape, and what came of it in the store.

A desk is run for its round in one go, or on from research that was run ahead; that half is run here too. Both share
the gate, so that `limits.desks` holds over all that is under way.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from copy import copy
from datetime import date, datetime
from functools import partial
from typing import NamedTuple, Self

from arena.config.contestants import ClassContestant, Contestant, ModelContestant, RehearsalContestant
from arena.config.executors import LocalExecutor
from arena.config.model import ArenaConfig
from arena.contest import Desk, Stamp, Try, not_started, run_desk, run_research
from arena.gate import Gate
from arena.leisure import Leisure
from arena.llm.purse import spending_for
from arena.market.flights import Flights
from arena.records.chat import ModelChat
from arena.records.desk import Brief, ResearchBrief
from arena.records.market import MarketSnapshot
from arena.records.outcome import Abstention
from arena.records.progress import Audience
from arena.records.research import Research
from arena.rounds.research import ready_research
from arena.rounds.shelf import Shelf
from arena.rounds.treasury import Treasury
from arena.rounds.tries import NewlyEnded, whole
from arena.tape import Reel
from arena.tape.exchange import ChatTape, Exchange, TapeLabel

Readying = Callable[[Sequence[Contestant]], Awaitable[None]]
"""Sees to it that the desks of contestants can be run. Raises UsageError where they cannot, before they are."""


class Seat(NamedTuple):
    """A contestant at its desk."""

    contestant: ModelContestant
    desk: Desk


class _Run(NamedTuple):
    """What came of a desk."""

    chat: ModelChat
    seconds: float
    """What it was given, its research included."""
    exchanges: tuple[Exchange, ...] = ()


class DeskRoom:
    """Runs desks and stores what came of them."""

    def __init__(
        self,
        config: ArenaConfig,
        shelf: Shelf,
        *,
        treasury: Treasury,
        reel: Reel | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._shelf = shelf
        self._treasury = treasury
        self._reel = reel
        self._clock = clock
        self._gate = Gate(config.limits.desks, one_by_one=isinstance(config.executor, LocalExecutor))
        self._looks = Flights()
        self._leisure = Leisure()
        self._lost: defaultdict[date, list[str]] = defaultdict(list)

    def under(self, config: ArenaConfig) -> Self:
        """The same room, with its one gate, for rounds under other settings."""
        other = copy(self)
        other._config = config  # noqa: SLF001 -- its own kind
        return other

    async def hold(
        self,
        brief: Brief,
        stamp: Stamp,
        seat: Seat,
        audience: Audience,
        ends: float | None,
        *,
        shown: Brief | None = None,
    ) -> ModelChat:
        """Run a desk over its brief, on from its research where that is ready, and store its ModelChat.

        `ends` is when its round must be over, in seconds since 1970; `shown` is what a masked desk gets in the brief's
        place.
        """
        research = await self._ready_research(brief, seat.contestant, shown)
        with spending_for(brief.season, brief.session):
            run = await self._chat(brief, stamp, seat, audience, ends=ends, research=research, shown=shown)
        chat, spent = run.chat, self._treasury.written()
        if self._reel is not None:
            # Before the chat: of a process killed in between, a tape without its chat is left, never the reverse.
            tape = ChatTape(chat.id, self._label(brief, seat.contestant, run.seconds, shown), run.exchanges)
            if research is None:
                await self._reel.save_chat(tape)
            else:
                await self._reel.write(lambda reel: reel.complete(tape, len(research.calls)))
        # And what it cost, which is written while the tape is.
        await spent
        await self._shelf.save_chat(chat)
        return chat

    async def research(
        self, brief: ResearchBrief, basis: str, seat: Seat, audience: Audience, *, shown: ResearchBrief | None = None
    ) -> Research:
        """Run the research half of a desk ahead of its round, and store it. It gives way to those of the round."""
        with spending_for(brief.season, brief.session):
            async with self._gate.place(ahead=True) as under_way:

                async def run(desk: Desk, go: Try, _: NewlyEnded) -> Research:
                    return await run_research(
                        desk,
                        brief,
                        basis=basis,
                        free=isinstance(seat.contestant, RehearsalContestant),
                        seconds=self._config.limits.desk_seconds,
                        clock=self._clock,
                        audience=audience,
                        under_way=under_way,
                        shown=shown,
                        go=go,
                    )

                research, exchanges = await whole(seat.desk, run, before=0, told=self._told(brief))
        await self._treasury.written()
        if self._reel is not None:
            await self._reel.write(lambda reel: reel.save_research(research.id, exchanges))
        await self._shelf.write(lambda store: store.save_research(research))
        return research

    async def _ready_research(self, brief: Brief, contestant: Contestant, shown: Brief | None) -> Research | None:
        """The research that a desk goes on from, which most have none of: all that begin together look once."""
        round_ = (brief.season, brief.session)
        ready = await self._looks.join(round_, partial(self._with_research, *round_))
        if (brief.ticker, brief.contestant) not in ready:
            return None
        return await self._shelf.read(lambda store: ready_research(store, self._config, contestant, brief, shown))

    async def _with_research(self, season: str, session: date) -> frozenset[tuple[str, str]]:
        """The desks of a round, by ticker and contestant, whose research is ready."""
        found = await self._shelf.read(lambda store: store.ready_research(season, session)) or ()
        return frozenset((one.ticker, one.contestant) for one in found)

    async def _chat(
        self,
        brief: Brief,
        stamp: Stamp,
        seat: Seat,
        audience: Audience,
        *,
        ends: float | None,
        research: Research | None,
        shown: Brief | None,
    ) -> _Run:
        snapshot = await self._shelf.snapshot(brief.snapshot_hash)
        if missing := missing_facts(snapshot, self._config):
            refused = Abstention(reason="no_data", detail=missing)
            return self._unheld(brief, stamp, refused, audience, research=research, shown=shown)
        async with AsyncExitStack() as stay:
            try:
                async with asyncio.timeout(_seconds_left(ends)):
                    under_way = await stay.enter_async_context(self._gate.place())
            except TimeoutError:
                told = f"the round's {self._config.limits.round_seconds:g} s were over before this desk could start"
                refused = Abstention(reason="timeout", detail=told)
                return self._unheld(brief, stamp, refused, audience, research=research, shown=shown)
            seconds = self._seconds(ends, research)
            facts = await self._shelf.snapshot(shown.snapshot_hash) if shown else snapshot

            async def run(desk: Desk, go: Try, newly_ended: NewlyEnded) -> ModelChat:
                return await run_desk(
                    desk,
                    brief,
                    stamp,
                    seconds=seconds,
                    clock=self._clock,
                    audience=audience,
                    under_way=under_way,
                    between=lambda: self._foretell(newly_ended()),
                    at_leisure=self._leisure.add,
                    facts=facts,
                    shown=shown,
                    research=research,
                    go=go,
                )

            before = len(research.calls) if research is not None else 0
            chat, exchanges = await whole(seat.desk, run, before=before, told=self._told(brief))
            return _Run(chat, seconds, exchanges)

    def _foretell(self, exchanges: Sequence[Exchange]) -> None:
        if self._reel is not None:
            self._reel.foretell(exchanges)

    def lost(self, session: date) -> tuple[str, ...]:
        """A sentence on every go at a desk of that session that was lost, its research among them."""
        return tuple(self._lost.get(session, ()))

    def _told(self, brief: ResearchBrief) -> Callable[[str], None]:
        desk = f"the desk of {brief.contestant} on {brief.ticker} at {brief.session}"
        return lambda sentence: self._lost[brief.session].append(f"{desk}: {sentence}")

    def _unheld(
        self,
        brief: Brief,
        stamp: Stamp,
        why: Abstention,
        audience: Audience,
        *,
        research: Research | None,
        shown: Brief | None,
    ) -> _Run:
        chat = not_started(brief, stamp, why, self._clock(), research, shown=shown)
        audience.chat(chat)
        return _Run(chat, self._config.limits.desk_seconds)

    def _seconds(self, ends: float | None, research: Research | None) -> float:
        """What a desk is given: its own limit, or what its round has left beside what its research took."""
        left, given = _seconds_left(ends), self._config.limits.desk_seconds
        if left is None:
            return given
        return min(given, round(left + (research.seconds if research is not None else 0.0), 3))

    def _label(self, brief: Brief, contestant: ModelContestant, seconds: float, shown: Brief | None) -> TapeLabel:
        return TapeLabel(
            brief=brief,
            shown=shown,
            desk=self._config.desk,
            kind=contestant.desk,
            desk_seconds=seconds,
            # Endpoints' models keep their own deadline, of which the tape has the outcome.
            call_seconds=self._config.limits.call_seconds if isinstance(contestant, ClassContestant) else None,
        )


def missing_facts(snapshot: MarketSnapshot, config: ArenaConfig) -> str:
    """One sentence on the required sections that are not `ok`, stale ones among them; empty when all are."""
    sections = snapshot.sections()
    bad = [name for name in config.market.require if sections[name].status != "ok"]
    told = [
        f"{name} are {sections[name].status} ({'; '.join(sections[name].notes) or 'no reason given'})" for name in bad
    ]
    return f"{snapshot.ticker} at {snapshot.session}: {', '.join(told)}" if told else ""


def _seconds_left(ends: float | None) -> float | None:
    """Until a round must be over; None where rounds take as long as they take."""
    return None if ends is None else max(0.0, ends - time.time())
