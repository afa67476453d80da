"""Kinds of values that several groups of settings have."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Discriminator, Field
from pydantic_core import PydanticCustomError

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""Letters, digits, dot, dash and underscore, 64 at most: it names files and graph nodes."""

VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""The name of an environment variable; a key pasted in its place seldom is one."""

Address = Annotated[str, Field(pattern=r"^https?://")]
"""An address on the web."""

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""A span of time above zero."""


def by_kind(name: str, kinds: Sequence[str]) -> Discriminator:
    """Tells alternatives apart by their `kind`, which may be left out for the first of `kinds`.

    `name` is what they are called in an error.
    """

    def kind_of(value: object) -> str:
        return str(value.get("kind", kinds[0]) if isinstance(value, dict) else getattr(value, "kind", kinds[0]))

    told = f"kind must be {', '.join(kinds[:-1])} or {kinds[-1]}"
    return Discriminator(kind_of, custom_error_type=f"{name}_kind", custom_error_message=told)


def at_default(settings: BaseModel, *names: str) -> set[str]:
    """Those of some settings that are as they are by default."""
    return {name for name in names if getattr(settings, name) == type(settings).model_fields[name].default}


def misfit(message: str, *at: str | int) -> PydanticCustomError:
    """A value that does not fit the others; `at` leads from the record to it, so that a file's line can be named."""
    return PydanticCustomError("misfit", "{message}", {"message": message, "at": at})
