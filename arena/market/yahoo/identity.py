"""Who the company is, from the two answers of Yahoo's that name it. Both know today's names only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from arena.errors import NotCoveredError, VendorError
from arena.records.market import Identity

Answer = Mapping[str, Any]

OF_TODAY = "yahoo's name, exchange and currency are today's, and it has no sector of the past"


def read_profile(summary: Answer, ticker: str) -> Identity:
    """From quoteSummary's modules price and assetProfile; funds and currencies have no sector."""
    price, profile = summary["price"], summary.get("assetProfile") or {}
    return Identity(
        ticker=ticker,
        name=price.get("longName") or price.get("shortName"),
        exchange=price.get("exchangeName") or price.get("exchange"),
        sector=profile.get("sector"),
        currency=price.get("currency"),
    )


def read_meta(meta: Answer, symbol: str, ticker: str, as_of: datetime) -> Identity:
    """From the chart's own description of what it draws, for a day in the past.

    NotCoveredError when what bears the ticker today did not trade yet at `as_of`: it is another company.
    """
    if meta.get("symbol") != symbol:
        raise VendorError(f"yahoo answered about {meta.get('symbol')!r} when asked who {ticker} is")
    first = meta.get("firstTradeDate")
    if first is not None and _instant(first) > as_of:
        raise NotCoveredError(f"what yahoo calls {ticker} today did not trade at {as_of:%Y-%m-%d}")
    return Identity(
        ticker=ticker,
        name=meta.get("longName") or meta.get("shortName"),
        exchange=meta.get("fullExchangeName") or meta.get("exchangeName"),
        currency=meta.get("currency"),
        notes=(OF_TODAY,),
    )


def _instant(value: Any) -> datetime:
    """Seconds, or the timestamp that yfinance makes of them when the answer has rows."""
    stamp = pd.Timestamp(value, unit="s", tz="UTC") if isinstance(value, int) else pd.Timestamp(value)
    return stamp.to_pydatetime()
