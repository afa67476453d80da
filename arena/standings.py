"""The leaderboard: every book of a season valued at its newest marks, ranked by equity.

Equal equity shares a rank and the next one is left out (1, 1, 3); a shared rank shares its medal. There
are no medals while everyone is level, none for a contestant that competes alone, and none for one that
has never decided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from arena.errors import LedgerError
from arena.ledger import Book, portfolio_view, replay, standing_notes
from arena.records.base import plain
from arena.records.desk import PortfolioView
from arena.records.standing import Medal, Standing, Standings, Tally
from arena.records.trading import Fill, LedgerEvent, Mark, Order

MEDALS: dict[int, Medal] = {1: "gold", 2: "silver", 3: "bronze"}

OPTIMISTIC = (
    "orders fill at the close they were decided on (same_close), which is optimistic: "
    "nobody could have traded at that price"
)


AT_THE_OPEN_READ = (
    "orders fill at the open they were decided on (same_open), which is optimistic: "
    "the models had read that price before"
)


@dataclass(frozen=True)
class _Line:
    book: Book
    view: PortfolioView
    tally: Tally
    rank: int
    medal: Medal | None


def standings(season: str, events: Iterable[LedgerEvent], marks: Iterable[Mark], tallies: Iterable[Tally]) -> Standings:
    """The leaderboard after `events`, at the newest of `marks` for each ticker, in order of rank, then name.

    For an earlier session pass the events and marks up to it. A contestant without a tally has no chats
    yet; one without a book is not ranked but named in the notes. LedgerError where a holding has no mark
    or the events break an invariant.
    """
    known, by_name = tuple(events), {tally.contestant: tally for tally in tallies}
    newest = _newest(marks)
    session = max((mark.session for mark in newest.values()), default=None)
    books = replay(known)
    lines = _ranked(books, newest, by_name, session)
    return Standings(
        season=season,
        session=session,
        rows=tuple(_standing(line) for line in lines),
        notes=(
            *_optimism(known),
            *_old_marks(lines),
            *_ruined(lines),
            *standing_notes(known, books),
            *_bookless(books, by_name),
        ),
    )


def _newest(marks: Iterable[Mark]) -> dict[str, Mark]:
    return {mark.ticker: mark for mark in sorted(marks, key=lambda mark: mark.session)}


def _ranked(
    books: Mapping[str, Book], marks: Mapping[str, Mark], tallies: Mapping[str, Tally], session: date | None
) -> list[_Line]:
    views = {name: portfolio_view(book, marks, session) for name, book in books.items()}
    equities = [view.equity for view in views.values()]
    level = len(set(equities)) <= 1
    lines = []
    for name in sorted(books, key=lambda name: (-views[name].equity, name)):
        rank = 1 + sum(equity > views[name].equity for equity in equities)
        tally = tallies.get(name, Tally(contestant=name))
        took_part = bool(tally.decisions or books[name].fills)
        medal = MEDALS.get(rank) if took_part and not level else None
        lines.append(_Line(books[name], views[name], tally, rank, medal))
    return lines


def _standing(line: _Line) -> Standing:
    book, view, tally = line.book, line.view, line.tally
    if view.equity != view.cash + sum((position.value for position in view.positions), Decimal(0)):
        raise LedgerError(f"{book.contestant}: cash and positions do not add up to the equity of {view.equity}")
    pnl = view.equity - book.start_cash
    chats = tally.decisions + tally.abstentions
    won = sum(trade.gain > 0 for trade in book.closed_trades)
    return Standing(
        contestant=book.contestant,
        rank=line.rank,
        medal=line.medal,
        labels=tally.labels,
        equity=view.equity,
        cash=view.cash,
        positions=view.positions,
        pnl=pnl,
        return_pct=plain((pnl / book.start_cash * 100).quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN)),
        trades=book.fills,
        closed_trades=len(book.closed_trades),
        win_rate=won / len(book.closed_trades) if book.closed_trades else None,
        pending_orders=len(book.pending),
        decisions=tally.decisions,
        abstentions=tally.abstentions,
        coverage=tally.decisions / chats if chats else None,
        cost=tally.cost,
    )


def _optimism(events: tuple[LedgerEvent, ...]) -> tuple[str, ...]:
    rules = {event.rule for event in events if isinstance(event, Order | Fill)}
    told = {"same_close": OPTIMISTIC, "same_open": AT_THE_OPEN_READ}
    return tuple(sentence for rule, sentence in told.items() if rule in rules)


def _old_marks(lines: list[_Line]) -> tuple[str, ...]:
    marked = {held.ticker: held.marked for line in lines for held in line.view.positions if held.carried}
    return tuple(f"{ticker} is marked at {day}'s close, its last" for ticker, day in sorted(marked.items()))


def _ruined(lines: list[_Line]) -> tuple[str, ...]:
    return tuple(
        f"{line.book.contestant} is worth {line.view.equity:,.2f} dollars: a book that is worth nothing trades no more"
        for line in lines
        if line.view.equity <= 0
    )


def _bookless(books: Mapping[str, Book], tallies: Mapping[str, Tally]) -> tuple[str, ...]:
    return tuple(f"{name} has chats but no book yet" for name in sorted(tallies.keys() - books.keys()))
