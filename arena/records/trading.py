"""The events of a ledger. A book is what replaying them gives; nothing is ever edited."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from arena.records.base import Money, Price, Record

FillRule = Literal["next_open", "next_close", "same_close"]
RecordedRule = Literal[FillRule, "same_open"]
"""same_open is never a setting of ours: imported arenas let models trade at an open that they had read before."""

Side = Literal["BUY", "SELL"]

Shares = Annotated[int, Field(gt=0)]


class Event(Record):
    """What every event carries."""

    key: str
    """The idempotency key: the same effect always has the same key, so it is stored once."""
    contestant: str
    session: date
    """The session the event takes effect in."""


class BookOpened(Event):
    """A contestant's book begins with its starting cash."""

    kind: Literal["opened"] = "opened"
    cash: Annotated[Money, Field(gt=0)]


class Order(Event):
    """A decision turned into an order; `session` is the one it was decided at the close (same_open: the open) of."""

    kind: Literal["order"] = "order"
    ticker: str
    chat_id: str
    side: Side
    budget: Money | None
    """Dollars to spend, fees and slippage included (BUY); None for SELL."""
    shares: Annotated[int, Field(ge=0)] | None
    """Whole shares to sell (SELL), before any split that comes first; None for BUY."""
    rule: RecordedRule
    fills_on: date
    """The session whose price fills it."""


class Fill(Event):
    """An order executed. `price` is the recorded price; slippage and fee are kept apart from it."""

    kind: Literal["fill"] = "fill"
    order_key: str
    ticker: str
    side: Side
    shares: Shares
    price: Annotated[Price, Field(gt=0)]
    slippage: Annotated[Money, Field(ge=0)]
    """Dollars lost to the spread."""
    fee: Annotated[Money, Field(ge=0)]
    """Dollars of commission."""
    rule: RecordedRule

    @property
    def cash_change(self) -> Decimal:
        """Dollars into the book (positive) or out of it (negative)."""
        gross = self.shares * self.price
        return gross - self.slippage - self.fee if self.side == "SELL" else -gross - self.slippage - self.fee


class Rejection(Event):
    """An order that could not be executed, and why."""

    kind: Literal["rejection"] = "rejection"
    order_key: str
    ticker: str
    reason: str


class DividendPaid(Event):
    """A cash dividend, credited on its ex-date or, where the vendor told of it late, as soon as it is known."""

    kind: Literal["dividend"] = "dividend"
    ticker: str
    ex_date: date
    shares: Shares
    """The shares held at the close before the ex-date."""
    amount: Annotated[Price, Field(gt=0)]
    """Dollars a share."""

    @property
    def cash_change(self) -> Decimal:
        """Dollars credited."""
        return self.shares * self.amount


class SplitApplied(Event):
    """A split on its ex-date. What is left of a share is paid out in cash."""

    kind: Literal["split"] = "split"
    ticker: str
    ratio: Annotated[Price, Field(gt=0)]
    """New shares for one old one."""
    shares_before: Shares
    shares_after: Annotated[int, Field(ge=0)]
    cash_in_lieu: Annotated[Money, Field(ge=0)]
    """Dollars for the fraction of a share, at that session's open."""


LedgerEvent = Annotated[
    BookOpened | Order | Fill | Rejection | DividendPaid | SplitApplied, Field(discriminator="kind")
]


class Mark(Record):
    """The price a holding is valued at."""

    ticker: str
    session: date
    close: Annotated[Price, Field(gt=0)]
    source: str
    """The vendor it came from."""
