"""Python's garbage collector while a round is played: kept from looking again and again at what stays.

A process that holds the model packages, the snapshots and hundreds of desks has a million objects, and looking
through them all for cycles is a sixth of what a round costs. What is there when a round begins is set aside, and what
it makes is looked at once, some time after its end: five hundred desks leave seven megabytes in cycles, and most of
what they made is given up soon. Between rounds, too, new objects are looked at less often than Python would.
"""

import gc
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

YOUNG = 100_000
"""Objects made beyond those given up, after which the young ones are looked at; Python's own figure is 700."""

ROUND = 2_000_000
"""The same while a round is played: of thousands of desks at once the cycles are not left until its end."""

_lock = threading.Lock()
_playing = 0
"""Rounds that are being played."""
_before = 0
"""After how many objects they were looked at before the rounds."""
_after: int | None = None
"""After how many they are looked at for once, since a round has ended; None where nothing is left to look at."""


def look_less_often() -> None:
    """Have new objects looked at less often, from now on."""
    _look_after(max(YOUNG, gc.get_threshold()[0]))


@contextmanager
def at_rest() -> Iterator[None]:
    """Play a round inside; rounds may overlap, in other threads too. Who has switched the collector off keeps that."""
    global _playing  # noqa: PLW0603 -- as the collector is one for the whole process
    with _lock:
        _playing += 1
        if _playing == 1:
            _begin()
    try:
        yield
    finally:
        with _lock:
            _playing -= 1
            if not _playing:
                _end()


def _begin() -> None:
    global _before  # noqa: PLW0603 -- as above
    if _after is not None:
        gc.collect(0)
        _as_before()  # also where another thread was collecting just now, and this one did not
    gc.freeze()
    _before = gc.get_threshold()[0]
    if _before:
        _before = max(YOUNG, _before)
        _look_after(max(ROUND, _before))


def _end() -> None:
    global _after  # noqa: PLW0603 -- as above
    gc.unfreeze()
    if _before and gc.get_threshold()[0] == max(ROUND, _before):
        _after = gc.get_count()[0] + _before
        _look_after(_after)


def _looked(phase: str, info: Mapping[str, int]) -> None:  # noqa: ARG001 -- a callback of the collector
    if phase == "stop" and not _playing:
        _as_before()


def _as_before() -> None:
    """What a round has left was looked at; from now on as before it, unless somebody wished otherwise meanwhile."""
    global _after  # noqa: PLW0603 -- as above
    if _after is not None and gc.get_threshold()[0] == _after:
        _look_after(_before)
    _after = None


def _look_after(objects: int) -> None:
    gc.set_threshold(objects, *gc.get_threshold()[1:])


gc.callbacks.append(_looked)
