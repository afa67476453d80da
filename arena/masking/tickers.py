"""Invented tickers: each with a digit in its middle, which no symbol of an American exchange has."""

from collections.abc import Container

from arena.market.listings import UNITED_STATES, listing_of
from arena.masking.shift import number_from

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Without vowels no four of them are a word."""
_DIGITS = "23456789"


def invented(real: str, season: str, taken: Container[str]) -> str:
    """A ticker that stands for the real one all season long, with its exchange's suffix, and is none of `taken`."""
    tail = suffix_of(real)
    attempt = 0
    while (found := _stem(f"{season}/{real}/{attempt}") + tail) in taken:
        attempt += 1
    return found


def suffix_of(ticker: str) -> str:
    """What says where it is listed, such as `.DE` or `-USD`; empty for the United States, whatever its class."""
    listing = listing_of(ticker)
    if listing == UNITED_STATES:
        return ""
    mark = "-" if listing.calendar == "24/7" else "."
    return mark + ticker.rpartition(mark)[2]


def _stem(key: str) -> str:
    letters = [_LETTERS[number_from(f"{key}/{place}", len(_LETTERS))] for place in range(3)]
    digit = _DIGITS[number_from(f"{key}/digit", len(_DIGITS))]
    return f"{letters[0]}{letters[1]}{digit}{letters[2]}"
