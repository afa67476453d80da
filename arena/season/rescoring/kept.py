"""What is kept of a season to re-price it with: rounds, decisions, prices and marks. Reads nothing itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from arena.market.market import BOOK_CURRENCY, SourcedHistory, untradable
from arena.records.market import Bar, Dividend, MarketSnapshot, PriceHistory, Split
from arena.records.outcome import Decision
from arena.records.standing import Round, Standings, Tally
from arena.records.trading import LedgerEvent, Mark

Decided = Mapping[str, Mapping[str, tuple[str, Decision]]]
"""By contestant and ticker: the chat's id and its decision."""


class Recorded(NamedTuple):
    """What the store holds of a season."""

    season: str
    rounds: Sequence[Round]
    """In order."""
    decided: Mapping[date, Decided]
    """The decisions of each round."""
    events: Sequence[LedgerEvent]
    marks: Sequence[Mark]
    tallies: Sequence[Tally]
    standings: Standings

    @property
    def tickers(self) -> tuple[str, ...]:
        """Everything that was decided on, in order."""
        return tuple(sorted({ticker for round_ in self.rounds for ticker in round_.tickers}))

    @property
    def through(self) -> date:
        """The session that the recorded books are valued at; the last round's where nothing is marked."""
        return self.standings.session or self.rounds[-1].session


def refused(snapshots: Iterable[MarketSnapshot]) -> dict[str, str]:
    """Why no book can hold a ticker, by those of which that is so."""
    found = {snapshot.ticker: untradable(snapshot.ticker, snapshot.prices.currency) for snapshot in snapshots}
    return {ticker: why for ticker, why in found.items() if why}


def pieced_together(told: Sequence[SourcedHistory], snapshots: Sequence[MarketSnapshot], first: date) -> PriceHistory:
    """One ticker's prices from a session on: the first word on each, as the books were settled at it.

    What the settled prices leave out comes from the snapshots, but for each one's newest bar: it is the next that
    would show it to be wrong. Dividends and splits are those of whoever told of their day first.
    """
    ticker = told[0].history.ticker if told else snapshots[0].ticker
    bars: dict[date, Bar] = {}
    paid: defaultdict[date, tuple[Dividend, ...]] = defaultdict(tuple)
    splits: dict[date, Split] = {}
    shown = [s.prices for s in snapshots if s.prices.currency == BOOK_CURRENCY]
    sources = [
        *((one.history.bars, one.history.dividends, one.history.splits) for one in told),
        *((prices.bars[:-1], prices.dividends, prices.splits) for prices in shown),
    ]
    for some_bars, dividends, some_splits in sources:
        for bar in some_bars:
            bars.setdefault(bar.session, bar)
        for day, payments in _by_day(dividends).items():
            paid.setdefault(day, payments)
        for split in some_splits:
            splits.setdefault(split.ex_date, split)
    return PriceHistory(
        ticker=ticker,
        bars=tuple(bars[session] for session in sorted(bars) if session >= first),
        dividends=tuple(payment for day in sorted(paid) if day >= first for payment in paid[day]),
        splits=tuple(splits[day] for day in sorted(splits) if day >= first),
    )


def _by_day(dividends: Iterable[Dividend]) -> dict[date, tuple[Dividend, ...]]:
    found: defaultdict[date, tuple[Dividend, ...]] = defaultdict(tuple)
    for dividend in dividends:
        found[dividend.ex_date] += (dividend,)
    return found
