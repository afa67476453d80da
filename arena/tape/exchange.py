"""What is on the tape of one chat: its brief and settings, and every exchange with the model in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from arena.config.contestants import DeskKind
from arena.config.desks import DeskSettings
from arena.errors import AbstentionReason, CapabilityError, FailedAttempt, ModelError
from arena.records.base import Record
from arena.records.chat import CostSource, Rung
from arena.records.desk import Brief


class TapeLabel(Record):
    """What a desk was run with, beside what its ModelChat says."""

    brief: Brief
    shown: Brief | None = None
    """What a masked desk was handed in its brief's place; None for any other."""
    desk: DeskSettings
    kind: DeskKind = "full"
    """Which kind of desk it was; tapes of before there were several do not say."""
    desk_seconds: float
    """The longest the desk might take: its own limit, or what its round had left."""
    call_seconds: float | None
    """The longest a call might take where the model client kept the time; None where the model itself did."""


class RecordedError(Exception):
    """Stands in for an error of a foreign package, under a class of its own that bears the name."""


class Trouble(Record):
    """An error that a call ended in."""

    kind: str
    """The exception's class."""
    message: str
    reason: AbstentionReason | None = None
    """None for an error that is not the arena's own."""
    capability: bool = False
    """Whether another kind of request was tried after it."""
    attempts: tuple[tuple[str, float, Decimal | None], ...] = ()
    """Requests that failed: the error, the seconds waited after it, the dollars told."""

    @classmethod
    def of(cls, error: BaseException) -> "Trouble":
        """The record of an exception."""
        kind = type(error).__name__
        if isinstance(error, ModelError):
            capability = isinstance(error, CapabilityError)
            return cls(
                kind=kind, message=str(error), reason=error.reason, capability=capability, attempts=error.attempts
            )
        return cls(kind=kind, message=str(error))

    def error(self) -> Exception:
        """An exception that reads and is treated like the one that was recorded."""
        if self.capability:
            return CapabilityError(self.message, self.attempts)
        if self.reason is not None:
            return ModelError(self.reason, self.message, self.attempts)
        # The desk boundary writes down the class's name, so the stand-in bears it.
        named: type[Exception] = type(self.kind, (RecordedError,), {})
        return named(self.message)


@dataclass(frozen=True)
class Exchange:
    """One request and what became of it: a reply, an error, or neither when it was cut off."""

    call_id: str
    """The id of the ModelCall it is on the record as."""
    role: str
    request: str
    """The content hash of role, rung and prompt."""
    model: str
    rung: Rung | None
    prompt: tuple[BaseMessage, ...]
    options: Mapping[str, Any]
    """What the model was asked with: sampling, tools, response format. Packages keep their keys out of these."""
    started: int
    """Its place among all starts and ends of the chat's calls."""
    ended: int | None = None
    """Likewise; None for a call that was cut off without a word."""
    reply: AIMessage | None = None
    trouble: Trouble | None = None
    latency: float | None = None
    """Seconds; None for a call that was cut off."""
    failed: tuple[tuple[FailedAttempt, CostSource | None], ...] = ()
    """The requests of it that failed on the way, each with who told its cost."""


@dataclass(frozen=True)
class ChatTape:
    """Everything on the tape of one chat."""

    chat_id: str
    label: TapeLabel
    exchanges: tuple[Exchange, ...]
    """In the order they were started."""
