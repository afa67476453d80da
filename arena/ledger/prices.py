"""Price histories as settling books asks for them: bars by day, closes, and what companies did on a session."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arena.records.market import Bar, Dividend, PriceHistory, Split


class Payment(NamedTuple):
    """A dividend, or all of one ex-date together."""

    ticker: str
    ex_date: date
    amount: Decimal
    """Dollars a share."""


class Prices:
    """The histories of one settling, by ticker. Corporate actions stand under the session they take effect in."""

    def __init__(self, histories: Mapping[str, PriceHistory]) -> None:
        self.bars = {
            ticker: {bar.session: bar for bar in history.bars} for ticker, history in sorted(histories.items())
        }
        self.sessions = {ticker: list(bars) for ticker, bars in self.bars.items()}
        self.splits: defaultdict[date, list[tuple[str, Split]]] = defaultdict(list)
        self.dividends: defaultdict[date, list[Payment]] = defaultdict(list)
        for ticker, history in sorted(histories.items()):
            for split in sorted(history.splits, key=lambda split: split.ex_date):
                if session := self._effective(ticker, split.ex_date):
                    self.splits[session].append((ticker, split))
            for ex_date, amount in _by_ex_date(history.dividends):
                if session := self._effective(ticker, ex_date):
                    self.dividends[session].append(Payment(ticker, ex_date, amount))

    def bar(self, ticker: str, session: date) -> Bar | None:
        """The bar of a session; None where there is none, or no history."""
        return self.bars.get(ticker, {}).get(session)

    def close(self, ticker: str, session: date) -> Decimal | None:
        """The close of a session, or the last one before it; None where none is known."""
        sessions = self.sessions.get(ticker, [])
        known = bisect_right(sessions, session)
        return self.bars[ticker][sessions[known - 1]].close if known else None

    def _effective(self, ticker: str, ex_date: date) -> date | None:
        sessions = self.sessions[ticker]
        index = bisect_left(sessions, ex_date)
        return sessions[index] if index < len(sessions) else None


def _by_ex_date(dividends: Iterable[Dividend]) -> list[tuple[date, Decimal]]:
    """A regular and a special dividend on one ex-date are one payment."""
    amounts: defaultdict[date, Decimal] = defaultdict(Decimal)
    for dividend in dividends:
        amounts[dividend.ex_date] += dividend.amount
    return sorted(amounts.items())
