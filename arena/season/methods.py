"""What the Arena can do with seasons. Its methods, kept apart from its wiring."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypedDict

from typing_extensions import Unpack

from arena.records.progress import Progress
from arena.records.rescoring import RescoredSeason
from arena.records.season import Every, PlayedRound, SeasonReport, SeasonSummary, SeasonView, SettledSeason
from arena.season.engine import SeasonEngine
from arena.season.follower import Follower
from arena.season.planning import SeasonAsked
from arena.season.rescoring import Rescorer, TradingChanges
from arena.waiting import waited


class Followed(TypedDict, total=False):
    """Who is told how a season goes on; see `Follower`."""

    on_pick_up: Callable[[str], None] | None
    """At the beginning, of what earlier runs had left: a sentence each."""
    on_round: Callable[[PlayedRound], None] | None
    """When a round is over."""
    on_progress: Callable[[Progress], None] | None
    """Whenever a desk gets somewhere."""
    on_research: Callable[[date, Progress], None] | None
    """Whenever the research of a later round, of that session, gets somewhere."""


class SeasonMethods(ABC):
    """Seasons of whoever can make an engine for them; all are of the season that the configuration names."""

    @abstractmethod
    def season_engine(self) -> SeasonEngine:
        """The engine over this arena's market, store and graph."""

    @abstractmethod
    def rescorer(self) -> Rescorer:
        """What re-prices seasons, over this arena's store, tape and market."""

    @abstractmethod
    async def hang_up(self) -> None:
        """Close the connections that the running event loop opened."""

    async def aseason_run(
        self,
        tickers: Sequence[str],
        start: date,
        end: date | None = None,
        *,
        every: Every = "DAY",
        contestants: Sequence[str] | None = None,
        benchmark: str | None = None,
        **followed: Unpack[Followed],
    ) -> SeasonReport:
        """Play a season: a round at each session from `start` to `end`, or at the last one of each calendar week.

        `end` is the last completed session by default; sessions to come are planned, and played by `season_resume`.
        `benchmark` is a ticker whose closes are kept too: SPY by default for tickers listed in the United States,
        `none` for none. A season that was planned the same before is resumed. Raises UsageError for what cannot be
        played, and where another process plays the season.
        """
        asked = SeasonAsked(tickers, every, contestants, benchmark)
        return await self.season_engine().run(asked, start, end, Follower(**followed))

    season_run = waited(aseason_run)

    async def aseason_resume(self, **followed: Unpack[Followed]) -> SeasonReport:
        """Play what remains of the planned season and is due; no desk that ended before is asked again.

        Raises UsageError where no season of that name is planned.
        """
        return await self.season_engine().resume(Follower(**followed))

    season_resume = waited(aseason_resume)

    async def aseason_tick(
        self,
        tickers: Sequence[str] | None = None,
        *,
        every: Every = "DAY",
        contestants: Sequence[str] | None = None,
        benchmark: str | None = None,
        **followed: Unpack[Followed],
    ) -> SeasonReport:
        """Play the round of the last completed session, once: for cron. A second tick on a day does nothing.

        The first tick needs `tickers`, with which the season begins; later ones know them.
        """
        asked = None if tickers is None else SeasonAsked(tickers, every, contestants, benchmark)
        return await self.season_engine().tick(asked, Follower(**followed))

    season_tick = waited(aseason_tick)

    async def aseason_settle(self) -> SettledSeason:
        """Settle the season's books as far as its next round allows. Raises UsageError where nothing was played."""
        return await self.season_engine().settle()

    season_settle = waited(aseason_settle)

    async def aseason_list(self) -> tuple[SeasonSummary, ...]:
        """Every season that anything is stored of, by name. Raises StoreError where there is no store."""
        return await self.season_engine().summaries()

    season_list = waited(aseason_list)

    async def aseason_show(self) -> SeasonView:
        """The season as it stands; nothing is settled. Raises UsageError for one that nothing is stored of."""
        return await self.season_engine().view()

    season_show = waited(aseason_show)

    async def aseason_rescore(self, *, into: str | None = None, **changes: Unpack[TradingChanges]) -> RescoredSeason:
        """The season's recorded decisions on fresh books under other trading settings, beside what they came to.

        `changes` are settings of `trading` by name; the rest is as the season was played. No model is asked, and
        nothing of the season is changed. With `into` the new books are kept as a season of that name, labelled as
        rescored. Raises UsageError for a season that is not there or was imported, and for a setting that is none.
        """
        return await self.rescorer().rescore(into, changes)

    season_rescore = waited(aseason_rescore)
