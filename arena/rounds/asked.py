"""What a round is asked for with, and what is left of that once it is checked."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from typing_extensions import TypedDict

from arena.config.contestants import Contestant


class RoundOptions(TypedDict, total=False):
    """What may be said of a round beside its tickers."""

    as_of: date | None
    """The session to decide at the close of: the configured or the last completed one by default."""
    contestants: Sequence[str] | None
    """Who takes part: every enabled contestant by default."""


class Asked(NamedTuple):
    """What was asked for, checked."""

    tickers: tuple[str, ...]
    session: date
    as_of: datetime
    """The session's close on the tickers' own exchange."""
    contestants: tuple[Contestant, ...]
