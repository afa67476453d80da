"""SPLITS and DIVIDENDS, put into a history of daily prices as its events."""

from collections.abc import Sequence
from decimal import Decimal

from arena.errors import VendorError
from arena.market.alpha_vantage_json.bodies import Body, day, number, optional_text, reason, rows
from arena.records.market import Bar, Dividend, PriceHistory, PriceNote, Split

NO_ACTIONS = "Alpha Vantage's daily prices list no dividends and no splits, so none are known"

_IMPOSSIBLE_SHARE = Decimal("0.45")
"""Of the close before it: no cash dividend is that large; a distribution of shares is (GOOGL, April 2014)."""

_SUSPECT_SHARE = Decimal("0.2")
"""Of the close before it: cash of that size shows in the open of its day, or was not paid on it."""


def parse_splits(body: Body, ticker: str) -> tuple[Split, ...]:
    """SPLITS, oldest first. One that cannot be read leaves all of them unknown: a VendorError."""
    _check_symbol(body, ticker)
    try:
        found = [
            Split(ex_date=day(row, "effective_date"), ratio=number(row, "split_factor")) for row in rows(body, "data")
        ]
    except ValueError as error:
        raise VendorError(f"a split cannot be read: {reason(error)}") from error
    return tuple(sorted((split for split in found if split.ratio != 1), key=lambda split: split.ex_date))


def parse_dividends(body: Body, ticker: str) -> tuple[Dividend, ...]:
    """DIVIDENDS, oldest first, by their ex-date. One that cannot be read leaves all of them unknown: a VendorError.

    What was never dated or is of no amount is no dividend; the vendor lists such rows for years long past.
    """
    _check_symbol(body, ticker)
    try:
        found = [
            Dividend(ex_date=day(row, "ex_dividend_date"), amount=amount)
            for row in rows(body, "data")
            if optional_text(row.get("ex_dividend_date"))
            and optional_text(row.get("amount"))
            and (amount := number(row, "amount"))
        ]
    except ValueError as error:
        raise VendorError(f"a dividend cannot be read: {reason(error)}") from error
    return tuple(sorted(found, key=lambda paid: paid.ex_date))


def with_actions(history: PriceHistory, splits: Sequence[Split], dividends: Sequence[Dividend]) -> PriceHistory:
    """The history with its events. A dividend its prices contradict is left out, and a note of its day says so."""
    notes = {paid.ex_date: note for paid in dividends if (note := _doubt(paid, history.bars)) is not None}
    return history.model_copy(
        update={
            "splits": tuple(splits),
            "dividends": tuple(paid for paid in dividends if paid.ex_date not in notes),
            "notes": (*history.notes, *notes.values()),
        }
    )


def _doubt(paid: Dividend, bars: Sequence[Bar]) -> PriceNote | None:
    """Why it cannot have been paid in cash, as far as the bars before it and of its day tell."""
    before = [bar for bar in bars if bar.session < paid.ex_date]
    if not before:
        return None
    share = paid.amount / before[-1].close
    first = next((bar for bar in bars if bar.session == paid.ex_date), None)
    fell = first is not None and before[-1].close - first.open >= paid.amount / 2
    if share < _SUSPECT_SHARE or (share < _IMPOSSIBLE_SHARE and fell):
        return None
    return PriceNote(
        text=f"a dividend of {paid.amount} a share on {paid.ex_date} is {share:.0%} of the close before it "
        "and cannot have been cash; it is left out",
        day=paid.ex_date,
    )


def _check_symbol(body: Body, ticker: str) -> None:
    if body.get("symbol") != ticker:
        raise VendorError(f"the answer is about {body.get('symbol')!r}, not about {ticker!r}")
