"""Re-pricing a season: its recorded decisions on fresh books under other settings, without asking any model."""

from arena.season.rescoring.changes import TradingChanges, changes_of
from arena.season.rescoring.rescorer import Rescorer

__all__ = ["Rescorer", "TradingChanges", "changes_of"]
