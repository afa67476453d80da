"""Every price that is kept of a season: what its books were settled at, and what its snapshots show."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from arena.market.market import SourcedHistory
from arena.records.market import Bar, Dividend, MarketSnapshot


class KnownPrices:
    """Bars and dividends by ticker and day. A vendor may have corrected itself: each of its words counts."""

    def __init__(self, histories: Iterable[SourcedHistory] = ()) -> None:
        self._bars: defaultdict[tuple[str, date], list[Bar]] = defaultdict(list)
        self._sessions: defaultdict[str, set[date]] = defaultdict(set)
        self._dividends: defaultdict[tuple[str, date], set[Dividend]] = defaultdict(set)
        for told in histories:
            self._take(told.history.ticker, told.history.bars, told.history.dividends)

    def take(self, snapshot: MarketSnapshot) -> None:
        """Add what a snapshot shows."""
        self._take(snapshot.ticker, snapshot.prices.bars, snapshot.prices.dividends)

    def bars(self, ticker: str, session: date) -> tuple[Bar, ...]:
        """What is known of a session, oldest word first; empty where nothing is."""
        return tuple(self._bars.get((ticker, session), ()))

    def closes(self, ticker: str, until: date) -> frozenset[Decimal]:
        """Every close that is known of the sessions up to a day: a mark is the last one there was."""
        known = self._sessions.get(ticker, ())
        return frozenset(bar.close for session in known if session <= until for bar in self._bars[ticker, session])

    def dividends(self, ticker: str, ex_date: date) -> frozenset[Dividend]:
        """The dividends known of an ex-date."""
        return frozenset(self._dividends.get((ticker, ex_date), ()))

    def _take(self, ticker: str, bars: Iterable[Bar], dividends: Iterable[Dividend]) -> None:
        for bar in bars:
            self._sessions[ticker].add(bar.session)
            known = self._bars[ticker, bar.session]
            if bar not in known:
                known.append(bar)
        for dividend in dividends:
            self._dividends[ticker, dividend.ex_date].add(dividend)
