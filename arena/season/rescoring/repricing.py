"""Recorded decisions in order on fresh books: sized, filled, settled and marked as in the season itself."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from arena.config.trading import TradingSettings
from arena.ledger import Ledger, margin_notes, open_book, size_orders
from arena.ledger.passing import Pass
from arena.ledger.prices import Prices
from arena.ledger.settlement import Settlement
from arena.market import calendar
from arena.market.listings import listing_of
from arena.market.market import SourcedHistory
from arena.records.market import PriceHistory
from arena.records.standing import Round
from arena.records.trading import BookOpened, LedgerEvent, Mark
from arena.rounds.trading import accrual_sessions, marks_at
from arena.season.rescoring.changes import TERMS, changed_settings, settings_of
from arena.season.rescoring.kept import Recorded


class Repriced(NamedTuple):
    """The ledger and the marks of the new books."""

    events: tuple[LedgerEvent, ...]
    marks: tuple[Mark, ...]
    notes: tuple[str, ...]


def reprice(
    recorded: Recorded,
    prices: Mapping[str, SourcedHistory],
    settings: TradingSettings,
    changes: Mapping[str, Any],
    refused: Mapping[str, str],
) -> Repriced:
    """Play the season's decisions again under `settings`, of which `changes` are not the recorded ones.

    Books are opened when they were, with what they had but for what is changed. All decisions of a session are sized
    together. `refused` says of tickers why no book can hold them.
    """
    opened = [_opened(event, settings, changes) for event in recorded.events if isinstance(event, BookOpened)]
    marks = _marks(recorded, prices)
    histories = {ticker: told.history for ticker, told in prices.items()}
    books = _Books(recorded.through, histories, settings, accrual_sessions(opened, recorded.through))
    for round_ in recorded.rounds:
        books.advance(round_.session)
        books.take(event for event in opened if event.session == round_.session)
        books.decide(round_, recorded, marks, refused)
    books.advance(recorded.through)
    notes = margin_notes(books.events, books.events)
    return Repriced(tuple(books.events), marks, notes)


class _Books:
    """The new books as the season goes on."""

    def __init__(
        self,
        through: date,
        histories: Mapping[str, PriceHistory],
        settings: TradingSettings,
        accruing: Sequence[date],
    ) -> None:
        self.events: list[LedgerEvent] = []
        self._through = through
        self._settings = settings
        self._pass = Pass(Ledger(), Prices(histories), settings)
        self._settlement = Settlement(self._pass, accruing)
        traded = {bar.session for history in histories.values() for bar in history.bars}
        self._ahead = sorted(session for session in traded.union(accruing) if session <= through)

    def advance(self, session: date) -> None:
        """Settle through a session, but never beyond where the recorded books stand."""
        until = min(session, self._through)
        while self._ahead and self._ahead[0] <= until:
            self._settlement.run(self._ahead.pop(0))
        self._settlement.lapse(until)
        self._keep_new()

    def take(self, events: Iterable[LedgerEvent]) -> None:
        """Let events stand in the ledger."""
        for event in events:
            self._pass.ledger.apply(event)
            self.events.append(event)

    def decide(self, round_: Round, recorded: Recorded, marks: Sequence[Mark], refused: Mapping[str, str]) -> None:
        """Order what was decided at a round's close, and settle what that brings on the day it is due."""
        session, due = round_.session, round_.session
        known = marks_at(marks, session)
        for exchange in sorted({listing_of(ticker).calendar for ticker in round_.tickers}):
            fills_on = session if self._settings.fill == "same_close" else calendar.next_session(session, exchange)
            due = max(due, fills_on)
            for contestant, decisions in sorted(recorded.decided[session].items()):
                book = self._pass.ledger.book_at_close(contestant, session)
                mine = {t: one for t, one in decisions.items() if listing_of(t).calendar == exchange}
                if book is not None:
                    sized = size_orders(
                        book, known, mine, self._settings, session=session, fills_on=fills_on, untradable=refused
                    )
                    self.take(sized)
        if self._settings.fill == "same_close":
            self._settlement.run(session)
        self.advance(due)

    def _keep_new(self) -> None:
        self.events += self._pass.new
        self._pass.new = []


def _opened(event: BookOpened, settings: TradingSettings, changes: Mapping[str, Any]) -> BookOpened:
    own = changed_settings(
        settings.model_copy(update=settings_of(event.terms, settings)),
        {name: value for name, value in changes.items() if name in TERMS},
    )
    cash = settings.start_cash if "start_cash" in changes else event.cash
    return open_book(event.contestant, cash, event.session, own.terms)


def _marks(recorded: Recorded, prices: Mapping[str, SourcedHistory]) -> tuple[Mark, ...]:
    """Every close that is kept, through the session of the recorded books: a mark that was kept stays."""
    known = {(mark.ticker, mark.session): mark for mark in recorded.marks}
    for ticker, told in prices.items():
        for bar in told.history.bars:
            if bar.session <= recorded.through:
                mark = Mark(ticker=ticker, session=bar.session, close=bar.close, source=told.source)
                known.setdefault((ticker, bar.session), mark)
    return tuple(known[key] for key in sorted(known, key=lambda key: (key[1], key[0])))
