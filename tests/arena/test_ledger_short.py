"""Selling short: how it is sized and filled, what it costs, and that no order goes through zero."""

from decimal import Decimal

import pytest

from arena.errors import LedgerError
from arena.ledger import Holding, open_book, portfolio_view, replay
from arena.records.trading import Fill, Order
from tests.arena.trading import bar, book, day, decide, decision, history, mark, settings, settled

SHORT = settings(short_selling=True)


def opened(cash=10_000, trading=SHORT):
    return open_book("claude", Decimal(cash), day(0), trading.terms)


def sized(events, n, decisions, marks=(), trading=SHORT):
    return decide(events, n, decisions, marks, trading)[len(events) :]


def short(shares=40, price=100, trading=SHORT, cash=10_000):
    """A book that is short by some NVDA, sold at day 1's open."""
    part = shares * price / (2 * cash)  # Of the 20,000 dollars that 10,000 allow at 150%.
    events = decide([opened(cash, trading)], 0, {"NVDA": decision("SELL", part)}, trading=trading)
    return settled(events, history(bar(1, price)), through=1, trading=trading)


def test_a_short_sale_takes_its_fraction_of_what_margin_allows():
    # 10,000 dollars: each dollar sold short takes half a dollar beyond what it brings, so 0.2 of them sell for 4,000.
    (order,) = sized([opened()], 0, {"NVDA": decision("SELL", 0.2)})
    assert (order.side, order.budget, order.shares) == ("SELL", 2000, None)
    after = book(short())
    assert after.holdings == {"NVDA": Holding(shares=-40, cost=Decimal(-4000))}
    assert after.cash == 14_000
    view = portfolio_view(after, {"NVDA": mark(1, 110)}, day(1))
    (position,) = view.positions
    # 40 short at 110 are 4,400 against the book: 14,000 - 4,400; margin is 1.5 x 4,400.
    assert (view.equity, view.margin, view.available) == (9_600, 6_600, 7_400)
    assert (position.shares, position.average_cost, position.value) == (-40, 100, -4_400)


def test_the_position_limit_holds_for_what_a_short_is_worth():
    (order,) = sized([opened()], 0, {"NVDA": decision("SELL", 1)})
    assert order.budget == 5_000  # 10,000 dollars' worth, all of the equity, take half of it as margin
    limit = settings(short_selling=True, position_limit=Decimal("0.3"))
    (order,) = sized([opened(trading=limit)], 0, {"NVDA": decision("SELL", 1)}, trading=limit)
    assert order.budget == 1_500
    order, rejection = sized(short(), 1, {"NVDA": decision("SELL", 1)}, [mark(1, 100)], limit)
    assert order.budget == 0
    assert rejection.reason == (
        "the position limit of 30% is reached: NVDA is short by 4,000.00 of 10,000.00 dollars, pending short sales "
        "included"
    )


def test_costs_of_a_short_sale_come_out_of_its_budget_and_of_what_it_brings():
    # 1% costs: a share at 100 takes 50 of margin and 1 of costs, so 2,000 dollars are enough for 39.
    trading = settings(short_selling=True, slippage_bps=Decimal(60), commission_bps=Decimal(40))
    (order,) = sized([opened(trading=trading)], 0, {"NVDA": decision("SELL", 0.2)}, trading=trading)
    after = settled([opened(trading=trading), order], history(bar(1, 100)), trading=trading)
    assert after[-1].shares == 39
    assert book(after).cash == 10_000 + 39 * 99
    assert book(after).holdings["NVDA"].cost == -39 * 99


def test_a_second_short_sale_counts_the_margin_of_the_first_at_its_price():
    # 14,000 less 1.5 x 4,400 are 7,400 available; 0.1 of them are margin for 1,480 dollars more.
    (order,) = sized(short(), 1, {"AAPL": decision("SELL", 0.1)}, [mark(1, 110)])
    assert (order.budget, order.shorts) == (740, {"NVDA": 4_400})
    (more,) = sized(short(), 1, {"NVDA": decision("SELL", 0.1)}, [mark(1, 110)])
    assert (more.budget, more.shorts) == (740, {})


def test_a_purchase_leaves_what_the_shorts_want_as_margin():
    events = decide(short(), 1, {"AAPL": decision("BUY", 1)}, [mark(1, 110)], SHORT)
    assert (events[-1].budget, events[-1].shorts) == (7_400, {"NVDA": 4_400})
    after = book(settled(events, history(bar(1, 100), bar(2, 110)), history(bar(2, 100), ticker="AAPL"), trading=SHORT))
    assert after.shares("AAPL") == 74
    assert after.cash == 6_600


