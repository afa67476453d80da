"""Daily prices with their splits and dividends, as far back as the key's plan has them.

The long answer needs a premium key. A free one gets the short answer in its place where that reaches the window;
it is told as cut, and without the events before its first bar, since whatever else happened then is unknown.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.alpha_vantage.connection import Question
from arena.market.alpha_vantage_json import parse_daily, parse_dividends, parse_splits, with_actions
from arena.market.calendar import last_completed_session, session_back
from arena.records.market import Dividend, PriceHistory, PriceNote, Split

COMPACT_ROWS = 100
"""How many rows the short answer has; fewer are all there are."""

COMPACT_SESSIONS = 98
"""How many sessions back the short answer is trusted to reach, as today's row may be among them."""

_Event = TypeVar("_Event", Split, Dividend)


class Prices:
    """Prices for one key; it remembers that the key was refused the long answer."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._refused_in_full: str | None = None

    def history(self, question: Question, ticker: str, start: date, end: date) -> PriceHistory:
        """The bars as traded, and their events; provisional, with a note, where these cannot be had."""
        bars = self._daily(question, ticker, start, end)
        doubts: list[PriceNote] = []
        splits = _or_doubt("splits", lambda: parse_splits(question.splits(), ticker), doubts)
        dividends = _or_doubt("dividends", lambda: parse_dividends(question.dividends(), ticker), doubts)
        known = with_actions(bars, splits, dividends)
        told = {"notes": (*known.notes, *doubts), "provisional": bool(doubts)}
        return known.model_copy(update=told).between(bars.known_from or start, end)

    def _daily(self, question: Question, ticker: str, start: date, end: date) -> PriceHistory:
        """The short answer where it reaches back to `start`, else the long one, else what the short one has."""
        if start >= self._sessions_back(COMPACT_SESSIONS):
            return parse_daily(question.daily("compact"), ticker)
        if self._refused_in_full is None:
            try:
                return parse_daily(question.daily("full"), ticker)
            except NotCoveredError as error:
                # A refusal costs a request, and another ticker's would be refused as well.
                self._refused_in_full = str(error)
        return self._cut_daily(question, ticker, start, end)

    def _cut_daily(self, question: Question, ticker: str, start: date, end: date) -> PriceHistory:
        """The short answer where it begins inside the window; NotCoveredError where it begins behind it."""
        if end < self._sessions_back(COMPACT_ROWS - 1):
            raise self._beyond()
        body = question.daily("compact")
        history = parse_daily(body, ticker)
        first = history.bars[0].session if history.bars else start
        if first <= start or len(body["Time Series (Daily)"]) < COMPACT_ROWS:
            return history
        if first > end:
            raise self._beyond()
        why = f"alpha_vantage gives a key of this plan the last {COMPACT_ROWS} sessions only"
        cut = PriceNote(text=f"the prices begin on {first}, as {why}", day=first)
        return history.model_copy(update={"known_from": first, "notes": (*history.notes, cut)})

    def _beyond(self) -> NotCoveredError:
        return NotCoveredError(
            f"{self._refused_in_full} (daily prices beyond the last {COMPACT_ROWS} sessions): set a premium key, or "
            "name another vendor before alpha_vantage under market.vendors"
        )

    def _sessions_back(self, sessions: int) -> date:
        return session_back(last_completed_session(self._clock()), sessions)


def _or_doubt(name: str, ask: Callable[[], tuple[_Event, ...]], doubts: list[PriceNote]) -> tuple[_Event, ...]:
    """The events, or none and a doubt: prices without them are worth more than no prices."""
    try:
        return ask()
    except (VendorError, TickerError) as error:
        doubts.append(PriceNote(text=f"the {name} could not be had, so none are known: {error}"))
        return ()
