"""Looks at prices and indicators."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from agents.figures import figure
from agents.looks.request import Arguments, ToolRequestError, missing
from arena.market import indicators
from arena.records.market import MarketSnapshot


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


def price_history(snapshot: MarketSnapshot, asked: PriceHistoryArguments) -> str:
    """The newest bars as traded, and the splits and dividends among them."""
    if gap := missing(snapshot.prices, "prices"):
        return gap
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
    if gap := missing(snapshot.prices, "prices"):
        return gap
    bars = snapshot.prices.bars
    try:
        series = indicators.indicator(asked.name, bars, snapshot.prices.splits, asked.window)
    except ValueError as problem:
        raise ToolRequestError(str(problem)) from None
    columns = list(zip(*series.values(), strict=True))
    rows = [
        ",".join([str(bar.session), *("" if value is None else figure(value) for value in values)])
        for bar, values in zip(bars[-asked.sessions :], columns[-asked.sessions :], strict=True)
    ]
    return "\n".join([",".join(["session", *series]), *rows])
