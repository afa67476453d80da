"""The looks an analyst may take at the snapshot, as tools a model can call.

What is wrong with a request is answered in words the model can act on; it never ends the desk.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from pydantic import ValidationError

from agents import looks
from arena.llm.forms import wire_schema
from arena.records.desk import AnalystName, ToolUse
from arena.records.market import MarketSnapshot, SectionName
from arena.same import Same

_LOOKS = 1024
"""Looks that are remembered: contestants who see one snapshot take the same ones."""


@dataclass(frozen=True)
class Tool:
    """One look: its name, the arguments it takes, and the function that takes it."""

    name: str
    arguments: type[looks.Arguments]
    look: Callable[[MarketSnapshot, Any], str]
    usual: tuple[Mapping[str, Any], ...]
    """The arguments used where a model without tools is shown the data at once."""

    def schema(self) -> dict[str, Any]:
        """The OpenAI function schema."""
        schema = dict(wire_schema(self.arguments))
        described = {"name": self.name, "description": schema.pop("description"), "parameters": schema}
        return {"type": "function", "function": described}


def use_tool(snapshot: MarketSnapshot, tools: tuple[Tool, ...], name: str, arguments: object) -> ToolUse:
    """Take one look. `arguments` is what the model sent: a mapping, or text that may not even be JSON."""
    sent = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    try:
        tool = _named(tools, name)
        shown = _shown(Same(snapshot), Same(tool), _validated(tool, arguments))
        return ToolUse(name=name, arguments=sent, result=shown)
    except looks.ToolRequestError as problem:
        return ToolUse(name=name, arguments=sent, result=f"Error: {problem}", failed=True)


@lru_cache(maxsize=_LOOKS)
def _shown(snapshot: Same[MarketSnapshot], tool: Same[Tool], asked: looks.Arguments) -> str:
    return tool.one.look(snapshot.one, asked)


def usual_looks(snapshot: MarketSnapshot, tools: Iterable[Tool]) -> list[ToolUse]:
    """Every tool's usual looks, for a model that is shown the data at once."""
    return [use_tool(snapshot, (tool,), tool.name, usual) for tool in tools for usual in tool.usual]


def tools_of(analysts: Iterable[AnalystName]) -> tuple[Tool, ...]:
    """The tools of several analysts, each name once: as the first of them has it."""
    named: dict[str, Tool] = {}
    for analyst in analysts:
        for tool in TOOLS[analyst]:
            named.setdefault(tool.name, tool)
    return tuple(named.values())


def _named(tools: tuple[Tool, ...], name: str) -> Tool:
    for tool in tools:
        if tool.name == name:
            return tool
    raise looks.ToolRequestError(f"there is no tool {name!r}; you have {', '.join(tool.name for tool in tools)}")


def _validated(tool: Tool, arguments: object) -> looks.Arguments:
    try:
        if isinstance(arguments, str):
            return tool.arguments.model_validate_json(arguments or "{}")
        return tool.arguments.model_validate(arguments)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, f['loc'])) or 'arguments'}: {f['msg']}" for f in error.errors())
        raise looks.ToolRequestError(f"{faults}. Call {tool.name} again with arguments that fit its schema") from None


PRICE_HISTORY = Tool("price_history", looks.PriceHistoryArguments, looks.price_history, ({"sessions": 30},))
INDICATOR = Tool(
    "indicator",
    looks.IndicatorArguments,
    looks.indicator,
    (
        {"name": "rsi", "window": None, "sessions": 5},
        {"name": "sma", "window": 50, "sessions": 5},
        {"name": "macd", "window": None, "sessions": 5},
    ),
)
STATEMENTS = Tool(
    "statements",
    looks.StatementsArguments,
    looks.statements,
    (
        {"kind": "income", "period": "quarter", "count": 5},
        {"kind": "balance_sheet", "period": "quarter", "count": 2},
        {"kind": "cash_flow", "period": "quarter", "count": 5},
    ),
)
RATIOS = Tool("ratios", looks.RatiosArguments, looks.ratios, ({},))
EARNINGS = Tool("earnings", looks.EarningsArguments, looks.earnings, ({"count": 4},))
INSIDERS = Tool("insiders", looks.InsidersArguments, looks.insiders, ({"count": 8},))
_NEWS_SEARCH = partial(Tool, "news_search", looks.NewsSearchArguments, looks.news_search)
_COMPANY_NEWS = {"about": "company", "query": "", "limit": 8}
NEWS_SEARCH = _NEWS_SEARCH((_COMPANY_NEWS, {"about": "market", "query": "", "limit": 3}))
MOOD_NEWS_SEARCH = _NEWS_SEARCH(({**_COMPANY_NEWS, "limit": 4},))
"""The same tool for who reads news beside something else."""
POSTS = Tool("posts", looks.PostsArguments, looks.posts, ({"limit": 8},))
SOCIAL_SENTIMENT = Tool("social_sentiment", looks.SocialSentimentArguments, looks.social_sentiment, ({"days": 14},))

READS: dict[AnalystName, tuple[SectionName, ...]] = {
    "market": ("prices", "indicators"),
    "news": ("news", "market_news"),
    "fundamentals": ("fundamentals", "earnings", "insiders"),
    "social": ("social", "posts", "news"),
}
"""The sections each analyst answers for."""

TOOLS: dict[AnalystName, tuple[Tool, ...]] = {
    "market": (PRICE_HISTORY, INDICATOR),
    "news": (NEWS_SEARCH,),
    "fundamentals": (STATEMENTS, RATIOS, EARNINGS, INSIDERS),
    "social": (SOCIAL_SENTIMENT, POSTS, MOOD_NEWS_SEARCH),
}
"""What each analyst may look at."""
