"""What a contestant remembers of a ticker: its own past decisions there, judged by the price a horizon later.

A decision becomes a lesson at the close of the session that ends its horizon, and not before; one whose horizon has
not passed is not shown. Abstentions are none: nothing was decided, so nothing can be judged. Pure functions over what
is stored of one contestant, ticker and season; they take nothing of any other, and no price of a later session.
"""

from arena.memory.lessons import REASONING_WORDS, REFLECTION_WORDS, Benchmark, Written, due, lessons_of, reflected
from arena.memory.prices import Prices, benchmark_prices, ticker_prices

__all__ = [
    "REASONING_WORDS",
    "REFLECTION_WORDS",
    "Benchmark",
    "Prices",
    "Written",
    "benchmark_prices",
    "due",
    "lessons_of",
    "reflected",
    "ticker_prices",
]
