"""The seam between the wire and the money: every request passes the toll before it is sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from types import TracebackType
from typing import Protocol, Self

from arena.records.chat import CostSource


class Passage(Protocol):
    """Leave to send one request. It is settled exactly once, whatever became of the request."""

    def settle(self, cost: Decimal | None) -> None:
        """The request is through and cost this many dollars; None is unknown, and counts as the most it could."""

    def release(self) -> None:
        """The request cannot have cost anything: it was refused, or never left."""


class Toll(Protocol):
    """Who lets requests pass. Shared by every call of a contestant."""

    async def admit(self, model: str, prompt_bytes: int, max_tokens: int) -> Passage:
        """Reserve the most this request may cost; waits while other reservations may still come back.

        `prompt_bytes` bounds the prompt's tokens, since every token is at least one byte. Raises ModelError
        of reason budget when what has been spent leaves no room for it.
        """


class Prices(Protocol):
    """Who knows what models cost where the endpoint tells tokens and no cost."""

    def cost(self, model: str, usage: Mapping[str, object]) -> tuple[Decimal, CostSource] | None:
        """Dollars for an answer and who says so; None where the model has no known price.

        `usage` holds `prompt_tokens` and `completion_tokens`, or neither where the endpoint did not tell both, and
        what it told of cached tokens.
        """


class Fare:
    """Settles a passage exactly once, however its request ends: a context manager around the sending.

    Until `sent` the request costs nothing; from then on an unknown amount, until `told` or `refused`.
    """

    def __init__(self, passage: "Passage") -> None:
        self._passage = passage
        self._at_risk = False
        self._cost: Decimal | None = None

    def sent(self) -> None:
        """The request is about to leave."""
        self._at_risk = True

    def told(self, cost: Decimal) -> None:
        """The answer said what it cost, in dollars."""
        self._at_risk, self._cost = True, cost

    def refused(self) -> None:
        """The request cannot have cost anything."""
        self._at_risk = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._at_risk:
            self._passage.settle(self._cost)
        else:
            self._passage.release()


class FreePassage:
    """A passage nobody counts."""

    def settle(self, cost: Decimal | None) -> None:
        """Count nothing."""

    def release(self) -> None:
        """Count nothing."""


class FreeToll:
    """No limits: every request passes."""

    async def admit(self, model: str, prompt_bytes: int, max_tokens: int) -> Passage:  # noqa: ARG002 -- a Toll
        """Let it pass."""
        return FreePassage()


_ELSEWHERE: ContextVar[Toll | None] = ContextVar("arena_toll", default=None)
# A contestant's model does not know for whom it speaks: who pays travels with the task that runs the desk.


@contextmanager
def paying(toll: Toll) -> Iterator[None]:
    """Every request that is sent inside, by tasks begun inside too, passes this toll and no other."""
    token = _ELSEWHERE.set(toll)
    try:
        yield
    finally:
        _ELSEWHERE.reset(token)


class TollHere:
    """A contestant's own toll, unless somebody else pays."""

    def __init__(self, own: Toll) -> None:
        self._own = own

    async def admit(self, model: str, prompt_bytes: int, max_tokens: int) -> Passage:
        """Pass the toll of whoever pays; see `Toll.admit`."""
        return await (_ELSEWHERE.get() or self._own).admit(model, prompt_bytes, max_tokens)
