"""One desk, from its brief to its ModelChat; and the one place where an exception becomes an Abstention.

The graph comes in as an argument: this module knows that a desk takes a brief and streams what its
nodes write, and nothing of how it is wired. One desk's failure touches no other.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4
from weakref import WeakKeyDictionary

from arena.errors import AbstentionReason, CapabilityError, ModelError
from arena.evidence import unsupported_figures
from arena.records.base import Record
from arena.records.chat import ChatError, Cost, Label, ModelCall, ModelChat, Stages
from arena.records.desk import OPTIONAL_ROLES, Brief
from arena.records.market import MarketSnapshot
from arena.records.masking import MaskedAs
from arena.records.outcome import Abstention, Decision, Outcome
from arena.records.progress import Audience, Progress
from arena.saying import Floor
from arena.trace import Trace
from arena.transcript import Transcript

SPOKEN_EVERY = 0.125
"""Seconds between two tellings of what is being said: nobody reads faster than a live view is drawn."""

RECURSION_LIMIT = 400
"""Steps a desk's graph may take: above the longest legal run, far below LangGraph's own default of 10007."""


LATE = "the desk did not finish within"
"""How the detail begins of a desk that was cut off by its deadline; the seconds follow."""


class Desk(Protocol):
    """A compiled desk graph."""

    def astream(self, input: Any, config: Any = None, *, stream_mode: Any = None) -> AsyncIterator[Any]:  # noqa: A002
        """Stream the nodes' updates; the signature is LangGraph's."""


class Stamp(Record):
    """What a ModelChat says of where it comes from, beside its brief."""

    model: str
    quick_model: str
    labels: tuple[Label, ...]
    prompts_hash: str
    config_hash: str
    code_version: str
    masked: MaskedAs | None = None
    """What stands for the real ticker and dates at a masked desk; None at any other."""


class Gate:
    """How many desks may run at once, and one at a time through the door; for each event loop by itself.

    Desks that start in the same instant get every answer in the same instant too, share the work after it,
    and are all as late as the last one, at every call. One that starts when the desk before has sent its
    first call finds the loop free, and stays that little behind to the end.
    """

    def __init__(self, desks: int, *, one_by_one: bool = True) -> None:
        """`one_by_one` is False for desks that run elsewhere and share nothing here but the door."""
        self._desks = desks
        self._one_by_one = one_by_one
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[asyncio.Semaphore, asyncio.Lock]] = (
            WeakKeyDictionary()
        )

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Callable[[], None]]:
        """A place in the running loop. What it yields lets the next desk in; at the end that happens by itself."""
        fresh = (asyncio.Semaphore(self._desks), asyncio.Lock())
        places, door = self._loops.setdefault(asyncio.get_running_loop(), fresh)
        async with places:
            await door.acquire()
            with ExitStack() as doorway:
                doorway.callback(door.release)
                if not self._one_by_one:
                    doorway.close()
                yield doorway.close


async def run_desk(
    desk: Desk,
    brief: Brief,
    stamp: Stamp,
    *,
    seconds: float,
    clock: Callable[[], datetime],
    audience: Audience,
    under_way: Callable[[], None] = lambda: None,
    facts: MarketSnapshot | None = None,
    shown: Brief | None = None,
) -> ModelChat:
    """Run a desk for at most `seconds` and record it. Raises nothing but its own cancellation.

    `under_way` is called whenever a call of a model starts. What the desk states is held against `facts`. A masked
    desk is `shown` another brief than the one its chat is about, and its facts.
    """
    handed = shown or brief
    progress = _Progress(brief, audience, under_way)
    trace = Trace(clock, free="rehearsal" in stamp.labels, listener=progress)
    transcript = Transcript()
    started = clock()
    failure: ChatError | None = None
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            start = {"brief": handed.model_dump(mode="json")}
            config = {"callbacks": [trace], "recursion_limit": RECURSION_LIMIT}
            async for update in desk.astream(start, config, stream_mode="updates"):
                transcript.take(update)
        outcome: Outcome = Decision.model_validate(transcript.decision)
    except Exception as error:  # noqa: BLE001 -- the desk boundary: any failure is an Abstention, here and nowhere else
        late = f"{LATE} {seconds:g} s" if deadline.expired() else None
        outcome = _abstention(error, trace, late)
        failure = ChatError(at=clock(), node=outcome.stage, message=outcome.detail)
    calls = trace.calls()
    stages = transcript.stages()
    errors = [ChatError(at=call.started, node=call.node, message=call.error) for call in calls if call.error]
    errors += _gone_without(stages, errors, clock())
    chat = _chat(
        brief,
        stamp,
        shown=shown,
        started=started,
        finished=clock(),
        stages=stages,
        unsupported=unsupported_figures(stages, outcome, handed, facts) if facts is not None else (),
        calls=calls,
        errors=(*errors, failure) if failure else tuple(errors),
        outcome=outcome,
    )
    progress.ended(chat)
    audience.chat(chat)
    return chat


async def failure_of(run: Awaitable[None]) -> Exception | None:
    """What a desk's run fails with; None where it comes to its end. For a desk whose chat is written elsewhere."""
    try:
        await run
    except Exception as error:  # noqa: BLE001 -- the desk boundary, where only the other half of it is here
        return error
    return None


