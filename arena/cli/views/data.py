"""A snapshot: what the models are shown of a ticker, section by section, and where each comes from."""

from collections.abc import Callable, Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import one_line
from arena.cli.views import company, prices, tables, talk
from arena.cli.views.labels import banner
from arena.records.chat import Label
from arena.records.market import MarketSnapshot, Section, SectionName, SectionStatus

_STATUS_STYLES: dict[SectionStatus, str] = {"ok": "green", "stale": "yellow", "no_data": "yellow", "error": "bold red"}

_PARTS: tuple[Callable[[MarketSnapshot], Iterator[RenderableType]], ...] = (
    prices.bars,
    prices.indicators,
    company.statements,
    company.earnings,
    company.insiders,
    talk.news,
    talk.social,
    talk.posts,
)
"""What is shown of the sections, in this order; a part without facts shows nothing."""

_HOLDS: Mapping[SectionName, Callable[[MarketSnapshot], str]] = {
    "identity": lambda s: one_line(s.identity.name or "", 40),
    "prices": lambda s: figures.plural(len(s.prices.bars), "bar"),
    "indicators": lambda s: figures.plural(len(s.indicators.series), "series", "series"),
    "fundamentals": lambda s: figures.plural(len(s.fundamentals.statements), "statement"),
    "earnings": lambda s: figures.plural(len(s.earnings.reports), "report"),
    "insiders": lambda s: figures.plural(len(s.insiders.trades), "trade"),
    "news": lambda s: figures.plural(len(s.news.items), "article"),
    "market_news": lambda s: figures.plural(len(s.market_news.items), "article"),
    "social": lambda s: figures.plural(len(s.social.days), "day"),
    "posts": lambda s: figures.plural(len(s.posts.posts), "post"),
}


def data_view(snapshot: MarketSnapshot, *, plot: bool = False) -> Iterator[RenderableType]:
    """The snapshot for people; the models' tools show them all of it. `plot` draws its prices."""
    yield from banner({snapshot.ticker: _labels(snapshot)})
    yield tables.heading(f"{snapshot.ticker} at the close of {snapshot.session} ({figures.instant(snapshot.as_of)})")
    yield tables.pairs(_identity(snapshot))
    yield tables.heading("Sections")
    yield _sections(snapshot)
    yield from tables.notes([f"{name}: {note}" for name, part in snapshot.sections().items() for note in part.notes])
    if plot:
        yield from prices.picture(snapshot)
    for part in _PARTS:
        yield from part(snapshot)


def _labels(snapshot: MarketSnapshot) -> list[Label]:
    simulated: list[Label] = ["simulated"] if snapshot.simulated else []
    return [*simulated, "masked"] if snapshot.masks else simulated


def _identity(snapshot: MarketSnapshot) -> dict[str, str]:
    identity = snapshot.identity
    known = {
        "Name": identity.name,
        "Exchange": identity.exchange,
        "Sector": identity.sector,
        "Currency": identity.currency,
        "Says who": identity.source,
        "Snapshot": snapshot.hash,
        **({"Masks": snapshot.masks} if snapshot.masks else {}),
    }
    return {name: value or figures.UNKNOWN for name, value in known.items()}


def _sections(snapshot: MarketSnapshot) -> RenderableType:
    times = ("Newest fact", "Asked")
    table = tables.table("Section", "Status", "Source", *times, "Holds", whole=times)
    for name, section in snapshot.sections().items():
        holds = _HOLDS[name](snapshot) if name in _HOLDS else ""
        source = section.source or figures.UNKNOWN
        observed, asked = figures.instant(section.observed), figures.instant(section.retrieved)
        table.add_row(name, _status(section), source, observed, asked, holds)
    return table


def _status(section: Section) -> Text:
    return Text(section.status.replace("_", " "), style=_STATUS_STYLES[section.status])
