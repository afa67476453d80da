"""Which rounds of a season are to be played now. Pure, but for the calendar's lists."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from arena.records.season import SeasonPlan
from arena.season.planning import exchange_of, is_due, remaining


class Due(NamedTuple):
    """What is to be played now."""

    sessions: tuple[date, ...]
    """In order."""
    note: str
    """Why nothing is to be done, or what must wait; empty where there is nothing to say."""


def due_now(plan: SeasonPlan, finished: Collection[date], begun: date | None, today: date) -> Due:
    """`finished` are the sessions whose rounds are over, `begun` is the one whose round was begun but is not over.

    `today` is the last completed session. A season over dates plays all it has left up to then; one that goes on as
    days pass ends what was begun and plays today's round. A day it missed stays missed: the facts of a day are not
    to be had later.
    """
    if plan.end is not None:
        return _of_dates(plan, finished, today)
    sessions = set() if begun is None else {begun}
    if today in finished:
        why = f"the round of {today} is over"
    elif not is_due(today, plan.every, exchange_of(plan.tickers)):
        why = f"{today} is not the last session of its week"
    else:
        why = ""
        sessions.add(today)
    return Due(tuple(sorted(sessions)), "" if sessions else f"nothing to do: {why}")


def _of_dates(plan: SeasonPlan, finished: Collection[date], today: date) -> Due:
    left = remaining(plan, finished)
    due = tuple(session for session in left if session <= today)
    if len(due) < len(left):
        waiting, following = len(left) - len(due), left[len(due)]
        later = f"{waiting} of the season's rounds wait for their sessions, the next of which is {following}"
        return Due(due, later if due else f"nothing to do: {later}")
    return Due(due, "" if due else "nothing to do: every round of the season is over")
