"""Interest and borrow fees, reckoned anew from each close to the next session: Actual/365 (Fixed)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise

from arena.audit.account import Account
from arena.audit.finding import found
from arena.audit.prices import KnownPrices
from arena.market import calendar
from arena.records.audit import Finding
from arena.records.base import micro
from arena.records.shares import shares_text
from arena.records.trading import BorrowFee, InterestPaid, LedgerEvent

YEAR = 365
NOTHING = Decimal(0)


def check_interest(account: Account, paid: InterestPaid) -> Iterator[Finding]:
    """The balance, the rate, the days and the amount."""
    yield from _check_days(paid)
    then = account.at_close(paid.since)
    cash = then.cash if then else NOTHING
    if paid.balance != cash:
        yield found("carry", paid, f"the cash was {cash} dollars at the close of {paid.since}, not {paid.balance}")
    if paid.rate != account.terms.cash_rate:
        yield found("carry", paid, f"the book's cash earns {account.terms.cash_rate} a year, not {paid.rate}")
    yield from _check_amount(paid, paid.balance)


def check_borrow_fee(account: Account, fee: BorrowFee, prices: KnownPrices) -> Iterator[Finding]:
    """The shares, the price, the rate, the days and the amount."""
    yield from _check_days(fee)
    then = account.at_close(fee.since)
    short = -then.shares.get(fee.ticker, NOTHING) if then else NOTHING
    if fee.shares != short:
        what = (
            f"{shares_text(short)} {fee.ticker} were short at the close of {fee.since}, not {shares_text(fee.shares)}"
        )
        yield found("carry", fee, what)
    closes = prices.closes(fee.ticker, fee.since)
    if closes and fee.price not in closes:
        yield found("price", fee, f"no close of {fee.ticker} up to {fee.since} that is kept is {fee.price}")
    rate = account.terms.margin.borrow_rate if account.terms.margin else NOTHING
    if fee.rate != rate:
        yield found("carry", fee, f"the book borrows shares at {rate} a year, not at {fee.rate}")
    yield from _check_amount(fee, fee.shares * fee.price)


def last_paid(events: Iterable[LedgerEvent]) -> date | None:
    """The last close from which on anybody's days were paid for; None where nobody's were."""
    return max((event.since for event in events if isinstance(event, InterestPaid | BorrowFee)), default=None)


def unpaid(
    account: Account, events: Iterable[LedgerEvent], last: date | None, prices: KnownPrices
) -> Iterator[Finding]:
    """A finding for every span without its interest or borrow fee, up to the last that anybody's is paid for.

    Spans are paid for in their order, those of all books together.
    """
    if account.opened is None or last is None:
        return
    known = {
        (event.since, getattr(event, "ticker", "")) for event in events if isinstance(event, InterestPaid | BorrowFee)
    }
    for since, until in pairwise((*calendar.sessions_between(account.opened, last), calendar.next_session(last))):
        then = account.at_close(since)
        if then is None:
            continue
        if _due(then.cash, account.terms.cash_rate, since, until) and (since, "") not in known:
            what = f"no interest is paid from the close of {since} to {until}"
            yield Finding(kind="carry", where=account.name, what=what)
        for ticker in _costly(account, then.shares, since, until, prices):
            if (since, ticker) not in known:
                what = f"no fee for borrowed {ticker} is charged from the close of {since} to {until}"
                yield Finding(kind="carry", where=account.name, what=what)


def _costly(
    account: Account, shares: Mapping[str, Decimal], since: date, until: date, prices: KnownPrices
) -> Iterator[str]:
    """The shorts of a close that cost something to the next session; one without a price is waited for."""
    rate = account.terms.margin.borrow_rate if account.terms.margin else NOTHING
    for ticker, count in sorted(shares.items()):
        closes = prices.closes(ticker, since)
        if count < 0 and closes and _due(-count * min(closes), rate, since, until):
            yield ticker


def _check_days(event: InterestPaid | BorrowFee) -> Iterator[Finding]:
    if not calendar.is_session(event.since):
        yield found("no_session", event, f"it counts from {event.since}, a {event.since:%A} without a session")
    elif event.until != (due := calendar.next_session(event.since)):
        yield found("date", event, f"it counts from {event.since} to {event.until}, and the next session is {due}")
    if event.session < event.until:
        yield found("date", event, f"it is of {event.session}, before the days to {event.until} have passed")


def _check_amount(event: InterestPaid | BorrowFee, of: Decimal) -> Iterator[Finding]:
    if event.amount != (due := _due(of, event.rate, event.since, event.until)):
        yield found("carry", event, f"{due} dollars are due, not {event.amount}")


def _due(amount: Decimal, rate: Decimal, since: date, until: date) -> Decimal:
    return micro(amount * rate * (until - since).days / YEAR)
