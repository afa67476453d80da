from datetime import date
from decimal import Decimal

from arena.masking import Mask
from arena.masking.names import Names
from arena.masking.walking import Walk
from arena.records.desk import PortfolioView


def test_the_tickers_of_a_books_margin_calls_are_masked_like_those_it_holds():
    mask = Mask.of("main", {"AAPL", "NVDA"})
    walk = Walk(mask, Names("NVDA", "NVIDIA Corporation", (), mask.alias("NVDA")))
    dollars = dict.fromkeys(("cash", "available", "equity"), Decimal(1))
    shown = walk.record(PortfolioView(**dollars, margin_calls=("AAPL", "NVDA")), date(2025, 10, 6))
    assert shown.margin_calls == tuple(sorted((mask.ticker("AAPL"), mask.ticker("NVDA"))))
