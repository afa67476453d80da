"""An event loop whose clock can be moved on, so that a recorded time-out need not be waited for."""

import asyncio
import heapq
from typing import Any


class HastyLoop(asyncio.SelectorEventLoop):
    """Its time is the real one plus what was skipped."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped = 0.0
        self._planned: list[float] = []

    def time(self) -> float:
        """Seconds on this loop's clock."""
        return super().time() + self._skipped

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
