"""What leaves the machine: queued beside the record it speaks of, and what became of it."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from arena.records.base import Record

DeliveryKind = Literal["message", "chat", "round", "fill", "standings"]
"""A message to people, or a record for the cloud copy."""

DeliveryState = Literal["waiting", "sent", "failed", "dropped"]
"""failed: the sink refused it for good, and only a person can help; dropped: a person gave it up."""


class Delivery(Record):
    """One thing to be sent to one sink. It holds no keys."""

    key: str
    """What it is, such as `message/main/2025-10-14/3f9a2c/telegram/1`: the same thing always has the same key."""
    sink: str
    """telegram, slack, supabase, or `apprise.` and the name of another service."""
    kind: DeliveryKind
    body: dict[str, Any]
    """A part of a message, or the key of the record to copy, which is read when it is sent."""


class OutboxRow(Delivery):
    """A delivery in the outbox, and how it fares."""

    id: int
    """In order of queueing."""
    state: DeliveryState
    created: AwareDatetime
    attempts: Annotated[int, Field(ge=0)]
    """Sendings that failed."""
    next_try: AwareDatetime | None
    """Not before then; None as soon as possible."""
    last_error: str
    """What the last failed sending met with, and what to do about it; empty before."""
    settled: AwareDatetime | None
    """When it was sent, refused for good or dropped; None while it waits."""
