"""What days earn and cost: interest on cash, fees for borrowed shares, by Actual/365 (Fixed).

Both rest on a session's close and are for the calendar days to the next session, weekends and holidays included.
They are simple interest on that close's amount, and so compound from session to session.
"""

from datetime import date
from decimal import Decimal

from arena.records.base import micro
from arena.records.trading import BorrowFee, InterestPaid

DAYS_A_YEAR = 365

Span = tuple[date, date]
"""The session at whose close is counted, and the session after it."""


def accrued(amount: Decimal, rate: Decimal, span: Span) -> Decimal:
    """Dollars that an amount earns or costs over the calendar days of a span, at a rate a year."""
    since, until = span
    return micro(amount * rate * (until - since).days / DAYS_A_YEAR)


def interest(contestant: str, *, balance: Decimal, rate: Decimal, span: Span, session: date) -> InterestPaid:
    """The interest on a balance, credited in a session."""
    since, until = span
    return InterestPaid(
        key=f"interest:{since}:{contestant}",
        contestant=contestant,
        session=session,
        since=since,
        until=until,
        balance=balance,
        rate=rate,
        amount=accrued(balance, rate, span),
    )


def borrow_fee(
    contestant: str, ticker: str, *, shares: Decimal, price: Decimal, rate: Decimal, span: Span, session: date
) -> BorrowFee:
    """The fee for so many borrowed shares, charged in a session."""
    since, until = span
    return BorrowFee(
        key=f"borrow_fee:{since}:{ticker}:{contestant}",
        contestant=contestant,
        session=session,
        ticker=ticker,
        since=since,
        until=until,
        shares=shares,
        price=price,
        rate=rate,
        amount=accrued(shares * price, rate, span),
    )
