"""The frozen snapshot every desk is shown: facts in sections, each with its source and time.

A section whose status is not `ok` or `stale` holds no facts: missing is called missing.
"""

import hashlib
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

import orjson
from pydantic import AwareDatetime, Field
from pydantic_core import from_json

from arena.records.base import Record, content_hash
from arena.records.market.facts import (
    Bar,
    Dividend,
    EarningsReport,
    InsiderTrade,
    NewsItem,
    Ratio,
    SocialDay,
    SocialPost,
    Split,
    Statement,
)

SectionName = Literal[
    "identity",
    "prices",
    "indicators",
    "fundamentals",
    "earnings",
    "insiders",
    "news",
    "market_news",
    "social",
    "posts",
]
SECTIONS: tuple[SectionName, ...] = get_args(SectionName)
"""In the order they are shown."""

SectionStatus = Literal["ok", "no_data", "stale", "error"]


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


class IdentitySection(Section):
    """Which company it is."""

    name: str | None = None
    exchange: str | None = None
    sector: str | None = None
    currency: str | None = None


class IndicatorSection(Section):
    """The standard indicators on the newest sessions, from closes adjusted for splits known at `as_of`."""

    sessions: tuple[date, ...] = ()
    series: dict[str, tuple[Annotated[float, Field(allow_inf_nan=False)] | None, ...]] = {}
    """By name, one value a session; None while an indicator still warms up."""


class FundamentalsSection(Section):
    """Statements public by `as_of`, newest first."""

    statements: tuple[Statement, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    """Computed from the statements and the last close; one that cannot be computed is not there."""


class EarningsSection(Section):
    """Earnings reports public by `as_of`, newest first."""

    reports: tuple[EarningsReport, ...] = ()
    expected: date | None = None
    """The day of the next report as far as it was known at `as_of`."""


class InsiderSection(Section):
    """Insiders' trades public by `as_of`, newest first."""

    trades: tuple[InsiderTrade, ...] = ()


class NewsSection(Section):
    """Articles published by `as_of`, newest first: about the ticker, or about the market as a whole."""

    items: tuple[NewsItem, ...] = ()


class SocialSection(Section):
    """Daily aggregates up to `as_of`, newest first."""

    days: tuple[SocialDay, ...] = ()


class PostSection(Section):
    """Posts on public feeds written by `as_of`, newest first."""

    posts: tuple[SocialPost, ...] = ()


class MarketSnapshot(Record):
    """All that anyone may know about one ticker at one instant."""

    ticker: str
    as_of: AwareDatetime
    """The close of `session`; nothing inside is later."""
    session: date
    identity: IdentitySection
    prices: PriceSection
    indicators: IndicatorSection
    fundamentals: FundamentalsSection
    earnings: EarningsSection
    insiders: InsiderSection
    news: NewsSection
    market_news: NewsSection
    social: SocialSection
    posts: PostSection
    masks: Annotated[str | None, Field(exclude_if=lambda original: original is None)] = None
    """The hash of the snapshot that this is the masked twin of; one that is none is written and hashed without it."""

    @cached_property
    def hash(self) -> str:
        """The content hash: equal for equal facts, whenever they were retrieved."""
        return _hash_of(self.model_dump_json())

    def written(self) -> bytes:
        """Its JSON, in UTF-8; where its hash is not known yet, it is from now on."""
        written = self.model_dump_json()
        self.__dict__.setdefault("hash", _hash_of(written))  # as cached_property keeps it
        return written.encode()

    @property
    def simulated(self) -> bool:
        """Whether any section comes from the simulated market."""
        return any(section.source == "simulated" for section in self.sections().values())

    def sections(self) -> dict[SectionName, Section]:
        """The sections by name, in the order they are shown."""
        return {name: getattr(self, name) for name in SECTIONS}


def _hash_of(written: str) -> str:
    """The hash of a snapshot by its JSON, by way of orjson where that writes what `content_hash` is made of.

    It takes a quarter of the time, and every round waits for all its snapshots' hashes. It writes the smallest and the
    largest floats in another way, reads large integers as such floats, and refuses those that are larger than any.
    """
    try:
        canonical = orjson.dumps(_without_times(orjson.loads(written)), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONDecodeError:
        canonical = b""
    if not canonical or _may_hold_an_exponent(canonical):
        return content_hash(_without_times(from_json(written)))
    return hashlib.sha256(canonical).hexdigest()


_DIGITS = bytes.maketrans(b"123456789", b"000000000")


def _may_hold_an_exponent(canonical: bytes) -> bool:
    """Whether some number in a JSON text is one that Python writes with an exponent: below 1e-4, or from 1e16 on."""
    return b".0000" in canonical or b"0e" in canonical.translate(_DIGITS)


def _without_times(content: dict[str, Any]) -> dict[str, Any]:
    for name in SECTIONS:
        # Pydantic could leave it out itself, and takes half as long again.
        del content[name]["retrieved"]
    return content
