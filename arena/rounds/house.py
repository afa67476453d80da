"""What all desks of an arena share: the contestants' models and the snapshots."""

from collections.abc import Iterable

from arena.config.contestants import Contestant
from arena.llm.client import ModelClient
from arena.llm.pool import ModelPool
from arena.records.market import MarketSnapshot
from arena.rounds.shelf import Shelf


class PoolHouse:
    """Hands every desk its contestant's model client from the pool, and snapshots from the shelf."""

    def __init__(self, contestants: Iterable[Contestant], models: ModelPool, shelf: Shelf) -> None:
        self._contestants = {contestant.name: contestant for contestant in contestants}
        self._models = models
        self._shelf = shelf

    def client(self, contestant: str) -> ModelClient:
        """The client of the contestant's models."""
        return self._models.client(self._contestants[contestant])

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        """The snapshot of that hash; StoreError where it is not kept."""
        return await self._shelf.snapshot(snapshot_hash)
