"""Decisions and fills written down late: they take effect where they belong, and change nothing recorded."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.app import Arena
from arena.errors import LedgerError
from arena.ledger import Ledger, replay, settle, size_orders
from arena.ledger.places import place_of
from arena.rounds.trading import books_at
from arena.store import Store
from tests.arena.test_ledger_properties import CONTESTANTS, SESSIONS, markets, marks_at, played, quick, rounds, seasons
from tests.arena.trading import bar, book, day, decide, decision, history, mark, opened, settled
from tests.arena.trading import settings as trading
from tests.arenas import Clock, rehearsal_arena

pytestmark = pytest.mark.slow


def holding(shares=10, price=100):
    """NVDA bought at day 1's open with a book of 10,000 dollars."""
    events = decide([opened()], 0, {"NVDA": decision("BUY", shares * price / 10_000)})
    return settled(events, history(bar(1, price)), through=1)


def selling(events, n=2, fraction=0.5):
    """What a sale at day n's close adds, sized on the book of that day."""
    before = [event for event in events if event.session <= day(n)]
    return decide(before, n, {"NVDA": decision("SELL", fraction)}, [mark(n, 100)])[len(before) :]


def kinds(events):
    return [event.kind for event in sorted(events, key=place_of)]


def test_a_session_runs_from_splits_to_rejections():
    order = decide([opened()], 2, {"NVDA": decision("BUY", 0.1)})
    late = [*holding(), *order[1:], *decide([opened()], 1, {"AAPL": decision("SELL")})[1:]]
    prices = history(bar(1, 100), bar(3, 50, 60), splits=[(3, 2)], dividends=[(3, 1)])
    done = [*late, *settle(late, {"NVDA": prices}, trading(), day(3))]
    expected = ["opened", "order", "fill", "order", "rejection", "order", "split", "dividend", "fill"]
    assert kinds(reversed(done)) == expected
    assert replay(reversed(done)) == replay(done)


def test_an_order_decided_before_a_settled_dividend_takes_its_place():
    prices = history(bar(1, 100), bar(2, 100), bar(3, 99), dividends=[(3, 1)])
    settled_past = settled(holding(), prices)
    assert settled_past[-1].kind == "dividend"
    late = [*settled_past, *selling(settled_past)]
    (fill,) = settle(late, {"NVDA": prices}, trading(), day(3))
    assert (fill.kind, fill.session, fill.shares, fill.price) == ("fill", day(3), 5, 99)
    in_time = settled([*holding(), *selling(holding())], prices)
    assert replay([*late, fill]) == replay(in_time)
    assert book([*late, fill]).cash == 9_000 + 10 + 5 * 99


def test_an_order_decided_before_a_settled_split_is_scaled_by_it():
    prices = history(bar(1, 100), bar(2, 100), bar(3, 10), splits=[(3, 10)])
    settled_past = settled(holding(), prices)
    late = [*settled_past, *selling(settled_past)]
    assert late[-1].shares == 5
    assert book(late).pending[0].shares == 50
    (fill,) = settle(late, {"NVDA": prices}, trading(), day(3))
    assert (fill.shares, fill.price) == (50, 10)
    assert book([*late, fill]).shares("NVDA") == 50


def test_the_books_of_a_session_know_nothing_of_the_next_ones_split():
    prices = history(bar(1, 100), bar(2, 100), bar(3, 10), splits=[(3, 10)])
    settled_past = settled(holding(), prices)
    late = [*settled_past, *selling(settled_past)]
    then = books_at(late, day(2))["claude"]
    assert (then.shares("NVDA"), then.pending[0].shares) == (10, 5)


def test_a_fill_before_a_later_fill_of_the_line_is_rejected_and_the_other_orders_go_through():
    both = {"NVDA": decision("BUY", 0.1), "AAPL": decision("BUY", 0.1)}
    first = decide([opened()], 3, {"NVDA": decision("BUY", 0.1)})
    recorded = settled(first, history(bar(4, 50)), through=4)
    late = [*recorded, *decide([opened()], 0, both)[1:]]
    bars = (bar(1, 100), bar(4, 50))
    new = settle(late, {"NVDA": history(*bars), "AAPL": history(*bars, ticker="AAPL")}, trading(), day(4))
    assert [(event.kind, event.ticker) for event in new] == [("fill", "AAPL"), ("rejection", "NVDA")]
    assert new[1].reason == f"the bar of {day(1)} came after the book had moved on to {day(4)}"
    assert book([*late, *new]).pending == ()


def test_a_late_purchase_does_not_spend_what_was_spent_behind_it():
    first = decide([opened()], 3, {"AAPL": decision("BUY", 0.8)})
    recorded = settled(first, history(bar(4, 100), ticker="AAPL"), through=4)
    late = [*recorded, *decide([opened()], 0, {"NVDA": decision("BUY", 0.5)})[1:]]
    (rejection,) = settle(late, {"NVDA": history(bar(1, 100))}, trading(), day(4))
    assert rejection.reason == "50 shares cost 5,000.00 dollars, and the cash is 2,000.00"


def test_a_late_purchase_on_which_a_recorded_split_or_dividend_does_not_count_is_rejected():
    for action in ({"splits": [(3, 2)]}, {"dividends": [(3, 1)]}):
        bars = (bar(1, 100), bar(2, 100), bar(3, 50))
        recorded = settled(holding(), history(bars[0], bars[2], **action))
        late = [*recorded, *decide([opened()], 1, {"NVDA": decision("BUY", 0.1)})[1:]]
        (rejection,) = settle(late, {"NVDA": history(*bars, **action)}, trading(), day(3))
        assert rejection.reason == f"the bar of {day(2)} came after the book had moved on to {day(3)}"


