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
_before = YOUNG
"""After how many objects they were looked at before."""


def look_less_often() -> None:
    """Have new objects looked at less often, from now on."""
    _look_after(max(YOUNG, gc.get_threshold()[0]))


@contextmanager
def at_rest() -> Iterator[None]:
    """Play a round inside; rounds may overlap, in other threads too."""
    global _playing, _before  # noqa: PLW0603 -- as the collector is one for the whole process
    with _lock:
        _playing += 1
        if _playing == 1:
            if _look_at_once in gc.callbacks:
                gc.collect(0)  # what the round before has left
            gc.freeze()
            _before = max(YOUNG, gc.get_threshold()[0])
            _look_after(max(ROUND, _before))
    try:
        yield
    finally:
        with _lock:
            _playing -= 1
            if not _playing:
                gc.unfreeze()
                _look_after(gc.get_count()[0] + _before)
                gc.callbacks.append(_look_at_once)


def _look_at_once(phase: str, info: Mapping[str, int]) -> None:  # noqa: ARG001 -- a callback of the collector
    """What a round left is being looked at: from now on as before it."""
    gc.callbacks.remove(_look_at_once)
    _look_after(_before)


def _look_after(objects: int) -> None:
    gc.set_threshold(objects, *gc.get_threshold()[1:])
