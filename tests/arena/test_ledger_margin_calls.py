"""Margin calls: below maintenance at a close every short is covered at its next open, told and never repaired."""

from decimal import Decimal

import pytest

from arena.errors import LedgerError
from arena.ledger import margin_notes, portfolio_view, replay, settle, standing_notes
from arena.records.trading import MarginCall
from arena.standings import standings
from tests.arena.test_ledger_short import SHORT, opened, short
from tests.arena.trading import bar, book, day, decide, decision, history, mark, settings, settled


def new(events, *histories, through=13, trading=SHORT):
    return settled(events, *histories, through=through, trading=trading)[len(events) :]


# 100 short at 100 dollars leave 20,000 of cash: maintenance asks for 19,999.20 at 153.84, and for 20,000.50 at 153.85.
FULL = short(100)


def test_a_book_exactly_at_maintenance_is_not_called_and_one_below_it_is():
    assert new(FULL, history(bar(1, 100), bar(2, 100, "153.84"))) == []
    (call,) = new(FULL, history(bar(1, 100), bar(2, 100, "153.85")))
    assert call == MarginCall(
        key=f"margin_call:{day(2)}:NVDA:claude",
        contestant="claude",
        session=day(2),
        ticker="NVDA",
        shares=100,
        cash=Decimal(20_000),
        shorts={"NVDA": Decimal(15_385)},
        required=Decimal("20000.5"),
    )
    assert book([*FULL, call]).calls == (call,)


def test_a_call_is_covered_at_the_next_open_and_both_are_told():
    prices = history(bar(1, 100), bar(2, 100, 160), bar(3, 170, 90))
    call, cover = new(FULL, prices)
    assert (cover.order_key, cover.side, cover.shares, cover.price, cover.session) == (
        call.key,
        "BUY",
        100,
        170,
        day(3),
    )
    after = book([*FULL, call, cover])
    assert (after.cash, after.holdings, after.calls, after.fills) == (3_000, {}, (), 2)
    assert after.closed_trades[-1].gain == -7_000
    assert margin_notes([call, cover], [*FULL, call, cover]) == (
        "claude: margin call at the close of 2025-10-15: 20,000.00 dollars of cash are less than the 20,800.00 that "
        "maintenance asks for, so all 100 NVDA that are short are covered at the next open",
        "claude: the margin call of 2025-10-15 covered 100 NVDA at 170, the open of 2025-10-16, for 17,000.00 dollars",
    )
    assert new([*FULL, call, cover], prices) == []


def test_a_forced_cover_pays_slippage_and_commission():
    trading = settings(short_selling=True, slippage_bps=Decimal(50), commission_bps=Decimal(50))
    *_, cover = new(FULL, history(bar(1, 100), bar(2, 160), bar(3, 170)), trading=trading)
    assert (cover.slippage, cover.fee) == (85, 85)


def test_every_short_is_called_and_holdings_are_not():
    events = decide([opened()], 0, {"NVDA": decision("SELL", 0.2), "AAPL": decision("SELL", 0.2)}, trading=SHORT)
    events = settled(events, history(bar(1, 100)), history(bar(1, 50), ticker="AAPL"), trading=SHORT, through=1)
    events = decide(events, 1, {"MSFT": decision("BUY", 1)}, [mark(1, 100), mark(1, 50, "AAPL")], SHORT)
    msft = history(bar(2, 10), bar(3, 10), bar(4, 10), ticker="MSFT")
    events = settled(events, history(bar(2, 100)), history(bar(2, 50), ticker="AAPL"), msft, trading=SHORT, through=2)
    # Short by 40 NVDA and 80 AAPL, 4,000 dollars each; 6,000 of the 18,000 dollars of cash went into MSFT.
    assert (book(events).cash, book(events).shares("MSFT")) == (12_000, 600)
    nvda, aapl = (
        history(bar(2, 100), bar(3, 140), bar(4, 140)),
        history(bar(2, 50), bar(3, 50), bar(4, 50), ticker="AAPL"),
    )
    called = new(events, nvda, aapl, msft)
    assert [(event.kind, event.ticker) for event in called] == [
        ("margin_call", "AAPL"),
        ("margin_call", "NVDA"),
        ("fill", "AAPL"),
        ("fill", "NVDA"),
    ]
    assert called[0].required == Decimal(12480)  # 1.3 x (5,600 + 4,000)
    assert book([*events, *called]).holdings.keys() == {"MSFT"}


def test_a_cover_that_costs_more_than_there_is_leaves_the_book_below_zero_and_it_trades_no_more():
    events = [*FULL, *new(FULL, history(bar(1, 100), bar(2, 160), bar(3, 260)))]
    after = book(events)
    assert (after.cash, after.holdings) == (-6_000, {})
    table = standings("main", events, [mark(3, 260)], ())
    assert (table.rows[0].equity, table.rows[0].return_pct) == (-6_000, Decimal(-160))
    assert table.notes == (
        "claude is worth -6,000.00 dollars: a book that is worth nothing trades no more",
        "claude had margin called once, last at the close of 2025-10-15",
    )
    for action in ("BUY", "SELL"):
        *_, rejection = decide(events, 3, {"NVDA": decision(action)}, [mark(3, 260)], SHORT)
        assert rejection.reason == "the book is worth -6,000.00 dollars: one that is worth nothing trades no more"


