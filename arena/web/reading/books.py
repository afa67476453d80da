"""The books of a season: what is held, what was traded, what waits, and what was refused."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from arena.ledger.book import ClosedTrade
from arena.records.desk import PositionView
from arena.records.standing import Standing, Standings
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
)
from arena.store import ChatRow, Store
from arena.web.reader import Reader
from arena.web.reading.board import Board, board
from arena.web.reading.effects import Effect, Effects, effects
from arena.web.reading.seasons import SeasonHead
from arena.web.words import terms_sentence

NEWEST = 150
"""Lines of each list that a page shows at most."""


_ORDERED = (BookOpened, Order, Rejection)


class Held(NamedTuple):
    """A position and whose it is."""

    contestant: str
    position: PositionView


class Closed(NamedTuple):
    """A completed trade and whose it was."""

    contestant: str
    trade: ClosedTrade


class Carried(NamedTuple):
    """What days earned and cost a book under terms of its own, dollars."""

    contestant: str
    terms: str
    """In words."""
    interest: Decimal
    fees: Decimal
    """Of borrowing, below zero."""
    dividends: Decimal
    """Below zero where a short owed more than holdings were paid."""
    calls: int
    """Of margin."""
    short: Decimal
    """What is sold short now, at its marks, above zero."""
    required: Decimal
    """The cash that maintenance asks for it."""


class Books(NamedTuple):
    """All books of a season, or one of them; every list has the newest first."""

    head: SeasonHead
    positions: tuple[Held, ...]
    closed: tuple[Closed, ...]
    filled: tuple[Effect, ...]
    waiting: tuple[Effect, ...]
    rejected: tuple[Effect, ...]
    actions: tuple[LedgerEvent, ...]
    """What nobody ordered: dividends, splits, interest, fees of borrowing, margin calls and the fills they forced."""
    carried: tuple[Carried, ...]
    """Of the books that may sell short, or whose cash earns or costs anything, in order of name."""


class ContestantView(NamedTuple):
    """One contestant in a season."""

    board: Board
    name: str
    standing: Standing | None
    """None where it has no book."""
    books: Books
    chats: tuple[ChatRow, ...]
    """The newest first."""
    current: bool
    """Whether it is of the store as it is now."""


def books(reader: Reader, season: str, contestant: str | None = None) -> Books:
    """The books of a season, or of one contestant. UsageError for an unknown season."""
    table = board(reader, season).answer
    ledger = effects(reader, season)
    names = sorted(ledger.books) if contestant is None else [contestant]
    ended = [effect for effect in reversed(ledger.all) if effect.order.contestant in names]
    closed = [
        Closed(name, trade) for name in names if name in ledger.books for trade in ledger.books[name].closed_trades
    ]
    return Books(
        head=table.head,
        positions=tuple(
            Held(row.contestant, held)
            for row in table.standings.rows
            if row.contestant in names
            for held in row.positions
        ),
        closed=tuple(sorted(closed, key=lambda one: (one.trade.session, one.contestant), reverse=True)),
        filled=tuple(effect for effect in ended if effect.fill is not None),
        waiting=tuple(effect for effect in ended if effect.fill is None and effect.rejection is None),
        rejected=tuple(effect for effect in ended if effect.rejection is not None),
        actions=tuple(event for event in reversed(_unordered(ledger.events)) if event.contestant in names),
        carried=tuple(_carried(table.standings, ledger, names)),
    )


def _carried(table: Standings, ledger: Effects, names: Sequence[str]) -> Iterator[Carried]:
    shorts = {
        row.contestant: -sum((held.value for held in row.positions if held.shares < 0), Decimal(0))
        for row in table.rows
    }
    for name in names:
        book = ledger.books.get(name)
        if book is None or not (book.terms.margin or book.terms.accrue):
            continue
        mine = [event for event in ledger.events if event.contestant == name]
        short = shorts.get(name, Decimal(0))
        yield Carried(
            contestant=name,
            terms=terms_sentence(book.terms),
            interest=_changes(mine, InterestPaid),
            fees=_changes(mine, BorrowFee),
            dividends=_changes(mine, DividendPaid),
            calls=len({event.session for event in mine if isinstance(event, MarginCall)}),
            short=short,
            required=book.terms.margin.maintenance * short if book.terms.margin else Decimal(0),
        )


def _changes(events: Sequence[LedgerEvent], kind: type[InterestPaid | BorrowFee | DividendPaid]) -> Decimal:
    return sum((event.cash_change for event in events if isinstance(event, kind)), Decimal(0))


def _unordered(events: Sequence[LedgerEvent]) -> list[LedgerEvent]:
    forced = {event.key for event in events if isinstance(event, MarginCall)}
    return [
        event
        for event in events
        if (event.order_key in forced if isinstance(event, Fill) else not isinstance(event, _ORDERED))
    ]


def contestant_view(reader: Reader, season: str, name: str) -> ContestantView | None:
    """One contestant in a season; None where there is no such one. UsageError for an unknown season."""
    table, current = board(reader, season)
    if name not in table.head.contestants:
        return None

    def read(store: Store) -> tuple[ChatRow, ...]:
        return store.chat_rows(season=store.season_of_chats(season), contestant=name, limit=NEWEST)

    return ContestantView(
        board=table,
        name=name,
        standing=next((row for row in table.standings.rows if row.contestant == name), None),
        books=books(reader, season, name),
        chats=reader.kept(("chats of", season, name), read),
        current=current,
    )
