"""Two ModelChats side by side: what they were asked with, what they decided, and what was said otherwise."""

from typing import Annotated, Literal

from pydantic import Field

from arena.records.base import Record
from arena.records.outcome import UnitFloat


class Difference(Record):
    """A value that is not the same in both."""

    name: str
    one: str | None
    """None where the first has none."""
    other: str | None


class Piece(Record):
    """A run of words, white space included."""

    kind: Literal["same", "removed", "added"]
    """In both, only in the first, only in the second."""
    text: str


class SameText(Record):
    """Both say this."""

    kind: Literal["same"] = "same"
    name: str
    """What it is of its stage, such as `summary` or `bull, round 1`."""
    text: str


class ChangedText(Record):
    """Two texts so close that their words can be compared."""

    kind: Literal["changed"] = "changed"
    name: str
    similarity: UnitFloat
    """The part of all words, of both together, that they share in order."""
    pieces: tuple[Piece, ...]
    """In order: without the added ones they are the first text, without the removed ones the second."""


class OtherText(Record):
    """Two texts to be read side by side, or one that only one side has."""

    kind: Literal["other"] = "other"
    name: str
    similarity: UnitFloat
    one: str | None
    other: str | None


TextDiff = Annotated[SameText | ChangedText | OtherText, Field(discriminator="kind")]


class StageDiff(Record):
    """One stage of both."""

    stage: str
    """In the words of `arena chat show --stage`."""
    equal: bool
    missing: Literal["one", "other"] | None
    """The side that has no such stage."""
    values: tuple[Difference, ...]
    """Choices and figures that are not the same: actions, stances, sizes, metrics."""
    texts: tuple[TextDiff, ...]
    """All texts, in the order of the stage; those of `one` that `other` has not where they stand."""


class ChatDiff(Record):
    """Two chats compared."""

    one: str
    """The first chat's id."""
    other: str
    setting: tuple[Difference, ...]
    """What they were asked with that is not the same: first of all the facts, prompts and settings."""
    shared: tuple[str, ...]
    """The names of what was the same of that."""
    effort: tuple[Difference, ...]
    """Calls, tokens, cost and time that are not the same."""
    stages: tuple[StageDiff, ...]
    """The outcome first, as the stage `decision`, then in the order of the desk."""

    @property
    def equal(self) -> bool:
        """Whether both said and decided the same, whatever it took."""
        return all(stage.equal for stage in self.stages)
