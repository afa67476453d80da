"""The auditor over ledgers: every violation is named, and what is in order is not."""

from datetime import date
from decimal import Decimal

import pytest

from arena.audit.books import check_books, unchecked_fills
from arena.audit.prices import KnownPrices
from arena.ledger import open_book
from arena.market.market import SourcedHistory
from arena.records.market import Bar, Dividend, PriceHistory
from arena.records.trading import DividendPaid, Fill, Order, Rejection, SplitApplied

MONDAY, TUESDAY, WEDNESDAY = date(2025, 10, 13), date(2025, 10, 14), date(2025, 10, 15)
SATURDAY = date(2025, 10, 18)


def bar(session, low, high, first, last):
    prices = {"low": low, "high": high, "open": first, "close": last}
    return Bar(session=session, volume=1, **{name: Decimal(str(price)) for name, price in prices.items()})


HISTORY = PriceHistory(
    ticker="NVDA",
    bars=(bar(TUESDAY, 95, 110, 100, 105), bar(WEDNESDAY, 100, 120, 106, 118)),
    dividends=(Dividend(ex_date=WEDNESDAY, amount=Decimal("0.5")),),
)
PRICES = KnownPrices([SourcedHistory(source="files", history=HISTORY)])


def order(side="BUY", session=MONDAY, fills_on=TUESDAY, size=1000, rule="next_open"):
    return Order(
        key=f"order:{session}",
        contestant="claude",
        session=session,
        ticker="NVDA",
        chat_id="chat",
        side=side,
        budget=Decimal(size) if side == "BUY" else None,
        shares=None if side == "BUY" else size,
        rule=rule,
        fills_on=fills_on,
    )


def fill(order, shares, price, session=None, **changes):
    content = {
        "key": f"fill:{order.session}",
        "contestant": "claude",
        "session": session or order.fills_on,
        "order_key": order.key,
        "ticker": order.ticker,
        "side": order.side,
        "shares": shares,
        "price": Decimal(str(price)),
        "slippage": Decimal(0),
        "fee": Decimal(0),
        "rule": order.rule,
    }
    return Fill(**{**content, **changes})


def kinds(*events, cash=10_000):
    opened = open_book("claude", Decimal(cash), MONDAY)
    return [(finding.kind, finding.where) for finding in check_books([opened, *events], PRICES)]


BOUGHT = (order(), fill(order(), 10, 100))
SALE = order("SELL", TUESDAY, WEDNESDAY, 10)


def test_a_ledger_that_adds_up_has_no_violation():
    dividend = DividendPaid(
        key="dividend",
        contestant="claude",
        session=WEDNESDAY,
        ticker="NVDA",
        ex_date=WEDNESDAY,
        shares=10,
        amount=Decimal("0.5"),
    )
    assert kinds(*BOUGHT, dividend, SALE, fill(SALE, 10, 106)) == []


@pytest.mark.parametrize(("price", "word"), [(110.5, "above the high"), (94, "below the low"), (101, "not the open")])
def test_a_fill_off_its_bar_is_named(price, word):
    wanted = order(size=2000)
    events = [open_book("claude", Decimal(10_000), MONDAY), wanted, fill(wanted, 10, price)]
    (finding,) = check_books(events, PRICES)
    assert (finding.kind, finding.where) == ("fill_price", "fill:2025-10-13")
    assert word in finding.what


def test_a_fill_at_any_word_of_a_vendor_that_corrected_itself_is_in_order():
    earlier = PriceHistory(ticker="NVDA", bars=(bar(TUESDAY, 90, 111, 101, 105),))
    prices = KnownPrices(SourcedHistory(source="files", history=told) for told in (earlier, HISTORY))
    events = [open_book("claude", Decimal(10_000), MONDAY), *BOUGHT]
    assert list(check_books(events, prices)) == []


def test_a_purchase_beyond_the_cash_is_named():
    assert ("beyond_cash", "fill:2025-10-13") in kinds(*BOUGHT, cash=999)


def test_a_purchase_beyond_its_orders_budget_is_named():
    small = order(size=900)
    assert ("beyond_cash", "fill:2025-10-13") in kinds(small, fill(small, 10, 100))


def test_shares_that_were_never_bought_cannot_be_sold():
    assert ("position", "fill:2025-10-14") in kinds(SALE, fill(SALE, 10, 106))


def test_a_dividend_for_shares_that_were_not_held_is_named():
    dividend = DividendPaid(
        key="dividend",
        contestant="claude",
        session=WEDNESDAY,
        ticker="NVDA",
        ex_date=WEDNESDAY,
        shares=11,
        amount=Decimal("0.6"),
    )
    assert {("position", "dividend"), ("price", "dividend")} <= set(kinds(*BOUGHT, dividend))


def test_a_split_that_makes_too_many_shares_is_named():
    split = SplitApplied(
        key="split",
        contestant="claude",
        session=WEDNESDAY,
        ticker="NVDA",
        ratio=Decimal(10),
        shares_before=10,
        shares_after=101,
        cash_in_lieu=Decimal(0),
    )
    assert ("position", "split") in kinds(*BOUGHT, split)


def test_duplicate_keys_and_fills_of_no_order_are_named():
    assert ("id", "fill:2025-10-13") in kinds(fill(order(), 10, 100))
    assert ("id", "order:2025-10-13") in kinds(*BOUGHT, order())
    again = fill(order(), 10, 100, key="late")
    assert ("id", "late") in kinds(*BOUGHT, again)


def test_a_fill_that_was_written_before_its_order_is_named():
    assert kinds(fill(order(), 10, 100), order()) == [("id", "fill:2025-10-13")]


def test_a_trade_on_a_day_without_a_session_is_named():
    late = order(fills_on=SATURDAY)
    found = kinds(late, fill(late, 10, 100))
    assert {("date", "order:2025-10-13"), ("no_session", "fill:2025-10-13")} <= set(found)
    assert ("no_session", "order:2025-10-18") in kinds(order(session=SATURDAY))


def test_a_book_that_was_never_opened_is_named():
    found = [finding.kind for finding in check_books(BOUGHT, PRICES)]
    assert {"position", "beyond_cash", "ledger"} <= set(found)


def test_what_the_ledger_itself_refuses_is_named_with_its_reason():
    refused = Rejection(
        key="rejection", contestant="claude", session=TUESDAY, order_key="none", ticker="NVDA", reason="why"
    )
    opened = open_book("claude", Decimal(10_000), MONDAY)
    found = list(check_books([opened, refused], PRICES))
    assert [finding.kind for finding in found] == ["id", "id", "ledger"]
    assert "no order none is pending" in found[-1].what


def test_fills_of_sessions_without_a_kept_bar_are_told_as_unchecked():
    assert unchecked_fills(BOUGHT, PRICES) == ()
    assert unchecked_fills(BOUGHT, KnownPrices()) == (
        "fill:2025-10-13: no bar of NVDA on 2025-10-14 is kept, so its price was not checked",
    )
