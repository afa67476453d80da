"""What a role is asked: the same beginning for all, what only its contestant is told, and its task."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache

from langchain_core.messages import AnyMessage, HumanMessage, SystemMessage

from agents.figures import figure
from agents.lengths import WORDS
from agents.mandate import book, rules, selling, sizes
from agents.quoting import one_line
from arena.market.listings import listing_of
from arena.market.market import untradable
from arena.records.desk import (
    Brief,
    Mandate,
    ResearchBrief,
    Role,
)
from arena.records.market import MarketSnapshot, Section, SectionName
from arena.same import Same
from prompts.loader import render

_OF_MANDATE: dict[Role, Callable[[Mandate], dict[str, str]]] = {
    "trader": lambda mandate: {"sizes": sizes(mandate)},
    "portfolio_manager": lambda mandate: {"sizes": sizes(mandate), "selling": selling(mandate)},
    "single_agent": lambda mandate: {"sizes": sizes(mandate), "selling": selling(mandate)},
}
"""What of the rules a role is reminded of where it sizes an order."""

_SNAPSHOTS = 128
"""What is told of a snapshot is remembered for so many: all desks of a ticker read the same one."""

_DESKS = 512
"""Desks whose own part of all prompts is remembered."""

_PROMPTS = 256
"""Prompts that are remembered: the analysts of one ticker are asked the same, whoever they work for."""


def prompt(
    role: Role, brief: ResearchBrief, snapshot: MarketSnapshot, *, closing: str = "", **values: str
) -> list[AnyMessage]:
    """A role's prompt, `closing` at its end; the book is told to those whose brief has one.

    What all calls share comes first, and then what all do that trade, for the providers' prompt caches. One message of
    each role: the templates of some local models refuse two of the same in a row.
    """
    own, of_mandate = "", {}
    if isinstance(brief, Brief):
        own = _own(Same(brief), snapshot.prices.currency)
        of_mandate = _OF_MANDATE[role](brief.mandate) if role in _OF_MANDATE else {}
    task = render(role, ticker=brief.ticker, words=str(WORDS[role]), **of_mandate, **values)
    asked = _joined(_shared(Same(snapshot), brief.ticker, brief.session), own, task, closing)
    # Messages are made anew: LangGraph gives each an id when somebody follows them, and tells of an id once.
    return [SystemMessage(_house()), HumanMessage(asked)]


@cache
def _house() -> str:
    return render("house")


@lru_cache(maxsize=_PROMPTS)
def _joined(*parts: str) -> str:
    """One text for all contestants who are asked the same."""
    return "\n\n".join(filter(None, parts))


@lru_cache(maxsize=_SNAPSHOTS)
def _shared(same: Same[MarketSnapshot], ticker: str, session: date) -> str:
    snapshot = same.one
    return render(
        "brief",
        ticker=ticker,
        company=_company(snapshot),
        session=str(session),
        place=listing_of(ticker).place,
        last_close=_last_close(snapshot),
        data=_overview(snapshot),
    )


def section_lines(snapshot: MarketSnapshot, names: Iterable[SectionName]) -> str:
    """What these sections are, where they come from and what is doubted about them, a line each."""
    return _lines(Same(snapshot), tuple(names))


@lru_cache(maxsize=4 * _SNAPSHOTS)
def _lines(same: Same[MarketSnapshot], names: Sequence[SectionName]) -> str:
    sections = same.one.sections()
    return "\n".join(f"- {name}: {_described(sections[name])}" for name in names)


@lru_cache(maxsize=_DESKS)
def _own(same: Same[Brief], currency: str) -> str:
    """What only those who trade are told: the contestant's book, and the rules it trades under."""
    brief = same.one
    refusal = untradable(brief.ticker, currency)
    return render("book", book=book(brief.portfolio), mandate=rules(brief.mandate, refusal))


def _company(snapshot: MarketSnapshot) -> str:
    """Who it is: what is unknown is called so, and what is doubted stands beside it."""
    identity = snapshot.identity
    known = [
        f"{part} {one_line(value) if value else 'unknown'}"
        for part, value in (
            ("exchange", identity.exchange),
            ("sector", identity.sector),
            ("currency", identity.currency),
        )
    ]
    name = one_line(identity.name) if identity.name else "name unknown"
    doubts = "".join(f" ({one_line(note)})" for note in identity.notes)
    label = " SIMULATED DATA, not a real company or market." if snapshot.simulated else ""
    return f"{'; '.join([name, *known])}; told by {identity.source or 'no vendor'}{doubts}.{label}"


def _last_close(snapshot: MarketSnapshot) -> str:
    bars = snapshot.prices.bars
    return f"{figure(bars[-1].close)} {snapshot.prices.currency} on {bars[-1].session}" if bars else "unknown"


def _overview(snapshot: MarketSnapshot) -> str:
    """Which sections there are and which are missing, in one line; who the company is stands elsewhere."""
    alike: dict[str, list[str]] = {}
    for name, section in snapshot.sections().items():
        if name != "identity":
            status = f"{section.status} from {section.source}" if section.source else section.status
            alike.setdefault(status, []).append(name)
    return "; ".join(f"{status}: {', '.join(names)}" for status, names in alike.items())


def _described(section: Section) -> str:
    notes = "".join(f" ({one_line(note)})" for note in section.notes)
    return f"{section.status} from {section.source or 'no vendor'}{_latest(section.observed)}{notes}"


def _latest(observed: datetime | None) -> str:
    return f", up to {observed.astimezone(UTC):%Y-%m-%d}" if observed is not None else ""
