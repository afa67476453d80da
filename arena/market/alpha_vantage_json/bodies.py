"""What an Alpha Vantage body says when it has no data, and how its cells are read.

Numbers are strings here, and "None" and "-" mean that there is none.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from pydantic import ValidationError

from arena.errors import NotCoveredError, TickerError, VendorError

Body = Mapping[str, Any]

_MESSAGES = ("Error Message", "Information", "Note")


class BurstLimitError(VendorError):
    """Too many requests within one second: the same request may be sent again a second later."""


class QuotaError(VendorError):
    """The day's requests are spent: no other will be answered before the next day."""


class Flaw(NamedTuple):
    """A part of an answer that cannot be read and is left out, in one sentence."""

    day: date | None
    """The day by which what it is about is public, since the text may quote it; None where no day can be read."""
    text: str


def redact(text: str, key: str = "") -> str:
    """The text without `key` and without anything that stands where a key usually stands."""
    shown = text.replace(key, "[key]") if key else text
    shown = re.sub(r"(?i)(api ?key as )\S+", r"\1[key]", shown)
    return re.sub(r"(?i)(apikey=)[^&\s'\"]+", r"\1[key]", shown)


def check_body(body: Body, ticker: str | None, key: str = "") -> None:
    """Raise what an answer without data says: nothing for a body with data or for "No articles found".

    TickerError for an unknown symbol, where one was asked about, NotCoveredError for a premium endpoint,
    BurstLimitError for two requests within a second, QuotaError for the day's limit, VendorError for a bad key
    and every other message.
    """
    if not body or body == {"Global Quote": {}}:
        raise _unknown(ticker, "its answer is empty, as for a ticker it does not know or has no such data of")
    message = _message(body)
    if message is None or finds_nothing(body):
        return
    lowered, said = message.lower(), redact(message, key)
    if "1 request per second" in lowered:  # names the daily limit too, so it is asked about first
        raise BurstLimitError(f"alpha_vantage wants requests a second apart: {said}")
    if "premium endpoint" in lowered or "premium feature" in lowered:
        raise NotCoveredError(f"alpha_vantage keeps this for premium keys: {said}")
    if "calls per minute" in lowered:  # the older limit, which names a day's too but is over in a minute
        raise VendorError(f"alpha_vantage's request limit is reached: {said}")
    if "requests per day" in lowered:
        raise QuotaError(f"alpha_vantage's request limit is reached: {said}")
    if "apikey is invalid or missing" in lowered:
        raise VendorError(f"alpha_vantage refuses the key: {said}")
    if "invalid api call" in lowered:
        raise _unknown(ticker, said)
    raise VendorError(f"alpha_vantage answered: {said}")


UNDATED_TRADE = timedelta(days=7)
"""After its day the flaw of an insider's trade may be told: its filing is due within two sessions."""


def flaws_before(flaws: Iterable[Flaw], day: date) -> tuple[str, ...]:
    """What is said of flaws that could be known on `day`: of what was public earlier, and of what has no day."""
    return tuple(flaw.text for flaw in flaws if flaw.day is None or flaw.day < day)


def finds_nothing(body: Body) -> bool:
    """Whether the vendor says that there are no articles: an answer, and an empty one."""
    message = _message(body)
    return message is not None and "no articles found" in message.lower()


def number(row: Body, name: str) -> Decimal:
    """The number under `name`; a ValueError that quotes what stands there instead."""
    value = row.get(name)
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{name!r} is {value!r}, not a number") from None
    if not found.is_finite():
        raise ValueError(f"{name!r} is {value!r}, not a number")
    return found


def optional_number(row: Body, name: str) -> Decimal | None:
    """The number, or None for what the vendor writes where it has nothing."""
    return number(row, name) if optional_text(row.get(name)) else None


def day(row: Body, name: str) -> date:
    """The date under `name`; a ValueError that quotes what stands there instead."""
    value = row.get(name)
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise ValueError(f"{name!r} is {value!r}, not a date") from None


def text(value: object) -> str:
    """Text with lone surrogates (halves of a cut emoji) replaced, which no UTF-8 can carry."""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def optional_text(value: object) -> str | None:
    """The text, or None for what the vendor writes where it has nothing."""
    return None if value is None or str(value).strip() in ("", "-", "None") else text(value)


def mapping(value: object, name: str) -> Body:
    """The JSON object that should stand under `name`."""
    if not isinstance(value, Mapping):
        raise VendorError(f"alpha_vantage's answer has no {name!r}")
    return value


def rows(body: Body, name: str) -> list[Body]:
    """The list of JSON objects under `name`."""
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise VendorError(f"alpha_vantage's answer has no list {name!r}")
    return value


def reason(error: Exception) -> str:
    """What was wrong, in one line; pydantic's own text spans several and links to its website."""
    if isinstance(error, ValidationError):
        return "; ".join(
            ": ".join([*(str(part) for part in problem["loc"]), problem["msg"]]) for problem in error.errors()
        )
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)


def _unknown(ticker: str | None, said: str) -> TickerError | VendorError:
    if ticker is None:
        return VendorError(f"alpha_vantage has no answer: {said}")
    return TickerError(f"alpha_vantage knows no {ticker!r}: {said}")


def _message(body: Body) -> str | None:
    """The vendor's message where it stands in place of data; NEWS_SENTIMENT sends one beside data, too."""
    if "feed" in body or "Meta Data" in body:
        return None
    return next((str(body[name]) for name in _MESSAGES if name in body), None)
