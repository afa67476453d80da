"""Dates in English texts, moved by a season's shift, in all common forms."""

import re
from collections.abc import Callable
from datetime import date

from arena.masking.days import DAYS, Move, Rewrite
from arena.masking.periods import PERIODS
from arena.masking.rewriting import rewritten
from arena.masking.shift import Shift


def moved_dates(text: str, near: date, shift: Shift) -> str:
    """The text with every date in it moved; `near` is the day it was written on."""
    move = Move(shift, near)
    return rewritten(text, [(form.pattern, _bound(form.rewrite, move)) for form in (*DAYS, *PERIODS)])


def _bound(rewrite: Rewrite, move: Move) -> Callable[[re.Match[str]], str | None]:
    return lambda found: rewrite(found, move)
