"""Replaying: average cost, what each event does, and every invariant that stops it."""

from datetime import date
from decimal import Decimal

import pytest

from arena.errors import LedgerError
from arena.ledger import Holding, portfolio_view, replay
from arena.ledger.splitting import split_shares
from arena.records.trading import DividendPaid, Fill, Order, Rejection, SplitApplied
from tests.arena.trading import book, day, mark, opened


def order(n, side="BUY", *, budget=None, shares=None, ticker="NVDA", contestant="claude"):
    return Order(
        key=f"order:{day(n)}:{ticker}:{contestant}",
        contestant=contestant,
        session=day(n),
        ticker=ticker,
        chat_id="chat",
        side=side,
        budget=budget,
        shares=shares,
        rule="next_open",
        fills_on=day(n + 1),
    )


def fill(of, shares, price, **changes):
    fields = {
        "key": of.key.replace("order", "fill", 1),
        "contestant": of.contestant,
        "session": of.fills_on,
        "order_key": of.key,
        "ticker": of.ticker,
        "side": of.side,
        "shares": shares,
        "price": Decimal(str(price)),
        "slippage": Decimal(0),
        "fee": Decimal(0),
        "rule": "next_open",
    }
    return Fill(**{**fields, **changes})


def bought(n, shares, price, ticker="NVDA", **changes):
    buy = order(n, budget=Decimal(10_000), ticker=ticker)
    return [buy, fill(buy, shares, price, **changes)]


def split(n, before, after, ratio, cash=0):
    return SplitApplied(
        key=f"split:NVDA:{day(n)}:claude",
        contestant="claude",
        session=day(n),
        ticker="NVDA",
        ratio=Decimal(str(ratio)),
        shares_before=before,
        shares_after=after,
        cash_in_lieu=Decimal(str(cash)),
    )


def dividend(n, shares, amount="0.25", session=None):
    return DividendPaid(
        key=f"dividend:NVDA:{day(n)}:claude",
        contestant="claude",
        session=day(n if session is None else session),
        ticker="NVDA",
        ex_date=day(n),
        shares=shares,
        amount=Decimal(amount),
    )


def test_a_purchase_costs_its_price_slippage_and_fee():
    after = book([opened(), *bought(0, 10, 100, slippage=Decimal("1.5"), fee=Decimal("0.5"))])
    assert after.cash == Decimal(8998)  # 10000 - 1000 - 1.5 - 0.5
    assert after.holdings == {"NVDA": Holding(shares=10, cost=Decimal(1002))}
    assert (after.pending, after.fills) == ((), 1)


def test_a_sale_is_judged_against_the_average_cost():
    sell = order(2, "SELL", shares=5)
    events = [opened(), *bought(0, 10, 100), *bought(1, 10, 120), sell, fill(sell, 5, 130, fee=Decimal(2))]
    after = book(events)
    # 20 shares cost 2200, so 5 cost 550; they bring 650 - 2.
    (trade,) = after.closed_trades
    assert (trade.proceeds, trade.cost, trade.gain) == (648, 550, 98)
    assert after.holdings["NVDA"] == Holding(shares=15, cost=Decimal(1650))
    assert after.cash == 10_000 - 2200 + 648


def test_selling_everything_closes_the_holding_and_leaves_no_crumb_of_cost():
    sell = order(1, "SELL", shares=3)
    after = book([opened(100), *bought(0, 3, "33.333333"), sell, fill(sell, 3, "33.333333")])
    assert after.holdings == {}
    assert after.cash == 100
    assert after.closed_trades[0].gain == 0


def test_a_price_with_many_digits_cancels_exactly():
    price = "184.52999877929687"
    sell = order(1, "SELL", shares=7)
    assert book([opened(), *bought(0, 7, price), sell, fill(sell, 7, price)]).cash == 10_000


def test_available_cash_leaves_out_what_orders_have_reserved():
    after = book([opened(), order(0, budget=Decimal(4000))])
    assert (after.cash, after.available) == (10_000, 6_000)


def test_a_rejection_ends_an_order():
    buy = order(0, budget=Decimal(50))
    no = Rejection(key="r", contestant="claude", session=day(1), order_key=buy.key, ticker="NVDA", reason="dear")
    after = book([opened(), buy, no])
    assert (after.pending, after.available, after.fills) == ((), 10_000, 0)


def test_a_split_moves_shares_and_pending_sales_but_not_the_cost():
    sell = order(1, "SELL", shares=5)
    after = book([opened(), *bought(0, 10, 100), sell, split(2, 10, 100, 10)])
    assert after.holdings["NVDA"] == Holding(shares=100, cost=Decimal(1000))
    assert after.pending[0].shares == 50


def test_a_reverse_split_pays_the_fraction_and_takes_its_part_of_the_cost():
    # 25 shares at 1:10 are 2.5; half a share at 900 is 450, and 0.5/2.5 of 2500 leaves with it.
    after = book([opened(), *bought(0, 25, 100), split(2, 25, 2, "0.1", cash=450)])
    assert after.holdings["NVDA"] == Holding(shares=2, cost=Decimal(2000))
    assert after.cash == 7500 + 450


def test_a_reverse_split_can_leave_no_share_at_all():
    after = book([opened(), *bought(0, 5, 100), split(2, 5, 0, "0.1", cash=500)])
    assert (after.holdings, after.cash) == ({}, 10_000)


