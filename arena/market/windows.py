"""Prices in wide windows: one request serves a snapshot, the fills after it and the next sessions' snapshots."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from arena.errors import NotCoveredError
from arena.market.answers import Answer, Unanswered
from arena.market.calendar import last_completed_session, session_back, sessions_between
from arena.market.chain import VendorChain
from arena.market.flights import Flights
from arena.market.lateness import is_fresh, is_provisional, reliable_end
from arena.market.listings import listing_of
from arena.market.questions import PricesQuestion
from arena.records.market import PriceHistory

SPARE_SESSIONS = 10
"""Sessions asked for before those a snapshot shows, so that later sessions' snapshots need no request."""

DAYS_AHEAD = timedelta(days=10)
"""How far past its end a window reaches, up to the last completed session: the fills of the next sessions."""

WINDOWS_KEPT = 8
"""Windows a ticker that stay in memory."""


@dataclass(frozen=True)
class _Window:
    start: date
    end: date
    answer: Answer[PriceHistory]

    def reaches(self, start: date, end: date, known_from: date) -> bool:
        begins = None if isinstance(self.answer, Unanswered) else self.answer.facts.known_from
        return self.start <= start and end <= self.end and (begins is None or begins <= known_from)

    def serves(self, now: datetime) -> bool:
        if isinstance(self.answer, Unanswered) or not is_provisional(self.answer.facts):
            return True
        return is_fresh(self.answer.retrieved, now)


class PriceWindows:
    """Answers about prices by ticker, reused wherever they reach; refusals are not kept.

    A provisional one serves as long as the disk cache lets it, so that books are settled at what was shown.
    """

    def __init__(self, chain: VendorChain, sessions: int, clock: Callable[[], datetime]) -> None:
        self._chain = chain
        self._sessions = sessions
        self._clock = clock
        self._flights = Flights()
        self._kept: dict[str, list[_Window]] = {}

    async def covering(self, ticker: str, start: date, end: date, known_from: date) -> Answer[PriceHistory]:
        """The answer about a window that holds `start` to `end`; `end` is a completed session.

        A vendor that tells only of days after `known_from` does not answer.
        """
        while True:
            now = self._clock()
            for window in reversed(self._kept.get(ticker, [])):
                if window.reaches(start, end, known_from) and window.serves(now):
                    return window.answer
            # Someone may be asking about this ticker already; what comes back may or may not reach far enough.
            asked = await self._flights.join(ticker, lambda: self._ask(ticker, start, end, known_from))
            if asked.reaches(start, end, known_from):
                return asked.answer

    async def _ask(self, ticker: str, start: date, end: date, known_from: date) -> _Window:
        exchange = listing_of(ticker).calendar
        anchor = _anchor(start, end, exchange)
        first = min(start, session_back(anchor, self._sessions + SPARE_SESSIONS, exchange))
        last = min(last_completed_session(self._clock(), exchange), anchor + DAYS_AHEAD)
        question = PricesQuestion(ticker=ticker, start=first, end=last)
        answer = await self._chain.ask(question, lambda facts: _check_beginning(facts, known_from))
        if not isinstance(answer, Unanswered):
            kept = self._kept.setdefault(ticker, [])
            kept.append(_Window(first, reliable_end(answer.facts, answer.retrieved, first, last), answer))
            del kept[:-WINDOWS_KEPT]
        return _Window(first, last, answer)


def _anchor(start: date, end: date, exchange: str) -> date:
    """The session a window is laid around, so that a decision's snapshot and its fills ask the same question.

    For a span of a few days its first session, from which the window reaches far enough ahead; otherwise the last.
    """
    first = sessions_between(start, end, exchange)[0]
    return first if end <= first + DAYS_AHEAD else end


def _check_beginning(history: PriceHistory, known_from: date) -> None:
    """NotCoveredError for a history that tells nothing of that day because it begins later."""
    if history.known_from is not None and history.known_from > known_from:
        # Without the day on which they begin, which may lie behind the snapshot.
        raise NotCoveredError(f"it has prices of the last sessions only, which begin after {known_from}")
