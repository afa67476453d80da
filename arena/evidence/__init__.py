"""Which of the figures a desk stated its facts do not bear out."""

from arena.evidence.checking import unsupported_figures

__all__ = ["unsupported_figures"]