def not_started(
    brief: Brief, stamp: Stamp, abstention: Abstention, at: datetime, *, shown: Brief | None = None
) -> ModelChat:
    """The chat of a desk that was not started because it could only have failed."""
    return _chat(
        brief, stamp, shown=shown, started=at, finished=at, stages=Stages(), calls=(), errors=(), outcome=abstention
    )


def by_rule(brief: Brief, stamp: Stamp, outcome: Outcome, at: datetime) -> ModelChat:
    """The chat of a baseline, which decides without a desk: no stage, no call, and what its rule came to."""
    return _chat(brief, stamp, started=at, finished=at, stages=Stages(), calls=(), errors=(), outcome=outcome)


def _chat(brief: Brief, stamp: Stamp, *, shown: Brief | None = None, **run: Any) -> ModelChat:
    """The chat about a brief's own ticker and session, over the facts that were shown."""
    return ModelChat(
        id=f"{brief.season}.{brief.session}.{brief.ticker}.{brief.contestant}.{uuid4().hex[:8]}",
        season=brief.season,
        session=brief.session,
        as_of=brief.as_of,
        ticker=brief.ticker,
        contestant=brief.contestant,
        snapshot_hash=(shown or brief).snapshot_hash,
        **dict(stamp),
        **run,
    )


def _gone_without(stages: Stages, told: Sequence[ChatError], at: datetime) -> list[ChatError]:
    """What the desk went on without, where no call's own error tells of it already."""
    failure = stages.reflection.failure if stages.reflection is not None else None
    if failure is None or any(error.message == failure for error in told):
        return []
    return [ChatError(at=at, node="reflection", message=failure)]


def _abstention(error: Exception, trace: Trace, late: str | None) -> Abstention:
    if late is not None:
        waiting = [call.node for call in trace.calls() if call.status == "cancelled"]
        return Abstention(reason="timeout", detail=late, stage=min(waiting, default=None))
    error = _first_by_name(error, trace)
    called_in = trace.node_of(error)
    if isinstance(error, ModelError):
        return Abstention(reason=error.reason, detail=str(error), stage=called_in or error.stage)
    reason: AbstentionReason = "provider_error" if called_in else "internal"
    return Abstention(reason=reason, detail=f"{type(error).__name__}: {error}", stage=called_in)


def _first_by_name(raised: Exception, trace: Trace) -> Exception:
    """The failure the desk ended by, of all that came in the same instant: the first by the name of its node.

    The graph raises any of them, as chance has it. A CapabilityError counts only where it was raised: its role may
    have been about to ask by another rung. So does the failure of a role that the desk can go on without.
    """
    stage = trace.node_of(raised) or (raised.stage if isinstance(raised, ModelError) else None)
    if stage is None:
        return raised
    others = [
        (node, error)
        for error, node in trace.failures
        if isinstance(error, Exception) and not isinstance(error, CapabilityError) and node not in OPTIONAL_ROLES
    ]
    return min([(stage, raised), *others], key=lambda failure: failure[0])[1]


class _Progress:
    """Turns a desk's calls into what the live view is told."""

    def __init__(self, brief: Brief, audience: Audience, under_way: Callable[[], None]) -> None:
        self._audience = audience
        self._under_way = under_way
        self._began = time.monotonic()
        self._floor = Floor()
        self._spoken = 0.0
        self._now = Progress(
            contestant=brief.contestant, ticker=brief.ticker, stage="", calls=0, tokens=None, cost=Cost(), seconds=0
        )
        self._tell()

    def call_started(self, call: ModelCall) -> None:
        self._under_way()
        self._tell(stage=call.node)

    def call_said(self, call: ModelCall, text: str) -> None:
        followed = self._floor.heard(call.id, call.node, text, form=call.rung is not None)
        if followed and time.monotonic() - self._spoken >= SPOKEN_EVERY:
            self._spoken = time.monotonic()
            self._tell()

    def call_unsaid(self, call: ModelCall) -> None:
        if self._floor.unsaid(call.id):
            self._tell()

    def call_ended(self, call: ModelCall) -> None:
        told = [count for count in (call.tokens.prompt, call.tokens.completion) if count is not None]
        tokens = (self._now.tokens or 0) + sum(told) if told else self._now.tokens
        if call.status == "ok":
            self._floor.ended(call.id)
        else:
            self._floor.unsaid(call.id)
        self._tell(calls=self._now.calls + 1, tokens=tokens, cost=self._now.cost + Cost.of([call]))

    def ended(self, chat: ModelChat) -> None:
        self._floor = Floor()
        self._tell(calls=len(chat.calls), cost=chat.cost, outcome=chat.outcome)

    def _tell(self, **changed: Any) -> None:
        seconds = round(time.monotonic() - self._began, 3)
        self._now = self._now.model_copy(update={**changed, "seconds": seconds, "said": self._floor.saying})
        self._audience.progress(self._now)
