"""Money under every combination of the settings: random decisions over random bars, splits, dividends and days."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.audit.books import check_books, doubts
from arena.audit.prices import KnownPrices
from arena.ledger import Ledger, open_book, portfolio_view, replay, settle, size_orders
from arena.ledger.places import place_of
from arena.market import calendar
from arena.market.market import SourcedHistory
from arena.records.base import micro
from arena.records.trading import Mark
from tests.arena.trading import bar, day, decision, history
from tests.arena.trading import settings as trading

SESSIONS = 8
TICKERS = ("BTC-USD", "ETH-USD")
"""Pairs, because the auditor knows the calendar: for them every day is a session."""
CONTESTANTS = ("claude", "grok")

steps = st.integers(-60, 130)
"""Percent by which a price moves from one bar to the next: a squeeze is among them."""
fractions = st.sampled_from([0.01, 0.1, 0.33, 0.5, 0.99, 1])
decisions = st.builds(decision, st.sampled_from(["BUY", "SELL"]), fractions)
rounds = st.dictionaries(st.tuples(st.sampled_from(CONTESTANTS), st.sampled_from(TICKERS)), decisions)
seasons = st.lists(rounds, min_size=SESSIONS - 1, max_size=SESSIONS - 1)
rules = st.builds(
    trading,
    fill=st.sampled_from(["next_open", "next_close", "same_close"]),
    position_limit=st.sampled_from([Decimal("0.4"), Decimal(1)]),
    slippage_bps=st.sampled_from([Decimal(0), Decimal("3.7"), Decimal(250)]),
    commission_bps=st.sampled_from([Decimal(0), Decimal("1.1"), Decimal(90)]),
    fractional=st.booleans(),
    short_selling=st.booleans(),
    initial_margin=st.sampled_from([Decimal("1.5"), Decimal("1.31"), Decimal(3)]),
    borrow_rate=st.sampled_from([Decimal(0), Decimal("0.35")]),
    cash_rate=st.sampled_from([Decimal(0), Decimal("0.043")]),
)


@st.composite
def price_histories(draw, ticker):
    """Bars that move by leaps, some missing, for halts; with splits and dividends."""
    at = draw(st.decimals("0.5", "900", places=4))
    halted = draw(st.sets(st.integers(2, SESSIONS - 1), max_size=2))
    bars = []
    for n in range(SESSIONS):
        first = at * (100 + draw(steps)) / 100
        at = first * (100 + draw(steps)) / 100
        if n not in halted:
            bars.append(bar(n, round(first, 6), round(at, 6)))
        at = max(at, Decimal("0.01"))
    dividends = draw(st.dictionaries(st.integers(1, SESSIONS - 1), st.sampled_from(["0.24", "3.333333"]), max_size=2))
    splits = draw(
        st.dictionaries(st.integers(1, SESSIONS - 1), st.sampled_from(["10", "0.1", "1.5", "0.333333"]), max_size=2)
    )
    return history(*bars, ticker=ticker, dividends=dividends.items(), splits=splits.items())


@st.composite
def markets(draw):
    return {ticker: draw(price_histories(ticker)) for ticker in TICKERS}


def paid_days(through=SESSIONS):
    return calendar.sessions_between(day(0), day(through))


def marks_at(market, n):
    last = {
        ticker: [known for known in prices.bars if known.session <= day(n)][-1] for ticker, prices in market.items()
    }
    return {t: Mark(ticker=t, session=known.session, close=known.close, source="files") for t, known in last.items()}


def orders_of(events, choices, market, rule, n, name):
    """What a contestant's decisions of day n come to on its book of that day."""
    book = replay(event for event in events if event.session <= day(n))[name]
    mine = {ticker: (f"chat-{n}", choice) for (who, ticker), choice in choices.items() if who == name}
    fills_on = day(n if rule.fill == "same_close" else n + 1)
    return size_orders(book, marks_at(market, n), mine, rule, session=day(n), fills_on=fills_on)


