"""The seam between the arena and whoever knows market facts."""

from datetime import date, datetime
from typing import Protocol

from arena.config.model import VendorName
from arena.records.market import Fundamentals, NewsItem, PriceHistory, SocialDay


class Vendor(Protocol):
    """One source of market facts. Methods block and are called in threads, several at once.

    The contract all adapters keep:

    - An answer holds facts only; what the vendor knows to be empty is an empty tuple.
    - `TickerError` only where the vendor says that the ticker does not exist.
    - `NotCoveredError` where it does not offer the section, or not for that date; `NotSetUpError` where it
      lacks its key.
    - `VendorError` for everything else: an outage, a limit, an answer that cannot be read.
      A failure never looks like an empty answer, and its message holds no key.
    - Answers may hold facts after the window asked for; cutting is the snapshot's business.
    """

    @property
    def name(self) -> VendorName:
        """How the vendor is called in the configuration and in every section's source."""

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """Daily bars as traded from `start` to `end`, both included, with dividends and splits."""

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        """The company's identity and the statements known at `as_of`."""

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Articles about the ticker published between `start` and `end`."""

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        """Daily sentiment aggregates from `start` to `end`, both included; a day ends at its session's close."""
