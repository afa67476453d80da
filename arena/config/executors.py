"""Where desks run."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from arena.config.kinds import Address, VariableName, by_kind
from arena.records.base import Record


class LocalExecutor(Record):
    """Desks run in this process."""

    kind: Literal["local"] = "local"
    """local, langgraph or ray: where desks run."""

    @property
    def keys_here(self) -> bool:
        """Whether desks run with the keys of this process."""
        return True


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

    @property
    def keys_here(self) -> bool:
        """The server has its own."""
        return False


class RayExecutor(Record):
    """Desks run in workers of a Ray cluster, which are processes of this machine or of several (extra `ray`).

    Every machine needs the same installation and the models' keys in its environment; limits, budgets, facts, books
    and records stay here.
    """

    kind: Literal["ray"]
    """Needed here, as in every kind but local."""
    address: Annotated[str, Field(pattern=r"^(?:auto|[^\s/:]+:[0-9]{1,5})$")] | None = None
    """host:port of a cluster that this machine is a node of, or auto for the one that runs on it; null starts workers
    on this machine that end with the command."""
    workers: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Processes that hold desks, a CPU each; null is as many as there are CPUs."""

    @property
    def keys_here(self) -> bool:
        """Workers on this machine have the environment of this process."""
        return self.address is None


Executor = Annotated[
    Annotated[LocalExecutor, Tag("local")]
    | Annotated[LangGraphExecutor, Tag("langgraph")]
    | Annotated[RayExecutor, Tag("ray")],
    by_kind("executor", ("local", "langgraph", "ray")),
]
