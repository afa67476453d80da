"""How far a desk has got: its calls turned into what a live view is told."""

import time
from collections.abc import Callable
from typing import Any, Protocol

from arena.call_records import HeardCall
from arena.records.chat import Cost, ModelCall, ModelChat
from arena.records.desk import ResearchBrief
from arena.records.progress import Audience, Progress
from arena.records.research import Research
from arena.saying import Floor
from arena.trace import CallListener

SPOKEN_EVERY = 0.125
"""Seconds between two tellings of what is being said: nobody reads faster than a live view is drawn."""


class Following(CallListener, Protocol):
    """Who is told of a desk's calls, and of its end."""

    def ended(self, chat: ModelChat) -> None:
        """The desk is through."""


def headway(
    brief: ResearchBrief, audience: Audience, under_way: Callable[[], None], research: Research | None = None
) -> Following:
    """What tells an audience of one desk. `under_way` is called whenever a call starts.

    What `research` took is counted from the beginning.
    """
    return Headway(brief, audience, under_way, research) if audience.listens else Unheard(under_way)


class Unheard:
    """What stands in its place where nobody listens."""

    listens = False

    def __init__(self, under_way: Callable[[], None]) -> None:
        self._under_way = under_way

    def call_started(self, call: HeardCall) -> None:  # noqa: ARG002 -- a CallListener
        """A call was sent."""
        self._under_way()

    def call_said(self, call: HeardCall, text: str) -> None:
        """Nobody hears it."""

    def call_unsaid(self, call: HeardCall) -> None:
        """Nobody has heard it."""

    def call_ended(self, call: ModelCall) -> None:
        """Nobody waits for it."""

    def ended(self, chat: ModelChat) -> None:
        """Nobody waits for it."""


class Headway:
    """Tells an audience of one desk's calls."""

    listens = True

    def __init__(
        self,
        brief: ResearchBrief,
        audience: Audience,
        under_way: Callable[[], None],
        research: Research | None = None,
    ) -> None:
        """See `headway`."""
        self._audience = audience
        self._under_way = under_way
        self._began = time.monotonic() - (research.seconds if research is not None else 0.0)
        self._floor = Floor()
        self._spoken = 0.0
        before = research.calls if research is not None else ()
        self._now = Progress(
            contestant=brief.contestant,
            ticker=brief.ticker,
            stage="",
            calls=len(before),
            tokens=_tokens(None, *before),
            cost=Cost.of(before),
            seconds=0,
        )
        self._tell()

    def call_started(self, call: HeardCall) -> None:
        """A call was sent."""
        self._under_way()
        self._tell(stage=call.node)

    def call_said(self, call: HeardCall, text: str) -> None:
        """A piece of an answer came in."""
        followed = self._floor.heard(call.id, call.node, text, form=call.rung is not None)
        if followed and time.monotonic() - self._spoken >= SPOKEN_EVERY:
            self._spoken = time.monotonic()
            self._tell()

    def call_unsaid(self, call: HeardCall) -> None:
        """What a call said so far counts for nothing."""
        if self._floor.unsaid(call.id):
            self._tell()

    def call_ended(self, call: ModelCall) -> None:
        """A call has its answer or its error."""
        if call.status == "ok":
            self._floor.ended(call.id)
        else:
            self._floor.unsaid(call.id)
        tokens = _tokens(self._now.tokens, call)
        self._tell(calls=self._now.calls + 1, tokens=tokens, cost=self._now.cost + Cost.of([call]))

    def ended(self, chat: ModelChat) -> None:
        """The desk is through."""
        self._floor = Floor()
        self._tell(calls=len(chat.calls), cost=chat.cost, outcome=chat.outcome)

    def _tell(self, **changed: Any) -> None:
        seconds = round(time.monotonic() - self._began, 3)
        self._now = self._now.model_copy(update={**changed, "seconds": seconds, "said": self._floor.saying})
        self._audience.progress(self._now)


def _tokens(before: int | None, *calls: ModelCall) -> int | None:
    """The tokens told of so far; None while nobody told any."""
    told = [count for call in calls for count in (call.tokens.prompt, call.tokens.completion) if count is not None]
    return (before or 0) + sum(told) if told else before
