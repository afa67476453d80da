"""What a role needs besides the state: its contestant's model and the facts."""

from typing import Protocol

from arena.llm.client import ModelClient
from arena.records.market import MarketSnapshot


class Seat(Protocol):
    """A contestant's place at its desk. Bound into the desk's nodes when the graph is built."""

    def client(self) -> ModelClient:
        """The contestant's model client for the running event loop."""

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        """The facts with that content hash; StoreError when nobody holds them."""