@pytest.mark.parametrize(
    ("shares", "ratio", "whole", "fraction"),
    [
        (10, "10", 10 * 10, "0"),
        (3, "1.5", 4, "0.5"),
        (25, "0.1", 2, "0.5"),
        (300, "0.333333", 100, "0"),  # 1:3 as vendors write it
        (301, "0.333333", 100, "0.333233"),
        (15000, "0.0001", 1, "0.5"),
        (9, "1.333333", 12, "0"),
    ],
)
def test_split_shares_are_rounded_down_but_not_for_a_rounded_ratio(shares, ratio, whole, fraction):
    assert split_shares(shares, Decimal(ratio)) == (whole, Decimal(fraction))


def test_a_dividend_is_paid_on_shares_held_before_the_ex_date():
    assert book([opened(), *bought(0, 10, 100), dividend(2, 10)]).cash == Decimal("9002.5")


def test_a_late_dividend_counts_the_shares_of_its_ex_date():
    sell = order(2, "SELL", shares=10)
    events = [opened(), *bought(0, 10, 100), sell, fill(sell, 10, 100), dividend(2, 10, session=3)]
    assert book(events).cash == Decimal("10002.5")


BUY = order(0, budget=Decimal(1000))
FILL = fill(BUY, 10, 100)
SELL = order(1, "SELL", shares=5)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([opened(), opened()], "opened:claude: this key"),
        ([BUY], f"{BUY.key}: claude has no book"),
        ([opened(), FILL], f"{FILL.key}: no order {BUY.key} is pending"),
        ([opened(), BUY, FILL, fill(BUY, 10, 100, key="later")], f"later: no order {BUY.key} is pending"),
        ([opened(), BUY, BUY], f"{BUY.key}: this key"),
        ([opened(), BUY, fill(BUY, 10, 101)], "1010 dollars, more than its order's budget of 1000"),
        ([opened(), BUY, fill(BUY, 10, 100, rule="next_close")], f"{FILL.key}: it does not match"),
        ([opened(999), BUY, FILL], f"{FILL.key}: claude's cash would be -1 dollars"),
        ([opened(), SELL, fill(SELL, 5, 100)], "it sells 5 shares of NVDA, and 0 are held"),
        ([opened(), BUY, FILL, SELL, fill(SELL, 6, 100)], "its order sells 5 shares, not 6"),
        ([opened(), BUY, fill(BUY, 10, 100, session=day(2))], f"it is of {day(2)}, and its order {BUY.key} is for"),
        ([opened(), BUY, FILL, split(1, 10, 100, 10)], "0 shares are held, not 10"),
        ([opened(), BUY, FILL, SELL, fill(SELL, 5, 100), dividend(3, 10)], "5 shares were held before"),
        ([opened(), BUY, FILL, dividend(1, 10)], "0 shares were held before"),
        ([opened(), BUY, FILL, dividend(2, 9)], "10 shares were held before"),
        ([opened(), BUY, FILL, split(2, 9, 90, 10)], "10 shares are held, not 9"),
        ([opened(), BUY, FILL, split(2, 10, 99, 10)], "10 shares at 10 give 100, not 99"),
        ([opened(), BUY, FILL, split(2, 10, 100, 10, cash=1)], "only for a fraction"),
    ],
)
def test_a_broken_invariant_names_the_event(events, said):
    with pytest.raises(LedgerError) as caught:
        replay(events)
    assert said in str(caught.value)


def test_one_tickers_events_do_not_hold_up_anothers():
    events = [opened(), *bought(1, 1, 100), *bought(0, 1, 100, ticker="AAPL")]
    assert book(events).fills == 2


def test_books_are_apart_and_in_order_of_name():
    books = replay([opened(500, "grok"), opened(700, "claude"), BUY])
    assert list(books) == ["claude", "grok"]
    assert (books["grok"].available, books["claude"].available) == (500, -300)


def test_the_view_adds_up():
    view = portfolio_view(book([opened(), *bought(0, 3, 100, fee=Decimal(1))]), {"NVDA": mark(1, "110.10")})
    (position,) = view.positions
    assert (position.value, position.average_cost) == (Decimal("330.3"), Decimal("100.333333"))
    assert (view.cash, view.equity) == (9699, Decimal("10029.3"))
    assert position.marked == date(2025, 10, 14)


def test_a_holding_without_a_mark_is_named():
    with pytest.raises(LedgerError, match="claude holds 3 NVDA, for which there is no mark"):
        portfolio_view(book([opened(), *bought(0, 3, 100)]), {})


def test_what_fills_at_the_open_it_was_decided_on_is_traded_in_the_order_of_the_keys():
    def trade(number, side, shares):
        key = f"{number}:NVDA"
        common = {"contestant": "claude", "session": day(1), "ticker": "NVDA", "side": side, "rule": "same_open"}
        budget, size = (Decimal(shares * 100), None) if side == "BUY" else (None, shares)
        order = Order(key=f"order:{key}", chat_id="c", budget=budget, shares=size, fills_on=day(1), **common)
        costs = {"slippage": Decimal(0), "fee": Decimal(0)}
        return order, Fill(key=f"fill:{key}", order_key=order.key, shares=shares, price=Decimal(100), **costs, **common)

    bought, sold = trade(1, "BUY", 10), trade(2, "SELL", 10)
    book = replay([opened(1000), *sold, *bought])["claude"]
    assert (book.cash, book.holdings, book.fills) == (Decimal(1000), {}, 2)
    with pytest.raises(LedgerError, match="fill:2:NVDA: it sells 10 shares of NVDA, and 0 are held"):
        replay([opened(1000), *trade(2, "SELL", 10), *trade(3, "BUY", 10)])
