"""The adapter: windows cut from each ticker's one invented history."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Lock
from zoneinfo import ZoneInfo

from arena.config.market import VendorName
from arena.errors import TickerError
from arena.market.calendar import last_session, sessions_between
from arena.market.listings import UNITED_STATES, listing_of
from arena.market.simulated.company import identity
from arena.market.simulated.earnings import earnings
from arena.market.simulated.fundamentals import CENT, Quarter, quarters, statements
from arena.market.simulated.insiders import NOTE as INSIDERS_NOTE
from arena.market.simulated.insiders import trades
from arena.market.simulated.posts import posts
from arena.market.simulated.prices import Series, simulate
from arena.market.simulated.talk import MARKET, market_news, news, social
from arena.market.tickers import check_ticker
from arena.records.market import (
    Bar,
    Dividend,
    Earnings,
    Fundamentals,
    Identity,
    Insiders,
    NewsItem,
    PriceHistory,
    PriceNote,
    SocialDay,
    SocialPost,
    Split,
)

FIRST_SESSION = date(2018, 1, 2)
"""Before it there is nothing: every history begins here, so that all windows agree."""

AHEAD = timedelta(days=92)
"""How far past what is asked for a series is made: whoever asks about a day asks about the next ones before long."""

NEW_YORK = ZoneInfo("America/New_York")
NOTE = f"these prices are simulated and begin on {FIRST_SESSION}; the company and its market do not exist"


class SimulatedVendor:
    """A market in which every ticker exists. The same ticker and seed give the same facts, whatever is asked when."""

    name: VendorName = "simulated"

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._longest: dict[str, Series] = {}
        self._reported: dict[str, tuple[Series, Sequence[Quarter]]] = {}
        # Questions may come in several threads at once: the first makes the series for all.
        self._making = Lock()

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        """Bars as traded with their dividends and splits; none before 2018."""
        ticker = _listed(ticker)
        window = self._made(ticker, end).between(start, end)
        return PriceHistory(
            ticker=ticker,
            bars=tuple(_bars(window)),
            dividends=tuple(
                Dividend(ex_date=day, amount=_dollars(cents))
                for day, cents in zip(window.sessions, window.dividends, strict=True)
                if cents
            ),
            splits=tuple(
                Split(ex_date=day, ratio=Decimal(ratio))
                for day, ratio in zip(window.sessions, window.splits, strict=True)
                if ratio != 1
            ),
            notes=(PriceNote(text=NOTE),),
        )

    def identity(self, ticker: str, as_of: datetime) -> Identity:  # noqa: ARG002 - it never changes
        """The company that is not."""
        return identity(self._seed, _listed(ticker))

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        """What it had filed by `as_of`."""
        ticker, day = _listed(ticker), _day(as_of)
        return Fundamentals(statements=statements([one for one in self._books(ticker, day) if one.filed <= day]))

    def earnings(self, ticker: str, as_of: datetime) -> Earnings:
        """What it had reported by `as_of`, and when it reports next."""
        ticker, day = _listed(ticker), _day(as_of)
        return earnings(self._seed, ticker, self._series(ticker, day), self._books(ticker, day), day)

    def insiders(self, ticker: str, start: date, end: date) -> Insiders:
        """A trade a month or so, newest first; one is known from the day of its filing on."""
        ticker = _listed(ticker)
        made = trades(self._seed, ticker, self._series(ticker, end), start)
        known = [one for one in made if one.filed is not None and one.filed <= end]
        return Insiders(trades=tuple(reversed(known)), notes=(INSIDERS_NOTE,))

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Three articles or so a week, and one for each filing; newest first."""
        ticker = _listed(ticker)
        series = self._series(ticker, _day(end))
        published = news(self._seed, ticker, series, self._books(ticker, _day(end)), _day(start))
        return _newest_first(published, start, end)

    def market_news(self, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        """Three articles or so a week about a market that is not; newest first."""
        return _newest_first(market_news(self._seed, self._series(MARKET, _day(end)), _day(start)), start, end)

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        """One row for each session, newest first."""
        ticker = _listed(ticker)
        days = social(self._seed, ticker, self._series(ticker, end), start)
        return tuple(reversed(list(days)))

    def posts(self, ticker: str, start: datetime, end: datetime) -> tuple[SocialPost, ...]:
        """Three posts for each session, newest first."""
        ticker = _listed(ticker)
        written = posts(self._seed, ticker, self._series(ticker, _day(end)), _day(start))
        found = (post for post in written if start <= post.posted <= end)
        return tuple(sorted(found, key=lambda post: (post.posted, post.author, post.text), reverse=True))

    def _books(self, ticker: str, day: date) -> list[Quarter]:
        """The quarters that had ended by `day`, however far the series goes."""
        series = self._made(ticker, day)
        with self._making:
            known = self._reported.get(ticker)
            if known is None or known[0] is not series:
                known = self._reported[ticker] = series, tuple(quarters(self._seed, ticker, series))
        return [one for one in known[1] if one.end < day]

    def _series(self, ticker: str, end: date) -> Series:
        """The sessions up to `end`, and none of those that are made ahead."""
        return self._made(ticker, end).between(FIRST_SESSION, end)

    def _made(self, ticker: str, end: date) -> Series:
        """A series that reaches `end` or further."""
        asked = sessions_between(FIRST_SESSION, end)
        with self._making:
            known = self._longest.get(ticker)
            if known is None or len(known.sessions) < len(asked):
                sessions = sessions_between(FIRST_SESSION, min(end + AHEAD, last_session()))
                known = self._longest[ticker] = simulate(self._seed, ticker, sessions)
        return known


def _day(instant: datetime) -> date:
    return instant.astimezone(NEW_YORK).date()


def _newest_first(published: Iterable[NewsItem], start: datetime, end: datetime) -> tuple[NewsItem, ...]:
    items = (item for item in published if start <= item.published <= end)
    return tuple(sorted(items, key=lambda item: (item.published, item.title), reverse=True))


def _bars(series: Series) -> Iterator[Bar]:
    columns = (series.sessions, series.opens, series.highs, series.lows, series.closes, series.volumes)
    for session, opened, high, low, close, volume in zip(*columns, strict=True):
        yield Bar(
            session=session,
            open=_dollars(opened),
            high=_dollars(high),
            low=_dollars(low),
            close=_dollars(close),
            volume=volume,
        )


def _dollars(cents: int) -> Decimal:
    return CENT * cents


def _listed(ticker: str) -> str:
    """The ticker, checked. TickerError for one of another exchange: the simulated market trades as New York does."""
    checked = check_ticker(ticker)
    if listing_of(checked) != UNITED_STATES:
        raise TickerError(f"the simulated market has no {checked}: it invents listings of the United States only")
    return checked
