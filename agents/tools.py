"""The looks an analyst may take at the snapshot, as tools a model can call.

A tool is a pure function of the snapshot and its arguments, so a desk is a function of its brief.
What is wrong with a request is answered in words the model can act on; it never ends the desk.
Text that comes from outside is fenced, with the fence's own marks taken out of it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arena.llm.forms import wire_schema
from arena.market.indicators import indicator
from arena.records.desk import AnalystName, ToolUse
from arena.records.market import MarketSnapshot, NewsItem, Section


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class PriceHistoryArguments(_Arguments):
    """Daily bars as traded, oldest first."""

    sessions: Annotated[int, Field(ge=1, le=120)]
    """How many of the latest sessions, 1 to 120."""


class IndicatorArguments(_Arguments):
    """A technical indicator on the latest sessions, oldest first."""

    name: Literal["sma", "ema", "macd", "rsi", "bollinger", "atr", "vwma"]
    """sma, ema, macd (12, 26, 9), rsi (Wilder), bollinger (2 standard deviations), atr (Wilder) or vwma."""
    window: Annotated[int, Field(ge=2, le=200)] | None
    """The window in sessions; null for the usual one. macd takes none."""
    sessions: Annotated[int, Field(ge=1, le=60)]
    """How many of the latest sessions, 1 to 60."""


class StatementsArguments(_Arguments):
    """Filed financial statements, newest first."""

    kind: Literal["income", "balance_sheet", "cash_flow"]
    """Which statement."""
    period: Literal["quarter", "year"]
    """Quarterly or yearly."""
    count: Annotated[int, Field(ge=1, le=8)]
    """How many periods, 1 to 8; five quarters hold the same quarter of the year before."""


class NewsSearchArguments(_Arguments):
    """Articles about the ticker, newest first."""

    query: str
    """Words of which one must occur in title or summary; empty for all."""
    limit: Annotated[int, Field(ge=1, le=30)]
    """How many articles, 1 to 30."""


class SocialSentimentArguments(_Arguments):
    """Mentions and mean sentiment by day, newest first."""

    days: Annotated[int, Field(ge=1, le=60)]
    """How many days, 1 to 60."""


@dataclass(frozen=True)
class Tool:
    """One look: its name, the arguments it takes, and the function that takes it."""

    name: str
    arguments: type[_Arguments]
    look: Callable[[MarketSnapshot, Any], str]
    usual: tuple[Mapping[str, Any], ...]
    """The arguments used where a model without tools is shown the data at once."""

    def schema(self) -> dict[str, Any]:
        """The OpenAI function schema."""
        schema = dict(wire_schema(self.arguments))
        described = {"name": self.name, "description": schema.pop("description"), "parameters": schema}
        return {"type": "function", "function": described}


class ToolRequestError(ValueError):
    """A request the tool cannot serve; the message tells the model how to ask."""


def use_tool(snapshot: MarketSnapshot, tools: tuple[Tool, ...], name: str, arguments: object) -> ToolUse:
    """Take one look. `arguments` is what the model sent: a mapping, or text that may not even be JSON."""
    sent = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    try:
        tool = _named(tools, name)
        return ToolUse(name=name, arguments=sent, result=tool.look(snapshot, _validated(tool, arguments)))
    except ToolRequestError as problem:
        return ToolUse(name=name, arguments=sent, result=f"Error: {problem}", failed=True)


def _named(tools: tuple[Tool, ...], name: str) -> Tool:
    for tool in tools:
        if tool.name == name:
            return tool
    raise ToolRequestError(f"there is no tool {name!r}; you have {', '.join(tool.name for tool in tools)}")


def _validated(tool: Tool, arguments: object) -> _Arguments:
    try:
        if isinstance(arguments, str):
            return tool.arguments.model_validate_json(arguments or "{}")
        return tool.arguments.model_validate(arguments)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, f['loc'])) or 'arguments'}: {f['msg']}" for f in error.errors())
        raise ToolRequestError(f"{faults}. Call {tool.name} again with arguments that fit its schema") from None


def _price_history(snapshot: MarketSnapshot, asked: PriceHistoryArguments) -> str:
    if missing := _missing(snapshot.prices, "prices"):
        return missing
    rows = [f"{b.session},{b.open},{b.high},{b.low},{b.close},{b.volume}" for b in snapshot.prices.bars]
    return "\n".join(["session,open,high,low,close,volume", *rows[-asked.sessions :]])


def _indicator(snapshot: MarketSnapshot, asked: IndicatorArguments) -> str:
    if missing := _missing(snapshot.prices, "prices"):
        return missing
    bars = snapshot.prices.bars
    try:
        series = indicator(asked.name, bars, snapshot.prices.splits, asked.window)
    except ValueError as problem:
        raise ToolRequestError(str(problem)) from None
    columns = list(zip(*series.values(), strict=True))
    rows = [
        ",".join([str(bar.session), *("" if value is None else f"{value:.4f}" for value in values)])
        for bar, values in zip(bars, columns, strict=True)
    ]
    return "\n".join([",".join(["session", *series]), *rows[-asked.sessions :]])


def _statements(snapshot: MarketSnapshot, asked: StatementsArguments) -> str:
    if missing := _missing(snapshot.fundamentals, "fundamentals"):
        return missing
    chosen = [s for s in snapshot.fundamentals.statements if s.kind == asked.kind and s.period == asked.period][
        : asked.count
    ]
    if not chosen:
        return f"No {asked.kind} statement by {asked.period} was public by {snapshot.session}."
    lines = list(dict.fromkeys(name for statement in chosen for name in statement.items))
    heads = [f"{s.fiscal_end} (filed {s.filed or 'unknown'})" for s in chosen]
    rows = [",".join([line, *(str(s.items.get(line, "")) for s in chosen)]) for line in lines]
    return "\n".join([",".join(["item", *heads]), *rows])


def _news_search(snapshot: MarketSnapshot, asked: NewsSearchArguments) -> str:
    if missing := _missing(snapshot.news, "news"):
        return missing
    words = asked.query.lower().split()
    found = [
        item
        for item in snapshot.news.items
        if not words or any(word in f"{item.title} {item.summary}".lower() for word in words)
    ][: asked.limit]
    if not found:
        return f"None of the {len(snapshot.news.items)} articles holds any of: {', '.join(words)}."
    return fenced("\n".join(_news_line(item) for item in found))


def _news_line(item: NewsItem) -> str:
    score = "none" if item.sentiment is None else f"{item.sentiment:+.2f}"
    published = f"{item.published.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{published} | {item.publisher} | vendor sentiment {score} | {item.title}. {item.summary}"


def _social_sentiment(snapshot: MarketSnapshot, asked: SocialSentimentArguments) -> str:
    if missing := _missing(snapshot.social, "social"):
        return missing
    rows = [f"{d.day},{d.mentions},{d.sentiment:+.4f}" for d in snapshot.social.days[: asked.days]]
    return "\n".join(["day,mentions,sentiment", *rows])


def fenced(text: str) -> str:
    """Outside text between marks that it cannot close itself."""
    return f"<vendor_text>\n{text.replace('vendor_text>', 'vendor_text ')}\n</vendor_text>"


def _missing(section: Section, name: str) -> str:
    """What to say when a section holds no facts; empty when it does."""
    if section.status in ("ok", "stale"):
        return ""
    return f"No {name} ({section.status}). {' '.join(section.notes)}".strip()


PRICE_HISTORY = Tool("price_history", PriceHistoryArguments, _price_history, ({"sessions": 30},))
INDICATOR = Tool(
    "indicator",
    IndicatorArguments,
    _indicator,
    (
        {"name": "rsi", "window": None, "sessions": 5},
        {"name": "sma", "window": 50, "sessions": 5},
        {"name": "macd", "window": None, "sessions": 5},
    ),
)
STATEMENTS = Tool(
    "statements",
    StatementsArguments,
    _statements,
    (
        {"kind": "income", "period": "quarter", "count": 5},
        {"kind": "balance_sheet", "period": "quarter", "count": 2},
        {"kind": "cash_flow", "period": "quarter", "count": 5},
    ),
)
NEWS_SEARCH = Tool("news_search", NewsSearchArguments, _news_search, ({"query": "", "limit": 15},))
SOCIAL_SENTIMENT = Tool("social_sentiment", SocialSentimentArguments, _social_sentiment, ({"days": 14},))

TOOLS: dict[AnalystName, tuple[Tool, ...]] = {
    "market": (PRICE_HISTORY, INDICATOR),
    "news": (NEWS_SEARCH,),
    "fundamentals": (STATEMENTS,),
    "social": (SOCIAL_SENTIMENT, NEWS_SEARCH),
}
"""What each analyst may look at."""
