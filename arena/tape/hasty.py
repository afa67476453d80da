"""An event loop whose clock can be moved on, so that a recorded time-out need not be waited for."""

import asyncio
import heapq
from typing import Any

SLOWNESS = 1000
"""Real seconds to one of the loop's. A round that began late may have left its desks a few hundredths of a second."""


class HastyLoop(asyncio.SelectorEventLoop):
    """Its time passes slowly, but for what is skipped.

    Were it the real one, a desk that is replayed on a busy machine would run out of time where it had not.
    """

    def __init__(self) -> None:
        super().__init__()
        self._began = super().time()
        self._skipped = 0.0
        self._planned: list[float] = []

    def time(self) -> float:
        """Seconds on this loop's clock."""
        now = super().time()
        return self._began + (now - self._began) / SLOWNESS + self._skipped

    def call_at(  # type: ignore[override]  # typeshed ties the arguments to the callback's; nothing is done to them here
        self, when: float, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        """As every loop's, and remembered for `skip`."""
        heapq.heappush(self._planned, when)
        return super().call_at(when, callback, *args, context=context)

    def skip(self) -> None:
        """Move the clock to the next moment anything was planned for; where nothing is, do nothing."""
        now = self.time()
        while self._planned and self._planned[0] <= now:
            heapq.heappop(self._planned)
        if self._planned:
            self._skipped += self._planned[0] - now
