"""Which tickers Alpha Vantage can be asked about: US listings."""

import re

from arena.errors import NotCoveredError

_FOREIGN = re.compile(r"\.[A-Z]{2,}$")
_PAIR = re.compile(r"-[A-Z]{3,}$|=[XF]$")


def check_listing(ticker: str) -> None:
    """NotCoveredError for listings elsewhere (TSCO.LON), pairs of currencies (BTC-USD, EURUSD=X) and futures."""
    if _FOREIGN.search(ticker):
        raise NotCoveredError(f"alpha_vantage does not say in which currency {ticker} trades")
    if _PAIR.search(ticker):
        raise NotCoveredError(f"alpha_vantage is asked about shares only, not about {ticker}")
