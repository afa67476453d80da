"""The simulated market: deterministic, whole, consistent with itself, and blind to the future."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.config.market import MarketSettings
from arena.errors import DateError, TickerError
from arena.market.calendar import close_of, last_session, sessions_between
from arena.market.market import Market
from arena.market.simulated import SimulatedVendor
from arena.market.simulated.earnings import earnings
from arena.market.simulated.fundamentals import quarters, statements
from arena.market.simulated.insiders import trades
from arena.market.simulated.posts import posts
from arena.market.simulated.prices import BEAR, BULL, MILLION, Series, simulate, traits
from arena.market.simulated.talk import MARKET, market_news, news, social
from arena.market.simulated.vendor import AHEAD
from arena.market.windows import DAYS_AHEAD
from arena.records.market import Bar, PriceHistory

FIRST, END = date(2018, 1, 2), date(2025, 12, 31)
AS_OF = datetime(2025, 10, 14, 20, tzinfo=UTC)
GOLDEN = [
    ("347.19", "350.16", "346.15", "348.22", 22971075),
    ("349.4", "349.9", "347.73", "349.62", 16723817),
    ("350.72", "352.24", "349.49", "351.8", 19374570),
]
TICKERS = ("AAPL", "NVDA", "META", "QQQ", "KO", "BRK.B", "ZZZZ", "X")


@pytest.fixture(scope="module")
def vendor() -> SimulatedVendor:
    return SimulatedVendor(7)


@pytest.fixture(scope="module")
def histories(vendor) -> dict[str, PriceHistory]:
    return {ticker: vendor.prices(ticker, FIRST, END) for ticker in TICKERS}


def returns(bars: tuple[Bar, ...]) -> np.ndarray:
    closes = np.array([float(bar.close) for bar in bars])
    return closes[1:] / closes[:-1] - 1


def test_the_first_bars_are_the_same_on_every_machine():
    bars = SimulatedVendor(7).prices("NVDA", FIRST, date(2018, 1, 4)).bars
    assert [(str(bar.open), str(bar.high), str(bar.low), str(bar.close), bar.volume) for bar in bars] == GOLDEN


@settings(max_examples=20, deadline=None)
@given(start=st.dates(FIRST, END), days=st.integers(0, 400), earlier=st.dates(FIRST, END))
def test_facts_do_not_depend_on_the_window_or_the_order_of_questions(histories, start, days, earlier):
    asked = SimulatedVendor(7)
    asked.prices("NVDA", FIRST, earlier)
    end = min(END, start + timedelta(days=days))
    window = asked.prices("NVDA", start, end)
    assert window.bars == tuple(bar for bar in histories["NVDA"].bars if start <= bar.session <= end)
    assert window.splits == tuple(one for one in histories["NVDA"].splits if start <= one.ex_date <= end)
    assert window.dividends == tuple(one for one in histories["NVDA"].dividends if start <= one.ex_date <= end)


def test_another_seed_or_ticker_is_another_market(vendor):
    window = (date(2025, 1, 2), date(2025, 2, 28))
    bars = vendor.prices("NVDA", *window).bars
    assert bars != SimulatedVendor(8).prices("NVDA", *window).bars
    assert bars != vendor.prices("AAPL", *window).bars


def test_there_is_a_bar_for_every_session_and_for_no_other_day(histories):
    for history in histories.values():
        assert tuple(bar.session for bar in history.bars) == sessions_between(FIRST, END)


def test_prices_are_whole_cents_of_a_dollar_or_more(histories):
    for history in histories.values():
        for bar in history.bars:
            assert bar.low >= 1
            assert all(price == round(price, 2) for price in (bar.open, bar.high, bar.low, bar.close))


def test_a_share_may_open_away_from_the_last_close(histories):
    bars = histories["NVDA"].bars
    gaps = [abs(bar.open / before.close - 1) for before, bar in pairwise(bars)]
    assert Decimal("0.001") < sum(gaps) / len(gaps) < Decimal("0.02")


@pytest.mark.parametrize("ticker", TICKERS)
def test_volume_rises_with_the_size_of_the_move(histories, ticker):
    bars = histories[ticker].bars
    splits = {one.ex_date for one in histories[ticker].splits}
    kept = [place for place in range(1, len(bars)) if bars[place].session not in splits]
    moves = np.abs(returns(bars))[[place - 1 for place in kept]]
    volumes = np.array([bars[place].volume for place in kept])
    assert np.corrcoef(moves, volumes)[0, 1] > 0.4


def test_bull_regimes_rise_and_bear_regimes_fall():
    moves: dict[int, list[int]] = {0: [], 1: [], 2: []}
    for ticker in TICKERS:
        series = simulate(7, ticker, sessions_between(FIRST, END))
        for regime, move in zip(series.regimes, series.returns, strict=True):
            moves[regime].append(move)
    mean = {regime: sum(found) / len(found) for regime, found in moves.items()}
    spread = {regime: float(np.std(found)) for regime, found in moves.items()}
    assert mean[BEAR] < -300 < 300 < mean[BULL]
    assert spread[BEAR] > 1.5 * spread[BULL]
    assert min(len(found) for found in moves.values()) > 1000


def test_some_shares_pay_quarterly_dividends_and_some_none(histories):
    paid = {ticker: len(history.dividends) for ticker, history in histories.items()}
    assert set(paid.values()) == {0, 32}  # 8 years of 4 quarters


def split_histories(histories: dict[str, PriceHistory]) -> Iterator[tuple[PriceHistory, date, Decimal]]:
    return ((history, one.ex_date, one.ratio) for history in histories.values() for one in history.splits)


def test_as_traded_prices_drop_by_the_ratio_on_the_day_of_a_split(histories):
    found = list(split_histories(histories))
    assert found
    for history, ex_date, ratio in found:
        place = next(place for place, bar in enumerate(history.bars) if bar.session == ex_date)
        before, after = history.bars[place - 1], history.bars[place]
        assert abs(after.open * ratio / before.close - 1) < Decimal("0.1")


def test_an_ex_dividend_open_starts_from_the_close_less_the_dividend():
    sessions = sessions_between(FIRST, date(2018, 12, 31))
    payer = next(ticker for ticker in TICKERS if traits(7, ticker).dividend_yield)
    series = simulate(7, payer, sessions)
    place = next(place for place, amount in enumerate(series.dividends) if amount)
    before, amount = series.closes[place - 1], series.dividends[place]
    assert abs(amount * 4 * MILLION / before - traits(7, payer).dividend_yield) < 4 * MILLION / before  # to the cent
    assert series.returns[place] == (series.closes[place] + amount - before) * MILLION // before


def test_nothing_came_before_the_first_session():
    vendor = SimulatedVendor(7)  # one that has made no series yet
    assert vendor.prices("NVDA", date(2017, 1, 1), date(2017, 12, 31)).bars == ()
    assert vendor.fundamentals("NVDA", datetime(2017, 6, 1, tzinfo=UTC)).statements == ()
    assert vendor.news("NVDA", datetime(2017, 1, 1, tzinfo=UTC), datetime(2017, 6, 1, tzinfo=UTC)) == ()
    assert vendor.social("NVDA", date(2017, 1, 1), date(2017, 12, 31)) == ()
    year = (datetime(2017, 1, 1, tzinfo=UTC), datetime(2017, 12, 31, tzinfo=UTC))
    assert vendor.earnings("NVDA", year[1]).reports == ()
    assert vendor.insiders("NVDA", date(2017, 1, 1), date(2017, 12, 31)).trades == ()
    assert vendor.market_news(*year) == ()
    assert vendor.posts("NVDA", *year) == ()


@pytest.mark.parametrize("session", [date(1990, 1, 2), date(2017, 12, 29)])
def test_a_snapshot_from_before_the_simulated_market_has_no_data_and_says_when_it_begins(session):
    now = datetime(2025, 11, 3, tzinfo=UTC)
    market = Market(MarketSettings(vendors=("simulated",)), [SimulatedVendor(7)], lambda: now)
    made = asyncio.run(market.snapshot("NVDA", session))
    assert {name: section.status for name, section in made.sections().items()} == {
        **dict.fromkeys(made.sections(), "no_data"),
        "identity": "ok",
    }
    assert made.prices.notes == (
        "these prices are simulated and begin on 2018-01-02; the company and its market do not exist",
    )


@pytest.mark.parametrize("text", ["../../etc/passwd", "", "A B", "TOOLONGFORATICKER"])
def test_what_is_no_ticker_does_not_exist(vendor, text):
    with pytest.raises(TickerError):
        vendor.prices(text, FIRST, END)


def test_every_text_says_that_it_is_simulated(vendor):
    company = vendor.identity("NVDA", AS_OF)
    assert (company.name, company.exchange) == ("Simulated NVDA Corp.", "SIMULATED")
    assert "simulated" in vendor.prices("NVDA", FIRST, FIRST).notes[0].text
    assert "simulated" in vendor.earnings("NVDA", AS_OF).notes[0]
    start = AS_OF - timedelta(days=200)
    for item in (*vendor.news("NVDA", start, AS_OF), *vendor.market_news(start, AS_OF)):
        assert item.publisher == "Simulated Wire"
        assert "simulated" in item.title.lower()
        assert "simulated market" in item.summary
    insiders = vendor.insiders("NVDA", start.date(), AS_OF.date())
    assert "simulated" in insiders.notes[0]
    assert all(trade.insider.startswith("Simulated ") for trade in insiders.trades)
    for post in vendor.posts("NVDA", start, AS_OF):
        assert post.author.startswith("simulated_user_")
        assert post.text.endswith("(simulated post)")


def test_a_few_articles_appear_a_week_newest_first_within_their_sessions_day(vendor):
    start = datetime(2024, 10, 14, 20, tzinfo=UTC)
    items = vendor.news("NVDA", start, AS_OF)
    assert 100 < len(items) < 200  # 250 sessions
    assert [item.published for item in items] == sorted((item.published for item in items), reverse=True)
    assert all(start <= item.published <= AS_OF and item.published.tzinfo is UTC for item in items)
    filed = {one.filed for one in vendor.fundamentals("NVDA", AS_OF).statements}
    reports = {item.published.date() for item in items if "reports revenue" in item.title}
    assert reports == {day for day in filed if day and start.date() < day}


def test_news_follow_the_move_just_passed():
    series = simulate(7, "NVDA", sessions_between(FIRST, END))
    last = {session: series.returns[place] for place, session in enumerate(series.sessions[1:])}
    items = [item for item in news(7, "NVDA", series, (), FIRST) if item.sentiment is not None]
    moves = [last[item.published.date()] for item in items]
    assert np.corrcoef(moves, [item.sentiment or 0.0 for item in items])[0, 1] > 0.5


def with_another_last_session(series: Series) -> Series:
    """The same series up to a last session that went the other way."""
    return series._replace(
        closes=[*series.closes[:-1], 1_000_000],
        returns=[*series.returns[:-1], 900_000 if series.returns[-1] < 0 else -900_000],
        regimes=[*series.regimes[:-1], BEAR if series.regimes[-1] == BULL else BULL],
    )


@pytest.mark.slow
def test_no_article_or_post_of_a_session_knows_that_session():
    checked = 0
    for session in sessions_between(date(2024, 1, 2), date(2024, 3, 28)):
        series = simulate(7, "NVDA", sessions_between(FIRST, session))
        changed = with_another_last_session(series)
        own = [*news(7, "NVDA", series, (), session), *market_news(7, series, session)]
        assert own == [*news(7, "NVDA", changed, (), session), *market_news(7, changed, session)]
        assert all(close_of(series.sessions[-2]) < item.published <= close_of(session) for item in own)
        written = list(posts(7, "NVDA", series, session))
        assert written == list(posts(7, "NVDA", changed, session))
        assert all(close_of(series.sessions[-2]) < post.posted <= close_of(session) for post in written)
        checked += len(own)
    assert checked > 20


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(place=st.integers(200, 1900))
def test_what_is_told_at_a_close_does_not_change_when_later_sessions_are_known(vendor, place):
    session = sessions_between(FIRST, END)[place]
    as_of, fresh = close_of(session), SimulatedVendor(7)
    vendor.prices("META", FIRST, END)
    assert fresh.news("META", as_of - timedelta(days=30), as_of) == vendor.news(
        "META", as_of - timedelta(days=30), as_of
    )
    assert fresh.fundamentals("META", as_of) == vendor.fundamentals("META", as_of)
    month = session - timedelta(days=30)
    assert fresh.social("META", month, session) == vendor.social("META", month, session)
    assert fresh.earnings("META", as_of) == vendor.earnings("META", as_of)
    assert fresh.insiders("META", month, session) == vendor.insiders("META", month, session)
    wire = (as_of - timedelta(days=30), as_of)
    vendor.market_news(*(close_of(END) - timedelta(days=1), close_of(END)))
    assert fresh.market_news(*wire) == vendor.market_news(*wire)
    assert fresh.posts("META", *wire) == vendor.posts("META", *wire)


@settings(max_examples=15, deadline=None)
@given(place=st.integers(200, 1900))
def test_sessions_that_are_made_ahead_change_no_answer(place):
    session = sessions_between(FIRST, END)[place]
    as_of, month, vendor = close_of(session), session - timedelta(days=30), SimulatedVendor(7)
    known = simulate(7, "META", sessions_between(FIRST, session))
    books = list(quarters(7, "META", known))
    filed = [one for one in books if one.filed <= session]
    assert list(reversed(vendor.social("META", month, session))) == list(social(7, "META", known, month))
    assert vendor.earnings("META", as_of) == earnings(7, "META", known, books, session)
    assert vendor.fundamentals("META", as_of).statements == statements(filed)
    made = trades(7, "META", known, month)
    assert list(reversed(vendor.insiders("META", month, session).trades)) == [
        one for one in made if one.filed <= session
    ]
    wire = (datetime.combine(month, datetime.min.time(), UTC), as_of)
    told = [*news(7, "META", known, filed, month), *posts(7, "META", known, month)]
    assert sorted((*vendor.news("META", *wire), *vendor.posts("META", *wire)), key=str) == sorted(told, key=str)


def test_the_first_question_makes_all_that_a_window_of_prices_will_ask_for():
    assert AHEAD > DAYS_AHEAD


def test_prices_go_on_to_the_last_session_of_the_calendar():
    vendor, last = SimulatedVendor(7), last_session()
    assert vendor.prices("NVDA", last - timedelta(days=7), last).bars[-1].session == last
    with pytest.raises(DateError, match="2051-01-02 is outside the calendar"):
        vendor.prices("NVDA", last, date(2051, 1, 2))


def test_posts_and_market_news_lean_with_the_session_before(vendor):
    series = simulate(7, "NVDA", sessions_between(FIRST, END))
    last = {session: series.returns[place] for place, session in enumerate(series.sessions[1:])}
    tagged = [one for one in posts(7, "NVDA", series, FIRST) if one.leaning]
    moods = [1 if one.leaning == "bullish" else -1 for one in tagged]
    assert np.corrcoef([last[one.posted.date()] for one in tagged], moods)[0, 1] > 0.1
    index = simulate(7, MARKET, sessions_between(FIRST, END))
    index_last = {session: index.returns[place] for place, session in enumerate(index.sessions[1:])}
    items = list(market_news(7, index, FIRST))
    moves = [index_last[one.published.date()] for one in items]
    assert np.corrcoef(moves, [one.sentiment or 0.0 for one in items])[0, 1] > 0.5


def test_there_is_a_social_day_for_each_session_that_follows_its_move(vendor):
    days = vendor.social("NVDA", date(2025, 9, 1), date(2025, 10, 14))
    assert tuple(one.day for one in reversed(days)) == sessions_between(date(2025, 9, 1), date(2025, 10, 14))
    series = simulate(7, "NVDA", sessions_between(FIRST, END))
    told = list(social(7, "NVDA", series, FIRST))
    assert np.corrcoef(series.returns, [one.sentiment for one in told])[0, 1] > 0.7
    assert np.corrcoef(np.abs(series.returns), [one.mentions for one in told])[0, 1] > 0.4


def test_eight_years_take_little_time():
    sessions_between(FIRST, END)
    taken = []
    for ticker in ("A", "B", "C"):
        started = time.perf_counter()
        SimulatedVendor(7).prices(ticker, FIRST, END)
        taken.append(time.perf_counter() - started)
    assert min(taken) < 0.2  # 0.04 s on an idle machine


@pytest.mark.parametrize("ticker", ["BTC-USD", "SAP.DE"])
def test_only_listings_of_the_united_states_are_invented(ticker):
    with pytest.raises(TickerError, match=f"the simulated market has no {ticker}"):
        SimulatedVendor(7).prices(ticker, date(2025, 10, 13), date(2025, 10, 14))
