"""Yahoo's page of earnings dates read into records.

It is the page that yfinance scrapes, too: its JSON endpoint has not been updated since the summer of 2025, and
quoteSummary's earningsHistory does not say when a quarter was reported. It is read here because yfinance drops
the column that says whose earnings they are, and Yahoo has been seen to answer with everybody's. Its times are full
hours: what comes out at 4:30 PM, after the close, stands there as 4 PM. A report therefore counts as public at
the end of its hour, and one at midnight, which stands for an unknown hour, at the end of its day.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from arena.records.market import Earnings, EarningsReport, Split

PAGE = "https://finance.yahoo.com/calendar/earnings?symbol={symbol}&offset=0&size=25"
"""Six years of quarters."""

RESTATED = "earnings a share are left out where yahoo may have restated them for a split; the surprises stand"

_COLUMNS = ("Symbol", "Earnings Date", "EPS Estimate", "Reported EPS", "Surprise (%)")
_DATE = re.compile(r"(?P<day>\w+ \d+, \d{4})(?: at (?P<hour>\d+)(?::\d\d)? (?P<half>[AP]M) (?P<zone>[A-Z]+))?")
_NEW_YORK = ZoneInfo("America/New_York")
_ZONES = {"EST": _NEW_YORK, "EDT": _NEW_YORK, "UTC": UTC, "GMT": UTC}


class EarningsRow(NamedTuple):
    """One row of the page: a report, or one that is still to come."""

    when: datetime
    estimate: Decimal | None
    actual: Decimal | None
    surprise: Decimal | None

    @property
    def day(self) -> date:
        """In New York."""
        return self.when.astimezone(_NEW_YORK).date()


def read_page(page: str, symbol: str) -> tuple[EarningsRow, ...] | None:
    """The rows of the page's table; None where it has no table. ValueError or LookupError for another's table."""
    # Without a tag there is no table; read_html would raise the ValueError it also raises for a broken one.
    if "<table" not in page:
        return None
    as_text: dict[int | str, Any] = dict.fromkeys(_COLUMNS, str)
    tables = pd.read_html(StringIO(page), flavor="lxml", converters=as_text, keep_default_na=False)
    rows = tuple(_rows(tables[0], symbol))
    if not rows:
        raise ValueError("the table of earnings has no rows")
    return rows


def read_earnings(rows: Sequence[EarningsRow], splits: Sequence[Split], as_of: datetime, *, present: bool) -> Earnings:
    """The reports among the rows, and in the present the next one.

    Yahoo divides earnings a share by later splits and rounds to the cent, so they cannot be multiplied back;
    with a split after the report they are left out. The surprise, in percent, knows no shares.
    """
    reports = {row: _report(row, splits) for row in rows if row.actual is not None}
    ahead = [row.day for row in rows if row.when > as_of]
    return Earnings(
        reports=tuple(sorted(reports.values(), key=lambda report: report.reported, reverse=True)),
        expected=min(ahead, default=None) if present else None,
        notes=(RESTATED,),
    )


def _report(row: EarningsRow, splits: Sequence[Split]) -> EarningsReport:
    restated = any(split.ex_date > row.day for split in splits)
    return EarningsReport(
        reported=row.when,
        eps_estimate=None if restated else row.estimate,
        eps_actual=None if restated else row.actual,
        surprise=None if row.surprise is None else float(row.surprise),
    )


def _rows(table: pd.DataFrame, symbol: str) -> Iterator[EarningsRow]:
    for owner, when, estimate, actual, surprise in zip(*(table[name] for name in _COLUMNS), strict=True):
        if owner != symbol:
            raise ValueError(f"the table of earnings is about {owner}")
        yield EarningsRow(_instant(when), _number(estimate), _number(actual), _number(surprise))


def _instant(text: Any) -> datetime:
    """When what is listed for October 30, 2025 at 4 PM EDT is public: at the end of the hour, or of the day."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no date of earnings")
    day = datetime.strptime(found["day"], "%B %d, %Y")  # noqa: DTZ007 - the zone comes below
    hour = int(found["hour"] or 12) % 12 + (12 if found["half"] == "PM" else 0)
    if hour == 0:
        return _end(day.replace(tzinfo=_NEW_YORK), timedelta(days=1))
    return _end(day.replace(hour=hour, tzinfo=_ZONES[found["zone"]]), timedelta(hours=1))


def _end(start: datetime, length: timedelta) -> datetime:
    return (start + length - timedelta(seconds=1)).astimezone(UTC)


def _number(text: Any) -> Decimal | None:
    return None if text in ("", "-", "--") else Decimal(text.replace(",", ""))
