"""Where a ticker is listed, told by its suffix as Yahoo writes it: its calendar and its currency.

Without a suffix a ticker is listed in the United States (BRK.B and BRK-B are share classes there). A pair such
as BTC-USD is a cryptocurrency, traded around the clock; its session is a day in UTC.
"""

import re
from typing import NamedTuple

from arena.errors import TickerError


class Listing(NamedTuple):
    """An exchange as it matters here."""

    calendar: str
    """Its sessions, by exchange-calendars' code."""
    currency: str
    """The currency its prices are in, by ISO 4217."""
    place: str
    """Where it is, for people: "the close in ..."."""


UNITED_STATES = Listing("XNYS", "USD", "New York")

_BY_SUFFIX = {
    "AS": Listing("XAMS", "EUR", "Amsterdam"),
    "AX": Listing("XASX", "AUD", "Sydney"),
    "BR": Listing("XBRU", "EUR", "Brussels"),
    "CO": Listing("XCSE", "DKK", "Copenhagen"),
    "DE": Listing("XETR", "EUR", "Frankfurt (Xetra)"),
    "F": Listing("XFRA", "EUR", "Frankfurt"),
    "HE": Listing("XHEL", "EUR", "Helsinki"),
    "HK": Listing("XHKG", "HKD", "Hong Kong"),
    "IR": Listing("XDUB", "EUR", "Dublin"),
    "JO": Listing("XJSE", "ZAR", "Johannesburg"),
    "KS": Listing("XKRX", "KRW", "Seoul"),
    "L": Listing("XLON", "GBP", "London"),
    "LS": Listing("XLIS", "EUR", "Lisbon"),
    "MC": Listing("XMAD", "EUR", "Madrid"),
    "MI": Listing("XMIL", "EUR", "Milan"),
    "MX": Listing("XMEX", "MXN", "Mexico City"),
    "NS": Listing("XBOM", "INR", "Mumbai (NSE)"),
    "BO": Listing("XBOM", "INR", "Mumbai (BSE)"),
    "NZ": Listing("XNZE", "NZD", "Wellington"),
    "OL": Listing("XOSL", "NOK", "Oslo"),
    "PA": Listing("XPAR", "EUR", "Paris"),
    "SA": Listing("BVMF", "BRL", "São Paulo"),
    "SI": Listing("XSES", "SGD", "Singapore"),
    "SS": Listing("XSHG", "CNY", "Shanghai"),
    "ST": Listing("XSTO", "SEK", "Stockholm"),
    "SW": Listing("XSWX", "CHF", "Zurich"),
    "SZ": Listing("XSHG", "CNY", "Shenzhen"),
    "T": Listing("XTKS", "JPY", "Tokyo"),
    "TO": Listing("XTSE", "CAD", "Toronto"),
    "TW": Listing("XTAI", "TWD", "Taipei"),
    "VI": Listing("XWBO", "EUR", "Vienna"),
    "WA": Listing("XWAR", "PLN", "Warsaw"),
}

_PAIR = re.compile(r"[A-Z0-9]{2,10}-(USD|EUR|GBP|JPY|CAD|AUD|CHF|BTC|ETH|USDT|USDC)")
_OTHER_PAIR = re.compile(r"[A-Z0-9]+-[A-Z]{3,}")
_SHARE_CLASS = re.compile(r"[A-Z]{1,5}\.([A-Z]|WS|WI|RT)")
"""A class by its letter, warrants, rights, or what is not issued yet; two other letters are an exchange elsewhere."""


def listing_of(ticker: str) -> Listing:
    """Where a checked ticker is listed. TickerError for what is not supported, which says what is."""
    if pair := _PAIR.fullmatch(ticker):
        return Listing("24/7", pair[1], "UTC")
    stem, dot, suffix = ticker.rpartition(".")
    if dot and suffix in _BY_SUFFIX and stem:
        return _BY_SUFFIX[suffix]
    if "=" in ticker or "^" in ticker:
        raise TickerError(f"{ticker} is a currency pair, a future or an index, which cannot be traded here")
    if _OTHER_PAIR.fullmatch(ticker):
        raise TickerError(f"{ticker}: pairs are supported against the dollar and a few others, such as BTC-USD, only")
    if dot and not _SHARE_CLASS.fullmatch(ticker):
        raise TickerError(
            f"{ticker}: no exchange with the suffix .{suffix} is supported; those that are: "
            f"{', '.join(f'.{known}' for known in sorted(_BY_SUFFIX))}"
        )
    return UNITED_STATES
