"""One desk, from its brief to its ModelChat; and the one place where an exception becomes an Abstention.

The graph comes in as an argument: this module knows that a desk takes a brief and streams what its
nodes write, and nothing of how it is wired. One desk's failure touches no other.

A desk may be run in one go, or its research first and the rest when its round is played: both come to the same
ModelChat, but for times and ids.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from arena.errors import AbstentionReason, CapabilityError, DeskLostError, ModelError
from arena.evidence import FigureCheck
from arena.headway import headway
from arena.leisure import Work, at_once
from arena.pauses import Pauses, ReadAhead
from arena.records.base import Record
from arena.records.chat import ChatError, Label, ModelCall, ModelChat, Stages
from arena.records.desk import OPTIONAL_ROLES, Brief, ResearchBrief, ResearchVerdict
from arena.records.market import MarketSnapshot
from arena.records.masking import MaskedAs
from arena.records.outcome import Abstention, Decision, Outcome
from arena.records.progress import Audience
from arena.records.research import Research
from arena.trace import Trace
from arena.transcript import Transcript, research_state

RECURSION_LIMIT = 400
"""Steps a desk's graph may take: above the longest legal run, far below LangGraph's own default of 10007."""


LATE = "the desk did not finish within"
"""How the detail begins of a desk that was cut off by its deadline; the seconds follow."""

Word = TypeVar("Word", Decision, ResearchVerdict)


class Desk(Protocol):
    """A compiled desk graph."""

    def astream(self, input: Any, config: Any = None, *, stream_mode: Any = None) -> AsyncIterator[Any]:  # noqa: A002
        """Stream the nodes' updates; the signature is LangGraph's."""


class Try(Record):
    """Which go at a desk this is: what held it may have been lost in earlier ones."""

    lost_seconds: float = 0.0
    """What earlier ones took: it counts."""
    last: bool = True
    """Whether a desk that is lost in this one ends as an abstention; a DeskLostError rises otherwise."""


ONE_TRY = Try()
"""The only one there is."""


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


async def run_desk(
    desk: Desk,
    brief: Brief,
    stamp: Stamp,
    *,
    seconds: float,
    clock: Callable[[], datetime],
    audience: Audience,
    under_way: Callable[[], None] = lambda: None,
    between: Callable[[], None] = lambda: None,
    at_leisure: Callable[[Work], None] = at_once,
    facts: MarketSnapshot | None = None,
    shown: Brief | None = None,
    research: Research | None = None,
    go: Try = ONE_TRY,
) -> ModelChat:
    """Run a desk for at most `seconds` and record it. Raises nothing but its own cancellation, and what `go` says.

    `under_way` is called whenever a call of a model starts, and `between` in pauses after somebody has spoken, as
    `at_leisure` finds the time: for what is to be done anyway. What the desk states is held against `facts`.
    A masked desk is `shown` another brief than the one its chat is about, and its facts. With `research` it goes on
    from there: what that took counts, and its failure is the desk's.
    """
    handed = shown or brief
    following = headway(brief, audience, under_way, research)
    pauses = Pauses(at_leisure)
    trace = Trace(clock, free="rehearsal" in stamp.labels, listener=following, at_leisure=pauses.add)
    check = FigureCheck(handed, facts) if facts is not None else None
    if check is not None:
        pauses.add(check.prepare)
    ahead = ReadAhead(check, between, pauses)
    run = _Run(desk, clock, trace, seconds, research, heard=ahead.heard, go=go)
    try:
        outcome: Outcome = await run.through(handed, lambda written: Decision.model_validate(written.decision))
    finally:
        pauses.end()
    stages = run.transcript.stages()
    chat = _chat(
        brief,
        stamp,
        research,
        shown=shown,
        started=run.started,
        finished=run.finished,
        stages=stages,
        unsupported=check.unsupported(stages, outcome) if check is not None else (),
        calls=run.trace.calls(),
        errors=run.errors(outcome),
        outcome=outcome,
    )
    following.ended(chat)
    audience.chat(chat)
    return chat


async def run_research(
    desk: Desk,
    brief: ResearchBrief,
    *,
    basis: str,
    free: bool,
    seconds: float,
    clock: Callable[[], datetime],
    audience: Audience,
    under_way: Callable[[], None] = lambda: None,
    shown: ResearchBrief | None = None,
    go: Try = ONE_TRY,
) -> Research:
    """Run the research half of a desk for at most `seconds`. Raises as `run_desk` does.

    `free` marks models that cost nothing by nature. See `run_desk` for the rest.
    """
    began = time.monotonic() - go.lost_seconds
    run = _Run(desk, clock, Trace(clock, free=free, listener=headway(brief, audience, under_way)), seconds, go=go)
    verdict = await run.through(shown or brief, lambda written: ResearchVerdict.model_validate(written.verdict))
    failure = verdict if isinstance(verdict, Abstention) else None
    return Research(
        id=_new_id(brief),
        brief=brief,
        shown=shown,
        basis=basis,
        started=run.started,
        finished=run.finished,
        seconds=round(time.monotonic() - began, 6),
        stages=run.transcript.stages(),
        calls=run.trace.calls(),
        errors=run.errors(failure),
        failure=failure,
    )


async def failure_of(run: Awaitable[None]) -> Exception | None:
    """What a desk's run fails with; None where it comes to its end. For a desk whose chat is written elsewhere."""
    try:
        await run
    except Exception as error:  # noqa: BLE001 -- the desk boundary, where only the other half of it is here
        return error
    return None


