"""Looking things up: all that an arena can tell without playing a round or asking a model.

Importing this is quick, for what is heavy is imported by what needs it: vendors and calendars when orders are due,
statistics with a report. `arena.app.Arena` is a Lookup that can play.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from typing_extensions import Unpack

from arena.config.model import ArenaConfig
from arena.records.chat import ModelChat
from arena.records.performance import EquityCurve, SeasonReport
from arena.records.search import SearchResult
from arena.records.standing import Standings
from arena.rounds.board import board
from arena.rounds.shelf import Shelf
from arena.rounds.standing import cutoffs_of, equity_of
from arena.sinks.names import configured, copied_to
from arena.store import ChatFilters, ChatRow, SearchFilters
from arena.waiting import waited

if TYPE_CHECKING:
    from arena.market.market import Market
    from arena.market.vendor import Vendor
    from arena.sinks.post import Post
    from arena.tape import Reel


def now() -> datetime:
    """The clock outside tests."""
    return datetime.now(UTC)


class Lookup:
    """What is stored of the arena that one configuration names. Use it as a context manager, or `close` it."""

    def __init__(
        self,
        config: ArenaConfig,
        *,
        environ: Mapping[str, str] | None = None,
        vendors: "Sequence[Vendor] | None" = None,
        clock: Callable[[], datetime] = now,
        record: bool = True,
        refresh: bool = False,
    ) -> None:
        """The arguments are those of `Arena`."""
        self.config = config
        self._environ = os.environ if environ is None else environ
        self._given_vendors = vendors
        self._clock = clock
        self._shelf = Shelf(config.home, copied_to=copied_to(config), on_write=self._send)
        self._record = record
        self._refresh = refresh

    async def aseasons(self) -> tuple[str, ...]:
        """Every season that something was stored of, by name. Raises StoreError where there is no store."""
        return await self._shelf.look_up(lambda store: store.seasons())

    seasons = waited(aseasons)

    async def aboard(self, season: str | None = None, *, as_of: date | None = None) -> Standings:
        """A season's leaderboard (the configured one's by default), after settling the orders that are due.

        With `as_of` it is as it stood at that session's close, from the events, closes and chats up to it; a day
        without a session has the close before it. Raises DateError for a day before the season or one not yet over.
        """
        chosen = season or self.config.season
        table = await board(self.config, lambda: self.market, self._shelf, chosen, self._clock(), as_of=as_of)
        self._send()
        return table

    board = waited(aboard)

    async def aequity(
        self, season: str | None = None, *, as_of: date | None = None, most: int | None = None
    ) -> tuple[EquityCurve, ...]:
        """Every contestant's equity at the closes that are stored, in order of name; nothing is settled for it.

        At `most` that many points each, spread evenly. Raises StoreError where there is no store.
        """
        chosen, cutoffs = season or self.config.season, cutoffs_of(self.config)
        return await self._shelf.look_up(lambda store: equity_of(store, chosen, as_of, most=most, cutoffs=cutoffs))

    equity = waited(aequity)

    async def areport(
        self,
        season: str | None = None,
        *,
        benchmark: str | None = None,
        horizon: int = 1,
        as_of: date | None = None,
    ) -> SeasonReport:
        """A season in figures that say how far they can be trusted, after settling the orders that are due.

        `benchmark` is a ticker to measure against: the season's own by default, at the closes that are kept of it,
        and `none` for none. A decision is judged by the price `horizon` sessions later. `as_of` is as in `aboard`.
        """
        from arena.rounds.reporting import report  # noqa: PLC0415  brings numpy and the calendars

        return await report(
            self.config,
            lambda: self.market,
            self._shelf,
            season or self.config.season,
            self._clock(),
            benchmark=benchmark,
            horizon=horizon,
            as_of=as_of,
        )

    report = waited(areport)

    async def achats(self, **filters: Unpack[ChatFilters]) -> tuple[ChatRow, ...]:
        """The newest chats that match, newest first, without their contents. Raises StoreError without a store.

        `season`, `session`, `ticker` and `contestant` each narrow the list down; `limit` is 100 by default.
        """
        return await self._shelf.look_up(lambda store: store.chat_rows(**filters))

    chats = waited(achats)

    async def achat(self, chat_id: str) -> ModelChat:
        """One ModelChat by its id, or by a beginning that only one id has. Raises UsageError for an unknown one."""
        return await self._shelf.look_up(lambda store: store.chat(chat_id))

    chat = waited(achat)

    async def asearch(self, asked: str, **filters: Unpack[SearchFilters]) -> SearchResult:
        """The passages of all chats that hold all of the words, the best first; words in double quotes stay together.

        `season`, `session`, `ticker` and `contestant` each narrow the search down; `limit` is 20 and `offset` 0 by
        default. Raises UsageError for a question without a word, StoreError without a store.
        """
        return await self._shelf.look_up(lambda store: store.search(asked, **filters))

    search = waited(asearch)

    @cached_property
    def market(self) -> "Market":
        """The market the configuration names."""
        from arena.market.cache import AnswerCache  # noqa: PLC0415  vendors and calendars take a second to import
        from arena.market.market import Market  # noqa: PLC0415
        from arena.market.vendors import build_vendors  # noqa: PLC0415
        from arena.tape.prices import HeardMarket  # noqa: PLC0415

        settings, vendors, cache = self.config.market, self._given_vendors, None
        folder = self.config.home / "cache" / "market"
        if vendors is None:
            vendors = build_vendors(settings, self._environ, folder)
            if settings.cache:
                cache = AnswerCache(folder, self._clock, refresh=self._refresh)
        if not self._record:
            return Market(settings, vendors, self._clock, cache, anew=self._refresh)
        return HeardMarket(
            settings, vendors, self._clock, cache, anew=self._refresh, reel=self._reel, season=self.config.season
        )

    @cached_property
    def _reel(self) -> "Reel":
        from arena.tape import Reel  # noqa: PLC0415  only who plays or settles has a tape

        return Reel(self.config.home)

    @cached_property
    def _post(self) -> "Post":
        from arena.sinks.post import Post  # noqa: PLC0415  only who has a sink speaks to one

        return Post(self.config, self._environ, self._clock)

    def _send(self) -> None:
        """Say that something may be waiting in the outbox, where a sink is configured."""
        if configured(self.config):
            self._post.wake()

    def close(self) -> None:
        """Close the store and the tape, and give what is being sent a few seconds to arrive."""
        self._shelf.close()
        if "_reel" in self.__dict__:
            self._reel.close()
        if "_post" in self.__dict__:
            self._post.end()

    def leftovers(self) -> tuple[str, ...]:
        """What could not be sent before this was closed, and why: a sentence for each sink."""
        return self._post.leftovers() if "_post" in self.__dict__ else ()

    async def hang_up(self) -> None:
        """Close what an event loop opened: nothing, where nobody asks a model."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
