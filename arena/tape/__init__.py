"""The tape: every request and reply of every desk, kept so that a desk can be run again without a network."""

from arena.tape.reel import Reel

__all__ = ["Reel"]