def not_started(
    brief: Brief,
    stamp: Stamp,
    abstention: Abstention,
    at: datetime,
    research: Research | None = None,
    *,
    shown: Brief | None = None,
) -> ModelChat:
    """The chat of a desk that was not started, or got no further than its research, since it could only fail."""
    stages = research.stages if research is not None else Stages()
    return _chat(
        brief,
        stamp,
        research,
        shown=shown,
        started=at,
        finished=at,
        stages=stages,
        calls=(),
        errors=(),
        outcome=abstention,
    )


def by_rule(brief: Brief, stamp: Stamp, outcome: Outcome, at: datetime) -> ModelChat:
    """The chat of a baseline, which decides without a desk: no stage, no call, and what its rule came to."""
    return _chat(brief, stamp, None, started=at, finished=at, stages=Stages(), calls=(), errors=(), outcome=outcome)


class _Run:
    """One go of a desk's graph, from the beginning or from its research on."""

    def __init__(
        self,
        desk: Desk,
        clock: Callable[[], datetime],
        trace: Trace,
        seconds: float,
        research: Research | None = None,
        *,
        heard: Callable[[Transcript], None] = lambda _: None,
        go: Try,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._seconds = seconds
        self._go = go
        self._research = research
        self._heard = heard
        self._failed_at: datetime | None = None
        self.trace = trace
        self.transcript = Transcript(research.stages if research is not None else None)
        self.started = self.finished = clock()

    async def through(self, brief: ResearchBrief, word: Callable[[Transcript], Word]) -> Word | Abstention:
        """Run to the end; returns the word it came to, as it stands in the transcript, or why there is none."""
        if self._research is not None and self._research.failure is not None:
            return self._research.failure
        before = self._research.seconds if self._research is not None else 0.0
        deadline = asyncio.timeout(max(0.0, self._seconds - before - self._go.lost_seconds))
        try:
            async with deadline:
                await self._stream(brief)
            self.trace.settle()
            return word(self.transcript)
        except Exception as error:
            if isinstance(error, DeskLostError) and not self._go.last:
                raise
            self._failed_at = self._clock()
            return _abstention(error, self.trace, f"{LATE} {self._seconds:g} s" if deadline.expired() else None)
        finally:
            self.finished = self._clock()

    async def _stream(self, brief: ResearchBrief) -> None:
        done = research_state(self._research.stages) if self._research is not None else {}
        config = {"callbacks": [self.trace], "recursion_limit": RECURSION_LIMIT}
        start: Mapping[str, Any] = {**done, "brief": brief.model_dump(mode="json")}
        async for update in self._desk.astream(start, config, stream_mode="updates"):
            self.transcript.take(update)
            self._heard(self.transcript)

    def errors(self, outcome: object) -> tuple[ChatError, ...]:
        """What went wrong in this go: calls in their order, what it went on without, and then what ended it."""
        told = [
            ChatError(at=call.started, node=call.node, message=call.error) for call in self.trace.calls() if call.error
        ]
        told += _gone_without(self.transcript.stages(), told, self.finished)
        if self._failed_at is None or not isinstance(outcome, Abstention):
            return tuple(told)
        return (*told, ChatError(at=self._failed_at, node=outcome.stage, message=outcome.detail))


def _chat(
    brief: Brief,
    stamp: Stamp,
    research: Research | None,
    *,
    started: datetime,
    calls: tuple[ModelCall, ...],
    errors: tuple[ChatError, ...],
    shown: Brief | None = None,
    **run: Any,
) -> ModelChat:
    """The chat about a brief's own ticker and session, over the facts that were shown."""
    return ModelChat(
        id=research.id if research is not None else _new_id(brief),
        season=brief.season,
        session=brief.session,
        as_of=brief.as_of,
        ticker=brief.ticker,
        contestant=brief.contestant,
        snapshot_hash=(shown or brief).snapshot_hash,
        started=research.started if research is not None else started,
        calls=(*research.calls, *calls) if research is not None else calls,
        errors=(*research.errors, *errors) if research is not None else errors,
        **dict(stamp),
        **run,
    )


def _new_id(brief: ResearchBrief) -> str:
    return f"{brief.season}.{brief.session}.{brief.ticker}.{brief.contestant}.{uuid4().hex[:8]}"


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
