"""Which of the figures a desk stated its facts do not bear out."""

from arena.evidence.checking import FigureCheck, unsupported_figures

__all__ = ["FigureCheck", "unsupported_figures"]
