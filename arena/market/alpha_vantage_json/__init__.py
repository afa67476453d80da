"""Alpha Vantage's JSON answers, read into records: pure functions for the live adapter and for recorded files.

`check_body` comes first: this vendor answers its errors with HTTP 200. What it lets through, the `parse_*`
functions read. A body they cannot read is a VendorError that names the row and the field, never a gap; a part of
one is left out and told as a `Flaw`, where the records have a place for it.
"""

from arena.market.alpha_vantage_json.actions import NO_ACTIONS, parse_dividends, parse_splits, with_actions
from arena.market.alpha_vantage_json.bodies import (
    Body,
    BurstLimitError,
    Flaw,
    QuotaError,
    check_body,
    flaws_before,
    redact,
)
from arena.market.alpha_vantage_json.companies import parse_overview, parse_statements
from arena.market.alpha_vantage_json.earnings import parse_calendar, parse_earnings
from arena.market.alpha_vantage_json.feeds import is_whole, parse_daily, parse_market_news, parse_news
from arena.market.alpha_vantage_json.insiders import SIDES_ARE_INFERRED, parse_insiders

__all__ = [
    "NO_ACTIONS",
    "SIDES_ARE_INFERRED",
    "Body",
    "BurstLimitError",
    "Flaw",
    "QuotaError",
    "check_body",
    "flaws_before",
    "is_whole",
    "parse_calendar",
    "parse_daily",
    "parse_dividends",
    "parse_earnings",
    "parse_insiders",
    "parse_market_news",
    "parse_news",
    "parse_overview",
    "parse_splits",
    "parse_statements",
    "redact",
    "with_actions",
]
