"""The account of one model call while it runs: what failed on the way, what it cost, and what it says."""

import time
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun

from arena.errors import FailedAttempt
from arena.records.chat import CostSource

HEARD_EVERY = 0.05
"""Seconds for which text is gathered: telling callbacks of each token by itself costs more than reading it."""

_LEAST_SURE: tuple[CostSource, ...] = ("catalogue", "config", "endpoint", "free")
"""A sum is only as sure as its least sure part."""


@runtime_checkable
class AttemptListener(Protocol):
    """A callback that is told of failed attempts at once, so that a call which is cut off has them on record."""

    def attempt_failed(self, run_id: UUID, attempt: FailedAttempt, source: CostSource | None) -> None:
        """A request of that run failed; `source` says who told its cost."""


class Call:
    """One call."""

    def __init__(self, run: AsyncCallbackManagerForLLMRun | None) -> None:
        """`run` holds the callbacks that follow it."""
        self._run = run
        self._attempts: list[FailedAttempt] = []
        self._sources: list[CostSource] = []
        self._unheard: list[str] = []
        self._heard = 0.0

    @property
    def attempts(self) -> tuple[FailedAttempt, ...]:
        """The requests that failed so far."""
        return tuple(self._attempts)

    def failed(self, attempt: FailedAttempt, source: CostSource | None) -> None:
        """A request failed; `source` says who told its cost."""
        self._unheard.clear()
        self._attempts.append(attempt)
        self._sources += [source] if source else []
        for handler in self._run.handlers if self._run else ():
            if self._run and isinstance(handler, AttemptListener):
                handler.attempt_failed(self._run.run_id, attempt, source)

    async def hear(self, text: str) -> None:
        """A piece of the answer came in: callbacks are told of it, together with what follows soon."""
        self._unheard.append(text)
        if time.monotonic() - self._heard >= HEARD_EVERY:
            await self.heard_out()

    async def heard_out(self) -> None:
        """Tell callbacks of what they were not told yet."""
        text = "".join(self._unheard)
        self._unheard.clear()
        if self._run is not None and text:
            await self._run.on_llm_new_token(text)
            self._heard = time.monotonic()

    def told(self, cost: Decimal | None, source: CostSource | None) -> dict[str, Any]:
        """What the trace is told of the whole call: its cost as exact text or None, who said so, and the attempts."""
        parts = [*(attempt[2] for attempt in self._attempts), cost]
        known = [part for part in parts if part is not None]
        # That a request was refused tells nothing of what another one cost.
        told = cost is not None or any(known)
        sources = [*self._sources, *([source] if source else [])]
        return {
            "cost": f"{sum(known, Decimal(0)):f}" if told else None,
            "cost_at_least": told and None in parts,
            "cost_source": min(sources, key=_LEAST_SURE.index) if sources else None,
            "attempts": self._attempts,
        }
