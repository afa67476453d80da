"""Facts about one ticker, as vendors answer them."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from arena.records.base import Price, Record, plain

# The bound stands before what is done to the number, where the validator checks it without a call.
PositivePrice = Annotated[Decimal, Field(gt=0), AfterValidator(plain)]


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
        if not (self.low <= self.open <= self.high and self.low <= self.close <= self.high):
            raise ValueError(f"the bar of {self.session} has an open or close outside its low and high")
        return self


class Dividend(Record):
    """A cash dividend a share, in the listing's currency."""

    ex_date: date
    amount: PositivePrice


class Split(Record):
    """A share split: `ratio` new shares for one old one (10 for a 10:1 split, 0.1 for 1:10)."""

    ex_date: date
    ratio: PositivePrice


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
    known_from: date | None = None
    """The first day that is told of, where the vendor keeps earlier ones to itself: nothing is known of those.

    None where the history goes back as far as was asked, or as the listing does.
    """
    provisional: bool = False
    """Whether a part, such as the splits, could not be had this time: worth using now, and asking for again."""

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
    """Which company it is, so that nobody analyses another one. What a vendor does not know is None."""

    ticker: str
    name: str | None = None
    exchange: str | None = None
    sector: str | None = None
    currency: str | None = None
    """The currency its shares trade in."""
    notes: tuple[str, ...] = ()
    """What the vendor doubts about it, one sentence each; the snapshot repeats them."""


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
    """A company's statements, newest first."""

    statements: tuple[Statement, ...]
    notes: tuple[str, ...] = ()
    """What the vendor doubts about all of this, whatever its day, one sentence each; the snapshot repeats it."""


RatioName = Literal[
    "gross_margin",
    "operating_margin",
    "net_margin",
    "free_cash_flow_margin",
    "return_on_equity",
    "return_on_assets",
    "current_ratio",
    "debt_to_equity",
    "revenue_growth",
    "net_income_growth",
    "price_to_earnings",
    "price_to_sales",
    "price_to_book",
]


class Ratio(Record):
    """A figure computed from statements, and for the multiples from the last close; `arena.market.ratios` says how."""

    name: RatioName
    value: Annotated[Decimal, AfterValidator(plain)]
    """A share of one (0.25 is 25%) or a multiple, to four decimals."""
    basis: Literal["trailing_year", "year", "quarter", "day"]
    """What it covers: four quarters in a row, a fiscal year, a quarter (growth: over that a year before), a balance."""
    fiscal_ends: tuple[date, ...]
    """The last days of the fiscal periods it rests on, newest first."""


class EarningsReport(Record):
    """What a company said it had earned in one fiscal quarter, beside what analysts had expected."""

    reported: AwareDatetime
    """The instant it became public; where a vendor names only the day, that day's end in New York."""
    fiscal_end: date | None = None
    """The last day of the quarter; None where the vendor does not say."""
    eps_estimate: Decimal | None = None
    """Expected earnings a share, in shares as they were on the day of the report."""
    eps_actual: Decimal | None = None
    """Reported earnings a share, in shares as they were on the day of the report."""
    surprise: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """(actual - estimate) / |estimate| in percent."""


class Earnings(Record):
    """A company's earnings reports, newest first."""

    reports: tuple[EarningsReport, ...]
    expected: date | None = None
    """The day of the next report as it was announced or estimated at `as_of`; None where that is unknown."""
    notes: tuple[str, ...] = ()
    """What the vendor doubts about all of this, one sentence each; the snapshot repeats them."""
    provisional: bool = False
    """Whether a part, such as the next report's day, could not be had this time: worth using now, and asking again."""


class InsiderTrade(Record):
    """A trade by an officer, a director or a large holder. Names are untrusted text."""

    traded: date
    filed: date | None
    """The day its filing became public; None where the vendor does not say."""
    insider: str
    role: str = ""
    side: Literal["buy", "sell", "other"]
    """`other` is a grant, a gift, an exercise, or what the vendor does not tell apart."""
    shares: Annotated[Decimal, Field(ge=0)]
    """In shares as they were on the day of the trade."""
    price: Annotated[Price, Field(ge=0)] | None = None
    """A share, in the listing's currency; None where none is stated."""


class Insiders(Record):
    """Insiders' trades, newest first."""

    trades: tuple[InsiderTrade, ...]
    notes: tuple[str, ...] = ()
    """What the vendor doubts about all of this, one sentence each; the snapshot repeats them."""


class NewsItem(Record):
    """One published article. Title and summary are untrusted text."""

    published: AwareDatetime
    title: str
    summary: str = ""
    publisher: str = ""
    url: str = ""
    sentiment: Annotated[float, Field(ge=-1, le=1)] | None = None
    """The vendor's own score for the ticker, -1 bearish to 1 bullish; None where it gives none.

    In market news it is the score of the article as a whole.
    """
    doubt: str | None = None
    """What the vendor doubts about it, in words that fit every article with the same fault; the section repeats it."""


class SocialDay(Record):
    """What was said about a ticker on one day, aggregated."""

    day: date
    mentions: Annotated[int, Field(ge=0)]
    sentiment: Annotated[float, Field(ge=-1, le=1)]
    """The mean score of the day, -1 bearish to 1 bullish."""


class SocialPost(Record):
    """One post on a public feed. Author and text are untrusted text."""

    posted: AwareDatetime
    text: str
    author: str = ""
    url: str = ""
    leaning: Literal["bullish", "bearish"] | None = None
    """What the author tagged it with; None where there is no tag."""
    score: int | None = None
    """Likes or up-votes when it was read; None where the feed has none."""
