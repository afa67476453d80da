"""Running ahead of a round: the research of its desks, before anybody knows what their contestants will own.

What comes of it waits in the store, and the desks of the round go on from it. Whatever keeps it from being done is
left to the round itself, which meets it too, and tells of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from arena.config.contestants import ModelContestant
from arena.config.model import ArenaConfig
from arena.contest import Desk
from arena.errors import ArenaError
from arena.market.market import Market
from arena.records.desk import ResearchBrief
from arena.records.market import MarketSnapshot
from arena.records.progress import Audience
from arena.rounds.asked import Asked
from arena.rounds.desk_room import DeskRoom, Readying, Seat, missing_facts
from arena.rounds.facts import basis_of, facts, is_whole, market_key
from arena.rounds.masking import keep_masked_research, masked_players
from arena.rounds.shelf import Shelf
from arena.rounds.treasury import Treasury
from arena.store import Store


class Forerunner:
    """Runs the research of rounds to come."""

    def __init__(
        self,
        config: ArenaConfig,
        market: Market,
        shelf: Shelf,
        *,
        ready: Readying,
        treasury: Treasury,
        room: DeskRoom,
        contestants: Sequence[ModelContestant],
        desks: Callable[[], Awaitable[Mapping[str, Desk]]],
    ) -> None:
        """`contestants` are those whose desks have a research half; `desks` gives the desks that run, by name."""
        self._config = config
        self._market = market
        self._ready = ready
        self._shelf = shelf
        self._treasury = treasury
        self._room = room
        self._contestants = contestants
        self._desks = desks

    async def research(self, asked: Asked, audience: Audience) -> str:
        """Run the research of a round's desks, but for those that have ended and those whose research is ready.

        Returns a sentence on why it was not, where a budget holds it back.
        """
        if cap := await self._treasury.held_back():
            return (
                f"half of {cap} is spent, so the research of {asked.session} was not run ahead: the rounds before it "
                "may need the rest"
            )
        names = {contestant.name for contestant in asked.contestants}
        mine = [contestant for contestant in self._contestants if contestant.name in names]
        await self._ready(mine)
        await self._treasury.open(mine)
        desks = await self._desks()
        seats = [Seat(contestant, desks[contestant.name]) for contestant in mine]
        done = await self._shelf.look_up(lambda store: _done(store, self._config.season, asked))
        await _all(self._ticker(asked, ticker, seats, done, audience) for ticker in asked.tickers)
        return ""

    async def _ticker(
        self, asked: Asked, ticker: str, seats: Iterable[Seat], done: frozenset[tuple[str, str]], audience: Audience
    ) -> None:
        waiting = {seat.contestant.name: seat for seat in seats if (ticker, seat.contestant.name) not in done}
        snapshot = await self._facts(ticker, asked) if waiting else None
        if snapshot is None:
            return
        briefs = [
            ResearchBrief(
                season=self._config.season,
                as_of=asked.as_of,
                session=asked.session,
                ticker=ticker,
                contestant=name,
                snapshot_hash=snapshot.hash,
            )
            for name in waiting
        ]
        shown = await keep_masked_research(self._shelf, briefs, snapshot, asked.tickers, masked_players(self._config))
        await _all(
            self._room.research(
                brief,
                basis_of(self._config, waiting[brief.contestant].contestant),
                waiting[brief.contestant],
                audience,
                shown=shown.get(brief.contestant),
            )
            for brief in briefs
        )

    async def _facts(self, ticker: str, asked: Asked) -> MarketSnapshot | None:
        """The facts of the round, kept for it; None where it will ask for them anew, or have none."""
        try:
            snapshot = await facts(self._config, self._market, self._shelf, ticker, asked.session)
        except ArenaError:
            return None
        if not is_whole(snapshot) or missing_facts(snapshot, self._config):
            return None
        await self._shelf.keep(snapshot)
        key = market_key(self._config)
        await self._shelf.write(lambda store: store.index_snapshot(snapshot.hash, ticker, asked.session, key))
        return snapshot


def _done(store: Store, season: str, asked: Asked) -> frozenset[tuple[str, str]]:
    """The desks, by ticker and contestant, that have ended or whose research is ready."""
    ended = store.decided_chats(season, asked.session, abstentions_too=True)
    ready = store.ready_research(season, asked.session)
    return frozenset([(c.ticker, c.contestant) for c in ended] + [(r.ticker, r.contestant) for r in ready])


async def _all(work: Iterable[Awaitable[object]]) -> None:
    """Do all of it at once, to the end, and then raise the first failure: what is paid for is kept."""
    for came in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(came, BaseException):
            raise came
