"""What a round remembers, how much of it runs at once and for how long, and what it may cost."""

from typing import Annotated

from pydantic import Field

from arena.config.kinds import Seconds
from arena.records.base import Money, Record


class MemorySettings(Record):
    """What a portfolio manager or single agent is shown of its own past decisions on the ticker."""

    enabled: bool = True
    """Whether it is shown any. Off, nothing is remembered and no reflection is asked for."""
    horizon: Annotated[int, Field(ge=1, le=250)] = 5
    """Sessions after which a decision is judged by the price, and shown from then on."""
    lessons: Annotated[int, Field(ge=1, le=50)] = 5
    """How many of them are shown, the newest."""


class LimitSettings(Record):
    """How much runs at once, and for how long."""

    desks: Annotated[int, Field(ge=1)] = 100
    """Desks that run at the same time."""
    call_seconds: Seconds = 180.0
    """The longest one model call may take, retries included."""
    desk_seconds: Seconds = 1200.0
    """The longest one desk may take."""
    round_seconds: Seconds | None = None
    """The longest one round may take; null lets every desk have its own time."""
    breaker_failures: Annotated[int, Field(ge=1)] = 8
    """Failures in a row, over all contestants, after which an endpoint counts as down."""
    breaker_seconds: Seconds = 30.0
    """How long an endpoint that is down is left alone before it is tried once more."""
    ahead: Annotated[int, Field(ge=0, le=100)] = 2
    """Rounds of a season whose research runs ahead of the one being played; 0 lets each wait for the one before."""
    stream: bool = False
    """Whether the answers of endpoints are streamed, so that the live view shows what is being said."""
    retries: Annotated[int, Field(ge=0, le=20)] = 3
    """How often a call that can succeed is tried again."""
    retry_delay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """Seconds before the first retry; doubles with each, with jitter, unless the server names a wait."""


class BudgetSettings(Record):
    """The most that may be spent on model calls, in dollars; null sets no limit.

    What a call may cost at most is reserved before it is sent. A desk that meets a limit abstains.
    """

    call: Annotated[Money, Field(gt=0)] | None = None
    """One call."""
    contestant: Annotated[Money, Field(gt=0)] | None = None
    """One contestant in one round; each of its replicas has as much."""
    round: Annotated[Money, Field(gt=0)] | None = None
    """One round, all contestants together."""
    season: Annotated[Money, Field(gt=0)] | None = None
    """The whole season."""
    day: Annotated[Money, Field(gt=0)] | None = None
    """One day, midnight to midnight UTC."""
