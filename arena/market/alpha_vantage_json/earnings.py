"""EARNINGS and EARNINGS_CALENDAR as records.

The vendor restates earnings a share for later splits and rounds what it restates (2.58 before a 4:1 split reads
0.65), so they cannot be multiplied back. Where a split may have followed, they are left out; the surprise, a
ratio, stays true.
"""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from arena.errors import VendorError
from arena.market.alpha_vantage_json.bodies import (
    Body,
    Flaw,
    day,
    optional_number,
    optional_text,
    reason,
    rows,
)
from arena.records.market import EarningsReport, Split

_NEW_YORK = ZoneInfo("America/New_York")
_LAST_SECOND = time(23, 59, 59)


def parse_earnings(body: Body, splits: Sequence[Split] | None) -> tuple[tuple[EarningsReport, ...], tuple[Flaw, ...]]:
    """The quarterly reports, newest first, and what could not be read of them.

    `splits` are all up to today; None where they are not known. Earnings a share are given for reports after
    the last of them, and for none where they are None. A report counts from its day's end in New York.
    """
    found = [
        _report_or_flaw(row, splits)
        for row in rows(body, "quarterlyEarnings")
        # What has no date or no result is still to come.
        if optional_text(row.get("reportedDate")) and optional_text(row.get("reportedEPS"))
    ]
    reports = [one for one in found if isinstance(one, EarningsReport)]
    reports.sort(key=lambda report: report.reported, reverse=True)
    return tuple(reports), tuple(one for one in found if isinstance(one, Flaw))


def parse_calendar(table: str, ticker: str, after: date) -> date | None:
    """EARNINGS_CALENDAR in CSV: the first day of a report after `after`; None where none is announced."""
    lines = csv.DictReader(table.splitlines())
    if not {"symbol", "reportDate"} <= set(lines.fieldnames or ()):
        raise VendorError("alpha_vantage's calendar of earnings has no columns 'symbol' and 'reportDate'")
    try:
        days = [day(row, "reportDate") for row in lines if row["symbol"] == ticker]
    except ValueError as error:
        raise VendorError(f"alpha_vantage's calendar of earnings cannot be read: {reason(error)}") from error
    return min((found for found in days if found > after), default=None)


def _report_or_flaw(row: Body, splits: Sequence[Split] | None) -> EarningsReport | Flaw:
    reported = None
    try:
        reported = day(row, "reportedDate")
        as_reported = splits is not None and all(split.ex_date < reported for split in splits)
        surprise = optional_number(row, "surprisePercentage")
        return EarningsReport(
            reported=datetime.combine(reported, _LAST_SECOND, _NEW_YORK).astimezone(UTC),
            fiscal_end=day(row, "fiscalDateEnding"),
            eps_estimate=optional_number(row, "estimatedEPS") if as_reported else None,
            eps_actual=optional_number(row, "reportedEPS") if as_reported else None,
            surprise=None if surprise is None else float(surprise),
        )
    except ValueError as error:
        shown = f"an earnings report of {reported or 'an unknown day'}"
        return Flaw(reported, f"{shown} cannot be read and is left out: {reason(error)}")
