"""Facts about one ticker: what vendors answer, and the frozen snapshot every desk is shown.

A section whose status is not `ok` or `stale` holds no facts: missing is called missing.
"""

from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from arena.records.base import Price, Record, content_hash

SectionName = Literal["prices", "indicators", "fundamentals", "news", "social"]
SectionStatus = Literal["ok", "no_data", "stale", "error"]

PositivePrice = Annotated[Price, Field(gt=0)]


class Bar(Record):
    """One session's trading, as traded: not adjusted for later splits or dividends."""

    session: date
    open: PositivePrice
    high: PositivePrice
    low: PositivePrice
    close: PositivePrice
    volume: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _prices_lie_inside_the_bar(self) -> Self:
        if not (self.low <= min(self.open, self.close) and max(self.open, self.close) <= self.high):
            raise ValueError(f"the bar of {self.session} has an open or close outside its low and high")
        return self


class Dividend(Record):
    """A cash dividend a share, in the listing's currency."""

    ex_date: date
    amount: PositivePrice


class Split(Record):
    """A share split: `ratio` new shares for one old one (10 for a 10:1 split, 0.1 for 1:10)."""

    ex_date: date
    ratio: Annotated[Price, Field(gt=0)]


class PriceNote(Record):
    """A vendor's doubt about its prices, in one sentence."""

    text: str
    day: date | None = None
    """The day it is about, or the last of them; None where it is about all prices, whatever their day."""


class PriceHistory(Record):
    """Daily bars in ascending order of session, with the corporate actions between them."""

    ticker: str
    currency: str = "USD"
    bars: tuple[Bar, ...]
    dividends: tuple[Dividend, ...] = ()
    splits: tuple[Split, ...] = ()
    notes: tuple[PriceNote, ...] = ()
    """What the vendor doubts about these prices; the snapshot repeats what is about its own days."""

    @model_validator(mode="after")
    def _sessions_ascend(self) -> Self:
        sessions = [bar.session for bar in self.bars]
        if any(later <= earlier for earlier, later in pairwise(sessions)):
            raise ValueError(f"the bars of {self.ticker} are not in ascending order of distinct sessions")
        return self

    def between(self, start: date, end: date) -> "PriceHistory":
        """What is about the days from `start` to `end`, both included, and the notes that are about no day."""
        return self.model_copy(
            update={
                "bars": tuple(bar for bar in self.bars if start <= bar.session <= end),
                "dividends": tuple(paid for paid in self.dividends if start <= paid.ex_date <= end),
                "splits": tuple(split for split in self.splits if start <= split.ex_date <= end),
                "notes": tuple(note for note in self.notes if note.day is None or start <= note.day <= end),
            }
        )


class Identity(Record):
    """Which company it is, so that nobody analyses another one."""

    ticker: str
    name: str | None = None
    exchange: str | None = None
    sector: str | None = None
    currency: str | None = None


class Statement(Record):
    """One financial statement of one fiscal period."""

    kind: Literal["income", "balance_sheet", "cash_flow"]
    period: Literal["quarter", "year"]
    fiscal_end: date
    """The last day of the period."""
    filed: date | None
    """The day it became public; None where the vendor does not say."""
    currency: str | None = None
    """The currency it was filed in, which need not be the listing's; None where the vendor does not say."""
    items: dict[str, Decimal]
    """Line items by name, in the statement's currency, as filed."""


class Fundamentals(Record):
    """A company's identity and its statements, newest first."""

    identity: Identity
    statements: tuple[Statement, ...]
    notes: tuple[str, ...] = ()
    """What the vendor doubts about all of this, whatever its day, one sentence each; the snapshot repeats it."""


class NewsItem(Record):
    """One published article. Title and summary are untrusted text."""

    published: AwareDatetime
    title: str
    summary: str = ""
    publisher: str = ""
    url: str = ""
    sentiment: Annotated[float, Field(ge=-1, le=1)] | None = None
    """The vendor's own score for the ticker, -1 bearish to 1 bullish; None where it gives none."""


class SocialDay(Record):
    """What was said about a ticker on one day, aggregated."""

    day: date
    mentions: Annotated[int, Field(ge=0)]
    sentiment: Annotated[float, Field(ge=-1, le=1)]
    """The mean score of the day, -1 bearish to 1 bullish."""


class Section(Record):
    """What every section of a snapshot says about itself."""

    status: SectionStatus
    source: str | None = None
    """The vendor that answered; None where none did."""
    observed: AwareDatetime | None = None
    """The instant of the newest fact inside."""
    retrieved: AwareDatetime | None = None
    """When the vendor was asked. Not part of the content hash."""
    notes: tuple[str, ...] = ()
    """Gaps, fallbacks and doubts, one sentence each."""


class PriceSection(Section):
    """Bars up to and including `as_of`'s session, as traded."""

    currency: str = "USD"
    bars: tuple[Bar, ...] = ()
    dividends: tuple[Dividend, ...] = ()
    splits: tuple[Split, ...] = ()


class IndicatorSection(Section):
    """The standard indicators on the newest sessions, from closes adjusted for splits known at `as_of`."""

    sessions: tuple[date, ...] = ()
    series: dict[str, tuple[float | None, ...]] = {}
    """By name, one value a session; None while an indicator still warms up."""


class FundamentalsSection(Section):
    """Statements public by `as_of`, newest first."""

    statements: tuple[Statement, ...] = ()


class NewsSection(Section):
    """Articles published by `as_of`, newest first."""

    items: tuple[NewsItem, ...] = ()


class SocialSection(Section):
    """Daily aggregates up to `as_of`, newest first."""

    days: tuple[SocialDay, ...] = ()


class MarketSnapshot(Record):
    """All that anyone may know about one ticker at one instant."""

    ticker: str
    as_of: AwareDatetime
    """The close of `session`; nothing inside is later."""
    session: date
    identity: Identity
    prices: PriceSection
    indicators: IndicatorSection
    fundamentals: FundamentalsSection
    news: NewsSection
    social: SocialSection

    @cached_property
    def hash(self) -> str:
        """The content hash: equal for equal facts, whenever they were retrieved."""
        sections = ("prices", "indicators", "fundamentals", "news", "social")
        return content_hash(self.model_dump(mode="json", exclude={name: {"retrieved"} for name in sections}))

    @property
    def simulated(self) -> bool:
        """Whether any section comes from the simulated market."""
        return any(section.source == "simulated" for section in self.sections().values())

    def sections(self) -> dict[SectionName, Section]:
        """The five sections by name, in the order they are shown."""
        return {
            "prices": self.prices,
            "indicators": self.indicators,
            "fundamentals": self.fundamentals,
            "news": self.news,
            "social": self.social,
        }
