"""Parts of a share: six decimals, rounded down, and no cash in lieu."""

from decimal import Decimal

import pytest

from arena.ledger import Holding, open_book
from arena.ledger.splitting import split_shares
from arena.records.shares import PART
from tests.arena.trading import bar, book, day, decide, decision, history, mark, settings, settled

PARTS = settings(fractional=True)


def opened(cash=1000, trading=PARTS):
    return open_book("claude", Decimal(cash), day(0), trading.terms)


def bought(price, *, fraction=1, trading=PARTS, cash=1000):
    events = decide([opened(cash, trading)], 0, {"NVDA": decision("BUY", fraction)}, trading=trading)
    return settled(events, history(bar(1, price)), trading=trading)


def test_a_purchase_spends_all_but_what_a_millionth_of_a_share_costs():
    # 1000 / 184.53 is 5.41917303..., and 5.419173 shares cost 999.99999369, to the micro-dollar 999.999994.
    after = book(bought("184.53"))
    assert after.holdings["NVDA"] == Holding(shares=Decimal("5.419173"), cost=Decimal("999.999994"))
    assert after.cash == Decimal("0.000006")


def test_costs_come_out_of_the_budget_of_a_part_too():
    # 100.60 a share with 50 and 10 bps: 1000 / 100.6 is 9.94035785...
    trading = settings(fractional=True, slippage_bps=Decimal(50), commission_bps=Decimal(10))
    fill = bought(100, trading=trading)[-1]
    assert (fill.shares, fill.slippage, fill.fee) == (
        Decimal("9.940357"),
        Decimal("4.970178"),
        Decimal("0.994036"),
    )
    assert -fill.cash_change <= 1000


@pytest.mark.parametrize("price", ["0.00001", "0.5", "3.333333", "98765.43"])
def test_no_purchase_goes_over_its_budget_however_small_or_large_the_price(price):
    trading = settings(fractional=True, slippage_bps=Decimal("3.7"), commission_bps=Decimal("1.1"))
    after = book(bought(price, trading=trading, fraction=0.5))
    assert Decimal(500) <= after.cash < Decimal("500.2")


def test_a_sale_is_its_fraction_cut_to_six_decimals_and_all_of_it_leaves_no_crumb():
    events = bought("184.53")
    third = decide(events, 1, {"NVDA": decision("SELL", 0.33)}, [mark(1, 184)], PARTS)[-1]
    assert third.shares == Decimal("1.788327")  # 0.33 x 5.419173 = 1.78832709
    rest = decide(events, 1, {"NVDA": decision("SELL", 1)}, [mark(1, 184)], PARTS)
    assert book(settled(rest, history(bar(1, "184.53"), bar(2, 200)), trading=PARTS)).holdings == {}


def test_what_would_leave_less_than_a_dollar_closes_all_of_it():
    # 5.419173 shares at 184 are worth 997.13 dollars: 0.998 of them leave 1.99, and 0.9991 leave 0.90.
    shares = [
        decide(bought("184.53"), 1, {"NVDA": decision("SELL", fraction)}, [mark(1, 184)], PARTS)[-1].shares
        for fraction in (0.998, 0.9991)
    ]
    assert shares == [Decimal("5.408334"), Decimal("5.419173")]


def test_a_short_that_is_covered_by_halves_comes_to_an_end():
    trading = settings(fractional=True, short_selling=True)
    events = settled(
        decide([opened(trading=trading)], 0, {"NVDA": decision("SELL", 0.1)}, trading=trading),
        history(bar(1, 100)),
        trading=trading,
    )
    for n in range(1, 12):
        events = decide(events, n, {"NVDA": decision("BUY", 0.5)}, [mark(n, 100)], trading)
        events = settled(events, history(bar(n + 1, 100)), trading=trading)
        if not book(events).holdings:
            break
    assert n == 8  # Of 200 dollars seven halvings leave 1.5625, and the eighth would leave 0.78125.


@pytest.mark.parametrize(
    ("shares", "ratio", "after"),
    [("10.5", "3", "31.5"), ("1", "0.3", "0.3"), ("0.000003", "0.5", "0.000001"), ("300", "0.333333", "100")],
)
def test_a_split_leaves_parts_and_no_cash_in_lieu(shares, ratio, after):
    assert split_shares(Decimal(shares), Decimal(ratio), PART) == (Decimal(after), 0)


def test_a_reverse_split_keeps_the_part_and_the_whole_cost():
    events = bought(100, fraction=0.25)
    after = book(settled(events, history(bar(1, 100), bar(2, 990), splits=[(2, "0.1")]), trading=PARTS))
    assert after.holdings["NVDA"] == Holding(shares=Decimal("0.25"), cost=Decimal(250))
    assert after.cash == 750


def test_a_split_scales_a_pending_sale_of_a_part():
    events = decide(bought(100), 1, {"NVDA": decision("SELL", 0.125)}, [mark(1, 100)], PARTS)
    after = settled(events, history(bar(1, 100), bar(2, 40), splits=[(2, "2.5")]), trading=PARTS)
    assert after[-1].shares == Decimal("3.125")  # 1.25 at 2.5
    assert book(after).shares("NVDA") == Decimal("21.875")


def test_a_dividend_is_paid_on_parts():
    events = bought(100, fraction=0.0125)
    paid = settled(events, history(bar(1, 100), bar(2, 100), dividends=[(2, "0.24")]), trading=PARTS)[-1]
    assert (paid.shares, paid.cash_change) == (Decimal("0.125"), Decimal("0.03"))


def test_less_than_the_smallest_part_is_said_to_be_too_little():
    events = bought(700_000, fraction=0.01)
    *_, rejection = decide(events, 1, {"NVDA": decision("SELL", 0.01)}, [mark(1, 700_000)], PARTS)
    assert rejection.reason == "0.01 of 0.000014 shares is less than a millionth of a share"


def test_whole_shares_stay_whole():
    assert book(bought("184.53", trading=settings())).shares("NVDA") == 5
