"""How decisions become trades, and what books are opened under."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from arena.config.kinds import at_default, misfit
from arena.records.base import Money, Record, plain
from arena.records.terms import Margin, MarginRatio, Rate, Terms
from arena.records.trading import FillRule

BasisPoints = Annotated[Decimal, Field(ge=0, le=10_000), AfterValidator(plain)]
"""Hundredths of a percent."""


class TradingSettings(Record):
    """How decisions become trades."""

    start_cash: Annotated[Money, Field(gt=0)] = Decimal(10_000)
    """Dollars in every contestant's book at the start."""
    fill: FillRule = "next_open"
    """The price that fills an order; same_close is optimistic and labelled so."""
    position_limit: Annotated[Decimal, Field(gt=0, le=1), AfterValidator(plain)] = Decimal(1)
    """The most of its equity a contestant may hold, or be short by, in one ticker, 0 to 1."""
    slippage_bps: BasisPoints = Decimal(0)
    """Lost to the spread on every fill, hundredths of a percent of its value."""
    commission_bps: BasisPoints = Decimal(0)
    """Commission on every fill, hundredths of a percent of its value."""
    fractional: bool = False
    """Whether books may hold parts of a share, to six decimals. Like the cash at the start, this and what follows
    holds for a book from its opening on."""
    short_selling: bool = False
    """Whether SELL without shares sells short, by the fraction of what margin allows, and BUY then covers."""
    initial_margin: Annotated[MarginRatio, Field(gt=1)] = Decimal("1.5")
    """Cash that a book must have when it opens a position, for each dollar of its shorts: Regulation T's 150%."""
    maintenance_margin: MarginRatio = Decimal("1.3")
    """Cash it must have at every close, for each dollar of its shorts, or all of them are covered at the next open:
    130% by FINRA's rule 4210."""
    borrow_rate: Rate = Decimal(0)
    """What a short costs a year, of its value at each close: 0.02 is 2%, by calendar days over 365."""
    cash_rate: Rate = Decimal(0)
    """What cash earns a year, by its amount at each close: 0.04 is 4%, by calendar days over 365."""

    @model_validator(mode="after")
    def _maintenance_asks_for_less(self) -> Self:
        if self.maintenance_margin > self.initial_margin:
            raise misfit(
                f"the maintenance margin of {self.maintenance_margin} is above the initial one of "
                f"{self.initial_margin}: every short sale would end in a margin call",
                "maintenance_margin",
            )
        return self

    @property
    def terms(self) -> Terms:
        """What new books are opened under."""
        margin = Margin(initial=self.initial_margin, maintenance=self.maintenance_margin, borrow_rate=self.borrow_rate)
        return Terms(
            fractional=self.fractional, margin=margin if self.short_selling else None, cash_rate=self.cash_rate
        )

    @property
    def unhashed(self) -> set[str]:
        """Settings that configurations were hashed without, where they still are as then."""
        later = ("fractional", "short_selling", "initial_margin", "maintenance_margin", "borrow_rate", "cash_rate")
        return at_default(self, *later)
