"""What a look is asked with, how it refuses, and how it says that there is nothing to see."""

from pydantic import BaseModel, ConfigDict

from agents.quoting import one_line
from arena.records.market import Section


class ToolRequestError(ValueError):
    """A request the tool cannot serve; the message tells the model how to ask."""


class Arguments(BaseModel):
    """What a look is taken with."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def missing(section: Section, name: str) -> str:
    """What to say when a section holds no facts; empty when it does."""
    if section.status in ("ok", "stale"):
        return ""
    why = "asked for, and there is nothing" if section.status == "no_data" else "no vendor could answer"
    return f"No {name} ({section.status}): {'; '.join([why, *map(one_line, section.notes)])}."
