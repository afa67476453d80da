"""The figures a desk was shown: its snapshot's, its book's, its past decisions', and what tools computed for it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from arena.evidence.stated import numbers_in
from arena.records.desk import Brief, ToolUse
from arena.records.market import MarketSnapshot

Number = float | Decimal


class Held(NamedTuple):
    """Figures of one kind. A snapshot has thousands, and few are ever called by name: names are made when asked for."""

    values: Sequence[float]
    name: Callable[[int], str]
    """Where the value at a place stands."""
    are_amounts: bool = False
    """Whether they are money or numbers of shares, which no percentage is."""


def amounts(values: Sequence[float], name: Callable[[int], str]) -> Held:
    """Money, or numbers of shares."""
    return Held(values, name, True)


def others(values: Sequence[float], name: Callable[[int], str]) -> Held:
    """Percentages, scores, ratios, counts, or figures of a text, which may be anything."""
    return Held(values, name)


def amount(value: Number, name: str) -> Held:
    """One of the `amounts`."""
    return amounts((float(value),), lambda _: name)


def other(value: Number, name: str) -> Held:
    """One of the `others`."""
    return others((float(value),), lambda _: name)


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
            yield _told(note, f"{name}: note")


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
            yield _told(text, f"{told}: its words")


def computed_figures(looks: Iterable[ToolUse]) -> Iterator[Held]:
    """What tools computed; what other tools showed is the snapshot's own."""
    for use in looks:
        if use.name == "indicator":
            for line in use.result.splitlines()[1:]:
                yield _told(spaced(line), f"indicator {use.arguments}")


def _told(text: str, name: str) -> Held:
    """The figures of a text."""
    return others([float(value) for value in numbers_in(text)], lambda _: name)


_OF_A_BAR = ("close", "open", "high", "low", "volume")


def _prices(snapshot: MarketSnapshot) -> Iterator[Held]:
    bars = snapshot.prices.bars[::-1]

    def name(place: int) -> str:
        bar, what = divmod(place, len(_OF_A_BAR))
        return f"prices: {_OF_A_BAR[what]} of {bars[bar].session}"

    yield amounts([float(value) for b in bars for value in (b.close, b.open, b.high, b.low, b.volume)], name)
    yield from (amount(paid.amount, f"prices: dividend of {paid.ex_date}") for paid in snapshot.prices.dividends)
    yield from (other(split.ratio, f"prices: split of {split.ex_date}") for split in snapshot.prices.splits)


def _indicators(snapshot: MarketSnapshot) -> Iterator[Held]:
    for name, values in snapshot.indicators.series.items():
        make = others if name.startswith("rsi") else amounts
        known = [
            (value, session)
            for session, value in zip(snapshot.indicators.sessions[::-1], values[::-1], strict=True)
            if value is not None
        ]
        yield make([value for value, _ in known], _of_each(f"indicators: {name} of {{}}", [day for _, day in known]))


def _of_each(told: str, things: Sequence[object]) -> Callable[[int], str]:
    return lambda place: told.format(things[place])


def _statements(snapshot: MarketSnapshot) -> Iterator[Held]:
    for ratio in snapshot.fundamentals.ratios:
        if ratio.value is not None:
            yield other(ratio.value, f"fundamentals: {ratio.name}")
    for one in snapshot.fundamentals.statements:
        told = f"fundamentals: {{}} of the {one.period} to {one.fiscal_end}"
        yield amounts([float(value) for value in one.items.values()], _of_each(told, [*one.items]))


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
            yield from (_told(text, told) for text in (item.title, item.summary))


def _people(snapshot: MarketSnapshot) -> Iterator[Held]:
    for day in snapshot.social.days:
        yield other(day.mentions, f"social: mentions of {day.day}")
        yield other(day.sentiment, f"social: sentiment of {day.day}")
    for post in snapshot.posts.posts:
        told = f"posts: post of {post.posted:%Y-%m-%d}"
        yield _told(post.text, told)
        if post.score is not None:
            yield other(post.score, told)


def spaced(row: str) -> str:
    """A comma-separated row in which no two numbers can pass for one with a thousands separator."""
    return row.replace(",", " , ")
