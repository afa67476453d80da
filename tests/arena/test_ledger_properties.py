"""Money, whatever happens: random decisions over random bars with splits, dividends and costs."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.ledger import portfolio_view, replay, settle, size_orders
from arena.records.market import Bar, PriceHistory
from arena.records.trading import Mark
from tests.arena.trading import bar, day, decision, history, opened
from tests.arena.trading import settings as trading

SESSIONS = 8
TICKERS = ("AAPL", "NVDA")
CONTESTANTS = ("claude", "grok")

prices = st.decimals("0.5", "900", places=6)
fractions = st.sampled_from([0.01, 0.1, 0.33, 0.5, 0.99, 1])
decisions = st.one_of(
    st.just(decision("HOLD")),
    st.builds(decision, st.sampled_from(["BUY", "SELL"]), fractions),
)
rounds = st.dictionaries(st.tuples(st.sampled_from(CONTESTANTS), st.sampled_from(TICKERS)), decisions)
seasons = st.lists(rounds, min_size=SESSIONS - 1, max_size=SESSIONS - 1)
rules = st.builds(
    trading,
    fill=st.sampled_from(["next_open", "next_close", "same_close"]),
    position_limit=st.sampled_from([Decimal("0.2"), Decimal(1)]),
    slippage_bps=st.sampled_from([Decimal(0), Decimal("3.7"), Decimal(250)]),
    commission_bps=st.sampled_from([Decimal(0), Decimal("1.1"), Decimal(90)]),
)


@st.composite
def markets(draw):
    """A history a ticker; some sessions are missing, for halts."""
    return {ticker: draw(price_histories(ticker)) for ticker in TICKERS}


@st.composite
def price_histories(draw, ticker):
    halted = draw(st.sets(st.integers(2, SESSIONS - 1), max_size=2))
    bars = tuple(bar(n, draw(prices), draw(prices)) for n in range(SESSIONS) if n not in halted)
    dividends = draw(st.dictionaries(st.integers(1, SESSIONS - 1), st.sampled_from(["0.24", "3.333333"]), max_size=2))
    splits = draw(st.dictionaries(st.integers(1, SESSIONS - 1), st.sampled_from(["10", "0.1", "1.5", "0.333333"])))
    return history(*bars, ticker=ticker, dividends=dividends.items(), splits=splits.items())


def close(prices: PriceHistory, n: int) -> Bar:
    return [known for known in prices.bars if known.session <= day(n)][-1]


def marks_at(market, n):
    last = {ticker: close(prices, n) for ticker, prices in market.items()}
    return {t: Mark(ticker=t, session=known.session, close=known.close, source="files") for t, known in last.items()}


def played(season, market, rule, contestants=CONTESTANTS, through=SESSIONS):
    """The ledger of a season, checked after every event and settled through a session."""
    events = [opened(contestant=name) for name in contestants]
    for n, choices in enumerate(season):
        events += settle(events, market, rule, day(n))
        books, marks = replay(events), marks_at(market, n)
        for name in contestants:
            mine = {ticker: ("chat", choice) for (who, ticker), choice in choices.items() if who == name}
            fills_on = day(n if rule.fill == "same_close" else n + 1)
            events += size_orders(books[name], marks, mine, rule, session=day(n), fills_on=fills_on)
    return [*events, *settle(events, market, rule, day(through))]


quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(seasons, markets(), rules)
def test_cash_and_positions_are_the_equity_and_cash_is_never_negative(season, market, rule):
    events = played(season, market, rule)
    marks = marks_at(market, SESSIONS - 1)
    for end in range(len(CONTESTANTS), len(events) + 1, 3):
        for state in replay(events[:end]).values():
            view = portfolio_view(state, marks)
            assert state.cash >= 0
            assert view.equity == state.cash + sum(h.shares * marks[t].close for t, h in state.holdings.items())
            assert all(held.shares > 0 and held.cost >= 0 for held in state.holdings.values())


@quick
@given(seasons, markets(), rules)
def test_a_fill_is_inside_its_bar_and_its_budget(season, market, rule):
    events = played(season, market, rule)
    orders = {event.key: event for event in events if event.kind == "order"}
    bars = {(ticker, known.session): known for ticker, prices in market.items() for known in prices.bars}
    for fill in (event for event in events if event.kind == "fill"):
        known = bars[fill.ticker, fill.session]
        assert known.low <= fill.price <= known.high
        if fill.side == "BUY":
            assert -fill.cash_change <= orders[fill.order_key].budget


@quick
@given(seasons, markets(), rules)
def test_every_order_ends_at_most_once_and_settling_again_adds_nothing(season, market, rule):
    events = played(season, market, rule)
    ended = [event.order_key for event in events if event.kind in {"fill", "rejection"}]
    assert len(ended) == len(set(ended))
    assert settle(events, market, rule, day(SESSIONS)) == ()


@quick
@given(seasons, markets(), rules)
def test_contestants_do_not_touch_each_other(season, market, rule):
    together = replay(played(season, market, rule))
    assert together == replay(played(season, market, rule, tuple(reversed(CONTESTANTS))))
    for name in CONTESTANTS:
        assert replay(played(season, market, rule, (name,)))[name] == together[name]


@given(st.decimals("0.000001", "999", places=12), st.sampled_from([0.1, 0.5, 1]))
def test_buying_and_selling_at_one_price_without_costs_gives_the_cash_back(price, fraction):
    market = {"NVDA": history(bar(0, price), bar(1, price), bar(2, price))}
    season = [{("claude", "NVDA"): decision("BUY", fraction)}, {("claude", "NVDA"): decision("SELL")}]
    state = replay(played(season, market, trading(), ("claude",)))["claude"]
    assert state.fills == 2
    assert (state.cash, state.holdings) == (10_000, {})
