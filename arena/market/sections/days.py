"""Days as instants."""

from datetime import UTC, date, datetime
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

_NEW_YORK = ZoneInfo("America/New_York")


def start_of(day: date) -> datetime:
    """The first instant of the day in New York: facts known by their day alone are no older than that."""
    return datetime.combine(day, time_of_day(0), _NEW_YORK).astimezone(UTC)
