"""What the roles need besides the state: their contestants' models, and the facts."""

from typing import Protocol

from arena.llm.client import ModelClient
from arena.records.market import MarketSnapshot


class House(Protocol):
    """What all desks of an arena share. Bound into the nodes once, when the graph is built."""

    def client(self, contestant: str) -> ModelClient:
        """That contestant's model client for the running event loop."""

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        """The facts with that content hash; StoreError when nobody holds them."""
