"""A circuit breaker: an endpoint that is down is left alone for a while, so that a round fails in seconds.

Only failures of the endpoint itself count (`Fault.down`), and only those of requests sent after its
last answer: many calls that run into their deadline together say nothing about an endpoint that
answered others meanwhile.
"""

import time
from types import TracebackType
from typing import Self

from arena.llm.faults import Fault


class Breaker:
    """Closed, open for `seconds` after `failures` in a row, then closed again by one probe that is answered."""

    def __init__(self, name: str, failures: int, seconds: float) -> None:
        self._name = name
        self._allowed = failures
        self._seconds = seconds
        self._in_a_row = 0
        self._answered_at = float("-inf")
        self._open_until: float | None = None
        self._probing = False
        self._last = ""

    def why_not(self) -> Fault | None:
        """The fault every request ends in at the moment; None when one may be sent."""
        if self._open_until is None:
            return None
        left = self._open_until - time.monotonic()
        if left <= 0 and not self._probing:
            return None
        again = f"in {left:.0f} s" if left > 0 else "right now"
        told = (
            f"the endpoint {self._name} is down after {self._in_a_row} failures in a row, "
            f"the last: {self._last}; it is tried again {again}"
        )
        return Fault(verdict="final", reason="provider_error", message=told, free=True)

    def request(self) -> "Trial":
        """One request that is sent now, to be told how it ends. Only when `why_not` says nothing."""
        probe = self._open_until is not None
        self._probing = self._probing or probe
        return Trial(self, probe=probe)

    def answered(self) -> None:
        """The endpoint gave an answer, good or bad: it is up."""
        self._answered_at = time.monotonic()
        self._in_a_row = 0
        self._open_until = None

    def failed(self, sent: float, why: str) -> None:
        """A request sent at `sent` (monotonic seconds) found the endpoint down."""
        if sent <= self._answered_at:
            return
        self._last = why
        self._in_a_row += 1
        if self._in_a_row >= self._allowed:
            self._open_until = time.monotonic() + self._seconds

    def probe_over(self) -> None:
        """The probe is through, or was given up."""
        self._probing = False


class Trial:
    """One request under a breaker. A context manager; one that ends unjudged was given up and says nothing."""

    def __init__(self, breaker: Breaker, *, probe: bool) -> None:
        self._breaker = breaker
        self._probe = probe
        self._sent = time.monotonic()

    def answered(self) -> None:
        """The endpoint gave an answer."""
        self._breaker.answered()

    def failed(self, why: str) -> None:
        """The endpoint was found down."""
        self._breaker.failed(self._sent, why)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._probe:
            self._breaker.probe_over()
