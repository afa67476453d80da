"""The terms a book is kept under: parts of a share, margin for short sales, what cash earns."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from arena.records.base import Record, plain
from arena.records.shares import PART, WHOLE

Rate = Annotated[Decimal, Field(ge=0, le=10), AfterValidator(plain)]
"""A rate a year as a part of one: 0.04 is 4%. Simple interest for each span, by Actual/365 (Fixed): calendar days over
365 (2006 ISDA Definitions, section 4.16(d))."""

MarginRatio = Annotated[Decimal, Field(ge=1, le=10), AfterValidator(plain)]
"""Dollars of cash for each dollar that shares sold short are worth."""


class Margin(Record):
    """What a book that may sell short must keep in cash, which what its short sales brought is part of."""

    initial: Annotated[MarginRatio, Field(gt=1)]
    """When an order opens a position, of the shorts' value: 1.5 in Regulation T of the Federal Reserve Board, 12 CFR
    220.12(c)."""
    maintenance: MarginRatio
    """At every close: 1.3 in FINRA's rule 4210(c)(3), whose minimum in dollars for low prices is left out."""
    borrow_rate: Rate = Decimal(0)
    """What borrowing the shares costs a year, of their value at the close."""


class Terms(Record):
    """What a book is kept under, from its opening on: settings that change later leave it, like its starting cash."""

    fractional: bool = False
    """Whether it may hold parts of a share, to six decimals."""
    margin: Margin | None = None
    """None: it sells nothing short, and spends no more than its cash."""
    cash_rate: Rate = Decimal(0)
    """What cash earns a year; negative cash pays as much."""

    @property
    def step(self) -> Decimal:
        """The smallest number of shares that can be traded."""
        return PART if self.fractional else WHOLE

    @property
    def least(self) -> str:
        """The same in words."""
        return "a millionth of a share" if self.fractional else "one share"

    @property
    def accrue(self) -> bool:
        """Whether days cost or earn anything."""
        return bool(self.cash_rate or (self.margin and self.margin.borrow_rate))


PLAIN_TERMS = Terms()
"""Whole shares, long only, cash that earns nothing."""
