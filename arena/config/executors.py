"""Where desks run."""

from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from arena.config.kinds import Address, VariableName
from arena.records.base import Record


class LocalExecutor(Record):
    """Desks run in this process."""

    kind: Literal["local"] = "local"
    """local or langgraph: where desks run."""


class LangGraphExecutor(Record):
    """Desks run behind a LangGraph server that `arena studio` started with the same contestants, code and prompts.

    Keys, and limits of endpoints, are the server's; budgets, facts, books and records stay here.
    """

    kind: Literal["langgraph"]
    """Needed here, as in every kind but local."""
    url: Address
    """Where the server listens, such as http://127.0.0.1:2024."""
    api_key_env: VariableName | None = None
    """The environment variable with the server's key; null for one that wants none."""


def _executor_kind(value: object) -> str:
    kind = value.get("kind", "local") if isinstance(value, dict) else getattr(value, "kind", "local")
    return str(kind)


Executor = Annotated[
    Annotated[LocalExecutor, Tag("local")] | Annotated[LangGraphExecutor, Tag("langgraph")],
    Discriminator(
        _executor_kind, custom_error_type="executor_kind", custom_error_message="kind must be local or langgraph"
    ),
]