def played(season, market, rule, contestants=CONTESTANTS):
    """The ledger of a season: settled before every round, and after the last."""
    events = [open_book(name, Decimal(10_000), day(0), rule.terms) for name in contestants]
    for n, choices in enumerate(season):
        events += settle(events, market, rule, day(n), paid_days(n))
        for name in contestants:
            events += orders_of(events, choices, market, rule, n, name)
    return [*events, *settle(events, market, rule, day(SESSIONS), paid_days())]


def check_every_step(events, market, rule):
    """What must hold after each event, in the order in which they take effect."""
    ledger = Ledger()
    orders = {event.key: event for event in events if event.kind == "order"}
    bars = {(ticker, known.session): known for ticker, prices in market.items() for known in prices.bars}
    for event in sorted(events, key=place_of):
        before = ledger.books.get(event.contestant)
        ledger.apply(event)
        book = ledger.books[event.contestant]
        marks = marks_at(market, min((event.session - day(0)).days, SESSIONS - 1))
        view = portfolio_view(book, marks)
        assert view.equity == micro(book.cash + sum(micro(h.shares * marks[t].close) for t, h in book.holdings.items()))
        assert rule.short_selling or (not book.shorts and book.cash >= 0)
        assert rule.fractional or all(held.shares == int(held.shares) for held in book.holdings.values())
        if book.cash < 0 and (before is None or book.cash < before.cash):
            assert event.kind in {"dividend", "split", "borrow_fee", "interest"} or event.side == "BUY"
        if event.kind == "fill":
            check_fill(event, orders.get(event.order_key), before, book, bars, rule)


def check_fill(fill, order, before, book, bars, rule):
    known = bars[fill.ticker, fill.session]
    assert known.low <= fill.price <= known.high
    held, now = before.shares(fill.ticker), book.shares(fill.ticker)
    assert held * now >= 0, "no order goes through zero"
    if order is None:
        assert now == 0, "a margin call covers all of it"
    elif order.budget is not None:
        worth = sum(
            count * fill.price if ticker == fill.ticker else order.shorts.get(ticker, -book.holdings[ticker].cost)
            for ticker, count in book.shorts.items()
        )
        assert book.cash >= rule.initial_margin * worth
        assert fill.side == "SELL" or -micro(fill.cash_change) <= order.budget


quick = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
long = settings(quick, max_examples=400)


def holds_under_every_setting(season, market, rule):
    events = played(season, market, rule)
    check_every_step(events, market, rule)
    assert settle(events, market, rule, day(SESSIONS), paid_days()) == (), "settling twice adds nothing"
    told = KnownPrices(SourcedHistory(source="files", history=prices) for prices in market.values())
    assert list(check_books(events, told)) == [], "the auditor accepts what the ledger makes"
    assert not [note for note in doubts(events, told) if "was not called" in note]


def stands_alone_and_in_any_order(data, season, market, rule):
    events = played(season, market, rule)
    together = replay(events)
    assert replay(data.draw(st.permutations(events))) == together
    assert replay(played(season, market, rule, tuple(reversed(CONTESTANTS)))) == together
    for name in CONTESTANTS:
        assert replay(played(season, market, rule, (name,)))[name] == together[name]


@quick
@given(seasons, markets(), rules)
def test_every_invariant_holds_after_every_event_under_every_setting(season, market, rule):
    holds_under_every_setting(season, market, rule)


@settings(quick, max_examples=8)
@given(st.data(), seasons, markets(), rules)
def test_neither_the_order_of_writing_nor_that_of_contestants_changes_a_book(data, season, market, rule):
    stands_alone_and_in_any_order(data, season, market, rule)


@pytest.mark.slow
@long
@given(seasons, markets(), rules)
def test_every_invariant_holds_in_hundreds_of_seasons(season, market, rule):
    holds_under_every_setting(season, market, rule)


@pytest.mark.slow
@settings(long, max_examples=150)
@given(st.data(), seasons, markets(), rules)
def test_no_order_of_writing_changes_a_book_in_hundreds_of_seasons(data, season, market, rule):
    stands_alone_and_in_any_order(data, season, market, rule)
