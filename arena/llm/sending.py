"""One attempt of a call: past the toll, onto the line, over the wire, and settled whatever became of it."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import httpx2

from arena.llm.exchange import Hear, Received, exchange
from arena.llm.faults import Fault
from arena.llm.lines import Access
from arena.llm.toll import Fare, Prices, Toll
from arena.llm.transport import Destination
from arena.llm.usage import cost_told, usage_of
from arena.records.chat import CostSource


class Attempted(NamedTuple):
    """How an attempt ended."""

    body: Any
    """The completion where there is no fault."""
    fault: Fault | None
    cost: Decimal | None
    """Dollars told for it, faults included."""
    source: CostSource | None
    sent: bool
    """False when no request was made, since it was known to fail."""


@dataclass(frozen=True)
class Sender:
    """What all attempts of one chat model share."""

    http: httpx2.AsyncClient
    to: Destination
    model: str
    access: Access
    toll: Toll
    prices: Prices

    async def attempt(self, content: bytes, max_tokens: int, deadline: asyncio.Timeout, hear: Hear | None) -> Attempted:
        """Send once. Raises ModelError of reason budget where the toll does not let it pass."""
        if (fault := self.access.why_not()) is not None:
            return _not_sent(fault)
        passage = await self.toll.admit(self.model, len(content), max_tokens)
        with Fare(passage) as fare:
            async with self.access.line.place() as trial:
                if isinstance(trial, Fault):
                    return _not_sent(trial)
                fare.sent()
                try:
                    received = await exchange(self.http, self.to, content, hear)
                except asyncio.CancelledError:
                    # A desk that is called off says nothing of the endpoint; a deadline that passed does.
                    if deadline.expired():
                        trial.failed("no answer within the call's deadline")
                    raise
                if received.fault is not None and received.fault.down:
                    trial.failed(received.fault.message)
                else:
                    trial.answered()
            return self._settled(received, fare)

    def _settled(self, received: Received, fare: Fare) -> Attempted:
        cost, source = self._cost(received.body)
        if cost is not None:
            fare.told(cost)
        elif received.fault is not None and received.fault.free:
            fare.refused()
        return Attempted(received.body, received.fault, cost, source, sent=True)

    def _cost(self, body: object) -> tuple[Decimal | None, CostSource | None]:
        told = cost_told(body)
        if told is not None:
            return told, "endpoint"
        # A free model costs nothing even where no tokens are told; without any answer nothing is known.
        priced = self.prices.cost(self.model, usage_of(body) or {}) if isinstance(body, dict) else None
        return (None, None) if priced is None else priced


def _not_sent(fault: Fault) -> Attempted:
    return Attempted(None, fault, None, None, sent=False)