def test_an_order_recorded_behind_a_late_fill_is_no_obstacle():
    events = decide([opened()], 0, {"NVDA": decision("BUY", 0.1)})
    events = decide(events, 2, {"NVDA": decision("BUY", 0.1)})
    (fill,) = settle(events, {"NVDA": history(bar(1, 100))}, trading(), day(2))
    assert (fill.kind, fill.session) == ("fill", day(1))


def test_an_event_that_breaks_what_is_behind_it_changes_nothing():
    done = settled([*holding(), *selling(holding(), fraction=1)], history(bar(1, 100), bar(3, 100)))
    ledger = Ledger(done)
    before = dict(ledger.books)
    early = decide(holding(), 1, {"NVDA": decision("SELL", 1)}, [mark(1, 100)])[-1]
    ledger.apply(early)
    sold = done[-1].model_copy(update={"key": "early", "order_key": early.key, "session": day(2)})
    with pytest.raises(LedgerError, match=f"{done[-1].key}: it sells 10 shares of NVDA, and 0 are held"):
        ledger.apply(sold)
    assert "early" not in ledger.keys
    assert ledger.books["claude"].cash == before["claude"].cash
    assert ledger.books["claude"].pending == (early,)


def choices_of(choices, name):
    return {ticker: ("chat", choice) for (who, ticker), choice in choices.items() if who == name}


modest = st.builds(
    trading,
    fill=st.sampled_from(["next_open", "next_close", "same_close"]),
    position_limit=st.sampled_from([Decimal("0.2"), Decimal(1)]),
    slippage_bps=st.sampled_from([Decimal(0), Decimal("3.7")]),
)


@quick
@given(st.data(), seasons, rounds, markets(), modest)
def test_the_order_in_which_a_sessions_decisions_are_written_and_settled_changes_no_book(
    data, season, choices, market, rule
):
    n = data.draw(st.integers(1, SESSIONS - 2))
    begun = played(season[:n], market, rule, through=n)
    books, marks = books_at(begun, day(n)), marks_at(market, n)
    fills_on = day(n if rule.fill == "same_close" else n + 1)
    lines = {}
    for name in CONTESTANTS:
        mine = choices_of(choices, name)
        for event in size_orders(books[name], marks, mine, rule, session=day(n), fills_on=fills_on):
            lines.setdefault((name, event.ticker), []).append(event)
    together = [*begun, *(event for events in lines.values() for event in events)]
    together += settle(together, market, rule, day(n + 1))

    apart = list(begun)
    for line in data.draw(st.permutations(sorted(lines))):
        # A same_close fill cannot go before a split of the next session, and no round settles that far for it.
        if through := data.draw(st.sampled_from([None, n] if rule.fill == "same_close" else [None, n, n + 1])):
            apart += settle(apart, market, rule, day(through))
        apart += lines[line]
    apart += settle(apart, market, rule, day(n + 1))
    assert replay(apart) == replay(together)
    assert sorted(apart, key=lambda event: event.key) == sorted(together, key=lambda event: event.key)
    assert settle(apart, market, rule, day(n + 1)) == ()


@settings(quick, max_examples=15)
@given(st.data(), seasons, markets(), modest)
def test_a_ledger_replays_alike_however_it_was_written(data, season, market, rule):
    events = played(season, market, rule)
    assert replay(data.draw(st.permutations(events))) == replay(events)


@settings(quick, max_examples=15)
@given(seasons, markets(), modest, st.sampled_from(["AAPL", "NVDA"]))
def test_two_weeks_later_only_tickers_without_an_answer_keep_orders_waiting(season, market, rule, unanswered):
    last = SESSIONS - 3
    cut = {
        ticker: prices.model_copy(update={"bars": tuple(known for known in prices.bars if known.session <= day(last))})
        for ticker, prices in market.items()
    }
    events = played(season, cut, rule, through=SESSIONS)
    answered = {ticker: prices for ticker, prices in cut.items() if ticker != unanswered}
    after = [*events, *settle(events, answered, rule, day(SESSIONS + 14))]
    for name, state in replay(after).items():
        waiting = [order for order in replay(events)[name].pending if order.ticker == unanswered]
        assert list(state.pending) == waiting
    freed = [*after, *settle(after, cut, rule, day(SESSIONS + 14))]
    assert all(state.available == state.cash for state in replay(freed).values())


def test_a_round_is_completed_after_another_settled_the_next_sessions_dividend(tmp_path):
    session, ex_date = date(2023, 5, 9), date(2023, 5, 10)
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=Clock("2025-10-14T21:00:00")) as arena:
        assert arena.run(["AAA"], as_of=date(2023, 5, 2)).fills
        arena.run(["ZZZ"], as_of=session)
        with Store.open_existing(tmp_path) as store:
            paid = [event for event in store.events("trial") if event.kind == "dividend"]
        assert {(event.ticker, event.ex_date) for event in paid} == {("AAA", ex_date)}
        late = arena.run(["AAA"], as_of=session)
        assert late.orders
        assert {fill.session for fill in late.fills} == {ex_date}
        assert arena.run(["AAA"], as_of=session).fills == late.fills
