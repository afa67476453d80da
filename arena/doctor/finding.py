"""What a check found."""

from typing import Literal, Self

from pydantic import model_validator

from arena.records.base import Record

Status = Literal["ok", "warning", "failed"]
"""failed: a round would suffer; warning: it would be played all the same, and somebody should know."""


class Finding(Record):
    """One thing that was looked at."""

    name: str
    """What was looked at, such as `endpoint openrouter`."""
    status: Status
    told: str
    """One sentence on what was found."""
    remedy: str = ""
    """What to do about it; empty where all is fine."""

    @model_validator(mode="after")
    def _a_fault_has_a_remedy(self) -> Self:
        if (self.status == "ok") == bool(self.remedy):
            raise ValueError("a fault names its remedy, and what is fine needs none")
        return self


def ok(name: str, told: str) -> Finding:
    """All is fine."""
    return Finding(name=name, status="ok", told=told)


def warning(name: str, told: str, remedy: str) -> Finding:
    """A round can be played, and somebody should know."""
    return Finding(name=name, status="warning", told=told, remedy=remedy)


def failed(name: str, told: str, remedy: str) -> Finding:
    """A round would suffer."""
    return Finding(name=name, status="failed", told=told, remedy=remedy)
