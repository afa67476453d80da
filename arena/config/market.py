"""Where facts come from."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from arena.config.kinds import Address, Seconds, VariableName, at_default, misfit
from arena.records.base import Record
from arena.records.market import SectionName

VendorName = Literal["yahoo", "alpha_vantage", "stocktwits", "reddit", "files", "simulated"]


class FilesSettings(Record):
    """The `files` vendor."""

    folder: Path
    """Where the files are; a relative path counts from the current folder."""


class SimulatedSettings(Record):
    """The `simulated` vendor."""

    seed: int = 7
    """Another seed is another market."""


class AlphaVantageSettings(Record):
    """The `alpha_vantage` vendor."""

    api_key_env: VariableName = "ALPHAVANTAGE_API_KEY"
    """The environment variable with the key."""
    base_url: Address = "https://www.alphavantage.co/query"
    """Where it is asked."""
    daily_limit: Annotated[int, Field(ge=1)] | None = 25
    """Requests the key may send in a day, a second apart; null for a premium key: neither counted nor slowed."""


class StocktwitsSettings(Record):
    """The `stocktwits` vendor: posts of the present."""

    base_url: Address = "https://api.stocktwits.com/api/2"
    """Where it is asked."""


class RedditSettings(Record):
    """The `reddit` vendor: posts of the present."""

    base_url: Address = "https://www.reddit.com"
    """Where it is asked."""
    subreddits: Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{2,32}$")], ...], Field(min_length=1)] = (
        "stocks",
        "wallstreetbets",
        "investing",
    )
    """Where posts are looked for, a request each."""


class MarketSettings(Record):
    """Where facts come from and which must be there."""

    vendors: Annotated[tuple[VendorName, ...], Field(min_length=1)] = ("yahoo", "alpha_vantage")
    """Asked in this order, for each section, until one answers."""
    chains: dict[SectionName, Annotated[tuple[VendorName, ...], Field(min_length=1)]] = {}
    """Other vendors for single sections, such as `posts: [stocktwits, reddit]`; asked in their order."""
    require: tuple[SectionName, ...] = ("prices",)
    """Sections without which no desk is started."""
    sessions: Annotated[int, Field(ge=1, le=2000)] = 260
    """How many sessions of prices a snapshot holds at most; indicators want 150."""
    periods: Annotated[int, Field(ge=5, le=200)] = 12
    """How many quarters and years of each statement, and how many earnings reports, a snapshot holds at most.

    A desk can ask for eight of them, and hold each quarter against the one a year before.
    """
    news_days: Annotated[int, Field(ge=1, le=365)] = 14
    """How many days back news and social sentiment go."""
    timeout: Seconds = 30.0
    """Seconds one vendor may take over one section."""
    cache: bool = True
    """Whether vendors' answers are kept in the home folder, so that nobody asks the same twice."""
    breaker_failures: Annotated[int, Field(ge=1)] = 8
    """Failures in a row after which a vendor counts as down."""
    breaker_seconds: Seconds = 30.0
    """How long a vendor that is down is left alone before it is tried once more."""
    files: FilesSettings | None = None
    simulated: SimulatedSettings = SimulatedSettings()
    alpha_vantage: AlphaVantageSettings = AlphaVantageSettings()
    stocktwits: StocktwitsSettings = StocktwitsSettings()
    reddit: RedditSettings = RedditSettings()

    @property
    def named(self) -> tuple[VendorName, ...]:
        """Every vendor that is asked anything, those for all sections first."""
        return tuple(dict.fromkeys((*self.vendors, *(name for chain in self.chains.values() for name in chain))))

    @property
    def unhashed(self) -> set[str]:
        """Settings that snapshots were kept without, where they are as most had them: what was kept then is of use."""
        return at_default(self, "periods")

    @model_validator(mode="after")
    def _vendors_are_set_up(self) -> Self:
        named = self.named
        if "files" in named and self.files is None:
            raise misfit("the vendor files needs market.files.folder", "vendors")
        if "simulated" in named and len(named) > 1:
            raise misfit("simulated stands alone: invented facts never fill the gaps of real ones", "vendors")
        if any(len(set(chain)) != len(chain) for chain in (self.vendors, *self.chains.values())):
            raise misfit("name each vendor only once", "vendors")
        return self
