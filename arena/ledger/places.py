"""When events take effect: the order in which a ledger is replayed, whatever order it was written in.

A session goes like a day on the exchange: what the days since the last close earned and cost, splits and dividends
before the open, fills at the open, fills at the close, margin calls at that close, then the orders decided at it,
then what same_close makes of them and the rejections. So a decision written down late stands where it was made,
before the next session's split and dividend.

What was decided and filled at the same open (same_open, imported only) was traded one after the other as it was
decided, so there the keys' order is kept, sales before purchases or not.
"""

from datetime import date
from typing import Final, assert_never

from arena.records.trading import (
    BookOpened,
    BorrowFee,
    DividendPaid,
    Fill,
    InterestPaid,
    LedgerEvent,
    MarginCall,
    Order,
    Rejection,
    SplitApplied,
)

Place = tuple[date, int, bool, str, str]
"""Session and phase; within a phase sales before purchases, then by ticker and key: writing order shows nowhere."""

(
    OPENED,
    ACCRUALS,
    SPLITS,
    DIVIDENDS,
    DECIDED_AT_THE_OPEN,
    AT_THE_OPEN,
    AT_THE_CLOSE,
    CALLS,
    ORDERS,
    AFTERWARDS,
) = range(10)

FILL_PHASES: Final = {
    "same_open": AT_THE_OPEN,
    "next_open": AT_THE_OPEN,
    "next_close": AT_THE_CLOSE,
    "same_close": AFTERWARDS,
}


def place_of(event: LedgerEvent) -> Place:
    """Where the event stands among a contestant's events."""
    match event:
        case BookOpened():
            return (event.session, OPENED, False, "", event.key)
        case InterestPaid():
            return (event.session, ACCRUALS, False, "", event.key)
        case Order() | Fill() if event.rule == "same_open":
            return (event.session, _phase(event), False, "", event.key)
        case Order() | Fill():
            return (event.session, _phase(event), event.side == "BUY", event.ticker, event.key)
        case BorrowFee() | SplitApplied() | DividendPaid() | MarginCall() | Rejection():
            return (event.session, _phase(event), False, event.ticker, event.key)
    assert_never(event)


def beginning_of(session: date, phase: int) -> Place:
    """A place before every event of a session's phase."""
    return (session, phase, False, "", "")


def _phase(event: BorrowFee | SplitApplied | DividendPaid | Fill | MarginCall | Order | Rejection) -> int:
    match event:
        case BorrowFee():
            return ACCRUALS
        case SplitApplied():
            return SPLITS
        case DividendPaid():
            return DIVIDENDS
        case Fill():
            return FILL_PHASES[event.rule]
        case MarginCall():
            return CALLS
        case Order():
            return DECIDED_AT_THE_OPEN if event.rule == "same_open" else ORDERS
        case Rejection():
            return AFTERWARDS
    assert_never(event)
