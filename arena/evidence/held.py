"""The figures a desk was shown: its snapshot's, its book's, its past decisions', and what tools computed for it."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from arena.evidence.stated import numbers_in
from arena.records.desk import Brief, ToolUse
from arena.records.market import MarketSnapshot

Number = float | Decimal


class Held(NamedTuple):
    """A value and where it stands."""

    value: float
    name: str
    is_amount: bool = False
    """Whether it is money or a number of shares, which no percentage is."""


def amount(value: Number, name: str) -> Held:
    """Money, or a number of shares."""
    return Held(float(value), name, True)


def other(value: Number, name: str) -> Held:
    """A percentage, a score, a ratio, a count, or a figure of a text, which may be anything."""
    return Held(float(value), name)


def shown_figures(snapshot: MarketSnapshot) -> Iterator[Held]:
    """Every figure of the snapshot, by section, the newest first."""
    yield from _prices(snapshot)
    yield from _indicators(snapshot)
    yield from _statements(snapshot)
    yield from _reports(snapshot)
    yield from _articles(snapshot)
    yield from _people(snapshot)
    for name, section in snapshot.sections().items():
        for note in section.notes:
            yield from (other(value, f"{name}: note") for value in numbers_in(note))


def book_figures(brief: Brief) -> Iterator[Held]:
    """What the contestant holds, and the rules it trades under."""
    book, rules = brief.portfolio, brief.mandate
    yield from (amount(getattr(book, name), f"book: {name}") for name in ("cash", "available", "equity"))
    for held in book.positions:
        for name in ("shares", "average_cost", "mark", "value"):
            yield amount(getattr(held, name), f"book: {name} of {held.ticker}")
    for name in ("position_limit", "slippage_bps", "commission_bps"):
        yield other(getattr(rules, name), f"rules: {name}")
    yield from _terms(brief)


def _terms(brief: Brief) -> Iterator[Held]:
    """What is unusual about the book's terms, and what follows from them."""
    terms = brief.mandate.terms
    if terms.cash_rate:
        yield other(terms.cash_rate, "rules: interest on cash")
    if terms.margin is not None:
        yield amount(brief.portfolio.margin, "book: margin")
        yield other(terms.margin.initial, "rules: initial margin")
        yield other(terms.margin.maintenance, "rules: maintenance margin")
        yield other(terms.margin.borrow_rate, "rules: borrow fee")


def lesson_figures(brief: Brief) -> Iterator[Held]:
    """Its past decisions, how they turned out, and the figures it gave as its reasons then."""
    for one in brief.lessons:
        told = f"decision of {one.session}"
        for name in ("close", "close_after"):
            if (price := getattr(one, name)) is not None:
                yield amount(price, f"{told}: {name}")
        for name in ("return_pct", "benchmark_return_pct", "excess_pct", "fraction", "confidence", "split"):
            if (value := getattr(one, name)) is not None:
                yield other(value, f"{told}: {name}")
        for text in filter(None, (one.reasoning, one.reflection)):
            yield from (other(value, f"{told}: its words") for value in numbers_in(text))


def computed_figures(looks: Iterable[ToolUse]) -> Iterator[Held]:
    """What tools computed; what other tools showed is the snapshot's own."""
    for use in looks:
        if use.name == "indicator":
            for line in use.result.splitlines()[1:]:
                yield from (other(value, f"indicator {use.arguments}") for value in numbers_in(spaced(line)))


def _prices(snapshot: MarketSnapshot) -> Iterator[Held]:
    for bar in reversed(snapshot.prices.bars):
        day = str(bar.session)
        yield amount(bar.close, f"prices: close of {day}")
        yield amount(bar.open, f"prices: open of {day}")
        yield amount(bar.high, f"prices: high of {day}")
        yield amount(bar.low, f"prices: low of {day}")
        yield amount(bar.volume, f"prices: volume of {day}")
    yield from (amount(paid.amount, f"prices: dividend of {paid.ex_date}") for paid in snapshot.prices.dividends)
    yield from (other(split.ratio, f"prices: split of {split.ex_date}") for split in snapshot.prices.splits)


def _indicators(snapshot: MarketSnapshot) -> Iterator[Held]:
    days = [str(session) for session in reversed(snapshot.indicators.sessions)]
    for name, values in snapshot.indicators.series.items():
        make = other if name.startswith("rsi") else amount
        for day, value in zip(days, reversed(values), strict=True):
            if value is not None:
                yield make(value, f"indicators: {name} of {day}")


def _statements(snapshot: MarketSnapshot) -> Iterator[Held]:
    for ratio in snapshot.fundamentals.ratios:
        if ratio.value is not None:
            yield other(ratio.value, f"fundamentals: {ratio.name}")
    for one in snapshot.fundamentals.statements:
        where = f"of the {one.period} to {one.fiscal_end}"
        for item, value in one.items.items():
            yield amount(value, f"fundamentals: {item} {where}")


def _reports(snapshot: MarketSnapshot) -> Iterator[Held]:
    for report in snapshot.earnings.reports:
        when = report.fiscal_end or report.reported.date()
        if report.eps_actual is not None:
            yield amount(report.eps_actual, f"earnings: reported for {when}")
        if report.eps_estimate is not None:
            yield amount(report.eps_estimate, f"earnings: expected for {when}")
        if report.surprise is not None:
            yield other(report.surprise, f"earnings: surprise in percent for {when}")
    for trade in snapshot.insiders.trades:
        yield amount(trade.shares, f"insiders: shares of {trade.traded}")
        if trade.price is not None:
            yield amount(trade.price, f"insiders: price of {trade.traded}")


def _articles(snapshot: MarketSnapshot) -> Iterator[Held]:
    for name, items in (("news", snapshot.news.items), ("market_news", snapshot.market_news.items)):
        for item in items:
            told = f"{name}: article of {item.published:%Y-%m-%d}"
            if item.sentiment is not None:
                yield other(item.sentiment, told)
            yield from (other(value, told) for text in (item.title, item.summary) for value in numbers_in(text))


def _people(snapshot: MarketSnapshot) -> Iterator[Held]:
    for day in snapshot.social.days:
        yield other(day.mentions, f"social: mentions of {day.day}")
        yield other(day.sentiment, f"social: sentiment of {day.day}")
    for post in snapshot.posts.posts:
        told = f"posts: post of {post.posted:%Y-%m-%d}"
        yield from (other(value, told) for value in numbers_in(post.text))
        if post.score is not None:
            yield other(post.score, told)


def spaced(row: str) -> str:
    """A comma-separated row in which no two numbers can pass for one with a thousands separator."""
    return row.replace(",", " , ")
