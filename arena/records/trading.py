"""The events of a ledger. A book is what replaying them gives; nothing is ever edited.

What was added later is left out of the JSON at its default, so that what is stored keeps its bytes.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from arena.records.base import Money, Price, Record
from arena.records.shares import Position, ShareCount, Shares
from arena.records.terms import PLAIN_TERMS, Rate, Terms

FillRule = Literal["next_open", "next_close", "same_close"]
RecordedRule = Literal[FillRule, "same_open"]
"""same_open is never a setting of ours: imported arenas let models trade at an open that they had read before."""

Side = Literal["BUY", "SELL"]


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
    terms: Annotated[Terms, Field(exclude_if=lambda terms: terms == PLAIN_TERMS)] = PLAIN_TERMS


class Order(Event):
    """A decision turned into an order; `session` is the one it was decided at the close (same_open: the open) of.

    What opens a position, a purchase or a short sale, has a budget; what closes one, a sale of what is held or the
    cover of a short, has shares.
    """

    kind: Literal["order"] = "order"
    ticker: str
    chat_id: str
    side: Side
    budget: Money | None
    """Dollars to spend, fees and slippage included (BUY), or to commit as margin beyond what the sale brings (SELL);
    None where it closes a position."""
    shares: Annotated[ShareCount, Field(ge=0)] | None
    """Shares to sell (SELL) or to buy back (BUY), before any split that comes first; None where it opens a position."""
    rule: RecordedRule
    fills_on: date
    """The session whose price fills it."""
    shorts: Annotated[dict[str, Money], Field(exclude_if=lambda shorts: not shorts)] = {}
    """What the book's shorts in other tickers were worth when it was decided, in dollars; of an order that opens a
    position, for they keep cash from being spent."""


class Fill(Event):
    """An order executed. `price` is the recorded price; slippage and fee are kept apart from it."""

    kind: Literal["fill"] = "fill"
    order_key: str
    """Of the order, or of the margin call that forced it."""
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
    """An order that could not be executed, and why; or a margin call that nothing was left for."""

    kind: Literal["rejection"] = "rejection"
    order_key: str
    ticker: str
    reason: str


class DividendPaid(Event):
    """A cash dividend, credited on its ex-date or, where the vendor told of it late, as soon as it is known.

    Who is short pays it, for it is owed to whom the shares were borrowed from.
    """

    kind: Literal["dividend"] = "dividend"
    ticker: str
    ex_date: date
    shares: Position
    """The shares held at the close before the ex-date, negative where they were short."""
    amount: Annotated[Price, Field(gt=0)]
    """Dollars a share."""

    @property
    def cash_change(self) -> Decimal:
        """Dollars credited, negative where they are owed."""
        return self.shares * self.amount


class SplitApplied(Event):
    """A split on its ex-date. What is left of a share is settled in cash, or kept in a book of fractional shares."""

    kind: Literal["split"] = "split"
    ticker: str
    ratio: Annotated[Price, Field(gt=0)]
    """New shares for one old one."""
    shares_before: Position
    shares_after: ShareCount
    cash_in_lieu: Money
    """Dollars for the fraction of a share, at that session's open; negative where it was short."""

    @property
    def ex_date(self) -> date:
        """The day it is of, which its key tells; `session` is later where the vendor told of it late."""
        return date.fromisoformat(self.key.removeprefix(f"split:{self.ticker}:").partition(":")[0])


class InterestPaid(Event):
    """Interest on a book's cash from one close to the next session, credited before that one's open.

    `session` is `until`, or later where the book had moved on before it could be told.
    """

    kind: Literal["interest"] = "interest"
    since: date
    """The session at whose close the cash was counted."""
    until: date
    """The session after it; the calendar days between are paid for."""
    balance: Money
    """The cash at that close, dollars."""
    rate: Rate
    amount: Money
    """Dollars, negative where the balance is."""

    @property
    def cash_change(self) -> Decimal:
        """Dollars credited, negative where they are owed."""
        return self.amount


class BorrowFee(Event):
    """What it costs to have borrowed the shares of a short from one close to the next session, as InterestPaid."""

    kind: Literal["borrow_fee"] = "borrow_fee"
    ticker: str
    since: date
    """The session at whose close the short was valued."""
    until: date
    """The session after it; the calendar days between are paid for."""
    shares: Shares
    """Short at that close."""
    price: Annotated[Price, Field(gt=0)]
    """That close, or the last one before it, dollars a share."""
    rate: Rate
    amount: Annotated[Money, Field(ge=0)]
    """Dollars."""

    @property
    def cash_change(self) -> Decimal:
        """Dollars owed, as a negative number."""
        return -self.amount


class MarginCall(Event):
    """At the close of `session` the cash was below what maintenance asks: the whole short is covered at the ticker's
    next open, by a fill whose order this is.
    """

    kind: Literal["margin_call"] = "margin_call"
    ticker: str
    shares: Shares
    """Short at that close."""
    cash: Money
    """The book's, dollars."""
    shorts: dict[str, Money]
    """What each of its shorts was worth at that close, or at its last one before it, dollars."""
    required: Money
    """The cash that maintenance asks for, dollars."""


LedgerEvent = Annotated[
    BookOpened | Order | Fill | Rejection | DividendPaid | SplitApplied | InterestPaid | BorrowFee | MarginCall,
    Field(discriminator="kind"),
]


class Mark(Record):
    """The price a holding is valued at."""

    ticker: str
    session: date
    close: Annotated[Price, Field(gt=0)]
    source: str
    """The vendor it came from."""
