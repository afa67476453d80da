"""Running ahead of a round: the research of its desks, before anybody knows what their contestants will own.

What comes of it waits in the store, and the desks of the round go on from it. Whatever keeps it from being done is
left to the round itself, which meets it too, and tells of it.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping

from arena.config.model import ArenaConfig
from arena.errors import ArenaError
from arena.llm.pool import ModelPool
from arena.market.market import Market
from arena.records.desk import ResearchBrief
from arena.records.market import MarketSnapshot
from arena.records.progress import Audience
from arena.rounds.asked import Asked
from arena.rounds.desk_room import DeskRoom, Seat, missing_facts
from arena.rounds.facts import basis_of, facts, is_whole, market_key
from arena.rounds.shelf import Shelf
from arena.rounds.treasury import Treasury
from arena.store import Store


class Forerunner:
    """Runs the research of rounds to come."""

    def __init__(
        self,
        config: ArenaConfig,
        market: Market,
        models: ModelPool,
        shelf: Shelf,
        *,
        treasury: Treasury,
        room: DeskRoom,
        seats: Mapping[str, Seat],
    ) -> None:
        """`seats` are those of the contestants whose desks have a research half, by name."""
        self._config = config
        self._market = market
        self._models = models
        self._shelf = shelf
        self._treasury = treasury
        self._room = room
        self._seats = seats

    async def research(self, asked: Asked, audience: Audience) -> str:
        """Run the research of a round's desks, but for those that have ended and those whose research is ready.

        Returns a sentence on why it was not, where a budget holds it back.
        """
        if cap := await self._treasury.held_back():
            return (
                f"half of {cap} is spent, so the research of {asked.session} was not run ahead: the rounds before it "
                "may need the rest"
            )
        seats = [self._seats[c.name] for c in asked.contestants if c.name in self._seats]
        self._models.check(tuple(seat.contestant for seat in seats))
        await self._treasury.open([seat.contestant for seat in seats])
        done = await self._shelf.look_up(lambda store: _done(store, self._config.season, asked))
        await _all(self._ticker(asked, ticker, seats, done, audience) for ticker in asked.tickers)
        return ""

    async def _ticker(
        self, asked: Asked, ticker: str, seats: Iterable[Seat], done: frozenset[tuple[str, str]], audience: Audience
    ) -> None:
        waiting = [seat for seat in seats if (ticker, seat.contestant.name) not in done]
        snapshot = await self._facts(ticker, asked) if waiting else None
        if snapshot is None:
            return
        await _all(
            self._room.research(
                ResearchBrief(
                    season=self._config.season,
                    as_of=asked.as_of,
                    session=asked.session,
                    ticker=ticker,
                    contestant=seat.contestant.name,
                    snapshot_hash=snapshot.hash,
                ),
                basis_of(self._config, seat.contestant),
                seat,
                audience,
            )
            for seat in waiting
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
