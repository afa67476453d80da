"""Yahoo Finance through yfinance: prices un-split, earnings and insiders of the last years, the rest of the present."""

from arena.market.yahoo.vendor import YahooVendor

__all__ = ["YahooVendor"]
