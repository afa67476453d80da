"""What a round is expected to take, without asking any model."""

from arena.estimate.estimate import Estimate, estimate_round

__all__ = ["Estimate", "estimate_round"]
