"""A LangGraph server next door: the real graph for errands over another arena's desks, without the HTTP between."""

import json
from typing import Any

from langgraph.store.memory import InMemoryStore

from arena.app import Arena


class Neighbour:
    """Stands where `arena.remote.server.GraphServer` does, in the same process; what passes is JSON all the same."""

    url = "http://next.door"

    def __init__(self, arena: Arena) -> None:
        self._store = InMemoryStore()
        self._graph = arena.remote_desk().copy({"store": self._store})
        self.asked: list[Any] = []
        self.sent: list[Any] = []

    def graph(self) -> "Neighbour":
        return self

    def client(self) -> "Neighbour":
        return self

    @property
    def store(self) -> "Neighbour":
        return self

    async def astream(self, asked: Any, config: Any, *, stream_mode: str, on_disconnect: str) -> Any:
        assert on_disconnect == "cancel"
        self.asked.append(asked)
        async for part in self._graph.astream(_over_the_wire(asked), config, stream_mode=stream_mode):
            self.sent.append(part)
            yield _over_the_wire(part)

    async def put_item(self, namespace: Any, key: str, value: Any, *, index: bool) -> None:
        assert index is False
        await self._store.aput(tuple(namespace), key, _over_the_wire(value))

    @property
    def unread(self) -> int:
        """Answers that nobody has taken away."""
        return len(self._store.search(("arena",)))

    async def aclose(self) -> None:
        """There is nothing to close."""


def _over_the_wire(content: Any) -> Any:
    return json.loads(json.dumps(content, allow_nan=False))
