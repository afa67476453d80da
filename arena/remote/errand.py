"""What is sent to where a desk runs: all it is started with, its facts, and what its answers will be taken for."""

from functools import lru_cache
from typing import Any, Self

from typing_extensions import TypedDict  # LangGraph reads schemas from it

from arena.config.contestants import Contestant
from arena.config.desks import DeskSettings
from arena.records.base import Record, content_hash
from arena.records.market import MarketSnapshot
from arena.remote.packing import packed, unpacked

_AT_HAND = 32
"""Facts of so many tickers stay at hand where errands are run."""

_NOT_IN_THE_ANSWERS = {"enabled", "concurrency", "endpoint", "knowledge_cutoff"}
"""Settings of a contestant that may differ from machine to machine: its server may have another name there."""


class Identity(Record):
    """What a desk's answers depend on beside its errand: they are recorded under these, so they must be the same."""

    contestant: str
    """The content hash of the contestant's settings."""
    prompts: str
    """The content hash of all prompts."""
    code: str
    """The version of the code, with a hash over its sources."""

    @classmethod
    def of(cls, contestant: Contestant, prompts: str, code: str) -> Self:
        """The identity of a contestant's desk here."""
        settings = contestant.model_dump(mode="json", exclude=_NOT_IN_THE_ANSWERS)
        return cls(contestant=content_hash(settings), prompts=prompts, code=code)

    def differences(self, other: "Identity") -> tuple[str, ...]:
        """What is not the same, in words."""
        names = {"contestant": "settings of the contestant", "prompts": "prompts", "code": "code"}
        return tuple(words for field, words in names.items() if getattr(self, field) != getattr(other, field))


class Errand(Record):
    """One desk's run, wherever it is held."""

    id: str
    """Unique; the toll's answers go by it."""
    contestant: str
    start: dict[str, Any]
    """What the desk's graph is started with, its brief among it."""
    snapshot: MarketSnapshot
    desk: DeskSettings
    identity: Identity
    held: bool
    """Whether every request must be let pass by the sender before it is sent."""

    def packed(self) -> str:
        """As it travels."""
        facts = packed(self.snapshot.model_dump(mode="json"))
        return f"{packed(self.model_dump(mode='json', exclude={'snapshot'}))} {facts}"

    @classmethod
    def unpacked(cls, text: str) -> Self:
        """As it was sent. ValueError for anything else."""
        rest, _, facts = text.partition(" ")
        return cls.model_validate({**unpacked(rest), "snapshot": _facts_in(facts)})


@lru_cache(maxsize=_AT_HAND)
def _facts_in(text: str) -> MarketSnapshot:
    """The facts in a packed text: read once, and their hash reckoned once, for all contestants that are sent them."""
    return MarketSnapshot.model_validate(unpacked(text))


class ErrandState(TypedDict):
    """The state of the graph that runs errands."""

    errand: str
    """A packed Errand. What comes of it is on the custom stream."""
