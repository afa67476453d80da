"""Settlement: which price fills an order, corporate actions, waiting, and what cannot be filled."""

from decimal import Decimal

import pytest

from arena.errors import LedgerError
from arena.ledger import Holding, settle
from arena.records.trading import Order
from tests.arena.trading import bar, book, day, decide, decision, history, mark, opened, settings, settled


def new(events, *histories, through=13, trading=None):
    return settled(events, *histories, through=through, trading=trading)[len(events) :]


def buying(fraction=1, cash=10_000, n=0, **rules):
    return decide([opened(cash)], n, {"NVDA": decision("BUY", fraction)}, trading=settings(**rules))


def holding(shares, *, price=100, cash=10_000):
    return settled(buying(shares * price / cash, cash), history(bar(1, price)), through=1)


def selling(events, n=2, fraction=1):
    return decide(events, n, {"NVDA": decision("SELL", fraction)}, [mark(n, 100)])


@pytest.mark.parametrize(
    ("rule", "fills_on", "price"), [("next_open", 1, 110), ("next_close", 1, 120), ("same_close", 0, 105)]
)
def test_each_rule_has_its_price(rule, fills_on, price):
    events = decide([opened()], 0, {"NVDA": decision("BUY")}, trading=settings(fill=rule), fills_on=fills_on)
    (fill,) = new(events, history(bar(0, 100, 105), bar(1, 110, 120), bar(2, 1)))
    assert (fill.price, fill.session, fill.rule) == (price, day(fills_on), rule)
    assert fill.shares == 10_000 // price
    assert fill.key == f"fill:{day(0)}:NVDA:claude"


def test_costs_come_out_of_the_budget():
    # 100 dollars a share, 50 bps of slippage and 10 of commission: 100.60 each, so 9 for 1000 and not 10.
    trading = settings(slippage_bps=Decimal(50), commission_bps=Decimal(10))
    (fill,) = new(buying(0.1), history(bar(1, 100)), trading=trading)
    assert (fill.shares, fill.slippage, fill.fee) == (9, Decimal("4.5"), Decimal("0.9"))
    assert fill.cash_change == Decimal("-905.4")


def test_a_sale_loses_slippage_and_commission():
    trading = settings(slippage_bps=Decimal(50), commission_bps=Decimal(10))
    (fill,) = new(selling(holding(10)), history(bar(1, 100), bar(3, 200)), trading=trading)
    assert fill.cash_change == Decimal(1988)  # 2000 - 10 - 2


def test_a_budget_below_one_share_is_rejected_with_the_price():
    (rejection,) = new(buying(0.01), history(bar(1, "184.53")))
    assert rejection.reason == "one share costs 184.53 dollars, and the budget was 100.00"
    assert rejection.session == day(1)


def test_a_fill_waits_for_its_session():
    events = buying()
    assert new(events, history(bar(0, 100)), through=0) == []
    assert new(events, history(bar(0, 100), bar(1, 100)), through=0) == []
    assert new(events) == []
    assert new(events, history(bar(1, 100), ticker="AAPL")) == []


def test_an_order_without_a_bar_is_rejected_after_five_later_ones():
    bars = [bar(0, 100), *(bar(n, 100) for n in range(2, 7))]
    assert new(buying(), history(*bars[:-1])) == []
    (rejection,) = new(buying(), history(*bars))
    assert rejection.session == day(6)
    assert rejection.reason == f"no bar for NVDA on {day(1)}, and 5 later ones have come"
    assert book([*buying(), rejection]).available == 10_000


def test_a_history_that_begins_later_proves_nothing_before_the_order_lapses():
    prices = history(*(bar(n, 100) for n in range(2, 20)))
    assert new(buying(), prices, through=14) == []
    (rejection,) = new(buying(), prices, through=15)
    assert rejection.reason == f"no price of NVDA on {day(1)}; the order lapsed after 14 days"


def test_an_order_for_a_ticker_that_trades_no_more_lapses_after_two_weeks():
    prices = history(bar(-1, 100), bar(0, 100))
    assert new(buying(), prices, through=14) == []
    (rejection,) = new(buying(), prices, through=15)
    assert (rejection.session, rejection.order_key) == (day(15), f"order:{day(0)}:NVDA:claude")
    assert rejection.reason == f"no price of NVDA since {day(0)}; the order lapsed after 14 days"
    assert book([*buying(), rejection]).available == 10_000
    assert new([*buying(), rejection], prices, through=30) == []


def test_a_sale_lapses_too_and_the_shares_are_free_again():
    events = selling(holding(10))
    (rejection,) = new(events, history(bar(1, 100)), through=17)
    assert rejection.reason == f"no price of NVDA since {day(1)}; the order lapsed after 14 days"
    assert book([*events, rejection]).pending == ()
    assert book([*events, rejection]).shares("NVDA") == 10


