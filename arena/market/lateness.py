"""What may still change of an answer: vendors print bars, articles and filings some time after the fact.

And a part of an answer may have failed: what an adapter calls provisional is never the last word.
"""

from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from arena.market.calendar import sessions_between
from arena.market.listings import listing_of
from arena.market.questions import NEW_YORK, PricesQuestion, Question
from arena.records.market import Earnings, PriceHistory

SETTLED = timedelta(hours=12)
"""What a vendor is asked for this long after the end of the question does not change any more."""

FRESH = timedelta(minutes=15)
"""How long an answer serves that may still change, or is provisional: those who ask in the same round."""

LATE_BARS = timedelta(days=7)
"""A bar missing at a window's end counts as late, and is asked for again, until that end is this old."""


def settled(question: Question[Any], facts: Any, retrieved: datetime) -> bool:
    """Whether an answer of that instant is the last word."""
    if is_provisional(facts) or retrieved < question.until + SETTLED:
        return False
    if isinstance(question, PricesQuestion):
        return reliable_end(facts, retrieved, question.start, question.end) == question.end
    return True


def is_provisional(facts: Any) -> bool:
    """Whether the adapter says that a part of these facts could not be had."""
    return isinstance(facts, PriceHistory | Earnings) and facts.provisional


def is_fresh(retrieved: datetime, now: datetime) -> bool:
    """Whether an answer that is not the last word still serves.

    One from after now is of a clock that has been set back; nobody knows how old it is.
    """
    return timedelta(0) <= now - retrieved <= FRESH


def reliable_end(history: PriceHistory, retrieved: datetime, first: date, last: date) -> date:
    """The day up to which a missing bar means that there is none, and not that it is late.

    `first` and `last` are the window the history answers; it was retrieved at that instant.
    """
    if retrieved.astimezone(NEW_YORK).date() - last > LATE_BARS:
        return last
    exchange = listing_of(history.ticker).calendar
    there = {bar.session for bar in history.bars}
    missing_at_the_end = takewhile(lambda day: day not in there, reversed(sessions_between(first, last, exchange)))
    return min((day - timedelta(days=1) for day in missing_at_the_end), default=last)
