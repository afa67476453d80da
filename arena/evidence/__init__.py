"""Which of the figures a desk stated its facts do not bear out."""

from arena.evidence.checking import FigureCheck

__all__ = ["FigureCheck"]
