"""What is told of a desk while it runs elsewhere, in the order it happened."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from arena.records.base import Record
from arena.records.chat import CostSource, Rung
from arena.remote.packing import packed, unpacked
from arena.tape.exchange import Trouble


class CallAsked(Record):
    """A call of a model was sent."""

    kind: Literal["asked"] = "asked"
    call: UUID
    role: str | None
    rung: Rung | None
    request: str
    model: str
    prompt: tuple[Any, ...]
    """Messages as `arena.tape.plain` writes them."""
    parameters: Any
    """Likewise, what is sent beside the prompt."""
    node: str | None


class CallSaid(Record):
    """A piece of its answer came in."""

    kind: Literal["said"] = "said"
    call: UUID
    text: str


class AttemptFailed(Record):
    """A request of it failed."""

    kind: Literal["attempt_failed"] = "attempt_failed"
    call: UUID
    attempt: tuple[str, float, Decimal | None]
    source: CostSource | None


class CallAnswered(Record):
    """It has its answer."""

    kind: Literal["answered"] = "answered"
    call: UUID
    message: Any
    """As `arena.tape.plain` writes it."""


class CallFailed(Record):
    """It has failed."""

    kind: Literal["failed"] = "failed"
    call: UUID
    trouble: Trouble | None
    """None for one that was cut off."""


class Wrote(Record):
    """Nodes of the desk wrote to its state."""

    kind: Literal["wrote"] = "wrote"
    update: dict[str, Any]


class Admitting(Record):
    """A request wants to pass the toll."""

    kind: Literal["admitting"] = "admitting"
    passage: str
    model: str
    prompt_bytes: int
    max_tokens: int


class Settled(Record):
    """A request that was let pass is through."""

    kind: Literal["settled"] = "settled"
    passage: str
    cost: Decimal | None
    """Dollars; None where nobody knows."""


class Released(Record):
    """A request that was let pass cannot have cost anything."""

    kind: Literal["released"] = "released"
    passage: str


class Ended(Record):
    """The desk is through, by its own end or by a failure. Nothing follows."""

    kind: Literal["ended"] = "ended"
    trouble: Trouble | None = None
    call: UUID | None = None
    """The call that raised the very error the desk ended by."""
    stage: str | None = None
    """The role that got no answer, where the error itself says so."""


Event = (
    CallAsked | CallSaid | AttemptFailed | CallAnswered | CallFailed | Wrote | Admitting | Settled | Released | Ended
)
_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


class _Written(Record):
    """An event as it stands on the stream."""

    number: int
    """From 0, without a gap."""
    event: str
    """Packed."""


def written(number: int, event: Event) -> dict[str, Any]:
    """An event as it stands on the stream."""
    return _Written(number=number, event=packed(event.model_dump(mode="json"))).model_dump()


def read(content: Any) -> tuple[int, Event]:
    """The number and the event again. ValueError for anything else on the stream."""
    found = _Written.model_validate(content)
    return found.number, _EVENT.validate_python(unpacked(found.event))
