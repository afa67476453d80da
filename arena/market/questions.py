"""What vendors are asked, as records: a question can be told from another, kept under its own name, and put.

Two questions that are equal have the same answer, whoever asks and from whichever process.
"""

from abc import abstractmethod
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, TypeAdapter

from arena.market.vendor import Vendor
from arena.records.base import Record
from arena.records.market import (
    Earnings,
    Fundamentals,
    Identity,
    Insiders,
    NewsItem,
    PriceHistory,
    SectionName,
    SocialDay,
    SocialPost,
)

T = TypeVar("T")

NEW_YORK = ZoneInfo("America/New_York")


class Question(Record, Generic[T]):
    """One question about one section."""

    section: ClassVar[SectionName]
    facts: ClassVar[TypeAdapter[Any]]
    """Reads an answer back from JSON."""

    @property
    @abstractmethod
    def until(self) -> datetime:
        """The instant up to which it asks."""

    @abstractmethod
    def put_to(self, vendor: Vendor) -> T:
        """The vendor's answer; it raises as the vendor protocol says."""


class AsOfQuestion(Question[T]):
    """A question about what is known of a ticker at one instant."""

    ticker: str
    as_of: AwareDatetime

    @property
    def until(self) -> datetime:  # noqa: D102 -- as the base says, here and below
        return self.as_of


class DaysQuestion(Question[T]):
    """A question about days, `start` and `end` included."""

    ticker: str
    start: date
    end: date

    @property
    def until(self) -> datetime:  # noqa: D102
        return datetime.combine(self.end + timedelta(days=1), time(), NEW_YORK)


class SpanQuestion(Question[T]):
    """A question about what was published between two instants."""

    start: AwareDatetime
    end: AwareDatetime

    @property
    def until(self) -> datetime:  # noqa: D102
        return self.end


class IdentityQuestion(AsOfQuestion[Identity]):
    """Which company is it?"""

    section: ClassVar[SectionName] = "identity"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(Identity)

    def put_to(self, vendor: Vendor) -> Identity:  # noqa: D102
        return vendor.identity(self.ticker, self.as_of)


class PricesQuestion(DaysQuestion[PriceHistory]):
    """How did it trade?"""

    section: ClassVar[SectionName] = "prices"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(PriceHistory)

    def put_to(self, vendor: Vendor) -> PriceHistory:  # noqa: D102
        return vendor.prices(self.ticker, self.start, self.end)


class FundamentalsQuestion(AsOfQuestion[Fundamentals]):
    """What has it filed?"""

    section: ClassVar[SectionName] = "fundamentals"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(Fundamentals)

    def put_to(self, vendor: Vendor) -> Fundamentals:  # noqa: D102
        return vendor.fundamentals(self.ticker, self.as_of)


class EarningsQuestion(AsOfQuestion[Earnings]):
    """What did it report, and what was expected?"""

    section: ClassVar[SectionName] = "earnings"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(Earnings)

    def put_to(self, vendor: Vendor) -> Earnings:  # noqa: D102
        return vendor.earnings(self.ticker, self.as_of)


class InsidersQuestion(DaysQuestion[Insiders]):
    """What did its insiders trade?"""

    section: ClassVar[SectionName] = "insiders"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(Insiders)

    def put_to(self, vendor: Vendor) -> Insiders:  # noqa: D102
        return vendor.insiders(self.ticker, self.start, self.end)


class NewsQuestion(SpanQuestion[tuple[NewsItem, ...]]):
    """What was written about it?"""

    section: ClassVar[SectionName] = "news"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[NewsItem, ...])
    ticker: str

    def put_to(self, vendor: Vendor) -> tuple[NewsItem, ...]:  # noqa: D102
        return vendor.news(self.ticker, self.start, self.end)


class MarketNewsQuestion(SpanQuestion[tuple[NewsItem, ...]]):
    """What was written about the market as a whole?"""

    section: ClassVar[SectionName] = "market_news"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[NewsItem, ...])

    def put_to(self, vendor: Vendor) -> tuple[NewsItem, ...]:  # noqa: D102
        return vendor.market_news(self.start, self.end)


class SocialQuestion(DaysQuestion[tuple[SocialDay, ...]]):
    """What was its mood, day by day?"""

    section: ClassVar[SectionName] = "social"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[SocialDay, ...])

    def put_to(self, vendor: Vendor) -> tuple[SocialDay, ...]:  # noqa: D102
        return vendor.social(self.ticker, self.start, self.end)


class PostsQuestion(SpanQuestion[tuple[SocialPost, ...]]):
    """What do people post about it?"""

    section: ClassVar[SectionName] = "posts"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[SocialPost, ...])
    ticker: str

    def put_to(self, vendor: Vendor) -> tuple[SocialPost, ...]:  # noqa: D102
        return vendor.posts(self.ticker, self.start, self.end)
