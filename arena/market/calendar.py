"""When exchanges trade: sessions, and the instants at which they close; New York's unless another is named.

Offline, from exchange-calendars, early closes and days of mourning included; `exchange` is that package's code
("24/7" trades every day, and closes at midnight in UTC). Future sessions follow today's rules; a closure decreed
later is unknown until that package knows it. There is no clock here: `now` is an argument, always aware. A day
outside 1970-2050, or outside what the package knows of an exchange, is a DateError.
"""

import warnings
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime
from functools import cache
from threading import Lock
from typing import NamedTuple

import exchange_calendars
import pandas as pd

from arena.errors import DateError

NEW_YORK = "XNYS"

_FIRST_DAY, _LAST_DAY = pd.Timestamp("1970-01-01"), pd.Timestamp("2050-12-31")


class _Sessions(NamedTuple):
    days: tuple[date, ...]
    closes: tuple[datetime, ...]
    known: frozenset[date]
    """The days again, for the question that is asked of every bar."""


_making = Lock()
"""Warning filters belong to the process: two threads that set them at once undo each other's."""


@cache
def _sessions(exchange: str) -> _Sessions:
    """All sessions and their closes; the bounds are fixed, as the package's own move with today's date."""
    with _making, warnings.catch_warnings():
        # exchange-calendars 4.13 calls what pandas 3.1 deprecates; the closes it makes are right.
        warnings.filterwarnings("ignore", message="Series.values returning an ndarray", category=DeprecationWarning)
        start, end = _bounds(exchange)
        calendar = exchange_calendars.get_calendar(exchange, start=start, end=end)
    days = tuple(session.date() for session in calendar.sessions)
    return _Sessions(
        days=days,
        known=frozenset(days),
        closes=tuple(close.to_pydatetime().astimezone(UTC) for close in calendar.closes),
    )


def _bounds(exchange: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """What the package knows of an exchange within our own bounds; New York's it knows throughout."""
    if exchange == NEW_YORK:
        return _FIRST_DAY, _LAST_DAY
    known = exchange_calendars.get_calendar(exchange)
    return max(_FIRST_DAY, known.bound_min() or _FIRST_DAY), min(_LAST_DAY, known.bound_max() or _LAST_DAY)


def last_completed_session(now: datetime, exchange: str = NEW_YORK) -> date:
    """The newest session whose close has passed at `now`; a close passes at its own instant."""
    if now.tzinfo is None:
        raise ValueError(f"{now} has no time zone; an instant needs one")
    days, closes, _ = _sessions(exchange)
    completed = bisect_right(closes, now)
    if not 0 < completed < len(days):
        raise DateError(f"{now:%Y-%m-%d} is outside the calendar, which runs from {days[0]} to {days[-1]}")
    return days[completed - 1]


def check_session(day: date, now: datetime, exchange: str = NEW_YORK) -> date:
    """The day itself when it is a completed session at `now`; otherwise a DateError that says what it is."""
    completed = last_completed_session(now, exchange)
    _check_range(day, exchange)
    if is_session(day, exchange):
        if day <= completed:
            return day
        raise DateError(f"the session of {day} has not closed yet; the last completed session is {completed}")
    kind = f"a {day:%A}" if day.weekday() >= 5 else "an exchange holiday"
    if day > completed and (before := _session_before(day, exchange)) != completed:
        raise DateError(
            f"{day} is {kind} after {before}, a session that has not closed yet; "
            f"the last completed session is {completed}"
        )
    raise DateError(f"{day} is {kind}; the last session before it is {_session_before(day, exchange)}")


def is_session(day: date, exchange: str = NEW_YORK) -> bool:
    """Whether the exchange trades on that day; False outside the calendar."""
    return day in _sessions(exchange).known


def close_of(session: date, exchange: str = NEW_YORK) -> datetime:
    """The instant, in UTC, at which the session closes: 16:00 in New York, or earlier on early-close days."""
    return _sessions(exchange).closes[_place(session, exchange)]


def next_session(session: date, exchange: str = NEW_YORK) -> date:
    """The session that follows."""
    return session_back(session, -1, exchange)


def session_back(session: date, n: int, exchange: str = NEW_YORK) -> date:
    """The session `n` sessions before; 0 is the session itself."""
    days, place = _sessions(exchange).days, _place(session, exchange) - n
    if not 0 <= place < len(days):
        raise DateError(f"{n} sessions before {session} is outside the calendar, {days[0]} to {days[-1]}")
    return days[place]


def last_session(exchange: str = NEW_YORK) -> date:
    """The last one the calendar reaches to, years ahead."""
    return _sessions(exchange).days[-1]


def sessions_between(start: date, end: date, exchange: str = NEW_YORK) -> tuple[date, ...]:
    """The sessions from `start` to `end`, both included; neither need be one. Empty when end comes first."""
    _check_range(start, exchange)
    _check_range(end, exchange)
    days = _sessions(exchange).days
    return days[bisect_left(days, start) : bisect_right(days, end)]


def _session_before(day: date, exchange: str) -> date:
    days = _sessions(exchange).days
    return days[bisect_left(days, day) - 1]


def _place(session: date, exchange: str) -> int:
    _check_range(session, exchange)
    if not is_session(session, exchange):
        raise DateError(f"{session} is not a session; the last one before it is {_session_before(session, exchange)}")
    return bisect_left(_sessions(exchange).days, session)


def _check_range(day: date, exchange: str) -> None:
    """Refuse what the sessions do not span, so that no missing session is mistaken for a closed exchange."""
    days = _sessions(exchange).days
    if not days[0] <= day <= days[-1]:
        raise DateError(f"{day} is outside the calendar, which runs from {days[0]} to {days[-1]}")
