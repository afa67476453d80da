"""Alpha Vantage's JSON answers, read into records: pure functions for the live adapter and for recorded files.

`check_body` comes first: this vendor answers its errors with HTTP 200. What it lets through, the `parse_*`
functions read; a body they cannot read is a VendorError that names the row and the field, never a gap.
"""

from arena.market.alpha_vantage_json.bodies import Body, BurstLimitError, check_body, redact
from arena.market.alpha_vantage_json.companies import parse_overview, parse_statements
from arena.market.alpha_vantage_json.feeds import NO_ACTIONS, parse_daily, parse_news

__all__ = [
    "NO_ACTIONS",
    "Body",
    "BurstLimitError",
    "check_body",
    "parse_daily",
    "parse_news",
    "parse_overview",
    "parse_statements",
    "redact",
]
