"""From the configuration to the vendors it names, in its order; each adapter is imported only when it is named."""

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from arena.config.market import MarketSettings, VendorName
from arena.errors import ConfigError, MissingKeyError, NotSetUpError
from arena.market.vendor import Vendor


def build_vendors(
    settings: MarketSettings, environ: Mapping[str, str], folder: Path | None = None
) -> tuple[Vendor, ...]:
    """The vendors of `settings.vendors`, in order, then those of its chains, with keys from `environ`.

    `folder` is where a vendor may keep what it must remember between processes, such as how many requests its
    key has sent today; without it that is known to this process only. MissingKeyError when the first vendor lacks
    its key, ConfigError when the files' folder is not there. A later vendor without its key takes part and
    declines every question, so that its absence is noted where its answer would have been.
    """
    return tuple(_build(name, settings, environ, folder, first=name == settings.vendors[0]) for name in settings.named)


def _build(
    name: VendorName, settings: MarketSettings, environ: Mapping[str, str], folder: Path | None, *, first: bool
) -> Vendor:
    if name == "simulated":
        from arena.market.simulated import SimulatedVendor  # noqa: PLC0415  # numpy and the calendar are heavy

        return SimulatedVendor(settings.simulated.seed)
    if name == "yahoo":
        from arena.market.yahoo import YahooVendor  # noqa: PLC0415  # yfinance is heavy

        return YahooVendor(timeout=settings.timeout)
    if name == "files":
        return _files(settings)
    if name == "stocktwits":
        from arena.market.stocktwits import StocktwitsVendor  # noqa: PLC0415  # curl is heavy

        return StocktwitsVendor(settings.stocktwits.base_url, settings.timeout)
    if name == "reddit":
        from arena.market.reddit import RedditVendor  # noqa: PLC0415  # curl is heavy

        return RedditVendor(settings.reddit.base_url, settings.timeout, settings.reddit.subreddits)
    return _alpha_vantage(settings, environ, folder, first=first)


def _files(settings: MarketSettings) -> Vendor:
    from arena.market.files import FilesVendor  # noqa: PLC0415  # pyarrow is heavy

    if settings.files is None or not settings.files.folder.is_dir():
        named = settings.files.folder if settings.files else "not set"
        raise ConfigError(f"market.files.folder is not a folder: {named}")
    return FilesVendor(settings.files.folder)


def _alpha_vantage(settings: MarketSettings, environ: Mapping[str, str], folder: Path | None, *, first: bool) -> Vendor:
    given = settings.alpha_vantage
    variable = given.api_key_env
    key = environ.get(variable, "").strip()
    if not key and first:
        raise MissingKeyError(f"{variable} is not set; the vendor alpha_vantage needs the key in it")
    if not key:
        return _Keyless("alpha_vantage", variable)
    from arena.market.alpha_vantage import AlphaVantageVendor  # noqa: PLC0415  # its packages are heavy

    return AlphaVantageVendor(key, given.base_url, settings.timeout, daily_limit=given.daily_limit, folder=folder)


class _Keyless:
    """A vendor that cannot be asked for want of a key: it covers nothing, and says why."""

    def __init__(self, name: VendorName, variable: str) -> None:
        self.name: VendorName = name
        self._variable = variable

    def _decline(self, *_: object, **__: object) -> NoReturn:
        raise NotSetUpError(f"{self._variable} is not set")

    identity = prices = fundamentals = earnings = insiders = news = market_news = social = posts = _decline