def test_a_history_without_bars_is_an_answer_and_no_history_is_none():
    (rejection,) = new(buying(), history(), through=15)
    assert rejection.reason == "no price of NVDA; the order lapsed after 14 days"
    assert new(buying(), history(bar(1, 100), ticker="AAPL"), through=99) == []


def test_an_order_with_a_price_is_filled_however_late_it_is_settled():
    (fill,) = new(buying(), history(bar(0, 100), bar(1, 100)), through=99)
    assert (fill.kind, fill.session) == ("fill", day(1))


def test_a_bar_that_comes_after_the_book_moved_on_fills_nothing():
    late = buying(0.1)
    moved = settled(decide(late, 2, {"NVDA": decision("BUY", 0.1)}), history(bar(0, 9), bar(2, 9), bar(3, 9)))
    rejection = new(moved, history(bar(0, 9), bar(1, 9), bar(2, 9), bar(3, 9)))[0]
    assert rejection.reason == f"the bar of {day(1)} came after the book had moved on to {day(3)}"


def test_proceeds_of_a_sale_are_there_for_the_purchases_of_the_same_open():
    # The AAPL order reserves more than the cash the book has left, which only NVDA's sale makes good.
    events = selling(holding(99, cash=10_000))
    events.append(purchase("AAPL", 5_000, n=2))
    fills = new(events, history(bar(1, 100), bar(3, 100)), history(bar(3, 50), ticker="AAPL"))
    assert [(fill.side, fill.ticker, fill.shares) for fill in fills] == [("SELL", "NVDA", 99), ("BUY", "AAPL", 100)]


def purchase(ticker, budget, n=0):
    return Order(
        key=f"order:{day(n)}:{ticker}:claude",
        contestant="claude",
        session=day(n),
        ticker=ticker,
        chat_id="chat",
        side="BUY",
        budget=Decimal(budget),
        shares=None,
        rule="next_open",
        fills_on=day(n + 1),
    )


def test_a_purchase_that_cash_cannot_pay_is_rejected():
    events = [opened(1000), purchase("AAPL", 600), purchase("NVDA", 600)]
    fill, rejection = new(events, history(bar(1, 100), ticker="AAPL"), history(bar(1, 100)))
    assert (fill.ticker, fill.shares) == ("AAPL", 6)
    assert rejection.reason == "6 shares cost 600.00 dollars, and the cash is 400.00"


def test_a_sale_whose_costs_exceed_all_there_is_is_rejected():
    trading = settings(slippage_bps=Decimal(10_000), commission_bps=Decimal(10_000))
    (rejection,) = new(selling(holding(100)), history(bar(1, 100), bar(3, 100)), trading=trading)
    assert rejection.reason == ("fees and slippage exceed the proceeds by 10,000.00 dollars, more than the cash")


def test_a_split_comes_before_the_fills_of_its_session():
    events = selling(holding(10), fraction=0.5)
    prices = history(bar(1, 100), bar(3, 10), splits=[(3, 10)])
    applied, fill = new(events, prices)
    assert (applied.kind, applied.shares_before, applied.shares_after, applied.cash_in_lieu) == ("split", 10, 100, 0)
    assert (fill.shares, fill.price) == (50, 10)
    assert book([*events, applied, fill]).cash == 9_000 + 500


def test_a_reverse_split_pays_the_fraction_at_the_open():
    (applied,) = new(holding(25), history(bar(1, 100), bar(2, 990, 1000), splits=[(2, "0.1")]))
    assert (applied.shares_after, applied.cash_in_lieu) == (2, 495)


def test_a_sale_that_a_reverse_split_leaves_nothing_of_is_rejected():
    events = selling(holding(25), fraction=0.2)
    _, rejection = new(events, history(bar(1, 100), bar(3, 1000), splits=[(3, "0.1")]))
    assert rejection.reason == "the split left less than one share to sell"


def test_a_dividend_goes_to_who_held_before_the_ex_date():
    (paid,) = new(holding(10), history(bar(1, 100), bar(2, 100), dividends=[(1, 9), (2, "0.25")]))
    assert (paid.key, paid.shares, paid.amount) == (f"dividend:NVDA:{day(2)}:claude", 10, Decimal("0.25"))


def test_selling_at_the_open_of_the_ex_date_keeps_the_dividend():
    paid, fill = new(selling(holding(10)), history(bar(1, 100), bar(3, 99), dividends=[(3, 1)]))
    assert (paid.kind, fill.kind) == ("dividend", "fill")
    assert book([*selling(holding(10)), paid, fill]).cash == 9_000 + 10 + 990


