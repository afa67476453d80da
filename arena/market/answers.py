"""What the vendors said about one section of one ticker: facts from one of them, or every one's reason.

Dataclasses, not records: they are generic, live only between the market and the snapshot, and are never stored.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeAlias, TypeVar

from arena.config.market import VendorName
from arena.records.market import (
    Earnings,
    Fundamentals,
    Identity,
    Insiders,
    NewsItem,
    PriceHistory,
    SocialDay,
    SocialPost,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Answered(Generic[T]):
    """The facts of the first vendor that answered."""

    source: VendorName
    facts: T
    retrieved: datetime
    notes: tuple[str, ...] = ()
    """Why the vendors before it did not answer, one sentence each."""


@dataclass(frozen=True)
class Unanswered:
    """No vendor answered."""

    retrieved: datetime
    notes: tuple[str, ...]
    """Each vendor's reason."""
    unknown: bool = False
    """Whether the ticker does not exist: some vendor said so, and none that offers the section failed."""
    failed: bool = True
    """Whether some vendor that may know failed or lacks its key, so that nothing is known about the facts."""

    @property
    def status(self) -> Literal["error", "no_data"]:
        """What a section without an answer is: unknown after a failure, absent when no vendor offers it."""
        return "error" if self.failed else "no_data"


Answer: TypeAlias = Answered[T] | Unanswered


@dataclass(frozen=True)
class Answers:
    """All that was said about one ticker for one snapshot."""

    identity: Answer[Identity]
    prices: Answer[PriceHistory]
    fundamentals: Answer[Fundamentals]
    earnings: Answer[Earnings]
    insiders: Answer[Insiders]
    news: Answer[tuple[NewsItem, ...]]
    market_news: Answer[tuple[NewsItem, ...]]
    social: Answer[tuple[SocialDay, ...]]
    posts: Answer[tuple[SocialPost, ...]]