def test_what_opens_a_position_shrinks_to_what_margin_leaves_when_it_is_filled():
    # The dividend of 2.50 on 40 short takes 100 dollars before the open, so 73 shares are bought and not 74.
    events = decide(short(), 1, {"AAPL": decision("BUY", 1)}, [mark(1, 110)], SHORT)
    nvda = history(bar(1, 100), bar(2, 110), dividends=[(2, "2.5")])
    after = settled(events, nvda, history(bar(2, 100), ticker="AAPL"), trading=SHORT)
    assert [event.kind for event in after[-2:]] == ["dividend", "fill"]
    assert after[-1].shares == 73
    assert book(after).cash == 14_000 - 100 - 7_300


def test_a_cover_is_its_fraction_of_the_short_and_a_closed_trade():
    events = decide(short(), 2, {"NVDA": decision("BUY", 0.25)}, [mark(2, 90)], SHORT)
    assert (events[-1].side, events[-1].budget, events[-1].shares) == ("BUY", None, 10)
    after = book(settled(events, history(bar(1, 100), bar(3, 80)), trading=SHORT))
    (trade,) = after.closed_trades
    # 10 of the 40 brought 1,000 and cost 800.
    assert (trade.proceeds, trade.cost, trade.gain, trade.short, trade.shares) == (1000, 800, 200, True, 10)
    assert after.holdings["NVDA"] == Holding(shares=-30, cost=Decimal(-3000))
    assert after.cash == 13_200


def test_a_cover_costs_slippage_and_commission_and_ends_the_position():
    trading = settings(short_selling=True, commission_bps=Decimal(100))
    events = decide(short(), 2, {"NVDA": decision("BUY")}, [mark(2, 90)], trading)
    after = book(settled(events, history(bar(1, 100), bar(3, 90)), trading=trading))
    assert (after.holdings, after.cash) == ({}, 14_000 - 3_636)
    assert after.closed_trades[0].gain == 364


def test_a_cover_is_filled_whatever_it_costs_and_the_book_can_end_below_zero():
    # 40 short at 100; they open at 400 and cost 16,000 of the 14,000 dollars there are.
    events = decide(short(), 1, {"NVDA": decision("BUY")}, [mark(1, 100)], SHORT)
    after = settled(events, history(bar(1, 100), bar(2, 400)), trading=SHORT)
    assert (book(after).cash, book(after).holdings) == (-2_000, {})
    view = portfolio_view(book(after), {}, day(2))
    assert (view.equity, view.available) == (-2_000, -2_000)
    *_, rejection = decide(after, 2, {"NVDA": decision("BUY", 0.1)}, [mark(2, 400)], SHORT)
    assert rejection.reason == "the book is worth -2,000.00 dollars: one that is worth nothing trades no more"


def test_selling_more_than_is_held_sells_what_is_held_and_nothing_short():
    events = decide([opened()], 0, {"NVDA": decision("BUY", 0.1)}, trading=SHORT)
    events = settled(events, history(bar(1, 100)), trading=SHORT)
    (order,) = sized(events, 1, {"NVDA": decision("SELL", 1)}, [mark(1, 100)])
    assert (order.shares, order.budget) == (10, None)
    assert book(settled([*events, order], history(bar(1, 100), bar(2, 90)), trading=SHORT)).holdings == {}


def test_no_order_sells_short_what_another_is_about_to_buy_or_the_other_way_round():
    buying = decide([opened()], 0, {"NVDA": decision("BUY", 0.1)}, trading=SHORT)
    *_, rejection = sized(buying, 1, {"NVDA": decision("SELL", 0.1)})
    assert rejection.reason == "a purchase of NVDA is pending, and no order turns a position into its opposite"
    selling = decide([opened()], 0, {"NVDA": decision("SELL", 0.1)}, trading=SHORT)
    *_, rejection = sized(selling, 1, {"NVDA": decision("BUY", 0.1)})
    assert rejection.reason == "a short sale of NVDA is pending, and no order turns a position into its opposite"


def test_an_order_whose_position_has_turned_by_its_fill_is_rejected():
    events = decide([opened()], 0, {"NVDA": decision("BUY", 0.1)}, trading=SHORT)
    early = events[-1].model_copy(update={"key": "early", "side": "SELL"})
    new = settled([*events, early], history(bar(1, 100)), trading=SHORT)[-2:]
    assert [event.kind for event in new] == ["fill", "rejection"]
    assert new[1].reason == "20 NVDA are short by then, and no order turns a short into a holding"


