"""One contestant's cash, shares and pending orders, reckoned along the events, and what contradicts them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple, assert_never

from arena.audit.finding import found
from arena.audit.splits import after_split
from arena.ledger.places import DIVIDENDS, Place, beginning_of, place_of
from arena.records.audit import Finding
from arena.records.base import micro
from arena.records.terms import PLAIN_TERMS, Terms
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


class State(NamedTuple):
    """What there was after an event."""

    place: Place
    cash: Decimal
    shares: dict[str, Decimal]
    called: frozenset[str]
    """Tickers whose shorts a margin call waits to cover."""


class Account:
    """What the events of one contestant leave, reckoned without the ledger's code."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.terms: Terms = PLAIN_TERMS
        self.opened: date | None = None
        self.cash = Decimal(0)
        self.shares: dict[str, Decimal] = {}
        """Negative where they are short."""
        self.brought: dict[str, Decimal] = {}
        """What the shorts brought, costs taken off, dollars."""
        self.pending: dict[str, Order | MarginCall] = {}
        self.states: list[State] = []

    @property
    def shorts(self) -> dict[str, Decimal]:
        """Shares that are short by ticker, above zero."""
        return {ticker: -count for ticker, count in sorted(self.shares.items()) if count < 0}

    def before(self, place: Place) -> State | None:
        """What there was before a place; None where there was nothing yet."""
        at = bisect_left(self.states, place, key=lambda state: state.place)
        return self.states[at - 1] if at else None

    def at_close(self, session: date) -> State | None:
        """What there was after everything of a session."""
        at = bisect_right(self.states, session, key=lambda state: state.place[0])
        return self.states[at - 1] if at else None

    def held_before(self, ticker: str, ex_date: date) -> Decimal:
        """Shares that a dividend of an ex-date is for."""
        then = self.before(beginning_of(ex_date, DIVIDENDS))
        return then.shares.get(ticker, Decimal(0)) if then else Decimal(0)

    def open(self, event: BookOpened) -> Iterator[Finding]:
        """Begin with the starting cash."""
        if self.opened is not None:
            yield found("cash", event, f"{self.name} already has a book")
        self.opened, self.terms, self.cash = event.session, event.terms, self.cash + event.cash

    def take(self, event: LedgerEvent) -> None:
        """Do what an event, other than the opening, says."""
        match event:
            case Order() | MarginCall():
                self.pending[event.key] = event
            case Rejection():
                self.pending.pop(event.order_key, None)
            case Fill():
                self.pending.pop(event.order_key, None)
                self._trade(event)
            case SplitApplied():
                self._split(event)
            case DividendPaid() | InterestPaid() | BorrowFee():
                self._pay(event.cash_change)
            case BookOpened():
                pass
            case _:
                assert_never(event)

    @property
    def called(self) -> frozenset[str]:
        """Tickers whose shorts a margin call waits to cover."""
        return frozenset(one.ticker for one in self.pending.values() if isinstance(one, MarginCall))

    def note(self, event: LedgerEvent) -> None:
        """Remember what there is after an event."""
        self.states.append(State(place_of(event), self.cash, dict(self.shares), self.called))

    def _pay(self, change: Decimal) -> None:
        self.cash = micro(self.cash + micro(change))

    def _hold(self, ticker: str, count: Decimal) -> None:
        self.shares = {held: number for held, number in self.shares.items() if held != ticker}
        if count:
            self.shares[ticker] = count
        if count >= 0:
            self.brought.pop(ticker, None)

    def _trade(self, fill: Fill) -> None:
        held, change = self.shares.get(fill.ticker, Decimal(0)), micro(fill.cash_change)
        if fill.side == "SELL" and held <= 0:
            self.brought[fill.ticker] = self.brought.get(fill.ticker, Decimal(0)) + change
        elif fill.side == "BUY" and held < 0:
            back = self.brought.get(fill.ticker, Decimal(0))
            self.brought[fill.ticker] = back - micro(back * fill.shares / -held)
        self._pay(change)
        self._hold(fill.ticker, held + (fill.shares if fill.side == "BUY" else -fill.shares))

    def _split(self, split: SplitApplied) -> None:
        after, left = after_split(split.shares_before, split.ratio, fractional=self.terms.fractional)
        for key, waiting in self.pending.items():
            if isinstance(waiting, Order) and waiting.ticker == split.ticker and waiting.shares:
                scaled, _ = after_split(waiting.shares, split.ratio, fractional=self.terms.fractional)
                self.pending[key] = waiting.model_copy(update={"shares": scaled})
        if split.ticker in self.brought:
            part = after / (after + left) if after else Decimal(0)
            self.brought[split.ticker] = micro(self.brought[split.ticker] * part)
        self._hold(split.ticker, split.shares_after)
        self._pay(split.cash_in_lieu)
