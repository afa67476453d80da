"""The adapter over the alpha-vantage package: `vendor.py` answers, `connection.py` asks."""

from arena.market.alpha_vantage.vendor import AlphaVantageVendor

__all__ = ["AlphaVantageVendor"]
