"""How long what could not be sent waits for its next try, and when people are to be left alone. Pure."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arena.config.sinks import QuietHours

LONGEST = 3600.0
"""Seconds between two tries, however often it failed."""


def delay(attempts: int, first: float, asked: float | None, chance: Callable[[], float]) -> float:
    """Seconds until the next try after `attempts` that failed, this one included.

    They double from `first` up to an hour, a quarter less or more by chance (0 to 1), so that not all who were
    turned away come back at once. A wait that the server asked for is kept, up to a tenth longer.
    """
    if asked is not None:
        return asked * (1 + chance() / 10)
    # The exponent is bounded: what has failed for weeks must not become a number that no float holds.
    return float(min(LONGEST, first * 2 ** min(attempts - 1, 30)) * (0.75 + chance() / 2))


def quiet_until(hours: QuietHours | None, now: datetime) -> datetime | None:
    """When the quiet hours end that `now` lies in; None outside of them.

    Both times are those of a clock on a wall: a night in which the clocks are changed is longer or shorter.
    """
    if hours is None:
        return None
    zone = ZoneInfo(hours.time_zone)
    start, end = time.fromisoformat(hours.start), time.fromisoformat(hours.end)
    there = now.astimezone(zone)
    over_night = end <= start
    at = there.time()
    if not (at >= start or at < end if over_night else start <= at < end):
        return None
    day = there.date() + timedelta(days=1) if over_night and at >= start else there.date()
    return datetime.combine(day, end, zone).astimezone(UTC)
