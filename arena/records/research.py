"""The research half of a desk, run ahead of its round and kept until the round is played."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from arena.records.base import Record
from arena.records.chat import ChatError, Cost, ModelCall, Stages
from arena.records.desk import ResearchBrief
from arena.records.outcome import Abstention


class Research(Record):
    """What came of a desk's analysts, its debate and its research manager: all that the rest of it goes on from."""

    id: str
    """The id of the ModelChat it becomes a part of."""
    brief: ResearchBrief
    shown: ResearchBrief | None = None
    """What a masked desk was handed in its brief's place; None for any other."""
    basis: str
    """The content hash of what it rests on beside its snapshot: settings, prompts and code."""
    started: AwareDatetime
    finished: AwareDatetime
    seconds: Annotated[float, Field(ge=0)]
    """How long it took, of the time that its desk has."""
    stages: Stages
    """Those of the research half."""
    calls: tuple[ModelCall, ...]
    errors: tuple[ChatError, ...]
    failure: Abstention | None
    """How its desk ends; None where the manager came to a verdict, and the desk goes on."""

    @property
    def cost(self) -> Cost:
        """What the calls cost."""
        return Cost.of(self.calls)