def test_a_dividend_is_owed_by_who_was_short():
    paid = settled(short(), history(bar(1, 100), bar(2, 100), dividends=[(2, "0.25")]), trading=SHORT)[-1]
    assert (paid.kind, paid.shares, paid.cash_change) == ("dividend", -40, -10)


def test_a_split_scales_a_short_and_the_cover_that_waits_for_it():
    events = decide(short(), 1, {"NVDA": decision("BUY", 0.5)}, [mark(1, 100)], SHORT)
    after = settled(events, history(bar(1, 100), bar(2, 10), splits=[(2, 10)]), trading=SHORT)
    assert [(event.kind, getattr(event, "shares", None)) for event in after[-2:]] == [("split", None), ("fill", 200)]
    assert book(after).holdings["NVDA"] == Holding(shares=-200, cost=Decimal(-2000))


def test_a_reverse_split_of_a_short_settles_the_fraction_against_the_book():
    # 25 short at 1:10 are 2.5: half a share at 990 is bought back, and its fifth of the 2,500 goes with it.
    after = settled(short(25), history(bar(1, 100), bar(2, 990, 990), splits=[(2, "0.1")]), trading=SHORT)
    split = next(event for event in after if event.kind == "split")
    assert (split.shares_before, split.shares_after, split.cash_in_lieu) == (-25, -2, -495)
    assert replay(after)["claude"].holdings["NVDA"] == Holding(shares=-2, cost=Decimal(-2000))


def test_parts_of_a_share_can_be_short():
    trading = settings(short_selling=True, fractional=True)
    after = book(short(12.5, trading=trading))
    assert after.holdings["NVDA"] == Holding(shares=Decimal("-12.5"), cost=Decimal(-1250))


def test_without_the_setting_nothing_is_sold_short():
    order, rejection = sized([opened(trading=settings())], 0, {"NVDA": decision("SELL", 0.5)}, trading=settings())
    assert (order.shares, order.budget, rejection.reason) == (0, None, "no shares of NVDA held")


def an_order(side, budget=None, shares=None, **more):
    fields = {"contestant": "claude", "session": day(1), "ticker": "NVDA", "chat_id": "c", "rule": "next_open", **more}
    sizes = {"budget": budget, "shares": shares}
    return Order(key="order", side=side, fills_on=day(2), **fields, **sizes)


def a_fill(order, shares, price=100):
    nothing = {"slippage": Decimal(0), "fee": Decimal(0)}
    fields = {"contestant": "claude", "session": day(2), "ticker": "NVDA", "rule": "next_open", "side": order.side}
    return Fill(key="fill", order_key=order.key, shares=shares, price=Decimal(price), **fields, **nothing)


SELL_SHORT = an_order("SELL", budget=Decimal(5_000))


@pytest.mark.parametrize(
    ("book_of", "order", "shares", "said"),
    [
        (settings(), SELL_SHORT, 10, "claude's book sells nothing short"),
        (SHORT, SELL_SHORT, 101, "it costs 5050.0 dollars, more than its order's budget of 5000"),
        (SHORT, an_order("SELL", budget=Decimal(20_000)), 201, "cash would be 30100 dollars, and margin keeps 30150.0"),
        (
            SHORT,
            an_order("SELL", budget=Decimal(5_000), shorts={}),
            Decimal("10.5"),
            "it trades 10.5 shares in a book of whole ones",
        ),
        (SHORT, an_order("BUY", shares=5), 5, "it covers 5 shares of NVDA, and 0 are short"),
    ],
)
def test_a_fill_that_margin_or_terms_forbid_is_named(book_of, order, shares, said):
    with pytest.raises(LedgerError) as caught:
        replay([opened(trading=book_of), order, a_fill(order, shares)])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (an_order("BUY", budget=Decimal(9_000)), "it would turn -40 NVDA into their opposite"),
        (an_order("BUY", shares=50), "it covers 50 shares of NVDA, and 40 are short"),
        (an_order("SELL", shares=50), "it sells 50 shares of NVDA, and -40 are held"),
    ],
)
def test_no_fill_goes_through_zero(order, said):
    with pytest.raises(LedgerError) as caught:
        replay([*short(), order, a_fill(order, 50)])
    assert said in str(caught.value)


def test_a_purchase_that_spends_margin_is_named():
    order = an_order("BUY", budget=Decimal(9_000), ticker="AAPL", shorts={"NVDA": Decimal(4_400)})
    fill = a_fill(order, 75).model_copy(update={"ticker": "AAPL"})
    with pytest.raises(LedgerError, match="the cash would be 6500 dollars, and margin keeps 6600"):
        replay([*short(), order, fill])
