"""Python's garbage collector while a round is played: kept from looking again and again at what stays.

A process that holds the model packages, the snapshots and hundreds of desks has a million objects, and looking
through them all for cycles is a sixth of what a round costs. What is there when a round begins is set aside, and new
objects are looked at less often; when the last round ends, all is as it was.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 20_000
"""Objects made beyond those given up, after which the young ones are looked at; Python's own figure is 700."""

_lock = threading.Lock()
_playing: list[tuple[int, int, int]] = []
"""The thresholds as they were, once for every round that is being played."""


@contextmanager
def at_rest() -> Iterator[None]:
    """Play a round inside; rounds may overlap, in other threads too."""
    with _lock:
        _playing.append(_playing[0] if _playing else gc.get_threshold())
        if len(_playing) == 1:
            gc.freeze()
            gc.set_threshold(YOUNG, *_playing[0][1:])
    try:
        yield
    finally:
        with _lock:
            before = _playing.pop()
            if not _playing:
                gc.set_threshold(*before)
                gc.unfreeze()
