"""The desk every contestant gets."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from arena.records.base import Record
from arena.records.desk import AnalystName

DebateStyle = Literal["parallel", "turns"]


class DebateSettings(Record):
    """How a debate is held."""

    rounds: Annotated[int, Field(ge=0, le=10)] = 1
    """How often every side speaks; 0 leaves the debate out."""
    style: DebateStyle = "parallel"
    """parallel: all sides speak at once and read each other from the second round on; turns: one after the other."""


class DeskSettings(Record):
    """The desk every contestant gets."""

    analysts: tuple[AnalystName, ...] = ("market", "news", "fundamentals", "social")
    """Who reports, at least one."""
    tool_turns: Annotated[int, Field(ge=0, le=50)] = 4
    """How often an analyst may ask its tools before it must report."""
    debate: DebateSettings = DebateSettings()
    """Bull against bear."""
    risk: DebateSettings = DebateSettings()
    """Aggressive, conservative and neutral."""

    @field_validator("analysts")
    @classmethod
    def _distinct_and_some(cls, analysts: tuple[AnalystName, ...]) -> tuple[AnalystName, ...]:
        if not analysts or len(set(analysts)) != len(analysts):
            raise ValueError("name at least one analyst, and each only once")
        return analysts
