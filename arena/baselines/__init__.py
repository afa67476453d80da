"""Baselines: what fixed rules decide on the same facts, so that a model's result has something to stand beside.

Pure functions of a Situation: no model, no clock, no chance but a seeded one. A rule holds at most its equal share of
a ticker, decides like everybody at the close, and is filled like everybody. None sells short, whatever a book allows.
"""

from arena.baselines.deciding import decide
from arena.baselines.situation import Situation

__all__ = ["Situation", "decide"]
