"""Untrusted text made fit for a terminal."""

from arena.untrusted import clean, one_line

__all__ = ["clean", "one_line"]
