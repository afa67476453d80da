"""What days earn and cost: interest on cash and borrow fees by Actual/365, once each, on what a close left."""

from datetime import date
from decimal import Decimal

import pytest

from arena.errors import LedgerError
from arena.ledger import open_book, replay, settle
from arena.market import calendar
from arena.records.trading import BorrowFee, InterestPaid
from tests.arena.trading import bar, book, day, decide, decision, history, mark, settings, settled

EARNING = settings(cash_rate=Decimal("0.0365"))
"""A hundredth of a percent a day."""
LENDING = settings(short_selling=True, borrow_rate=Decimal("0.073"))
MONDAY, THURSDAY, FRIDAY, NEXT_MONDAY = day(0), day(3), day(4), day(7)


def opened(trading=EARNING, cash=10_000):
    return open_book("claude", Decimal(cash), MONDAY, trading.terms)


def new(events, *histories, through, trading=EARNING):
    sessions = calendar.sessions_between(MONDAY, day(through))
    return list(settle(events, {h.ticker: h for h in histories}, trading, day(through), sessions))


def test_cash_earns_for_each_calendar_day_to_the_next_session():
    paid = new([opened()], through=1)
    assert paid == [
        InterestPaid(
            key=f"interest:{MONDAY}:claude",
            contestant="claude",
            session=day(1),
            since=MONDAY,
            until=day(1),
            balance=Decimal(10_000),
            rate=Decimal("0.0365"),
            amount=Decimal(1),
        )
    ]
    week = new([opened()], through=7)
    # A day each until Friday, then three to Monday, each on what the one before left.
    assert [(event.since, event.until) for event in week][-1] == (FRIDAY, NEXT_MONDAY)
    assert [event.amount for event in week] == [
        Decimal(1),
        Decimal("1.0001"),
        Decimal("1.0002"),
        Decimal("1.0003"),
        Decimal("3.0012"),
    ]
    assert book([opened(), *week]).cash == Decimal("10007.0018")


def test_a_holiday_is_paid_for_too():
    # Thanksgiving of 2025 falls on Thursday 27 November: from Wednesday's close two days pass to Friday.
    eve, after = date(2025, 11, 26), date(2025, 11, 28)
    begun = open_book("claude", Decimal(10_000), eve, EARNING.terms)
    (paid,) = settle([begun], {}, EARNING, after, calendar.sessions_between(eve, after))
    assert (paid.since, paid.until, paid.amount) == (eve, after, 2)


def test_settling_again_and_in_parts_pays_once():
    whole = new([opened()], through=7)
    apart = [opened()]
    for through in (0, 1, 3, 3, 7):
        apart += new(apart, through=through)
    assert apart == [opened(), *whole]
    assert new(apart, through=7) == []


def test_without_a_rate_no_day_makes_an_event():
    assert new([opened(settings())], through=7, trading=settings()) == []
    assert new([opened(LENDING)], through=7, trading=LENDING) == []


def test_interest_counts_the_cash_that_the_close_left():
    events = decide([opened()], 0, {"NVDA": decision("BUY", 0.5)}, trading=EARNING)
    paid = new(events, history(bar(1, 100), bar(2, 100)), through=2)
    assert [(event.kind, event.cash_change) for event in paid] == [
        ("interest", Decimal(1)),
        ("fill", Decimal(-5_000)),
        ("interest", Decimal("0.5001")),
    ]


def short():
    events = decide([opened(LENDING)], 0, {"NVDA": decision("SELL", 0.2)}, trading=LENDING)
    return settled(events, history(bar(1, 100)), through=1, trading=LENDING)


def test_a_short_costs_its_rate_on_what_it_is_worth_at_each_close():
    paid = new(short(), history(bar(1, 100), bar(2, 110), bar(3, 120)), through=3, trading=LENDING)
    # 40 short at 100, then at 110, two hundredths of a percent a day.
    assert [(event.since, event.price, event.amount) for event in paid] == [
        (day(1), 100, Decimal("0.8")),
        (day(2), 110, Decimal("0.88")),
    ]
    assert book([*short(), *paid]).cash == 14_000 - Decimal("1.68")


