"""Prices, dividends and whole tickers that come late, under every setting: the season goes on, and adds up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.audit.books import check_books
from arena.audit.prices import KnownPrices
from arena.errors import LedgerError
from arena.ledger import open_book, replay, settle
from arena.market.market import SourcedHistory
from tests.arena.test_ledger_every_setting import (
    CONTESTANTS,
    SESSIONS,
    TICKERS,
    long,
    markets,
    orders_of,
    paid_days,
    rules,
    seasons,
)
from tests.arena.trading import day

pytestmark = pytest.mark.slow

delays = st.dictionaries(
    st.tuples(st.sampled_from(TICKERS), st.sampled_from(["bar", "dividend", "outage"]), st.integers(1, SESSIONS - 1)),
    st.integers(1, 4),
    max_size=8,
)
"""By ticker, what is late, and the day: by how many days a bar or dividend is, or that nobody answers on that day."""


def known_on(market, late, n):
    """The market as vendors tell it on day n."""

    def told(ticker, kind, when):
        number = (when - day(0)).days
        return number + late.get((ticker, kind, number), 0) <= n

    return {
        ticker: prices.model_copy(
            update={
                "bars": tuple(known for known in prices.bars if told(ticker, "bar", known.session)),
                "dividends": tuple(paid for paid in prices.dividends if told(ticker, "dividend", paid.ex_date)),
            }
        )
        for ticker, prices in market.items()
        if (ticker, "outage", n) not in late
    }


def played_on_late_news(season, market, rule, late):
    events = [open_book(name, Decimal(10_000), day(0), rule.terms) for name in CONTESTANTS]
    for n, choices in enumerate(season):
        events += settle(events, known_on(market, late, n), rule, day(n), paid_days(n))
        for name in CONTESTANTS:
            events += orders_of(events, choices, market, rule, n, name)
    for n in (SESSIONS, SESSIONS + 3):
        events += settle(events, market, rule, day(n), paid_days(n))
    return events


@long
@given(seasons, markets(), rules, delays)
def test_whatever_comes_late_the_books_add_up_and_the_auditor_agrees(season, market, rule, late):
    try:
        events = played_on_late_news(season, market, rule, late)
    except LedgerError as error:
        # The one thing that cannot be put right: a split of shares that were traded on at prices behind it.
        if "the vendor told of this split after" in str(error):
            return
        raise
    assert settle(events, market, rule, day(SESSIONS + 3), paid_days(SESSIONS + 3)) == ()
    assert rule.short_selling or all(book.cash >= 0 and not book.shorts for book in replay(events).values())
    told = KnownPrices(SourcedHistory(source="files", history=prices) for prices in market.values())
    assert list(check_books(events, told)) == []
