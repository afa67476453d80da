"""A snapshot: what the models are shown of a ticker, section by section, and where each comes from."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from arena.cli import figures
from arena.cli.text import one_line
from arena.cli.views import tables
from arena.cli.views.labels import banner
from arena.records.market import MarketSnapshot, Section, SectionStatus

_BARS = 10
_HEADLINES = 10
_DAYS = 7
_STATUS_STYLES: dict[SectionStatus, str] = {"ok": "green", "stale": "yellow", "no_data": "yellow", "error": "bold red"}


def data_view(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The snapshot for people; the models' tools show them all of it."""
    yield from banner({snapshot.ticker: ["simulated"]} if snapshot.simulated else {})
    yield tables.heading(f"{snapshot.ticker} at the close of {snapshot.session} ({_instant(snapshot.as_of)})")
    yield tables.pairs(_identity(snapshot))
    yield tables.heading("Sections")
    yield _sections(snapshot)
    yield from tables.notes([f"{name}: {note}" for name, part in snapshot.sections().items() for note in part.notes])
    yield from _bars(snapshot)
    yield from _indicators(snapshot)
    yield from _statements(snapshot)
    yield from _news(snapshot)
    yield from _social(snapshot)


def _identity(snapshot: MarketSnapshot) -> dict[str, str]:
    identity = snapshot.identity
    known = {
        "Name": identity.name,
        "Exchange": identity.exchange,
        "Sector": identity.sector,
        "Currency": identity.currency,
        "Snapshot": snapshot.hash,
    }
    return {name: value or figures.UNKNOWN for name, value in known.items()}


def _sections(snapshot: MarketSnapshot) -> RenderableType:
    table = tables.table("Section", "Status", "Source", "Newest fact", "Holds", whole=("Newest fact",))
    for (name, section), holds in zip(snapshot.sections().items(), _holdings(snapshot), strict=True):
        table.add_row(name, _status(section), section.source or figures.UNKNOWN, _instant(section.observed), holds)
    return table


def _holdings(snapshot: MarketSnapshot) -> tuple[str, ...]:
    return (
        snapshot.identity.name or "",
        figures.plural(len(snapshot.prices.bars), "bar"),
        figures.plural(len(snapshot.indicators.series), "series", "series"),
        figures.plural(len(snapshot.fundamentals.statements), "statement"),
        figures.plural(len(snapshot.earnings.reports), "report"),
        figures.plural(len(snapshot.insiders.trades), "trade"),
        figures.plural(len(snapshot.news.items), "article"),
        figures.plural(len(snapshot.market_news.items), "article"),
        figures.plural(len(snapshot.social.days), "day"),
        figures.plural(len(snapshot.posts.posts), "post"),
    )


def _status(section: Section) -> Text:
    return Text(section.status.replace("_", " "), style=_STATUS_STYLES[section.status])


def _bars(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    newest = snapshot.prices.bars[-_BARS:]
    if not newest:
        return
    numbers = ("Open", "High", "Low", "Close", "Volume")
    yield tables.heading(f"The last {figures.plural(len(newest), 'bar')}, as traded, in {snapshot.prices.currency}")
    table = tables.table("Session", *numbers, right=numbers, whole=("Session", *numbers))
    for bar in newest:
        prices = (figures.amount(price) for price in (bar.open, bar.high, bar.low, bar.close))
        table.add_row(str(bar.session), *prices, figures.count(bar.volume))
    yield table
    yield from _actions(snapshot)


def _actions(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    events = [f"{split.ex_date}: split {split.ratio}:1" for split in snapshot.prices.splits]
    events += [f"{paid.ex_date}: dividend {figures.amount(paid.amount)}" for paid in snapshot.prices.dividends]
    if events:
        yield tables.heading("Dividends and splits")
        yield from tables.bullets(sorted(events))


def _indicators(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    section = snapshot.indicators
    if not section.series:
        return
    yield tables.heading(f"Indicators at {section.sessions[-1]}")
    table = tables.table("Indicator", "Value", "Indicator", "Value", right=("Value",))
    cells = [(name, _figure(values[-1])) for name, values in section.series.items()]
    half = (len(cells) + 1) // 2
    for place in range(half):
        table.add_row(*cells[place], *(cells[place + half] if place + half < len(cells) else ("", "")))
    yield table


def _statements(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    """The newest statement of each kind and period, and how many there are."""
    held = snapshot.fundamentals.statements
    if not held:
        return
    yield tables.heading("The newest statements")
    table = tables.table(
        "Statement", "Period", "Ends", "Public since", "Currency", "Items", "Held", right=("Items", "Held")
    )
    kinds = [(statement.kind, statement.period) for statement in held]
    for kind, period in sorted(set(kinds)):
        newest = held[kinds.index((kind, period))]
        table.add_row(
            kind.replace("_", " "),
            period,
            str(newest.fiscal_end),
            str(newest.filed) if newest.filed else figures.UNKNOWN,
            one_line(newest.currency or figures.UNKNOWN),
            figures.count(len(newest.items)),
            figures.count(kinds.count((kind, period))),
        )
    yield table


def _news(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    items = snapshot.news.items
    if not items:
        return
    yield tables.heading(_newest("article", _HEADLINES, len(items)))
    table = tables.table("Published", "Publisher", "Title", "Score", right=("Score",), whole=("Published", "Score"))
    for item in items[:_HEADLINES]:
        score = figures.UNKNOWN if item.sentiment is None else f"{item.sentiment:+.2f}"
        table.add_row(_instant(item.published), one_line(item.publisher, 30), one_line(item.title, 160), score)
    yield table


def _social(snapshot: MarketSnapshot) -> Iterator[RenderableType]:
    days = snapshot.social.days
    if not days:
        return
    yield tables.heading(_newest("social day", _DAYS, len(days)))
    table = tables.table("Day", "Mentions", "Sentiment", right=("Mentions", "Sentiment"))
    for day in days[:_DAYS]:
        table.add_row(str(day.day), figures.count(day.mentions), f"{day.sentiment:+.2f}")
    yield table


def _newest(noun: str, shown: int, held: int) -> str:
    return f"The newest {shown} of {figures.plural(held, noun)}" if held > shown else figures.plural(held, noun)


def _instant(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else figures.UNKNOWN


def _figure(value: float | None) -> str:
    return figures.UNKNOWN if value is None else f"{value:,.4f}"
