"""What a simulated company's officers and directors trade: they buy after falls and sell after rises.

A trade is made at its session's close and filed two weekdays later, as a Form 4 would be.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from arena.market.simulated.prices import Series, traits
from arena.market.simulated.streams import stream
from arena.records.market import InsiderTrade

INSIDERS = (
    ("Simulated Insider A", "Chief Executive Officer"),
    ("Simulated Insider B", "Chief Financial Officer"),
    ("Simulated Insider C", "Director"),
    ("Simulated Insider D", "Director"),
    ("Simulated Insider E", "General Counsel"),
)
TRADES_A_SESSION = 0.05
GRANTS = 0.2
"""The part of what they file that is a grant, which states no price."""
MONTH = 20
LOT = 100

NOTE = "these trades are simulated; no such person made them"


def trades(seed: int, ticker: str, series: Series, start: date) -> Iterator[InsiderTrade]:
    """The trades made from `start` to the end of the series, oldest first."""
    typical = 15_000 * traits(seed, ticker).volatility * MONTH**0.5
    drawn = stream(seed, ticker, "insiders").random((len(series.sessions), 4))
    first = max(MONTH, bisect_left(series.sessions, start))
    for place, (chance, who, what, size) in enumerate(drawn[first:].tolist(), first):
        if chance >= TRADES_A_SESSION:
            continue
        (insider, role), risen = INSIDERS[int(who * len(INSIDERS))], sum(series.returns[place - MONTH : place])
        is_grant = what < GRANTS
        # Half and half in a month that went nowhere; three in four against a month of the usual size.
        sells = (what - GRANTS) / (1 - GRANTS) < 0.5 + max(-0.4, min(0.4, 0.25 * risen / typical))
        yield InsiderTrade(
            traded=series.sessions[place],
            filed=_two_weekdays_after(series.sessions[place]),
            insider=insider,
            role=role,
            side="other" if is_grant else "sell" if sells else "buy",
            shares=Decimal(LOT * (1 + int(size * 200))),
            price=None if is_grant else Decimal(series.closes[place]).scaleb(-2),
        )


def _two_weekdays_after(day: date) -> date:
    weekend = day.weekday() >= 3
    return day + timedelta(days=4 if weekend else 2)
