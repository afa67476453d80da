"""Yahoo's news entries read into records; yfinance hands on two shapes, nested (the stream) and flat (search)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from arena.errors import VendorError
from arena.records.market import NewsItem

Entry = Mapping[str, Any]


def read_entry(entry: Entry) -> NewsItem:
    """One article, with its time in UTC and no sentiment, which Yahoo does not score."""
    try:
        return _nested(entry["content"]) if "content" in entry else _flat(entry)
    except (LookupError, TypeError, ValueError) as error:
        raise VendorError(f"a news entry of yahoo cannot be read: {error!r}") from error


def _nested(content: Entry) -> NewsItem:
    link = content.get("canonicalUrl") or content.get("clickThroughUrl") or {}
    return NewsItem(
        published=datetime.fromisoformat(content["pubDate"]).astimezone(UTC),
        title=content["title"],
        summary=content.get("summary") or "",
        publisher=(content.get("provider") or {}).get("displayName") or "",
        url=link.get("url") or "",
    )


def _flat(entry: Entry) -> NewsItem:
    return NewsItem(
        published=datetime.fromtimestamp(entry["providerPublishTime"], UTC),
        title=entry["title"],
        publisher=entry.get("publisher") or "",
        url=entry.get("link") or "",
    )
