"""The adapter: windows cut from each ticker's one invented history."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from arena.config.model import VendorName
from arena.market.calendar import sessions_between
from arena.market.simulated.company import identity
from arena.market.simulated.fundamentals import quarters, statements
from arena.market.simulated.prices import Series, simulate
from arena.market.simulated.talk import news, social
from arena.market.tickers import check_ticker
from arena.market.vendor import PartialVendor
from arena.records.market import (
    Bar,
    Dividend,
    Fundamentals,
    Identity,
    NewsItem,
    PriceHistory,
    PriceNote,
    SocialDay,
    Split,
)

FIRST_SESSION = date(2018, 1, 2)
"""Before it there is nothing: every history begins here, so that all windows agree."""

NEW_YORK = ZoneInfo("America/New_York")
NOTE = f"these prices are simulated and begin on {FIRST_SESSION}; the company and its market do not exist"


class SimulatedVendor(PartialVendor):
    """A market in which every ticker exists. The same ticker and seed give the same facts, whatever is asked when."""

    name: VendorName = "simulated"

    def __init__(self, seed: int) -> None:
        self._seed = seed
        # Threads that miss at the same time compute the same series; whichever is kept does.
        self._longest: dict[str, Series] = {}

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """Bars as traded with their dividends and splits; none before 2018."""
        ticker = check_ticker(ticker)
        series = self._series(ticker, end)
        window = range(bisect_left(series.sessions, start), bisect_right(series.sessions, end))
        return PriceHistory(
            ticker=ticker,
            bars=tuple(_bar(series, place) for place in window),
            dividends=tuple(
                Dividend(ex_date=series.sessions[place], amount=_dollars(series.dividends[place]))
                for place in window
                if series.dividends[place]
            ),
            splits=tuple(
                Split(ex_date=series.sessions[place], ratio=Decimal(series.splits[place]))
                for place in window
                if series.splits[place] != 1
            ),
            notes=(PriceNote(text=NOTE),),
        )

    def identity(self, ticker: str, as_of: datetime) -> Identity:  # noqa: ARG002 - it never changes
        """The company that is not."""
        return identity(self._seed, check_ticker(ticker))

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        """What it had filed by `as_of`."""
        ticker, day = check_ticker(ticker), as_of.astimezone(NEW_YORK).date()
        books = [one for one in quarters(self._seed, ticker, self._series(ticker, day)) if one.filed <= day]
        return Fundamentals(statements=statements(books))

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Three articles or so a week, and one for each filing; newest first."""
        ticker = check_ticker(ticker)
        series = self._series(ticker, end.astimezone(NEW_YORK).date())
        books = tuple(quarters(self._seed, ticker, series))
        published = news(self._seed, ticker, series, books, start.astimezone(NEW_YORK).date())
        items = (item for item in published if start <= item.published <= end)
        return tuple(sorted(items, key=lambda item: (item.published, item.title), reverse=True))

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        """One row for each session, newest first."""
        ticker = check_ticker(ticker)
        days = social(self._seed, ticker, self._series(ticker, end), start)
        return tuple(sorted((one for one in days if one.day <= end), key=lambda one: one.day, reverse=True))

    def _series(self, ticker: str, end: date) -> Series:
        sessions = sessions_between(FIRST_SESSION, end)
        known = self._longest.get(ticker)
        if known is not None and len(known.sessions) >= len(sessions):
            return known
        series = simulate(self._seed, ticker, sessions)
        self._longest[ticker] = series
        return series


def _bar(series: Series, place: int) -> Bar:
    return Bar(
        session=series.sessions[place],
        open=_dollars(series.opens[place]),
        high=_dollars(series.highs[place]),
        low=_dollars(series.lows[place]),
        close=_dollars(series.closes[place]),
        volume=series.volumes[place],
    )


def _dollars(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
