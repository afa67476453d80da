"""Yahoo Finance through yfinance: prices un-split, statements and news of the present, no social section."""

from arena.market.yahoo.vendor import YahooVendor

__all__ = ["YahooVendor"]
