"""ArenaConfig: every setting of an arena, frozen. Field docstrings are the reference of the YAML file.

A setting that is not here does not exist: unknown keys are refused when a file is read.
"""

from datetime import date
from pathlib import Path
from typing import Self

from pydantic import model_validator

from arena.config.contestants import (
    BaselineContestant,
    Contestant,
    Endpoint,
    EndpointContestant,
    ModelContestant,
    TokenPrices,
    replicas_of,
)
from arena.config.desks import DeskSettings
from arena.config.executors import Executor, LocalExecutor
from arena.config.kinds import Name, misfit
from arena.config.market import MarketSettings
from arena.config.running import BudgetSettings, LimitSettings, MemorySettings
from arena.config.sinks import NotifySettings, OutboxSettings, SupabaseSettings
from arena.config.trading import TradingSettings
from arena.records.base import Record, content_hash


class ArenaConfig(Record):
    """Everything an arena is set up with."""

    season: Name = "main"
    """The season rounds belong to; each season has its own books."""
    as_of: date | None = None
    """The session to decide at when the command names none; null is the last completed one."""
    home: Path = Path("arena-data")
    """Where the store, the archive and the snapshots live; a relative path counts from the current folder."""
    endpoints: dict[str, Endpoint] = {}
    """Model servers by name."""
    contestants: tuple[Contestant, ...]
    """Who competes."""
    desk: DeskSettings = DeskSettings()
    market: MarketSettings = MarketSettings()
    trading: TradingSettings = TradingSettings()
    memory: MemorySettings = MemorySettings()
    limits: LimitSettings = LimitSettings()
    prices: dict[str, TokenPrices] = {}
    """What models cost, by model id, where the endpoint does not tell a call's cost itself."""
    budget: BudgetSettings = BudgetSettings()
    executor: Executor = LocalExecutor()
    """Where desks run."""
    notify: NotifySettings = NotifySettings()
    supabase: SupabaseSettings | None = None
    outbox: OutboxSettings = OutboxSettings()

    @model_validator(mode="after")
    def _names_fit_together(self) -> Self:
        names = [contestant.name.lower() for contestant in self.contestants]
        for place, contestant in enumerate(self.contestants):
            if names.index(names[place]) != place:
                raise misfit(
                    f"two contestants are called {contestant.name}; names must differ in more than case",
                    *("contestants", place, "name"),
                )
            if isinstance(contestant, EndpointContestant) and contestant.endpoint not in self.endpoints:
                known = ", ".join(sorted(self.endpoints)) or "none"
                raise misfit(
                    f"contestant {contestant.name} names the endpoint {contestant.endpoint!r}; configured are: {known}",
                    *("contestants", place, "endpoint"),
                )
        if not self.enabled:
            raise misfit("no contestant is enabled", "contestants")
        return self

    @property
    def players(self) -> "tuple[Contestant, ...]":
        """Everybody who may play, in the order of the file: each contestant, or in its place its replicas."""
        return tuple(player for contestant in self.contestants for player in replicas_of(contestant))

    @property
    def enabled(self) -> "tuple[Contestant, ...]":
        """The players that take part, in order of name."""
        return tuple(sorted((c for c in self.players if c.enabled), key=lambda c: c.name))

    @property
    def with_desks(self) -> "tuple[ModelContestant, ...]":
        """The players that ask a model, in the order of the file."""
        return tuple(c for c in self.players if not isinstance(c, BaselineContestant))

    @property
    def hash(self) -> str:
        """The content hash of what can change a result: not where, how or when things are done, kept or sent.

        What a contestant plays as is in it where it is not what every contestant was before there was a choice.
        """
        elsewhere = dict.fromkeys(("home", "as_of", "season", "executor", "notify", "supabase", "outbox"), True)
        content = self.model_dump(mode="json", exclude={**elsewhere, "limits": {"stream", "ahead"}})
        for part, unhashed in (("trading", self.trading.unhashed), ("market", self.market.unhashed)):
            for setting in unhashed:
                del content[part][setting]
        if not self.memory.enabled:
            # What would be remembered changes nothing then: these are the settings of before there was a memory.
            del content["memory"]
        return content_hash(content)
