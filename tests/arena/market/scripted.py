"""A vendor that answers from a script, and facts to write one with."""

import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from arena.config.market import VendorName
from arena.market.calendar import sessions_between
from arena.market.vendor import PartialVendor
from arena.records.market import (
    Bar,
    Earnings,
    Fundamentals,
    Identity,
    Insiders,
    NewsItem,
    PriceHistory,
    SocialDay,
    SocialPost,
    Statement,
)


class ScriptedVendor(PartialVendor):
    """Answers each section with what it was given: facts, an exception to raise, or a function to call."""

    def __init__(self, name: VendorName = "yahoo", **script: object) -> None:
        """By section; prices and fundamentals are None, news and social empty, and others not covered by default."""
        self.name = name
        self.asked: list[tuple[Any, ...]] = []
        self._script = {"prices": None, "fundamentals": None, "news": (), "social": ()} | script
        self._lock = threading.Lock()

    def identity(self, ticker: str, as_of: datetime) -> Identity:
        return self._answer("identity", ticker, as_of)

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        return self._answer("prices", ticker, start, end)

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        return self._answer("fundamentals", ticker, as_of)

    def earnings(self, ticker: str, as_of: datetime) -> Earnings:
        return self._answer("earnings", ticker, as_of)

    def insiders(self, ticker: str, start: date, end: date) -> Insiders:
        return self._answer("insiders", ticker, start, end)

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        return self._answer("news", ticker, start, end)

    def market_news(self, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        return self._answer("market_news", start, end)

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        return self._answer("social", ticker, start, end)

    def posts(self, ticker: str, start: datetime, end: datetime) -> tuple[SocialPost, ...]:
        return self._answer("posts", ticker, start, end)

    def questions(self, section: str) -> list[tuple[Any, ...]]:
        return [asked for asked in self.asked if asked[0] == section]

    def _answer(self, section: str, *question: Any) -> Any:
        with self._lock:
            self.asked.append((section, *question))
        if section not in self._script:
            self._decline(section)
        answer = self._script[section]
        if isinstance(answer, Exception):
            raise answer
        return answer(*question) if isinstance(answer, Callable) else answer


def bar(session: date, close: str = "100") -> Bar:
    price = Decimal(close)
    return Bar(session=session, open=price, high=price + 1, low=price - 1, close=price, volume=1000)


def bars(start: date, end: date) -> tuple[Bar, ...]:
    """A bar for every session; the close is 100 and counts up by one."""
    return tuple(bar(session, str(100 + place)) for place, session in enumerate(sessions_between(start, end)))


def history(start: date, end: date, **fields: Any) -> PriceHistory:
    return PriceHistory(ticker="ACME", bars=bars(start, end), **fields)


def every_session(ticker: str, start: date, end: date) -> PriceHistory:
    """Prices of a vendor that has a bar for every session it is asked about."""
    return PriceHistory(ticker=ticker, bars=bars(start, end))


def statement(fiscal_end: date, filed: date | None, period: str = "quarter", kind: str = "income") -> Statement:
    return Statement(kind=kind, period=period, fiscal_end=fiscal_end, filed=filed, items={"net_income": Decimal(1)})


def company(*statements: Statement) -> Fundamentals:
    return Fundamentals(statements=statements)


def acme(**fields: Any) -> Identity:
    return Identity(ticker="ACME", name="Acme Corp.", **fields)
