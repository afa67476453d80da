"""One pass of settling over the sessions in order: the ledger as it grows, and the events that are new."""

from collections.abc import Callable, Iterable
from datetime import date

from arena.config.trading import TradingSettings
from arena.errors import LedgerError
from arena.ledger.book import Book
from arena.ledger.places import Place
from arena.ledger.prices import Prices
from arena.ledger.replay import Ledger
from arena.ledger.sizing import reject
from arena.records.trading import Fill, LedgerEvent, MarginCall, Order, Rejection


class Pass:
    """What every step of settling shares."""

    def __init__(self, ledger: Ledger, prices: Prices, settings: TradingSettings) -> None:
        self.ledger = ledger
        self.prices = prices
        self.settings = settings
        self.new: list[LedgerEvent] = []

    @property
    def contestants(self) -> list[str]:
        """Everybody with a book, in order of name."""
        return sorted(self.ledger.books)

    def book(self, contestant: str) -> Book:
        """A contestant's book after all events so far."""
        return self.ledger.books[contestant]

    def emit(self, event: LedgerEvent) -> None:
        """Take an event into the ledger. LedgerError where it breaks an invariant, and then nothing is changed."""
        self.ledger.apply(event)
        self.new.append(event)

    def try_to_emit(self, event: Fill, place: Place) -> bool:
        """The same for a fill that may come late: False where it would break what stands behind its place."""
        try:
            self.emit(event)
        except LedgerError:
            if not self.ledger.moved_on(event.contestant, place):
                raise
            return False
        return True

    def reject(self, order: Order, session: date, reason: str) -> None:
        """Reject an order, not before the last event of its line."""
        self.emit(reject(order, self.not_behind(order.contestant, order.ticker, session), reason))

    def call_off(self, call: MarginCall, session: date, reason: str) -> None:
        """Let a margin call rest."""
        self.emit(
            Rejection(
                key=f"called_off:{call.session}:{call.ticker}:{call.contestant}",
                contestant=call.contestant,
                session=self.not_behind(call.contestant, call.ticker, session),
                order_key=call.key,
                ticker=call.ticker,
                reason=reason,
            )
        )

    def orders(self, wanted: Callable[[Order], bool]) -> list[Order]:
        """The pending orders that are wanted, sales before purchases."""
        pending = (order for book in self.ledger.books.values() for order in book.pending if wanted(order))
        return sorted(pending, key=_turn)

    def waits(self, order: Order) -> bool:
        """Whether an order is still pending: a margin call may have covered what it was to cover."""
        return any(pending.key == order.key for pending in self.book(order.contestant).pending)

    def with_calls(self, orders: Iterable[Order]) -> list[Order | MarginCall]:
        """Orders and every margin call in turn: sales before purchases, what is forced before what is wished."""
        calls = (call for book in self.ledger.books.values() for call in book.calls)
        return sorted([*orders, *calls], key=_turn)

    def not_behind(self, contestant: str, ticker: str, session: date) -> date:
        """A session, or that of the last event of a contestant's ticker where that is later."""
        last = self.ledger.last_place(contestant, ticker)
        return max(session, last[0]) if last else session


def _turn(one: Order | MarginCall) -> tuple[bool, str, str, bool]:
    buys = isinstance(one, MarginCall) or one.side == "BUY"
    return (buys, one.contestant, one.ticker, isinstance(one, Order))
