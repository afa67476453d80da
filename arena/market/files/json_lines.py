"""News and posts in JSON Lines: one object a line, UTF-8.

News: `published` (or `published_utc`; ISO 8601, in UTC where it names no zone), `title`, and where there are any
`summary` (or `description`), `publisher` (or `source`), `url` (or `article_url`), `sentiment` (-1 to 1). A second
time field `datetime`, in seconds since the epoch, is how Finnhub's news come; where the two disagree, the later
one counts, because the earlier might show an article before it was there, and the article's doubt says so.

Posts: `posted` (ISO 8601, in UTC where it names no zone), `text`, and where there are any `author`, `url`,
`leaning` (bullish or bearish), `score`.

Neither has a place for what was left out. So a line that cannot be read is a VendorError that names it, but only
where it may lie in the window asked for: a fault never changes what was known before it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from arena.errors import VendorError
from arena.market.files.rows import reason
from arena.market.text import LONGEST_NAME, LONGEST_POST, clean
from arena.records.market import NewsItem, SocialPost

T = TypeVar("T")
Line = Mapping[str, Any]

TIMES_DISAGREE = "its file gives two times of publication that disagree, and the later one counts"

_SAME_TIME = timedelta(minutes=1)


def read_news_lines(path: Path, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
    """The articles published from `start` to `end`, newest first."""
    found = _between(path, start, end, _published, _news_item)
    return tuple(sorted(found, key=lambda item: (item.published, item.title), reverse=True))


def read_post_lines(path: Path, start: datetime, end: datetime) -> tuple[SocialPost, ...]:
    """The posts written from `start` to `end`, newest first."""
    found = _between(path, start, end, lambda line: _instant(line["posted"]), _post)
    return tuple(sorted(found, key=lambda post: (post.posted, post.author, post.text), reverse=True))


def _between(
    path: Path, start: datetime, end: datetime, when: Callable[[Line], datetime], read: Callable[[Line], T]
) -> Iterator[T]:
    for place, text in _lines(path):
        try:
            line = json.loads(text)
            if start <= _time_of(line, when) <= end:
                yield read(line)
        except ValidationError as error:
            raise VendorError(f"{path.name}, line {place}: {reason(error)}") from error
        except KeyError as error:
            raise VendorError(f"{path.name}, line {place}: it has no {error}") from error
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise VendorError(f"{path.name}, line {place}: {error}") from error


def _time_of(line: Line, when: Callable[[Line], datetime]) -> datetime:
    """When it counts from. A ValueError does not quote what stands there instead: it may be of a later day."""
    try:
        return when(line)
    except (ValueError, TypeError, OverflowError, OSError):
        raise ValueError("its time cannot be read") from None


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise VendorError(f"{path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise VendorError(f"{path.name} cannot be read: {error}") from error
    return [(place, line) for place, line in enumerate(lines, start=1) if line.strip()]


def _published(line: Line) -> datetime:
    return max(_times(line))


def _times(line: Line) -> list[datetime]:
    written = line["published"] if "published" in line else line["published_utc"]
    counted = [datetime.fromtimestamp(line["datetime"], UTC)] if "datetime" in line else []
    return [_instant(written), *counted]


def _instant(text: object) -> datetime:
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not a time")
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _news_item(line: Line) -> NewsItem:
    times, publisher = _times(line), line.get("publisher") or line.get("source") or ""
    return NewsItem(
        published=max(times),
        title=str(line["title"]),
        summary=str(line.get("summary") or line.get("description") or ""),
        publisher=str(publisher.get("name") or "") if isinstance(publisher, Mapping) else str(publisher),
        url=str(line.get("url") or line.get("article_url") or ""),
        sentiment=line.get("sentiment"),
        doubt=TIMES_DISAGREE if max(times) - min(times) > _SAME_TIME else None,
    )


def _post(line: Line) -> SocialPost:
    return SocialPost(
        posted=_instant(line["posted"]),
        text=clean(line["text"], LONGEST_POST),
        author=clean(line.get("author"), LONGEST_NAME),
        url=clean(line.get("url"), 2 * LONGEST_NAME),
        leaning=line.get("leaning"),
        score=line.get("score"),
    )
