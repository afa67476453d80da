"""StockTwits' public stream of a ticker: posts of the present, with the leaning their authors tag them with.

Never run live from where it was written; see `public_feed`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import ValidationError

from arena.config.market import VendorName
from arena.errors import NotCoveredError, TickerError, VendorError
from arena.market.public_feed import Feed, NotThereError
from arena.market.text import LONGEST_NAME, LONGEST_POST, clean
from arena.market.vendor import PartialVendor
from arena.records.market import SocialPost

PAGES = 4
"""Pages of 30 posts that are asked for at most: a much discussed ticker fills them within minutes."""

_LEANINGS: Mapping[object, Literal["bullish", "bearish"]] = {"Bullish": "bullish", "Bearish": "bearish"}


class StocktwitsVendor(PartialVendor):
    """StockTwits. `timeout` bounds all pages together, in seconds."""

    name: VendorName = "stocktwits"

    def __init__(
        self,
        base_url: str = "https://api.stocktwits.com/api/2",
        timeout: float = 30.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._feed = Feed("stocktwits", base_url, timeout, clock)

    def posts(self, ticker: str, start: datetime, end: datetime) -> tuple[SocialPost, ...]:
        """The newest posts between the two, newest first; NotCoveredError where the stream no longer reaches `end`."""
        self._feed.check_present(end)
        found: list[SocialPost] = []
        until, before, oldest = self._feed.deadline(), "", end
        for _ in range(PAGES):
            page = self._page(ticker, before, until)
            posts = [self._post(message) for message in _messages(page)]
            found += [post for post in posts if start <= post.posted <= end]
            before = _next(page)
            oldest = min((post.posted for post in posts), default=start)
            if not before or oldest < start:
                break
        else:
            if not found:
                raise NotCoveredError(f"stocktwits' newest posts reach back to {oldest:%Y-%m-%d %H:%M} UTC only")
        return tuple(sorted(found, key=lambda post: post.posted, reverse=True))

    def _page(self, ticker: str, before: str, until: float) -> Mapping[str, Any]:
        try:
            return self._feed.get(f"/streams/symbol/{_symbol(ticker)}.json", {"max": before} if before else {}, until)
        except NotThereError as error:
            raise TickerError(f"stocktwits knows no {ticker!r}") from error

    def _post(self, message: Mapping[str, Any]) -> SocialPost:
        try:
            user, likes = message.get("user") or {}, message.get("likes") or {}
            author = clean(user.get("username"), LONGEST_NAME)
            return SocialPost(
                posted=_instant(message["created_at"]),
                text=clean(message["body"], LONGEST_POST),
                author=author,
                url=f"https://stocktwits.com/{author}/message/{int(message['id'])}" if author else "",
                leaning=_LEANINGS.get(((message.get("entities") or {}).get("sentiment") or {}).get("basic")),
                score=likes.get("total"),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            shown = "; ".join(one["msg"] for one in error.errors()) if isinstance(error, ValidationError) else error
            raise VendorError(f"a post of stocktwits cannot be read: {shown!s}") from error


def _symbol(ticker: str) -> str:
    """As StockTwits writes it: BTC.X for BTC-USD, BRK.B for BRK-B."""
    return f"{ticker.removesuffix('-USD')}.X" if ticker.endswith("-USD") else ticker.replace("-", ".")


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} does not say its time zone")
    return instant.astimezone(UTC)


def _messages(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    messages = page.get("messages")
    if not isinstance(messages, list) or not all(isinstance(one, Mapping) for one in messages):
        raise VendorError("stocktwits' answer has no list 'messages'")
    return messages


def _next(page: Mapping[str, Any]) -> str:
    """From which post on the next page goes back; empty where there is none."""
    cursor = page.get("cursor")
    if not isinstance(cursor, Mapping) or not cursor.get("more"):
        return ""
    return str(cursor.get("max") or "")
