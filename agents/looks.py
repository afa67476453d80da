"""What an analyst can look at: each look is a pure function of the snapshot and its arguments.

What there is to see is shown as comma-separated tables, figures unchanged; a section without facts
is called missing, with the reason. Text from outside is quoted as `agents.quoting` says.
"""

from datetime import UTC, date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.figures import figure, signed
from agents.quoting import cell, fenced, one_line
from arena.market import indicators
from arena.records.market import MarketSnapshot, NewsItem, Section


class ToolRequestError(ValueError):
    """A request the tool cannot serve; the message tells the model how to ask."""


class Arguments(BaseModel):
    """What a look is taken with."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class PriceHistoryArguments(Arguments):
    """Daily bars as traded, oldest first."""

    sessions: Annotated[int, Field(ge=1, le=120)]
    """How many of the latest sessions, 1 to 120."""


class IndicatorArguments(Arguments):
    """A technical indicator on the latest sessions, oldest first."""

    name: Literal["sma", "ema", "macd", "rsi", "bollinger", "atr", "vwma"]
    """sma, ema, macd (12, 26, 9), rsi (Wilder), bollinger (2 standard deviations), atr (Wilder) or vwma."""
    window: Annotated[int, Field(ge=2, le=200)] | None
    """The window in sessions; null for the usual one. macd takes none."""
    sessions: Annotated[int, Field(ge=1, le=60)]
    """How many of the latest sessions, 1 to 60."""


class StatementsArguments(Arguments):
    """Filed financial statements, newest first."""

    kind: Literal["income", "balance_sheet", "cash_flow"]
    """Which statement."""
    period: Literal["quarter", "year"]
    """Quarterly or yearly."""
    count: Annotated[int, Field(ge=1, le=8)]
    """How many periods, 1 to 8; five quarters hold the same quarter of the year before."""


class NewsSearchArguments(Arguments):
    """Articles about the ticker, newest first."""

    query: str
    """Words of which one must occur in title or summary; empty for all."""
    limit: Annotated[int, Field(ge=1, le=30)]
    """How many articles, 1 to 30."""


class SocialSentimentArguments(Arguments):
    """Mentions and mean sentiment by day, newest first."""

    days: Annotated[int, Field(ge=1, le=60)]
    """How many days, 1 to 60."""


def price_history(snapshot: MarketSnapshot, asked: PriceHistoryArguments) -> str:
    """The newest bars as traded, and the splits and dividends among them."""
    if missing := _missing(snapshot.prices, "prices"):
        return missing
    bars = snapshot.prices.bars[-asked.sessions :]
    rows = [f"{b.session},{b.open:f},{b.high:f},{b.low:f},{b.close:f},{b.volume}" for b in bars]
    return "\n".join(["session,open,high,low,close,volume", *rows, *_corporate_actions(snapshot, bars[0].session)])


def _corporate_actions(snapshot: MarketSnapshot, first: date) -> list[str]:
    """What moved the price of the sessions from `first` on without anyone trading; no lines where nothing did."""
    splits = [f"{s.ratio:f} new shares for one on {s.ex_date}" for s in snapshot.prices.splits if s.ex_date >= first]
    paid = [f"{d.amount:f} a share on {d.ex_date}" for d in snapshot.prices.dividends if d.ex_date >= first]
    told = [f"Splits, bars before them in old shares: {'; '.join(splits)}."] if splits else []
    return told + ([f"Dividends by ex-date: {'; '.join(paid)}."] if paid else [])


def indicator(snapshot: MarketSnapshot, asked: IndicatorArguments) -> str:
    """One indicator on the newest sessions; ToolRequestError where it cannot be computed as asked."""
    if missing := _missing(snapshot.prices, "prices"):
        return missing
    bars = snapshot.prices.bars
    try:
        series = indicators.indicator(asked.name, bars, snapshot.prices.splits, asked.window)
    except ValueError as problem:
        raise ToolRequestError(str(problem)) from None
    columns = list(zip(*series.values(), strict=True))
    rows = [
        ",".join([str(bar.session), *("" if value is None else figure(value) for value in values)])
        for bar, values in zip(bars, columns, strict=True)
    ]
    return "\n".join([",".join(["session", *series]), *rows[-asked.sessions :]])


def statements(snapshot: MarketSnapshot, asked: StatementsArguments) -> str:
    """Statements of one kind side by side, line by line."""
    if missing := _missing(snapshot.fundamentals, "fundamentals"):
        return missing
    chosen = [s for s in snapshot.fundamentals.statements if s.kind == asked.kind and s.period == asked.period][
        : asked.count
    ]
    if not chosen:
        return f"No {asked.kind} statement by {asked.period} was public by {snapshot.session}."
    lines = list(dict.fromkeys(name for statement in chosen for name in statement.items))
    heads = [cell(f"{s.fiscal_end} {s.currency or 'currency unknown'} (filed {s.filed or 'unknown'})") for s in chosen]
    rows = [
        ",".join([cell(line), *(f"{s.items[line]:f}" if line in s.items else "" for s in chosen)]) for line in lines
    ]
    return "\n".join([",".join(["item", *heads]), *rows])


def news_search(snapshot: MarketSnapshot, asked: NewsSearchArguments) -> str:
    """Articles in which one of the words occurs, quoted."""
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
    return fenced(_news_line(item) for item in found)


def _news_line(item: NewsItem) -> str:
    score = "none" if item.sentiment is None else signed(item.sentiment)
    published = f"{item.published.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    publisher, title, summary = (text.replace("|", "/") for text in (item.publisher, item.title, item.summary))
    return f"{published} | {publisher or 'publisher unknown'} | vendor sentiment {score} | {title}. {summary}"


def social_sentiment(snapshot: MarketSnapshot, asked: SocialSentimentArguments) -> str:
    """Mentions and sentiment of the newest days."""
    if missing := _missing(snapshot.social, "social"):
        return missing
    rows = [f"{d.day},{d.mentions},{signed(d.sentiment)}" for d in snapshot.social.days[: asked.days]]
    return "\n".join(["day,mentions,sentiment", *rows])


def _missing(section: Section, name: str) -> str:
    """What to say when a section holds no facts; empty when it does."""
    if section.status in ("ok", "stale"):
        return ""
    why = "asked for, and there is nothing" if section.status == "no_data" else "no vendor could answer"
    return f"No {name} ({section.status}): {'; '.join([why, *map(one_line, section.notes)])}."
