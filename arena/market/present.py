"""What counts as the present, for sources that know nothing else."""

from datetime import datetime

from arena.market.calendar import close_of, last_completed_session


def is_present(as_of: datetime, now: datetime) -> bool:
    """Whether `as_of` is the close of the last completed session, or later: what is known now is known then."""
    return as_of >= close_of(last_completed_session(now))
