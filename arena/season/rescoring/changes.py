"""The settings a season is re-priced under: those it was played under, as its ledger tells, and what is changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from pydantic import ValidationError
from typing_extensions import TypedDict

from arena.config.trading import TradingSettings
from arena.errors import UsageError
from arena.ledger.execution import TEN_THOUSAND
from arena.records.base import micro
from arena.records.rescoring import Changed
from arena.records.terms import Terms
from arena.records.trading import BookOpened, Fill, FillRule, LedgerEvent, Order

MOST_DECIMALS = 4
"""Of basis points that are read off fills."""

TERMS = ("fractional", "short_selling", "initial_margin", "maintenance_margin", "borrow_rate", "cash_rate")
"""The settings that are a book's terms."""


class TradingChanges(TypedDict, total=False):
    """Trading settings that may be other ones than the season was played under; see `TradingSettings`."""

    start_cash: Decimal
    fill: FillRule
    position_limit: Decimal
    slippage_bps: Decimal
    commission_bps: Decimal
    fractional: bool
    short_selling: bool
    initial_margin: Decimal
    maintenance_margin: Decimal
    borrow_rate: Decimal
    cash_rate: Decimal


def changes_of(settings: TradingSettings, names: Iterable[str]) -> TradingChanges:
    """Those of the settings that are named, as changes."""
    return cast("TradingChanges", {name: getattr(settings, name) for name in names})


def recorded_settings(
    events: Sequence[LedgerEvent], configured: TradingSettings
) -> tuple[TradingSettings, tuple[str, ...]]:
    """The settings a ledger was made under, and notes on what it does not tell, which is taken from the configuration.

    The position limit is never told. Slippage and commission are read off the fills.
    """
    opened = [event for event in events if isinstance(event, BookOpened)]
    fills = [event for event in events if isinstance(event, Fill)]
    rules = [event.rule for event in events if isinstance(event, Order) and event.rule != "same_open"]
    told: dict[str, Any] = {"fill": rules[-1]} if rules else {}
    if opened:
        told |= {"start_cash": opened[0].cash, **settings_of(opened[0].terms, configured)}
    notes = []
    for name, part in (("slippage_bps", _slippage), ("commission_bps", _fee)):
        if (found := _basis_points(fills, part)) is not None:
            told[name] = found
        elif fills:
            notes.append(f"the fills do not agree on one {name}, so the configuration's is taken")
    if len({(one.cash, one.terms) for one in opened}) > 1:
        notes.append("the books were not all opened alike; each is opened as it was but for what is changed")
    if len(set(rules)) > 1:
        notes.append(
            f"orders were filled by several rules; where none is given all are filled by the last, {rules[-1]}"
        )
    return configured.model_copy(update=told), tuple(notes)


def settings_of(terms: Terms, configured: TradingSettings) -> dict[str, Any]:
    """A book's terms as settings; the margin of a book that has none is the configuration's."""
    margin = terms.margin
    return {
        "fractional": terms.fractional,
        "cash_rate": terms.cash_rate,
        "short_selling": margin is not None,
        "initial_margin": margin.initial if margin else configured.initial_margin,
        "maintenance_margin": margin.maintenance if margin else configured.maintenance_margin,
        "borrow_rate": margin.borrow_rate if margin else configured.borrow_rate,
    }


def changed_settings(recorded: TradingSettings, changes: Mapping[str, Any]) -> TradingSettings:
    """The settings with changes. UsageError for a value that cannot be one, or a setting that is none."""
    try:
        return TradingSettings.model_validate({**recorded.model_dump(), **changes})
    except ValidationError as error:
        fault = error.errors()[0]
        if fault["type"] == "misfit":
            raise UsageError(fault["msg"]) from None
        if fault["type"] == "extra_forbidden":
            known = ", ".join(TradingSettings.model_fields)
            raise UsageError(f"{fault['loc'][0]} is no setting of trading; those that are: {known}") from None
        told = f"{fault['msg'][:1].lower()}{fault['msg'][1:]}"
        raise UsageError(f"trading.{fault['loc'][0]} cannot be {fault['input']!r}: {told}") from None


def differences(recorded: TradingSettings, rescored: TradingSettings) -> tuple[Changed, ...]:
    """The settings that are not the same, in the order of the configuration."""
    before, after = texts_of(recorded), texts_of(rescored)
    return tuple(
        Changed(name=name, recorded=before[name], rescored=after[name]) for name in after if before[name] != after[name]
    )


def texts_of(settings: TradingSettings) -> dict[str, str]:
    """Every setting as the configuration would have it written."""
    return {name: _text(getattr(settings, name)) for name in TradingSettings.model_fields}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _slippage(fill: Fill) -> Decimal:
    return fill.slippage


def _fee(fill: Fill) -> Decimal:
    return fill.fee


def _basis_points(fills: Sequence[Fill], part: Callable[[Fill], Decimal]) -> Decimal | None:
    """The rate that gives every fill's part of its value, with the fewest decimals; None where no one rate does."""
    if not fills:
        return None
    largest = max(fills, key=lambda fill: fill.shares * fill.price)
    told = part(largest) / (largest.shares * largest.price) * TEN_THOUSAND
    for decimals in range(MOST_DECIMALS + 1):
        rate = round(told, decimals)
        if all(micro(fill.shares * fill.price * rate / TEN_THOUSAND) == part(fill) for fill in fills):
            return Decimal(rate)
    return None