def test_a_dividend_on_the_day_of_a_split_is_for_the_new_shares():
    applied, paid = new(holding(10), history(bar(1, 100), bar(2, 50), splits=[(2, 2)], dividends=[(2, 1)]))
    assert (applied.shares_after, paid.shares) == (20, 20)


def test_two_dividends_on_one_ex_date_are_one_payment():
    (paid,) = new(holding(10), history(bar(1, 100), bar(2, 100), dividends=[(2, "0.25"), (2, 3)]))
    assert paid.amount == Decimal("3.25")


def test_an_action_off_session_takes_effect_on_the_next_one():
    prices = history(bar(1, 100), bar(4, 10), splits=[(2, 10)], dividends=[(3, 1)])
    assert new(holding(10), prices, through=3) == []
    assert [event.session for event in new(holding(10), prices)] == [day(4), day(4)]


def test_a_late_dividend_is_credited_late_for_the_shares_it_was_for():
    events = settled(selling(holding(10)), history(bar(1, 100), bar(2, 100), bar(3, 100)))
    (paid,) = new(events, history(bar(1, 100), bar(2, 100), bar(3, 100), dividends=[(2, 1)]))
    assert (paid.ex_date, paid.session, paid.shares) == (day(2), day(3), 10)
    assert book([*events, paid]).cash == 10_010


def test_a_late_split_is_applied_while_nothing_was_traded_since():
    events = selling(holding(10), n=3, fraction=0.5)
    prices = [bar(1, 100), bar(2, 10), bar(3, 10)]
    (applied,) = new(events, history(*prices, splits=[(2, 10)]), through=3)
    # The order of day 3 was decided in old shares, so the split stands behind it and before its fill.
    assert (applied.session, applied.shares_after) == (day(4), 100)
    assert book([*events, applied]).pending[0].shares == 50
    (fill,) = new([*events, applied], history(*prices, bar(4, 10), splits=[(2, 10)]))
    assert fill.shares == 50


def test_splits_of_one_session_apply_in_order_of_ex_date_however_the_vendor_lists_them():
    prices = history(bar(1, 100), bar(4, 10), splits=[(3, 3), (2, "0.5")])
    first, second = new(holding(11), prices)
    # 11 halve to 5 and half a share, which is paid; the other way round 33 would halve to 16.
    assert (first.shares_after, second.shares_after) == (5, 15)
    assert first.cash_in_lieu == 5


def test_a_split_told_of_after_trading_on_stops_the_season():
    bars = [bar(1, 100), bar(2, 10), bar(3, 10)]
    events = settled(selling(holding(10), fraction=0.5), history(*bars))
    with pytest.raises(LedgerError, match="split:NVDA:2025-10-15:claude: the vendor told of this split after claude"):
        new(events, history(*bars, splits=[(2, 10)]))


def test_a_split_before_the_purchase_is_nobodys_business():
    assert new(holding(10), history(bar(0, 1000), bar(1, 100), bar(2, 100), splits=[(0, 2), (1, 10)])) == []


def test_settling_twice_adds_nothing():
    prices = history(*(bar(n, 100 + n) for n in range(9)), splits=[(4, 3)], dividends=[(3, 1), (5, 2)])
    events = settled(selling(holding(10), n=5, fraction=0.5), prices)
    assert len(events) > len(holding(10))
    assert new(events, prices) == []


def test_the_order_of_contestants_and_tickers_changes_nothing():
    books = [opened(contestant="grok"), opened(contestant="claude")]
    both = {"NVDA": decision("BUY", 0.5), "AAPL": decision("BUY", 0.5)}
    forth, back = list(books), list(reversed(books))
    for name in ("claude", "grok"):
        forth = decide(forth, 0, both, contestant=name)
    for name in ("grok", "claude"):
        back = decide(back, 0, dict(reversed(both.items())), contestant=name)
    prices = [history(bar(1, 100)), history(bar(1, 50), ticker="AAPL")]
    assert new(forth, *prices) == new(back, *reversed(prices))
    fills = new(forth, *prices)
    expected = [("claude", "AAPL"), ("claude", "NVDA"), ("grok", "AAPL"), ("grok", "NVDA")]
    assert [(fill.contestant, fill.ticker) for fill in fills] == expected


def test_settle_leaves_the_events_it_was_given_alone():
    events = tuple(buying())
    assert settle(events, {"NVDA": history(bar(1, 100))}, settings(), day(1))[0].kind == "fill"
    assert book(events).holdings == {}
    assert book(settled(list(events), history(bar(1, 100)))).holdings == {
        "NVDA": Holding(shares=100, cost=Decimal(10_000))
    }
