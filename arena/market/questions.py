"""What vendors are asked, as records: a question can be told from another, kept under its own name, and put.

Two questions that are equal have the same answer, whoever asks and from whichever process.
"""

from abc import abstractmethod
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

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


class Question(Record, Generic[T]):
    """One question about one section."""

    section: ClassVar[SectionName]
    facts: ClassVar[TypeAdapter[Any]]
    """Reads an answer back from JSON."""

    @abstractmethod
    def put_to(self, vendor: Vendor) -> T:
        """The vendor's answer; it raises as the vendor protocol says."""


class IdentityQuestion(Question[Identity]):
    """Which company is it?"""

    section: ClassVar[SectionName] = "identity"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(Identity)
    ticker: str
    as_of: AwareDatetime

    def put_to(self, vendor: Vendor) -> Identity:  # noqa: D102 -- as the base says, here and below
        return vendor.identity(self.ticker, self.as_of)


class PricesQuestion(Question[PriceHistory]):
    """How did it trade?"""

    section: ClassVar[SectionName] = "prices"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(PriceHistory)
    ticker: str
    start: date
    end: date

    def put_to(self, vendor: Vendor) -> PriceHistory:  # noqa: D102
        return vendor.prices(self.ticker, self.start, self.end)


class FundamentalsQuestion(Question[Fundamentals]):
    """What has it filed?"""

    section: ClassVar[SectionName] = "fundamentals"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(Fundamentals)
    ticker: str
    as_of: AwareDatetime

    def put_to(self, vendor: Vendor) -> Fundamentals:  # noqa: D102
        return vendor.fundamentals(self.ticker, self.as_of)


class EarningsQuestion(Question[Earnings]):
    """What did it report, and what was expected?"""

    section: ClassVar[SectionName] = "earnings"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(Earnings)
    ticker: str
    as_of: AwareDatetime

    def put_to(self, vendor: Vendor) -> Earnings:  # noqa: D102
        return vendor.earnings(self.ticker, self.as_of)


class InsidersQuestion(Question[Insiders]):
    """What did its insiders trade?"""

    section: ClassVar[SectionName] = "insiders"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(Insiders)
    ticker: str
    start: date
    end: date

    def put_to(self, vendor: Vendor) -> Insiders:  # noqa: D102
        return vendor.insiders(self.ticker, self.start, self.end)


class NewsQuestion(Question[tuple[NewsItem, ...]]):
    """What was written about it?"""

    section: ClassVar[SectionName] = "news"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[NewsItem, ...])
    ticker: str
    start: AwareDatetime
    end: AwareDatetime

    def put_to(self, vendor: Vendor) -> tuple[NewsItem, ...]:  # noqa: D102
        return vendor.news(self.ticker, self.start, self.end)


class MarketNewsQuestion(Question[tuple[NewsItem, ...]]):
    """What was written about the market as a whole?"""

    section: ClassVar[SectionName] = "market_news"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[NewsItem, ...])
    start: AwareDatetime
    end: AwareDatetime

    def put_to(self, vendor: Vendor) -> tuple[NewsItem, ...]:  # noqa: D102
        return vendor.market_news(self.start, self.end)


class SocialQuestion(Question[tuple[SocialDay, ...]]):
    """What was its mood, day by day?"""

    section: ClassVar[SectionName] = "social"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[SocialDay, ...])
    ticker: str
    start: date
    end: date

    def put_to(self, vendor: Vendor) -> tuple[SocialDay, ...]:  # noqa: D102
        return vendor.social(self.ticker, self.start, self.end)


class PostsQuestion(Question[tuple[SocialPost, ...]]):
    """What do people post about it?"""

    section: ClassVar[SectionName] = "posts"
    facts: ClassVar[TypeAdapter[Any]] = TypeAdapter(tuple[SocialPost, ...])
    ticker: str
    start: AwareDatetime
    end: AwareDatetime

    def put_to(self, vendor: Vendor) -> tuple[SocialPost, ...]:  # noqa: D102
        return vendor.posts(self.ticker, self.start, self.end)
