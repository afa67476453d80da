"""An invented market for labelled rehearsal: complete, deterministic, and never mistaken for a real one."""

from arena.market.simulated.vendor import SimulatedVendor

__all__ = ["SimulatedVendor"]
