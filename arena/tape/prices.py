"""The market on tape: the prices that books were settled at, kept as they come and given back without a vendor."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from arena.config.market import MarketSettings
from arena.errors import StoreError
from arena.market.cache import AnswerCache
from arena.market.market import Market, SourcedHistory
from arena.market.vendor import Vendor
from arena.records.market import Dividend, MarketSnapshot, PriceHistory
from arena.tape.reel import Reel


class HeardMarket(Market):
    """A market whose prices go on the tape when books are settled at them."""

    def __init__(
        self,
        settings: MarketSettings,
        vendors: Sequence[Vendor],
        clock: Callable[[], datetime],
        cache: AnswerCache | None = None,
        *,
        anew: bool = False,
        reel: Reel,
        season: str,
    ) -> None:
        super().__init__(settings, vendors, clock, cache, anew=anew)
        self._reel = reel
        self._season = season

    async def history(self, ticker: str, start: date, end: date) -> SourcedHistory | None:
        """As every market's, and kept."""
        found = await super().history(ticker, start, end)
        if found is not None:
            await self._reel.write(lambda tape: tape.save_prices(self._season, found))
        return found


class TapeMarket(Market):
    """A market that knows what is on the tape, and asks nobody."""

    def __init__(
        self,
        settings: MarketSettings,
        clock: Callable[[], datetime],
        *,
        prices: Sequence[SourcedHistory],
        snapshots: Sequence[MarketSnapshot],
    ) -> None:
        super().__init__(settings, (), clock)
        self._prices = tuple(prices)
        self._snapshots = {(snapshot.ticker, snapshot.session): snapshot for snapshot in snapshots}

    async def snapshot(self, ticker: str, session: date) -> MarketSnapshot:
        """The stored snapshot. StoreError where there is none."""
        if (ticker, session) not in self._snapshots:
            raise StoreError(f"no snapshot of {ticker} at {session} is stored, and a replay asks no vendor")
        return self._snapshots[ticker, session]

    async def history(self, ticker: str, start: date, end: date) -> SourcedHistory | None:
        """The span as the books were settled at it, the newest word on each session; None where nothing is known."""
        told = [known for known in self._prices if known.history.ticker == ticker]
        if not told:
            return None
        bars = {bar.session: bar for known in told for bar in known.history.bars if start <= bar.session <= end}
        # A regular and a special dividend can share an ex-date: the newest word on a day is all that it tells of it.
        paid: dict[date, list[Dividend]] = {}
        for known in told:
            within = [dividend for dividend in known.history.dividends if start <= dividend.ex_date <= end]
            paid |= {dividend.ex_date: [] for dividend in within}
            for dividend in within:
                paid[dividend.ex_date].append(dividend)
        splits = {s.ex_date: s for known in told for s in known.history.splits if start <= s.ex_date <= end}
        history = PriceHistory(
            ticker=ticker,
            currency=told[-1].history.currency,
            bars=tuple(bars[session] for session in sorted(bars)),
            dividends=tuple(dividend for day in sorted(paid) for dividend in paid[day]),
            splits=tuple(splits[day] for day in sorted(splits)),
        )
        return SourcedHistory(source=told[-1].source, history=history)
