"""Python's garbage collector while a round is played: kept from looking again and again at what stays.

A process that holds the model packages, the snapshots and hundreds of desks has a million objects, and looking
through them all for cycles is a sixth of what a round costs. What is there when a round begins is set aside, and new
objects are looked at less often. That stays so when the round has ended: at Python's own figure all that a round has
made would be looked through at once, most of which is given up soon.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 100_000
"""Objects made beyond those given up, after which the young ones are looked at; Python's own figure is 700."""

_lock = threading.Lock()
_playing = 0
"""Rounds that are being played."""


def look_less_often() -> None:
    """Have new objects looked at less often, from now on."""
    first, *others = gc.get_threshold()
    gc.set_threshold(max(YOUNG, first), *others)


@contextmanager
def at_rest() -> Iterator[None]:
    """Play a round inside; rounds may overlap, in other threads too."""
    global _playing  # noqa: PLW0603 -- as the collector is one for the whole process
    with _lock:
        _playing += 1
        if _playing == 1:
            gc.freeze()
            look_less_often()
    try:
        yield
    finally:
        with _lock:
            _playing -= 1
            if not _playing:
                gc.unfreeze()
