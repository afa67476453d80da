"""Seasons: rounds in order, over past dates or as days pass, resumed where they were broken off."""

from arena.season.engine import SeasonEngine
from arena.season.methods import SeasonMethods

__all__ = ["SeasonEngine", "SeasonMethods"]
