"""What the many ways of failing mean: Yahoo's own word that there is nothing, or an outage.

Only a sentence of Yahoo's makes a ticker unknown or a window empty. Everything else, empty bodies and answers
of another shape among them, is a VendorError that says which.
"""

from typing import NoReturn

from curl_cffi.requests.exceptions import HTTPError, RequestException, Timeout
from yfinance.exceptions import YFException, YFPricesMissingError, YFRateLimitError

from arena.errors import TickerError, VendorError

# Answers that are not what yfinance expects end in whatever its parsing trips over; Decimal's is ArithmeticError.
FAILURES = (YFException, RequestException, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)

_NO_TICKER = ("No data found", "Quote not found")
_NO_BARS = "Data doesn't exist for startDate"


def fail(ticker: str, section: str, error: Exception) -> NoReturn:
    """TickerError where Yahoo says that there is no such ticker, VendorError for everything else."""
    if any(said in _reason(error) for said in _NO_TICKER):
        raise TickerError(f"yahoo knows no {ticker!r}") from error
    raise VendorError(f"yahoo failed at the {section} of {ticker}: {what_happened(error)}") from error


def has_no_bars(error: Exception) -> bool:
    """Whether Yahoo says that it has no prices in the window of a ticker it knows."""
    return _reason(error).startswith(_NO_BARS)


def what_happened(error: Exception) -> str:
    """The failure in a few words, the same for the same failure on every day and at every address."""
    if isinstance(error, YFRateLimitError):
        return "it refuses more requests for now (429)"
    if isinstance(error, Timeout):
        return "no answer in time: the request timed out"
    if isinstance(error, HTTPError) and error.response is not None:
        return f"it answered with the status {error.response.status_code}"
    # yfinance's text for missing prices holds the window asked for, and so today's date.
    text = error.yahoo_reason or "no prices" if isinstance(error, YFPricesMissingError) else str(error)
    said = " ".join(text.split())[:200]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _reason(error: Exception) -> str:
    """What Yahoo itself says about a refusal; empty where it says nothing, as in an outage.

    Its refusals are `{"quoteSummary": {"error": {"description": ...}}}` with the status 404, which yfinance
    hands on as an HTTPError, or the same under `chart`, which it reads itself.
    """
    if isinstance(error, YFPricesMissingError):
        return error.yahoo_reason or ""
    if not isinstance(error, HTTPError) or error.response is None or error.response.status_code != 404:
        return ""
    try:
        description = error.response.json()["quoteSummary"]["error"]["description"]
    except (LookupError, TypeError, ValueError):
        return ""
    return description if isinstance(description, str) else ""
