"""Sizing: fractions into budgets and whole shares, and the reasons when there are none."""

from decimal import Decimal

import pytest

from arena.ledger import size_orders
from tests.arena.trading import bar, book, day, decide, decision, history, mark, opened, settings, settled


def sized(events, n, decisions, marks=(), trading=None):
    return decide(events, n, decisions, marks, trading)[len(events) :]


def holding(shares, price=100, cash=10_000):
    """A ledger that holds some NVDA, bought at day 1's open."""
    buy = decide([opened(cash)], 0, {"NVDA": decision("BUY", shares * price / cash)})
    return settled(buy, history(bar(1, price)), through=1)


def test_a_purchase_may_spend_its_fraction_of_the_cash():
    (order,) = sized([opened()], 0, {"NVDA": decision("BUY", 0.3)})
    assert (order.side, order.budget, order.shares) == ("BUY", 3000, None)
    assert (order.key, order.session, order.fills_on) == (f"order:{day(0)}:NVDA:claude", day(0), day(1))
    assert (order.chat_id, order.rule) == ("chat-0", "next_open")


def test_a_hold_orders_nothing():
    assert sized([opened()], 0, {"NVDA": decision("HOLD")}) == []


def test_purchases_beyond_the_cash_shrink_pro_rata_whatever_their_order():
    decisions = {"AAPL": decision("BUY", 1), "NVDA": decision("BUY", 0.5)}
    forth = sized([opened(100)], 0, decisions)
    back = sized([opened(100)], 0, dict(reversed(decisions.items())))
    assert forth == back
    # 100 : 50 out of 100, rounded down to the micro-dollar.
    assert [order.budget for order in forth] == [Decimal("66.666666"), Decimal("33.333333")]


def test_purchases_within_the_cash_are_left_alone():
    orders = sized([opened(100)], 0, {"AAPL": decision("BUY", 0.3), "NVDA": decision("BUY", 0.7)})
    assert [order.budget for order in orders] == [30, 70]


def test_reserved_cash_is_not_spent_twice():
    events = decide([opened(100)], 0, {"NVDA": decision("BUY", 0.6)})
    (order,) = sized(events, 1, {"AAPL": decision("BUY", 1)})
    assert order.budget == 40


def test_the_position_limit_counts_what_is_held_and_what_is_pending():
    # Equity is 9000 + 10 x 150 = 10500; 25% is 2625, of which 1500 are held and 500 pending.
    events = decide(holding(10), 2, {"NVDA": decision("BUY", 0.0556)}, [mark(2, 150)])
    pending = book(events).pending[0].budget
    assert pending == Decimal("500.4")
    limit = settings(position_limit=Decimal("0.25"))
    (order,) = sized(events, 3, {"NVDA": decision("BUY", 1)}, [mark(2, 150)], limit)
    assert order.budget == Decimal(2625) - 1500 - pending


def test_a_purchase_at_the_position_limit_is_recorded_and_rejected():
    limit = settings(position_limit=Decimal("0.10"))
    order, rejection = sized(holding(10), 2, {"NVDA": decision("BUY", 1)}, [mark(2, 150)], limit)
    assert order.budget == 0
    assert rejection.order_key == order.key
    assert rejection.key == f"rejection:{day(2)}:NVDA:claude"
    assert rejection.reason == (
        "the position limit of 10% is reached: NVDA has 1,500.00 of 10,500.00 dollars, pending purchases included"
    )


def test_a_purchase_without_cash_says_so():
    events = decide([opened(100)], 0, {"NVDA": decision("BUY", 1)})
    order, rejection = sized(events, 1, {"AAPL": decision("BUY", 1)})
    assert order.budget == 0
    assert rejection.reason == "no cash is available: pending orders have reserved all of the 100.00 dollars"


@pytest.mark.parametrize(("fraction", "shares"), [(1, 30), (0.5, 15), (0.1, 3), (0.99, 29), (0.7, 21)])
def test_a_sale_is_its_fraction_of_the_holding_rounded_down(fraction, shares):
    (order,) = sized(holding(30), 2, {"NVDA": decision("SELL", fraction)}, [mark(2, 100)])
    assert (order.side, order.shares, order.budget) == ("SELL", shares, None)


def test_shares_already_being_sold_are_not_sold_again():
    events = decide(holding(10), 2, {"NVDA": decision("SELL", 0.6)}, [mark(2, 100)])
    (order,) = sized(events, 3, {"NVDA": decision("SELL", 0.5)}, [mark(2, 100)])
    assert order.shares == 2


@pytest.mark.parametrize(
    ("held", "fraction", "reason"),
    [(0, 1, "no shares of NVDA held"), (3, 0.2, "0.2 of 3 shares is less than one share")],
)
def test_a_sale_of_no_share_is_recorded_and_rejected(held, fraction, reason):
    events = holding(held) if held else [opened()]
    order, rejection = sized(events, 2, {"NVDA": decision("SELL", fraction)}, [mark(2, 100)])
    assert (order.shares, rejection.reason) == (0, reason)


def test_a_second_sale_of_everything_says_what_is_pending():
    events = decide(holding(3), 2, {"NVDA": decision("SELL")}, [mark(2, 100)])
    _, rejection = sized(events, 3, {"NVDA": decision("SELL")}, [mark(2, 100)])
    assert rejection.reason == "all 3 shares of NVDA are already in pending orders"


def test_sizing_is_a_function_of_the_book():
    given = (book([opened()]), {}, {"NVDA": ("chat", decision("BUY"))}, settings())
    assert size_orders(*given, session=day(0), fills_on=day(1)) == size_orders(*given, session=day(0), fills_on=day(1))


def test_what_no_book_can_hold_is_recorded_and_rejected_and_takes_no_cash_from_the_rest():
    chosen = {"SAP.DE": decision("BUY", 1), "NVDA": decision("BUY", 1), "TSCO.L": decision("SELL", 1)}
    decisions = {ticker: (f"chat-{ticker}", one) for ticker, one in chosen.items()}
    refused = {"SAP.DE": "SAP.DE trades in EUR", "TSCO.L": "TSCO.L trades in GBP"}
    orders = size_orders(
        book([opened(100)]), {}, decisions, settings(), session=day(0), fills_on=day(1), untradable=refused
    )
    assert [(event.kind, event.ticker) for event in orders] == [
        ("order", "NVDA"),
        ("order", "SAP.DE"),
        ("rejection", "SAP.DE"),
        ("order", "TSCO.L"),
        ("rejection", "TSCO.L"),
    ]
    assert orders[0].budget == 100
    assert [event.reason for event in orders if event.kind == "rejection"] == list(refused.values())
