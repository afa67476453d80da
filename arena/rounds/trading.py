"""What becomes of decisions: orders, their fills when the price is there, and the marks books are valued at."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from arena.config.model import ArenaConfig
from arena.errors import VendorError
from arena.ledger import Book, margin_notes, replay, settle, size_orders
from arena.market import calendar
from arena.market.listings import listing_of
from arena.market.market import Market, SourcedHistory, untradable
from arena.records.outcome import Decision
from arena.records.standing import Round
from arena.records.trading import BookOpened, LedgerEvent, Mark, Order
from arena.rounds.shelf import Shelf
from arena.store import Store

Decided = Mapping[str, Mapping[str, tuple[str, Decision]]]
"""By contestant and ticker: the chat's id and its decision."""


def books_at(events: Sequence[LedgerEvent], session: date) -> dict[str, Book]:
    """The books as they stood at a session's close, what was decided then included; what filled later is pending."""
    return replay(event for event in events if event.session <= session)


def marks_at(marks: Sequence[Mark], session: date) -> dict[str, Mark]:
    """Each ticker's newest mark at or before a session."""
    return {m.ticker: m for m in sorted(marks, key=lambda mark: mark.session) if m.session <= session}


async def bring_up_to_date(config: ArenaConfig, market: Market, shelf: Shelf, through: date) -> tuple[str, ...]:
    """Settle what is pending and what happened to books up to a session; returns what a reader must know of it.

    Nothing is invented: an order whose price no vendor gives stays pending, and the note says so. A margin call is
    told too.
    """
    events = await shelf.read(lambda store: store.events(config.season)) or ()
    wanted = _unsettled(events)
    if not wanted and not any(_accrues(event) for event in events):
        return ()
    histories, notes = await _histories(market, wanted, through)
    return (*notes, *await shelf.write(lambda store: _settle(config, store, histories, through)))


async def place_orders(
    config: ArenaConfig, market: Market, shelf: Shelf, round_: Round, decided: Decided, *, now: datetime
) -> tuple[str, ...]:
    """Turn decisions into orders, settle what can be, and mark the books; deciding twice orders once.

    All tickers of a round trade on one calendar.
    """
    session, exchange = round_.session, listing_of(round_.tickers[0]).calendar
    fills_on = session if config.trading.fill == "same_close" else calendar.next_session(session, exchange)
    through = min(fills_on, calendar.last_completed_session(now, exchange))
    events = await shelf.read(lambda store: store.events(config.season)) or ()
    currencies = {ticker: (await shelf.snapshot(h)).prices.currency for ticker, h in round_.snapshots.items()}
    refused = {ticker: why for ticker, currency in currencies.items() if (why := untradable(ticker, currency))}
    wanted = _unsettled(events)
    for decisions in decided.values():
        for ticker in decisions.keys() - refused.keys():
            wanted[ticker] = min(session, wanted.get(ticker, session))
    histories, notes = await _histories(market, wanted, through)

    def trade(store: Store) -> tuple[str, ...]:
        with store.transaction():
            events = store.events(config.season)
            books = books_at(events, session)
            marks = marks_at(store.marks(config.season), session)
            known = {(e.contestant, e.ticker) for e in events if isinstance(e, Order) and e.session == session}
            for contestant, decisions in sorted(decided.items()):
                new = {ticker: chosen for ticker, chosen in decisions.items() if (contestant, ticker) not in known}
                orders = size_orders(
                    books[contestant],
                    marks,
                    new,
                    config.trading,
                    session=session,
                    fills_on=fills_on,
                    untradable=refused,
                )
                store.append_events(config.season, orders)
            return _settle(config, store, histories, through)

    return (*notes, *await shelf.write(trade))


def _unsettled(events: Sequence[LedgerEvent]) -> dict[str, date]:
    """Tickers whose price matters to a book, with the session from which on it does."""
    since: dict[str, date] = {}
    books = replay(events)
    for event in events:
        ticker = getattr(event, "ticker", None)
        if ticker is None:
            continue
        book = books[event.contestant]
        if ticker in book.holdings or any(order.ticker == ticker for order in book.pending):
            since[ticker] = min(event.session, since.get(ticker, event.session))
    return since


async def _histories(
    market: Market, wanted: Mapping[str, date], through: date
) -> tuple[dict[str, SourcedHistory], tuple[str, ...]]:
    """Prices by ticker from the session they matter from; a note for every ticker without an answer."""

    async def one(ticker: str, since: date) -> SourcedHistory | str:
        try:
            found = await market.history(ticker, min(since, through), through)
        except VendorError as error:
            return f"{ticker} could not be priced through {through}, so its orders wait: {error}"
        return found or f"{ticker} could not be priced through {through}, so its orders wait: no vendor knows it"

    tickers = sorted(wanted)
    answers = await asyncio.gather(*(one(ticker, wanted[ticker]) for ticker in tickers))
    found = {t: answer for t, answer in zip(tickers, answers, strict=True) if isinstance(answer, SourcedHistory)}
    return found, tuple(answer for answer in answers if isinstance(answer, str))


def accrual_sessions(events: Sequence[LedgerEvent], through: date) -> tuple[date, ...]:
    """The sessions between whose closes books earn interest and pay borrow fees; none where no book's terms say so.

    They are New York's, whatever is traded: books are kept in dollars, and the days between are all paid for.
    """
    opened = [event.session for event in events if _accrues(event)]
    return calendar.sessions_between(min(opened), through) if opened else ()


def _accrues(event: LedgerEvent) -> bool:
    return isinstance(event, BookOpened) and event.terms.accrue


def _settle(
    config: ArenaConfig, store: Store, histories: Mapping[str, SourcedHistory], through: date
) -> tuple[str, ...]:
    """Settle and mark the books; returns a sentence on every margin call."""
    with store.transaction():
        plain = {ticker: sourced.history for ticker, sourced in histories.items()}
        events = store.events(config.season)
        new = settle(events, plain, config.trading, through, accrual_sessions(events, through))
        store.append_events(config.season, new)
        store.save_marks(config.season, [mark for h in histories.values() for mark in _marks(h, through)])
    return margin_notes(new, (*events, *new))


def _marks(sourced: SourcedHistory, through: date) -> list[Mark]:
    """Every close at or before a session: a book has a value on each, whether a round was played on it or not."""
    return [
        Mark(ticker=sourced.history.ticker, session=bar.session, close=bar.close, source=sourced.source)
        for bar in sourced.history.bars
        if bar.session <= through
    ]
