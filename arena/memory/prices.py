"""Closes by session as they were known at a round's close, and how a price changed between two of them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arena.records.base import plain
from arena.records.market import MarketSnapshot, Split
from arena.records.trading import Mark

_CENT_OF_A_PERCENT = Decimal("0.01")


class Prices(NamedTuple):
    """What is known of one ticker at the close of a session; nothing in it is later."""

    closes: Mapping[date, Decimal]
    """As traded."""
    splits: tuple[Split, ...]
    known: tuple[date, date] | None
    """The sessions between which every split is told of; None where none is."""


class Change(NamedTuple):
    """How a price changed from one close to another; None is unknown."""

    close: Decimal | None
    close_after: Decimal | None
    split: Decimal | None
    """New shares at the end for one at the beginning."""
    percent: Decimal | None
    """Without dividends, to two decimals."""


NOTHING_KNOWN = Change(None, None, None, None)


def ticker_prices(snapshot: MarketSnapshot, marks: Iterable[Mark]) -> Prices:
    """Of a snapshot's ticker, at its session: the season's marks, and the snapshot's bars where there is none.

    A mark stays as it first was, whatever a vendor says of that session later. Splits are known as far as the
    snapshot's bars go.
    """
    bars, session = snapshot.prices.bars, snapshot.session
    marked = {m.session: m.close for m in marks if m.ticker == snapshot.ticker and m.session <= session}
    return Prices(
        closes={**{bar.session: bar.close for bar in bars}, **marked},
        splits=snapshot.prices.splits,
        known=(bars[0].session, bars[-1].session) if bars else None,
    )


def benchmark_prices(ticker: str, session: date, marks: Iterable[Mark], splits: Iterable[Split]) -> Prices:
    """Of a season's benchmark, at a session: its marks, with the splits that were told together with them."""
    closes = {m.session: m.close for m in marks if m.ticker == ticker and m.session <= session}
    return Prices(
        closes=closes,
        splits=tuple(split for split in splits if split.ex_date <= session),
        known=(min(closes), max(closes)) if closes else None,
    )


def change_of(prices: Prices, start: date, end: date) -> Change:
    """From the close of `start` to that of `end`, splits undone."""
    close, close_after = prices.closes.get(start), prices.closes.get(end)
    split = _split_between(prices, start, end)
    if close is None or close_after is None or split is None:
        return Change(close, close_after, split, None)
    percent = 100 * (close_after * split / close - 1)
    return Change(close, close_after, split, plain(percent.quantize(_CENT_OF_A_PERCENT)))


def _split_between(prices: Prices, start: date, end: date) -> Decimal | None:
    if prices.known is None or start < prices.known[0] or end > prices.known[1]:
        return None
    ratio = Decimal(1)
    for split in prices.splits:
        if start < split.ex_date <= end:
            ratio *= split.ratio
    return ratio