def test_a_halted_short_costs_its_rate_on_its_last_close():
    other = history(bar(2, 10), bar(3, 10), ticker="AAPL")
    paid = new(short(), history(bar(1, 100)), other, through=3, trading=LENDING)
    assert [(event.since, event.price) for event in paid] == [(day(1), 100), (day(2), 100)]


def test_a_fee_whose_price_comes_late_is_charged_late_for_its_own_days():
    silent = new(short(), through=3, trading=LENDING)
    assert silent == []
    paid = new(short(), history(bar(1, 100), bar(2, 110), bar(3, 110)), through=4, trading=LENDING)
    assert [(event.since, event.session) for event in paid] == [(day(1), day(2)), (day(2), day(3)), (day(3), day(4))]
    moved = decide(short(), 2, {"AAPL": decision("BUY", 0.1)}, [mark(2, 110)], LENDING)
    moved += new(moved, history(bar(3, 10), ticker="AAPL"), through=3, trading=LENDING)
    late = new(moved, history(bar(1, 100), bar(2, 110), bar(3, 110)), through=4, trading=LENDING)
    assert [(event.since, event.until, event.session) for event in late] == [
        (day(1), day(2), day(4)),
        (day(2), day(3), day(4)),
        (day(3), day(4), day(4)),
    ]


def test_a_bar_that_comes_after_interest_was_paid_on_its_close_fills_nothing():
    events = decide([opened()], 0, {"NVDA": decision("BUY", 0.5)}, trading=EARNING)
    events += new(events, history(bar(0, 100), bar(2, 100)), through=2)
    rejection = new(events, history(bar(0, 100), bar(1, 100), bar(2, 100)), through=2)[-1]
    assert rejection.reason == f"the bar of {day(1)} came after the book had moved on to {day(2)}"


def test_a_dividend_told_of_late_is_credited_behind_the_interest_that_did_not_know_of_it():
    events = decide([opened()], 0, {"NVDA": decision("BUY", 0.5)}, trading=EARNING)
    bars = [bar(n, 100) for n in range(5)]
    events += new(events, history(*bars), through=3)
    (paid,) = new(events, history(*bars, dividends=[(2, 1)]), through=3)
    assert (paid.kind, paid.ex_date, paid.session, paid.shares) == ("dividend", day(2), day(4), 50)


def test_a_debt_pays_what_cash_would_earn():
    owing = settings(short_selling=True, cash_rate=Decimal("0.0365"))
    events = decide([opened(owing)], 0, {"NVDA": decision("SELL", 1)}, trading=owing)
    events += new(events, history(bar(1, 100), bar(2, 160), bar(3, 260)), through=4, trading=owing)
    last = events[-1]
    assert (last.kind, last.balance) == ("interest", book(events[:-1]).cash)
    assert last.balance < 0
    assert last.amount == round(last.balance / 10_000, 6)


PAID = new([opened()], through=1)[0]
FEE = new(short(), history(bar(1, 100)), through=2, trading=LENDING)[0]


@pytest.mark.parametrize(
    ("events", "event", "said"),
    [
        ([opened()], PAID.model_copy(update={"balance": Decimal(9_999)}), "the cash was 10000 dollars at the close"),
        ([opened()], PAID.model_copy(update={"amount": Decimal(2)}), "1 dollars are due, not 2"),
        ([opened()], PAID.model_copy(update={"until": day(2)}), "for the days from 2025-10-13 to 2025-10-15"),
        ([opened(settings())], PAID, "the book's cash earns 0 a year, not 0.0365"),
        (short(), FEE.model_copy(update={"shares": Decimal(41)}), "40 shares were short, not 41"),
        (short(), FEE.model_copy(update={"amount": Decimal(1)}), "0.8 dollars are due, not 1"),
        ([opened()], FEE, "the book does not borrow shares at 0.073 a year"),
    ],
)
def test_interest_or_a_fee_that_is_not_due_is_refused(events, event, said):
    with pytest.raises(LedgerError) as caught:
        replay([*events, event])
    assert said in str(caught.value)


def test_a_fee_is_of_its_ticker():
    assert isinstance(FEE, BorrowFee)
    assert (FEE.key, FEE.cash_change) == (f"borrow_fee:{day(1)}:NVDA:claude", Decimal("-0.8"))
