"""How far a season's dates are moved: whole weeks, so that weekdays stay, into years that no fact is from.

The move is sixty to seventy-five years and one, two or three quarters. Into the future, where no model remembers
anything; so far that no masked year is one that the facts, or texts about them, are of; by whole quarters, so that
months and quarters that a text names without a year can be moved along, and the season does not tell the year.
"""

import hashlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")

_LEAST_YEARS, _SPREAD = 60, 16
_DAYS_A_YEAR = 365.2425
_WEEKS_A_QUARTER = 13


def number_from(key: str, most: int) -> int:
    """A number from 0 to below `most` that the key decides."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % most


class Shift:
    """A move by `weeks`, which are whole years, to the nearest week, and some quarters."""

    def __init__(self, weeks: int) -> None:
        self.weeks = weeks
        quarters = round(4 * 7 * weeks / _DAYS_A_YEAR)
        self.years, self.quarters = divmod(quarters, 4)

    @classmethod
    def of(cls, season: str) -> "Shift":
        """The season's own: the same for all its tickers, so that the dates of a book agree."""
        years = _LEAST_YEARS + number_from(f"{season}/years", _SPREAD)
        quarters = 1 + number_from(f"{season}/quarters", 3)
        return cls(round(years * _DAYS_A_YEAR / 7) + quarters * _WEEKS_A_QUARTER)

    def day(self, day: date) -> date:
        """The day, on the same day of the week."""
        return day + timedelta(weeks=self.weeks)

    def instant(self, at: datetime) -> datetime:
        """The instant, at the same hour by its own clock; one in UTC in UTC."""
        return at + timedelta(weeks=self.weeks)

    def in_new_york(self, at: datetime) -> datetime:
        """The instant, at the same hour in New York, whose clocks may be set otherwise then: its day there is kept."""
        local = at.astimezone(NEW_YORK)
        return (local.replace(tzinfo=None) + timedelta(weeks=self.weeks)).replace(tzinfo=NEW_YORK).astimezone(at.tzinfo)

    def month(self, month: int) -> int:
        """A month, 1 to 12, that is named without its year."""
        return (month - 1 + 3 * self.quarters) % 12 + 1

    def quarter(self, quarter: int, year: int) -> tuple[int, int]:
        """A quarter, 1 to 4, with its year, calendar or fiscal."""
        years, place = divmod(4 * (year + self.years) + quarter - 1 + self.quarters, 4)
        return place + 1, years
