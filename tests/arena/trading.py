"""Builders of trading records for the tests of ledger, standings and store."""

from datetime import date, timedelta
from decimal import Decimal

from arena.config.trading import TradingSettings
from arena.ledger import open_book, replay, settle, size_orders
from arena.records.market import Bar, Dividend, PriceHistory, Split
from arena.records.outcome import Decision
from arena.records.trading import Mark

MONDAY = date(2025, 10, 13)


def day(n):
    """The n-th session; these tests have one every calendar day."""
    return MONDAY + timedelta(days=n)


def bar(n, open_, close=None):
    first, last = Decimal(str(open_)), Decimal(str(open_ if close is None else close))
    return Bar(session=day(n), open=first, close=last, high=max(first, last), low=min(first, last), volume=1000)


def history(*bars, ticker="NVDA", dividends=(), splits=()):
    return PriceHistory(
        ticker=ticker,
        bars=bars,
        dividends=tuple(Dividend(ex_date=day(n), amount=Decimal(str(amount))) for n, amount in dividends),
        splits=tuple(Split(ex_date=day(n), ratio=Decimal(str(ratio))) for n, ratio in splits),
    )


def mark(n, close, ticker="NVDA"):
    return Mark(ticker=ticker, session=day(n), close=Decimal(str(close)), source="files")


def decision(action, fraction=None):
    size = (0 if action == "HOLD" else 1) if fraction is None else fraction
    return Decision(action=action, fraction=size, confidence=0.5, reasoning="because", key_risks=())


def settings(**changes):
    return TradingSettings(**changes)


def opened(cash=10_000, contestant="claude"):
    return open_book(contestant, Decimal(str(cash)), day(0))


def decide(events, n, decisions, marks=(), trading=None, *, contestant="claude", fills_on=None):
    """The ledger after a contestant's decisions at the close of the n-th session."""
    orders = size_orders(
        replay(events)[contestant],
        {m.ticker: m for m in marks},
        {ticker: (f"chat-{n}", d) for ticker, d in decisions.items()},
        trading or settings(),
        session=day(n),
        fills_on=day(n + 1 if fills_on is None else fills_on),
    )
    return [*events, *orders]


def settled(events, *histories, through=13, trading=None):
    """The ledger after settling, by default before any order of these tests lapses."""
    return [*events, *settle(events, {h.ticker: h for h in histories}, trading or settings(), day(through))]


def book(events, contestant="claude"):
    return replay(events)[contestant]
