"""Simulated posts about a ticker: short, tagged now and then, and as moody as the days before them.

Like an article, a post knows the sessions completed before it was written, never its own.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from typing import Literal

from arena.market.simulated.prices import Series, traits
from arena.market.simulated.streams import stream
from arena.market.simulated.talk import before_close
from arena.records.market import SocialPost

POSTS_A_SESSION = 3
TAGGED = 0.6
"""The part of the posts that their authors tag."""

BEARISH = ("${} looks heavy to me", "out of ${} after that move", "${} has further to fall")
BULLISH = ("adding to my ${}", "${} keeps going", "nobody talks about ${}, and that is why I own it")
MARK = "(simulated post)"


def posts(seed: int, ticker: str, series: Series, start: date) -> Iterator[SocialPost]:
    """The posts written from `start` to the end of the series, session by session."""
    typical = 15_000 * traits(seed, ticker).volatility
    drawn = stream(seed, ticker, "posts").random((len(series.sessions), POSTS_A_SESSION, 6))
    first = max(1, bisect_left(series.sessions, start))
    for place, written in enumerate(drawn[first:].tolist(), first):
        bullish = 0.5 + max(-0.35, min(0.35, 0.2 * series.returns[place - 1] / typical))
        for tone, choice, moment, author, tag, liked in written:
            texts, leaning = _side(tone < bullish)
            yield SocialPost(
                posted=before_close(series.sessions[place], moment),
                text=f"{texts[int(choice * len(texts))].format(ticker)} {MARK}",
                author=f"simulated_user_{int(author * 1000)}",
                leaning=leaning if tag < TAGGED else None,
                score=int(200 * liked**8),
            )


def _side(bullish: bool) -> tuple[tuple[str, ...], Literal["bullish", "bearish"]]:
    return (BULLISH, "bullish") if bullish else (BEARISH, "bearish")
