"""How long a server asks to be left alone: Retry-After, or the time at which its rate limit starts anew."""

import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime


def wait_asked_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until a retry is welcome; None where the server does not say.

    Retry-After in seconds or as a date, else X-RateLimit-Reset in milliseconds or seconds since 1970.
    Names of headers are in lower case.
    """
    after = headers.get("retry-after")
    if after is not None:
        return _until(after.strip(), now)
    reset = (headers.get("x-ratelimit-reset") or "").strip()
    if re.fullmatch(r"\d{12,15}", reset):
        return max(0.0, int(reset) / 1000 - now.timestamp())
    return max(0.0, int(reset) - now.timestamp()) if re.fullmatch(r"\d{10}", reset) else None


def _until(after: str, now: datetime) -> float | None:
    if re.fullmatch(r"\d{1,12}(\.\d+)?", after):
        return float(after)
    try:
        when = email.utils.parsedate_to_datetime(after)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp())
