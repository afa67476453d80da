"""The figures that follow plainly from those a desk was shown.

A closed list, for with enough arithmetic any figure can be had from some others: the newest close against every
earlier one, each session against the one before, the close against the extremes and every indicator; a line item
against the quarter and the year before, against revenue, and over four quarters together; the close in earnings
of four quarters; what an insider's trade came to; means of volumes, scores and mentions over the newest days or
articles, and sums of mentions; how many of a thing there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, islice, pairwise
from math import inf
from typing import NamedTuple

from arena.evidence.held import Held, Number, amount, other, others, spaced
from arena.evidence.stated import numbers_in
from arena.records.desk import ToolUse
from arena.records.market import Bar, MarketSnapshot, NewsItem, SocialDay, Statement

_SPANS = {"quarter": ((91, "quarter"), (365, "year")), "year": ((365, "year"),)}
"""Days back to the periods one is compared with."""

_GIVE = timedelta(days=7)
"""By how much fiscal periods may end early or late."""


def following_figures(snapshot: MarketSnapshot) -> Iterator[Held]:
    """What follows from the snapshot."""
    bars, statements = snapshot.prices.bars, snapshot.fundamentals.statements
    yield from _changes(bars)
    yield from _against_statements(statements)
    yield from _four_quarters(statements, bars[-1].close if bars else None)
    yield from _moods("news", snapshot.news.items)
    yield from _moods("market_news", snapshot.market_news.items)
    yield from _mentions(snapshot.social.days)
    if bars:
        newest = {name: values[-1] for name, values in snapshot.indicators.series.items() if values}
        for name, value in newest.items():
            if value:
                yield other(_change(bars[-1].close, value), f"prices: last close to {name}, in percent")
    for trade in snapshot.insiders.trades:
        if trade.price is not None:
            yield amount(trade.price * trade.shares, f"insiders: worth of the trade of {trade.traded}")
    for name, things in (("posts", snapshot.posts.posts), ("insiders", snapshot.insiders.trades)):
        yield other(len(things), f"{name}: how many")


def distances(snapshot: MarketSnapshot, looks: Iterable[ToolUse]) -> Iterator[Held]:
    """The newest close against the newest values of the indicators that tools computed."""
    if not snapshot.prices.bars:
        return
    close = snapshot.prices.bars[-1].close
    for use in looks:
        if use.name == "indicator":
            for value in numbers_in(spaced(use.result.rpartition("\n")[2])):
                if value:
                    yield other(_change(close, value), f"prices: last close to indicator {use.arguments}, in percent")


def _changes(bars: Sequence[Bar]) -> Iterator[Held]:
    if not bars:
        return
    closes = [float(bar.close) for bar in bars]
    last, newest = closes[-1], len(bars) - 1
    yield others(
        [_change(last, close) for close in closes[-2::-1]],
        lambda place: f"prices: percent since the close of {bars[newest - 1 - place].session}",
    )
    yield others(
        [_change(later, earlier) for earlier, later in pairwise(closes)],
        lambda place: f"prices: percent on {bars[place + 1].session}",
    )
    yield other(_change(last, max(bar.high for bar in bars)), "prices: last close to the highest high, in percent")
    yield other(_change(last, min(bar.low for bar in bars)), "prices: last close to the lowest low, in percent")
    yield _means([float(bar.volume) for bar in reversed(bars)], "prices: mean volume of {} sessions")


def _against_statements(statements: Sequence[Statement]) -> Iterator[Held]:
    by_end: dict[tuple[str, str, date], Statement] = {(one.kind, one.period, one.fiscal_end): one for one in statements}
    kinds: defaultdict[tuple[str, str], list[Statement]] = defaultdict(list)
    for one in by_end.values():
        kinds[one.kind, one.period].append(one)
    for one in statements:
        income = by_end.get(("income", one.period, one.fiscal_end))
        alike = kinds[one.kind, one.period]
        earlier = [(name, _before(alike, one.fiscal_end - timedelta(days=days))) for days, name in _SPANS[one.period]]
        before = [(name, found.items) for name, found in earlier if found is not None]
        compared = _Compared(one, income.items.get("total_revenue") if income is not None else None, before)
        yield others([value for value, _, _ in compared.found()], compared.name)


class _Compared(NamedTuple):
    """A statement, what its items are compared with, and how."""

    statement: Statement
    revenue: Decimal | None
    before: Sequence[tuple[str, Mapping[str, Decimal]]]
    """The items of earlier statements, by how long before."""

    def found(self) -> Iterator[tuple[float, str, str]]:
        """What comes of it, each with its item and what that is compared with, revenue or the period before."""
        revenue = float(self.revenue) if self.revenue else 0.0
        for item, exact in self.statement.items.items():
            value = float(exact)
            if revenue:
                yield 100 * value / revenue, item, "revenue"
            for name, items in self.before:
                if was := items.get(item):
                    yield _change(value, was), item, name

    def name(self, place: int) -> str:
        """What the value at a place is."""
        _, item, base = next(islice(self.found(), place, None))
        where = f"of the {self.statement.period} to {self.statement.fiscal_end}"
        if base == "revenue":
            return f"fundamentals: {item} in percent of revenue {where}"
        return f"fundamentals: {item} {where}, percent against the {base} before"


def _before(alike: Iterable[Statement], wanted: date) -> Statement | None:
    return next((found for found in alike if abs(found.fiscal_end - wanted) <= _GIVE), None)


def _four_quarters(statements: Sequence[Statement], close: Number | None) -> Iterator[Held]:
    for kind in ("income", "cash_flow"):
        quarters = [one for one in statements if (one.kind, one.period) == (kind, "quarter")][:4]
        if len(quarters) < 4:
            continue
        for item in quarters[0].items:
            total = sum(float(one.items[item]) for one in quarters if item in one.items)
            yield amount(total, f"fundamentals: {item} of four quarters")
            if close is not None and item.endswith("_eps") and total:
                yield other(float(close) / total, f"fundamentals: last close to {item} of four quarters")


def _moods(name: str, items: Sequence[NewsItem]) -> Iterator[Held]:
    yield other(len(items), f"{name}: how many articles")
    scores = [item.sentiment for item in items if item.sentiment is not None]
    yield _means(scores, f"{name}: mean sentiment of the newest {{}} scored")


def _mentions(days: Sequence[SocialDay]) -> Iterator[Held]:
    mentions = [float(day.mentions) for day in days]
    yield _means([day.sentiment for day in days], "social: mean sentiment of the newest {} days")
    yield _means(mentions, "social: mean mentions of the newest {} days")
    yield others([*accumulate(mentions)], lambda place: f"social: mentions of the newest {place + 1} days")


def _means(values: Sequence[float], told: str) -> Held:
    means = [total / count for count, total in enumerate(accumulate(values), 1)]
    return others(means, lambda place: told.format(place + 1))


def _change(new: Number, old: Number) -> float:
    """In percent; infinite where the old value is too small for a float."""
    before = float(old)
    return 100 * (float(new) / before - 1) if before else inf
