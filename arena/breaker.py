"""A circuit breaker: a server that is down is left alone for a while, so that a round fails in seconds.

Only failures of the server itself count, and only those of requests sent after its last answer: many
requests that run into their deadline together say nothing about a server that answered others meanwhile.
Safe to use from several threads.
"""

import time
from threading import Lock
from types import TracebackType
from typing import NamedTuple, Self


class Down(NamedTuple):
    """Why no request may be sent at the moment."""

    failures: int
    """How many in a row."""
    last: str
    """What the last of them was."""
    seconds: float
    """Until it is tried again; 0 while that is under way."""


class Breaker:
    """Closed, open for `seconds` after `failures` in a row, then closed again by one probe that is answered."""

    def __init__(self, failures: int, seconds: float) -> None:
        self._lock = Lock()
        self._allowed = failures
        self._seconds = seconds
        self._in_a_row = 0
        self._answered_at = float("-inf")
        self._open_until: float | None = None
        self._probing = False
        self._last = ""

    def down(self) -> Down | None:
        """Why no request may be sent at the moment; None when one may."""
        with self._lock:
            return self._down()

    def request(self) -> "Trial | Down":
        """One request that is sent now, to be told how it ends; or why it may not be sent."""
        with self._lock:
            if (down := self._down()) is not None:
                return down
            probe = self._open_until is not None
            self._probing = self._probing or probe
        return Trial(self, probe=probe)

    def answered(self) -> None:
        """The server gave an answer, good or bad: it is up."""
        with self._lock:
            self._answered_at = time.monotonic()
            self._in_a_row = 0
            self._open_until = None

    def failed(self, sent: float, why: str) -> None:
        """A request sent at `sent` (monotonic seconds) found the server down."""
        with self._lock:
            if sent <= self._answered_at:
                return
            self._last = why
            self._in_a_row += 1
            if self._in_a_row >= self._allowed:
                self._open_until = time.monotonic() + self._seconds

    def probe_over(self) -> None:
        """The probe is through, or was given up."""
        with self._lock:
            self._probing = False

    def _down(self) -> Down | None:
        if self._open_until is None:
            return None
        left = self._open_until - time.monotonic()
        if left <= 0 and not self._probing:
            return None
        return Down(self._in_a_row, self._last, max(left, 0.0))


class Trial:
    """One request under a breaker. A context manager; one that ends unjudged was given up and says nothing.

    Its failure counts once, however often it is told.
    """

    def __init__(self, breaker: Breaker, *, probe: bool) -> None:
        self._breaker = breaker
        self._probe = probe
        self._sent = time.monotonic()
        self._has_failed = False

    def answered(self) -> None:
        """The server gave an answer."""
        self._breaker.answered()

    def failed(self, why: str) -> None:
        """The server was found down."""
        if not self._has_failed:
            self._has_failed = True
            self._breaker.failed(self._sent, why)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._probe:
            self._breaker.probe_over()
