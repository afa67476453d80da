"""Reddit's public search in a few subreddits: posts of the present that name the ticker.

Never run live from where it was written; see `public_feed`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from arena.config.market import VendorName
from arena.errors import VendorError
from arena.market.public_feed import Feed, NotThereError
from arena.market.text import LONGEST_NAME, LONGEST_POST, clean
from arena.market.vendor import PartialVendor
from arena.records.market import SocialPost

SUBREDDITS = ("stocks", "wallstreetbets", "investing")

_ORDINARY_WORD = 3
"""Letters up to which a ticker is taken for a word (ALL, IT, ON) unless a $ stands before it."""


class RedditVendor(PartialVendor):
    """Reddit. `timeout` bounds the requests to all `subreddits` together, in seconds.

    One subreddit that fails fails the answer: posts have no place to say that some are missing.
    """

    name: VendorName = "reddit"

    def __init__(
        self,
        base_url: str = "https://www.reddit.com",
        timeout: float = 30.0,
        subreddits: Sequence[str] = SUBREDDITS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._feed = Feed("reddit", base_url, timeout, clock)
        self._subreddits = tuple(subreddits)

    def posts(self, ticker: str, start: datetime, end: datetime) -> tuple[SocialPost, ...]:
        """Posts between the two that name the ticker, newest first, of the last week and of 100 a subreddit."""
        self._feed.check_present(end)
        until = self._feed.deadline()
        found = [post for name in self._subreddits for post in self._posts_in(name, ticker, until)]
        inside = [post for post in found if start <= post.posted <= end]
        return tuple(sorted(inside, key=lambda post: (post.posted, post.url), reverse=True))

    def _posts_in(self, subreddit: str, ticker: str, until: float) -> list[SocialPost]:
        wanted = {"q": ticker, "restrict_sr": "1", "sort": "new", "t": "week", "limit": "100", "raw_json": "1"}
        try:
            listing = self._feed.get(f"/r/{subreddit}/search.json", wanted, until)
        except NotThereError as error:
            raise VendorError(f"reddit has no r/{subreddit}: {error}") from error
        return [self._post(entry) for entry in _entries(listing) if _names(ticker, entry)]

    def _post(self, entry: Mapping[str, Any]) -> SocialPost:
        try:
            return SocialPost(
                posted=datetime.fromtimestamp(float(entry["created_utc"]), UTC),
                text=clean(f"{entry['title']}\n{entry.get('selftext') or ''}", LONGEST_POST),
                author=clean(entry.get("author"), LONGEST_NAME),
                url=clean(f"https://www.reddit.com{entry['permalink']}", 2 * LONGEST_NAME),
                score=entry.get("score"),
            )
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            shown = "; ".join(one["msg"] for one in error.errors()) if isinstance(error, ValidationError) else error
            raise VendorError(f"a post of reddit cannot be read: {shown!s}") from error


def _entries(listing: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    data = listing.get("data")
    children = data.get("children") if isinstance(data, Mapping) else None
    if not isinstance(children, list):
        raise VendorError("reddit's answer has no list 'children'")
    entries = [child.get("data") if isinstance(child, Mapping) else None for child in children]
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise VendorError("reddit's answer has a child without data")
    return [entry for entry in entries if entry is not None]


def _names(ticker: str, entry: Mapping[str, Any]) -> bool:
    """Whether the post writes the ticker as one: $NVDA, or NVDA where that is no ordinary word."""
    mark = r"\$" if len(ticker) <= _ORDINARY_WORD else r"\$?"
    text = f"{entry.get('title')} {entry.get('selftext')}"
    return re.search(rf"(?<![A-Za-z0-9$]){mark}{re.escape(ticker)}(?![A-Za-z0-9])", text) is not None
