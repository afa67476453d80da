"""The seam between the arena and whoever knows market facts."""

from datetime import date, datetime
from typing import NoReturn, Protocol

from arena.config.market import VendorName
from arena.errors import NotCoveredError
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


class Vendor(Protocol):
    """One source of market facts, a method a section. Methods block and are called in threads, several at once.

    The contract all adapters keep:

    - An answer holds facts only; what the vendor knows to be empty is an empty tuple.
    - `TickerError` only where the vendor says that the ticker does not exist.
    - `NotCoveredError` where it does not offer the section, or not for that date; `NotSetUpError` where it
      lacks its key.
    - `VendorError` for everything else: an outage, a limit, an answer that cannot be read.
      A failure never looks like an empty answer, and its message holds no key.
    - Answers may hold facts after the window asked for; cutting is the snapshot's business.
    - What a vendor knows of the present only is not covered for an `as_of` in the past, except for who the
      company is, which `notes` then say is today's.
    """

    @property
    def name(self) -> VendorName:
        """How the vendor is called in the configuration and in every section's source."""

    def identity(self, ticker: str, as_of: datetime) -> Identity:
        """Which company it is."""

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """Daily bars as traded from `start` to `end`, both included, with dividends and splits."""

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        """The statements known at `as_of`."""

    def earnings(self, ticker: str, as_of: datetime) -> Earnings:
        """Earnings reports and surprises, and the next report as far as it was announced at `as_of`."""

    def insiders(self, ticker: str, start: date, end: date) -> Insiders:
        """Insiders' trades made from `start` to `end`, both included."""

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Articles about the ticker published between `start` and `end`."""

    def market_news(self, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Articles about the market and the economy as a whole published between `start` and `end`."""

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        """Daily sentiment aggregates from `start` to `end`, both included; a day ends at its session's close."""

    def posts(self, ticker: str, start: datetime, end: datetime) -> tuple[SocialPost, ...]:
        """Posts about the ticker on public feeds written between `start` and `end`."""


class PartialVendor:
    """A vendor that offers some sections: what its class does not define, it does not cover."""

    name: VendorName

    def _decline(self, section: str) -> NoReturn:
        raise NotCoveredError(f"{self.name} has no {section}")

    def identity(self, ticker: str, as_of: datetime) -> Identity:  # noqa: ARG002 - the protocol's
        """Not covered."""
        self._decline("company identity")

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:  # noqa: ARG002 - the protocol's
        """Not covered."""
        self._decline("prices")

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:  # noqa: ARG002 - the protocol's
        """Not covered."""
        self._decline("statements")

    def earnings(self, ticker: str, as_of: datetime) -> Earnings:  # noqa: ARG002 - the protocol's
        """Not covered."""
        self._decline("earnings reports")

    def insiders(self, ticker: str, start: date, end: date) -> Insiders:  # noqa: ARG002 - the protocol's
        """Not covered."""
        self._decline("insiders' trades")

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:  # noqa: ARG002 - the protocol's
        """Not covered."""
        self._decline("news")

    def market_news(self, start: datetime, end: datetime) -> tuple[NewsItem, ...]:  # noqa: ARG002 - the protocol's
        """Not covered."""
        self._decline("market news")

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:  # noqa: ARG002 - the protocol's
        """Not covered."""
        self._decline("social sentiment")

    def posts(self, ticker: str, start: datetime, end: datetime) -> tuple[SocialPost, ...]:  # noqa: ARG002 - the protocol's
        """Not covered."""
        self._decline("posts")
