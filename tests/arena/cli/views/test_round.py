import io
from datetime import date
from decimal import Decimal

import pytest
from rich.console import Console

from arena.cli.views.labels import banner
from arena.cli.views.leaderboard import board_view
from arena.cli.views.round import consensus_line
from arena.cli.views.trades import trades_table
from arena.records.chat import Cost
from arena.records.desk import PositionView
from arena.records.standing import BenchmarkStanding, Consensus, Standing, Standings
from arena.records.trading import Fill, Order, Rejection

DAY, NEXT = date(2025, 10, 14), date(2025, 10, 15)


def drawn(renderable, width=120):
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    console.print(renderable)
    return console.file.getvalue()


def consensus(**changes):
    fields = {"action": "BUY", "tie": False, "level": 0.8, "high": True, "mean_confidence": 0.694}
    votes = {"BUY": 4, "SELL": 0, "HOLD": 1}
    return Consensus(
        **{"ticker": "NVDA", "session": DAY, "votes": votes, "outliers": (), "abstentions": {}, **fields, **changes}
    )


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "Consensus: BUY, 80%, high (votes: 4 BUY, 0 SELL, 1 HOLD; mean confidence 0.69)"),
        (
            {"level": 0.6, "high": False},
            "Consensus: BUY, 60%, not high (votes: 4 BUY, 0 SELL, 1 HOLD; mean confidence 0.69)",
        ),
        (
            {"action": "HOLD", "tie": True, "level": 0.5, "high": False},
            "Consensus: a tie, which counts as HOLD (votes: 4 BUY, 0 SELL, 1 HOLD; mean confidence 0.69)",
        ),
        (
            {"action": None, "level": None, "mean_confidence": None, "high": False},
            "Consensus: none, nobody with a vote decided",
        ),
    ],
)
def test_the_consensus_is_one_sentence_and_a_tie_says_so(changes, line):
    assert consensus_line(consensus(**changes)) == line


def order(contestant, side="BUY", **changes):
    size = {"budget": Decimal(1400), "shares": None} if side == "BUY" else {"budget": None, "shares": 1200}
    fields = {"key": f"order:{contestant}", "contestant": contestant, "session": DAY, "ticker": "NVDA", "side": side}
    return Order(**fields, **size, chat_id="x", rule="next_open", fills_on=NEXT, **changes)


def fill(contestant, side="BUY", **changes):
    fields = {"key": f"fill:{contestant}", "order_key": f"order:{contestant}", "contestant": contestant}
    costs = {"slippage": Decimal(0), "fee": Decimal(0), **changes}
    return Fill(**fields, session=NEXT, ticker="NVDA", side=side, shares=4, price="343.91", rule="next_open", **costs)


def test_every_order_is_filled_rejected_or_says_what_it_waits_for():
    orders = [order("a"), order("b", "SELL"), order("c"), order("d", "SELL")]
    reason = "no cash left"
    refused = Rejection(key="r", contestant="c", session=NEXT, order_key="order:c", ticker="NVDA", reason=reason)
    # 4 x 343.91 = 1375.64; the sale loses 1.50 of it.
    fills = [fill("a"), fill("b", "SELL", slippage=Decimal(1), fee=Decimal("0.5"))]
    rows = [" ".join(line.split()) for line in drawn(trades_table(orders, fills, [refused]), 140).splitlines()[2:]]
    assert rows == [
        "a NVDA BUY 4 $343.91 -$1,375.64 filled, open of 2025-10-15",
        "b NVDA SELL 4 $343.91 +$1,374.14 filled, open of 2025-10-15, $1.50 of it slippage and fees",
        "c NVDA BUY for up to $1,400.00 — — rejected: no cash left",
        "d NVDA SELL 1,200 — — pending until the open of 2025-10-15",
    ]


def test_no_orders_are_said_to_be_none():
    assert drawn(trades_table([], [], [])) == "No orders.\n"


def standing(contestant, rank, medal=None, **changes):
    fields = {
        "labels": (),
        "equity": Decimal("1234567.89"),
        "cash": Decimal("234567.89"),
        "positions": (),
        "pnl": Decimal("-8765432.11"),
        "return_pct": Decimal("-87.6543"),
        "trades": 12,
        "closed_trades": 4,
        "win_rate": 0.25,
        "pending_orders": 1,
        "decisions": 9,
        "abstentions": 1,
        "coverage": 0.9,
        "cost": Cost(known=Decimal("12.3456"), unknown_calls=3),
        **changes,
    }
    return Standing(contestant=contestant, rank=rank, medal=medal, **fields)


def test_no_number_is_broken_over_two_lines_on_a_narrow_terminal():
    held = PositionView(ticker="NVDA", shares=1000, average_cost="900", mark="1000", marked=NEXT, value="1000000")
    rows = (standing("a-contestant-of-note", 1, "gold", positions=(held,)), standing("b", 2, "silver"))
    for width in (80, 120):
        text = drawn(board_view(Standings(season="main", session=NEXT, rows=rows), width), width)
        assert all(len(line) <= width for line in text.splitlines())
        for number in (
            "$1,234,567.89",
            "$234,567.89",
            "-$8,765,432.11",
            "-87.65%",
            "25% of 4",
            "90% of 10",
            "$1,000.00",
        ):
            assert number in text
        assert "1 🥇 gold" in text


def test_a_long_name_is_not_broken_where_the_record_can_stand_below():
    rows = (standing("deepseek-chat-v3.1-terminus", 1, "gold"), standing("b", 2, "silver"))
    held = BenchmarkStanding(ticker="QQQ", since=DAY, through=NEXT, return_pct=-4.915)
    table = Standings(season="main", session=NEXT, rows=rows, benchmark=held)
    text = drawn(board_view(table, 120), 120)
    assert text.count("deepseek-chat-v3.1-terminus") == 2
    assert f"QQQ, held from {DAY} to {NEXT}: -4.92%" in text


def test_notes_are_shown_once_each():
    text = drawn(board_view(Standings(season="main", session=None, rows=(), notes=("careful", "careful")), 120))
    assert "Nobody has a book yet." in text
    assert text.count("- careful") == 1


def test_labels_borne_by_all_are_one_sentence_and_by_some_name_them():
    lines = [line.plain for line in banner({"b": ("rehearsal", "simulated"), "a": ("simulated",)})]
    assert lines == [
        "REHEARSAL: rule-driven stand-ins, not models, are: b",
        "SIMULATED: the market is invented; no price, figure or article in it is real.",
    ]
    (line,) = banner({"sma": ("baseline",), "claude": ()})
    assert line.plain == "BASELINE: fixed rules to measure models against, without a vote, are: sma"
    assert banner({"a": ()}) == ()
    assert banner({}) == ()
