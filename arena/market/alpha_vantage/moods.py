"""Articles' sentiment, aggregated by day.

A day ends with its session's close (16:00 in New York where there is none) and what comes later counts to the
next one, so that a session's day is known at its close.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

from arena.market.calendar import close_of, is_session
from arena.records.market import NewsItem, SocialDay

_NEW_YORK = ZoneInfo("America/New_York")
_USUAL_CLOSE = time(16, 0)


def day_end(day: date) -> datetime:
    """The instant after which an article counts to the next day."""
    return close_of(day) if is_session(day) else datetime.combine(day, _USUAL_CLOSE, _NEW_YORK)


def moods(items: Iterable[NewsItem], start: date, end: date, *, complete: bool) -> tuple[SocialDay, ...]:
    """The days from `start` to `end` that have a scored article, newest first.

    Where the articles are not `complete`, older ones are missing, and the oldest day is left out.
    """
    scores: dict[date, list[float]] = defaultdict(list)
    for item in items:
        if item.sentiment is not None:
            scores[_day_of(item.published)].append(item.sentiment)
    if not complete and scores:
        del scores[min(scores)]
    return tuple(
        SocialDay(day=day, mentions=len(scores[day]), sentiment=round(fmean(scores[day]), 6))
        for day in sorted(scores, reverse=True)
        if start <= day <= end
    )


def _day_of(published: datetime) -> date:
    day = published.astimezone(_NEW_YORK).date()
    return day if published <= day_end(day) else day + timedelta(days=1)
