"""INSIDER_TRANSACTIONS as records.

The vendor names neither the filing date nor the code of a transaction: whether shares were bought, granted or
came from an option is told here by the price and by what else the insider did that day.
"""

from datetime import date
from typing import Literal

from arena.market.alpha_vantage_json.bodies import (
    UNDATED_TRADE,
    Body,
    Flaw,
    day,
    number,
    optional_number,
    reason,
    rows,
    text,
)
from arena.records.market import InsiderTrade

SIDES_ARE_INFERRED = (
    "Alpha Vantage does not say what kind of transaction a trade was: shares acquired at a price count as bought "
    "unless the insider gave up an option or the like that day, shares disposed of at a price as sold, which "
    "includes those withheld for taxes"
)


_DERIVATIVES = ("option", "stock unit", "share unit", "warrant", "right to", "convertible", "swap", "phantom")


def parse_insiders(
    body: Body, ticker: str, start: date, end: date
) -> tuple[tuple[InsiderTrade, ...], tuple[Flaw, ...]]:
    """The trades in shares made from `start` to `end`, newest first, and what could not be read of these days.

    Trades in options and other derivatives are left out: their shares show when they are exercised.
    """
    entries = [row for row in rows(body, "data") if row.get("ticker", ticker) == ticker and _in(row, start, end)]
    gave_up = {
        _who_and_when(row) for row in entries if _is_derivative(row) and row.get("acquisition_or_disposal") == "D"
    }
    found = [_trade_or_flaw(row, gave_up) for row in entries if not _is_derivative(row)]
    trades = [one for one in found if isinstance(one, InsiderTrade)]
    trades.sort(key=lambda one: (one.traded, one.insider, one.side, one.shares), reverse=True)
    return tuple(trades), tuple(one for one in found if isinstance(one, Flaw))


def _in(row: Body, start: date, end: date) -> bool:
    """Whether the trade is of the days asked for, or of a day that cannot be read."""
    try:
        return start <= day(row, "transaction_date") <= end
    except ValueError:
        return True


def _is_derivative(row: Body) -> bool:
    security = str(row.get("security_type", "")).lower()
    return any(word in security for word in _DERIVATIVES)


def _who_and_when(row: Body) -> tuple[str, str]:
    return str(row.get("executive")), str(row.get("transaction_date"))


def _trade_or_flaw(row: Body, gave_up: set[tuple[str, str]]) -> InsiderTrade | Flaw:
    traded = None
    try:
        traded = day(row, "transaction_date")
        price = optional_number(row, "share_price") or None
        return InsiderTrade(
            traded=traded,
            filed=None,
            insider=text(row.get("executive", "")),
            role=text(row.get("executive_title", "")),
            side=_side(row, price is not None, _who_and_when(row) in gave_up),
            shares=number(row, "shares"),
            price=price,
        )
    except ValueError as error:
        return Flaw(
            traded and traded + UNDATED_TRADE,
            f"an insider's trade of {traded or 'an unknown day'} cannot be read and is left out: {reason(error)}",
        )


def _side(row: Body, priced: bool, exercised: bool) -> Literal["buy", "sell", "other"]:
    kind = row.get("acquisition_or_disposal")
    if kind not in ("A", "D"):
        raise ValueError(f"'acquisition_or_disposal' is {kind!r}, not 'A' or 'D'")
    if not priced or (kind == "A" and exercised):
        return "other"
    return "buy" if kind == "A" else "sell"