def test_a_halted_short_waits_for_its_next_open_and_is_called_once():
    bars = [bar(1, 100), bar(2, 160), bar(5, 120)]
    other = history(*(bar(n, 10) for n in range(1, 6)), ticker="AAPL")
    call, cover = new(FULL, history(*bars), other)
    assert (call.session, cover.session, cover.price) == (day(2), day(5), 120)
    waiting = [*FULL, *new(FULL, history(*bars[:2]), other)]
    assert [event.kind for event in waiting[len(FULL) :]] == ["margin_call"]
    view = portfolio_view(book(waiting), {"NVDA": mark(2, 160)}, day(4))
    assert (view.margin_calls, view.positions[0].carried) == (("NVDA",), True)
    assert new(waiting, history(*bars[:2]), through=60) == [], "a delisted one stays, at its last price"


def test_what_a_desk_decides_on_a_called_short_is_rejected_with_the_reason():
    called = [*FULL, *new(FULL, history(bar(1, 100), bar(2, 160)))]
    for action in ("BUY", "SELL"):
        *_, rejection = decide(called, 2, {"NVDA": decision(action, 0.5)}, [mark(2, 160)], SHORT)
        assert rejection.reason == "a margin call covers all 100 NVDA that are short at the next open"


def test_a_cover_that_was_to_fill_on_the_way_is_rejected_when_the_call_has_covered_all():
    waiting = decide(FULL, 1, {"NVDA": decision("BUY", 0.1)}, [mark(1, 100)], SHORT)
    # Its own session, day 2, has no bar; the close of day 3 calls, and day 4 covers.
    done = new(waiting, history(bar(1, 100), bar(3, 160), bar(4, 150)))
    assert [event.kind for event in done] == ["margin_call", "fill", "rejection"]
    assert done[-1].reason == f"the margin call of {day(3)} has covered all NVDA"


def test_a_call_rests_where_nothing_is_short_any_more():
    # A reverse split settles the 3 short shares in cash before the open that was to cover them.
    few = short(3, price=3000)
    done = new(few, history(bar(1, 3000), bar(2, 6000), bar(3, 60_000), splits=[(3, "0.1")]))
    assert [event.kind for event in done] == ["margin_call", "split", "rejection"]
    assert done[-1].reason == "no NVDA are short any more"
    assert book([*few, *done]).calls == ()


def test_selling_holdings_can_bring_a_debt_back():
    events = decide(FULL, 1, {"AAPL": decision("BUY", 1)}, [mark(1, 100)], SHORT)
    aapl = history(bar(2, 100), bar(3, 100), bar(4, 100), bar(5, 100), ticker="AAPL")
    events = settled(events, history(bar(1, 100), bar(2, 100, 160), bar(3, 240)), aapl, trading=SHORT)
    assert (book(events).cash, book(events).shares("AAPL")) == (-9_000, 50)
    *_, rejection = decide(events, 3, {"MSFT": decision("BUY")}, [mark(3, 1000, "AAPL")], SHORT)
    assert rejection.reason == "no cash is available: the book owes 9,000.00 dollars"
    events = decide(events, 3, {"AAPL": decision("SELL")}, [mark(3, 1000, "AAPL")], SHORT)
    assert book(settled(events, aapl, trading=SHORT)).cash == -4_000


def test_settling_in_several_goes_calls_and_covers_alike():
    prices = history(bar(1, 100), bar(2, 160), bar(3, 170))
    apart = [*FULL]
    for through in (2, 2, 3, 3):
        apart += settle(apart, {"NVDA": prices}, SHORT, day(through))
    assert apart == [*FULL, *new(FULL, prices)]


CALL = new(FULL, history(bar(1, 100), bar(2, 160)))[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cash": Decimal(19_999)}, "the cash is 20000 dollars, and short are NVDA"),
        ({"shares": 99}, "100 NVDA are short"),
        ({"required": Decimal(20_900)}, "maintenance asks for 20800 dollars, and the cash is 20000"),
        (
            {"shorts": {"NVDA": Decimal(15_000)}, "required": Decimal(19_500)},
            "maintenance asks for 19500 dollars, and the cash is 20000",
        ),
    ],
)
def test_a_call_that_says_what_is_not_so_is_refused(change, said):
    with pytest.raises(LedgerError) as caught:
        replay([*FULL, CALL.model_copy(update=change)])
    assert said in str(caught.value)


def test_a_short_is_called_but_once_and_covered_whole():
    again = CALL.model_copy(update={"key": "again"})
    with pytest.raises(LedgerError, match="NVDA has been called already"):
        replay([*FULL, CALL, again])
    cover = new(FULL, history(bar(1, 100), bar(2, 160), bar(3, 150)))[1]
    part = cover.model_copy(update={"shares": Decimal(99)})
    with pytest.raises(LedgerError, match="its margin call covers all 100 shares, not 99"):
        replay([*FULL, CALL, part])
    with pytest.raises(LedgerError, match="it does not match its margin call"):
        replay([*FULL, CALL, cover.model_copy(update={"rule": "next_close"})])


def test_a_board_says_which_calls_wait():
    waiting = [*FULL, CALL]
    assert standing_notes(waiting, replay(waiting)) == (
        "claude: margin call at the close of 2025-10-15: 20,000.00 dollars of cash are less than the 20,800.00 that "
        "maintenance asks for, so all 100 NVDA that are short are covered at the next open",
        "claude had margin called once, last at the close of 2025-10-15",
    )
