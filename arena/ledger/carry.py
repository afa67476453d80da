"""Interest and borrow fees as sessions pass: from each close to the next session, credited before that one opens.

What cannot be reckoned yet, for a short has no price, or what would go behind something recorded, waits for the next
session and is credited then; what it is for stays the same.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from arena.ledger.accruals import Span, borrow_fee, interest
from arena.ledger.book import Book
from arena.ledger.passing import Pass
from arena.ledger.places import SPLITS, beginning_of
from arena.records.trading import BorrowFee, InterestPaid


class Carry:
    """The spans of one settling: each is reckoned when its second session comes, or later."""

    def __init__(self, sessions: Sequence[date]) -> None:
        """`sessions` are those from whose close to whose next is reckoned, in order."""
        self._spans = {until: (since, until) for since, until in pairwise(sessions)}
        self._waiting: list[Span] = []

    def accrue(self, settling: Pass, session: date) -> None:
        """Credit and charge, in a session, what the days before it earned and cost."""
        if session not in self._spans:
            return
        self._waiting.append(self._spans[session])
        self._waiting = [span for span in self._waiting if not _all_done(settling, span, session)]


def _all_done(settling: Pass, span: Span, session: date) -> bool:
    done = [_done(settling, contestant, span, session) for contestant in settling.contestants]
    return all(done)


def _done(settling: Pass, contestant: str, span: Span, session: date) -> bool:
    """Reckon a span for a contestant; whether nothing of it is left to be reckoned later."""
    then = settling.ledger.book_at_close(contestant, span[0])
    if then is None or not then.terms.accrue:
        return True
    found = list(_events(settling, then, span, session))
    due = [event for event in found if event is not None and event.key not in settling.ledger.keys]
    if due and settling.ledger.moved_on(contestant, beginning_of(session, SPLITS)):
        return False
    for event in due:
        if event.amount:
            settling.emit(event)
    return None not in found


def _events(settling: Pass, book: Book, span: Span, session: date) -> Iterator[InterestPaid | BorrowFee | None]:
    """What a book's span earned and cost; None for a short whose price is not known yet."""
    if book.terms.cash_rate:
        yield interest(book.contestant, balance=book.cash, rate=book.terms.cash_rate, span=span, session=session)
    if book.terms.margin is None or not book.terms.margin.borrow_rate:
        return
    rate = book.terms.margin.borrow_rate
    for ticker, shares in book.shorts.items():
        if (price := settling.prices.close(ticker, span[0])) is None:
            yield None
        else:
            yield borrow_fee(book.contestant, ticker, shares=shares, price=price, rate=rate, span=span, session=session)
