"""What each event does to a book; what fills do is told in `trades`.

Every change of cash is rounded to the micro-dollar on its own, so that a purchase and a sale at the same price
without fees cancel exactly. A broken invariant raises LedgerError with the event's key.
"""

from decimal import Decimal

from arena.errors import LedgerError
from arena.ledger.accruals import accrued
from arena.ledger.book import Book, Holding
from arena.ledger.margin import maintenance_asked
from arena.ledger.splitting import split_shares
from arena.records.base import micro
from arena.records.shares import shares_text
from arena.records.trading import (
    BorrowFee,
    DividendPaid,
    Event,
    InterestPaid,
    MarginCall,
    Order,
    Rejection,
    SplitApplied,
)


def after_order(book: Book, order: Order) -> Book:
    """The order waits."""
    return book.model_copy(update={"pending": (*book.pending, order)})


def after_rejection(book: Book, rejection: Rejection) -> Book:
    """The order, or the margin call, that it rejects no longer waits."""
    for call in book.calls:
        if call.key == rejection.order_key:
            return without_call(book, call)
    return without_order(book, pending_order(book, rejection, rejection.order_key))


def after_dividend(book: Book, dividend: DividendPaid) -> Book:
    """Cash for the shares held before the ex-date, which the ledger has checked; owed by who was short."""
    return with_cash(book, dividend, micro(dividend.cash_change), may_owe=dividend.shares < 0)


def after_split(book: Book, split: SplitApplied) -> Book:
    """The holding and what is pending to close it in new shares; the fraction's part of the cost leaves with it."""
    held = book.shares(split.ticker)
    if held != split.shares_before:
        raise broken(split, f"{shares_text(held)} shares are held, not {shares_text(split.shares_before)}")
    after, fraction = split_shares(split.shares_before, split.ratio, book.terms.step)
    if split.shares_after != after:
        told = f"{shares_text(split.shares_before)} shares at {split.ratio} give {shares_text(after)}"
        raise broken(split, f"{told}, not {shares_text(split.shares_after)}")
    if split.cash_in_lieu and not (fraction and (split.cash_in_lieu < 0) == (fraction < 0)):
        raise broken(split, "cash in lieu is only for a fraction of a share, and there is none")
    pending = tuple(_scaled(order, split, book.terms.step) for order in book.pending)
    holdings = {ticker: holding for ticker, holding in book.holdings.items() if ticker != split.ticker}
    if after:
        cost = book.holdings[split.ticker].cost * after / (after + fraction)
        holdings[split.ticker] = Holding(shares=after, cost=cost)
    changed = book.model_copy(update={"holdings": holdings, "pending": pending})
    return with_cash(changed, split, split.cash_in_lieu, may_owe=split.cash_in_lieu < 0)


def after_interest(book: Book, paid: InterestPaid, cash_then: Decimal) -> Book:
    """Interest on what the cash was at the close of the session it counts from."""
    if paid.rate != book.terms.cash_rate:
        raise broken(paid, f"the book's cash earns {book.terms.cash_rate} a year, not {paid.rate}")
    if paid.balance != cash_then:
        raise broken(paid, f"the cash was {cash_then} dollars at the close of {paid.since}, not {paid.balance}")
    _check_span(paid)
    if paid.amount != (due := accrued(paid.balance, paid.rate, (paid.since, paid.until))):
        raise broken(paid, f"{due} dollars are due, not {paid.amount}")
    return with_cash(book, paid, paid.amount, may_owe=True)


def after_borrow_fee(book: Book, fee: BorrowFee, held_then: Decimal) -> Book:
    """What was short at the close of the session the fee counts from has cost something."""
    if book.terms.margin is None or fee.rate != book.terms.margin.borrow_rate:
        raise broken(fee, f"the book does not borrow shares at {fee.rate} a year")
    if fee.shares != -held_then:
        raise broken(fee, f"{shares_text(-held_then)} shares were short, not {shares_text(fee.shares)}")
    _check_span(fee)
    if fee.amount != (due := accrued(fee.shares * fee.price, fee.rate, (fee.since, fee.until))):
        raise broken(fee, f"{due} dollars are due, not {fee.amount}")
    return with_cash(book, fee, -fee.amount, may_owe=True)


def after_margin_call(book: Book, call: MarginCall) -> Book:
    """The short it names waits to be covered."""
    if book.terms.margin is None:
        raise broken(call, f"{book.contestant}'s book has no margin")
    if (call.cash, call.shorts.keys()) != (book.cash, book.shorts.keys()):
        raise broken(call, f"the cash is {book.cash} dollars, and short are {', '.join(book.shorts) or 'none'}")
    if call.shares != book.shorts.get(call.ticker):
        raise broken(call, f"{shares_text(-book.shares(call.ticker))} {call.ticker} are short")
    asked = maintenance_asked(book.terms.margin.maintenance, call.shorts)
    if call.required != asked or call.cash >= asked:
        raise broken(call, f"maintenance asks for {asked} dollars, and the cash is {call.cash}")
    if any(earlier.ticker == call.ticker for earlier in book.calls):
        raise broken(call, f"{call.ticker} has been called already")
    return book.model_copy(update={"calls": (*book.calls, call)})


def broken(event: Event, why: str) -> LedgerError:
    """The error for an event that breaks an invariant."""
    return LedgerError(f"{event.key}: {why}")


def pending_order(book: Book, event: Event, key: str) -> Order:
    """The pending order of that key; LedgerError where there is none."""
    for order in book.pending:
        if order.key == key:
            return order
    raise broken(event, f"no order {key} is pending")


def without_order(book: Book, order: Order) -> Book:
    """The book in which the order no longer waits."""
    pending = book.pending
    # Looked for and cut out, for what is filled first stands first: a book may have hundreds that wait.
    place = next(place for place, other in enumerate(pending) if other.key == order.key)
    return book.model_copy(update={"pending": (*pending[:place], *pending[place + 1 :])})


def without_call(book: Book, call: MarginCall) -> Book:
    """The book in which the margin call no longer waits."""
    return book.model_copy(update={"calls": tuple(other for other in book.calls if other.key != call.key)})


def with_cash(book: Book, event: Event, change: Decimal, *, may_owe: bool = False) -> Book:
    """The book with its cash changed. Nothing takes it below zero but what shorts force on a book with margin."""
    cash = micro(book.cash + change)
    if cash < 0 and change < 0 and not (may_owe and book.terms.margin):
        raise broken(event, f"{book.contestant}'s cash would be {cash} dollars")
    return book.model_copy(update={"cash": cash})


def _check_span(event: InterestPaid | BorrowFee) -> None:
    if not event.since < event.until <= event.session:
        raise broken(event, f"it is of {event.session}, for the days from {event.since} to {event.until}")


def _scaled(order: Order, split: SplitApplied, step: Decimal) -> Order:
    if order.ticker != split.ticker or order.shares is None:
        return order
    return order.model_copy(update={"shares": split_shares(order.shares, split.ratio, step)[0]})
