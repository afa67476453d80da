"""Who a simulated company is, and the constants its books are made of."""

from typing import NamedTuple

from arena.market.simulated.prices import MILLION, traits
from arena.market.simulated.streams import stream
from arena.records.market import Identity

SECTORS = (
    "Communication Services",
    "Consumer Cyclical",
    "Consumer Defensive",
    "Energy",
    "Financial Services",
    "Healthcare",
    "Industrials",
    "Technology",
)
TAX_PERCENT = 21

# Spans from which a company's shares of revenue are drawn, in millionths.
COST, RESEARCH, OVERHEAD = (350_000, 620_000), (10_000, 120_000), (60_000, 150_000)


class Company(NamedTuple):
    """A simulated company's constants; shares of revenue are in millionths."""

    sector: str
    fiscal_year_end: int
    """A month: 12, 9 or 6."""
    shares: int
    """At the first session; splits multiply them."""
    revenue: int
    """Dollars in the first quarter."""
    growth: int
    """Of a quarter without a regime, in millionths."""
    cost: int
    research: int
    overhead: int
    depreciation: int
    investment: int


def name_of(ticker: str) -> str:
    """The company's name, which says that it is invented."""
    return f"Simulated {ticker} Corp."


def identity(seed: int, ticker: str) -> Identity:
    """Who the company is; its name and exchange say that it is invented."""
    return Identity(
        ticker=ticker,
        name=name_of(ticker),
        exchange="SIMULATED",
        sector=company(seed, ticker).sector,
        currency="USD",
    )


def company(seed: int, ticker: str) -> Company:
    """The company's constants, the same whenever they are asked for."""
    drawn, share = stream(seed, ticker, "company"), traits(seed, ticker)
    cost, research, overhead = (int(drawn.integers(*span)) for span in (COST, RESEARCH, OVERHEAD))
    depreciation = int(drawn.integers(20_000, 60_000))
    shares = int(drawn.integers(50, 3_000)) * MILLION
    price_to_earnings = int(drawn.integers(12, 33))
    yearly_earnings = shares * share.first_close // 100 // price_to_earnings
    after_tax = (MILLION - cost - research - overhead) * (100 - TAX_PERCENT) // 100
    return Company(
        sector=SECTORS[int(drawn.integers(len(SECTORS)))],
        fiscal_year_end=int(drawn.choice([12, 12, 12, 9, 6])),
        shares=shares,
        revenue=yearly_earnings * MILLION // after_tax // 4,
        growth=int(drawn.integers(0, 20_000)),
        cost=cost,
        research=research,
        overhead=overhead,
        depreciation=depreciation,
        investment=depreciation + int(drawn.integers(2_000, 30_000)),
    )
