"""The words of the pages: what an event of the ledger, a consensus and a label are called."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arena.consensus import consensus
from arena.records.outcome import Abstention
from arena.records.trading import (
    BorrowFee,
    DividendPaid,
    Fill,
    InterestPaid,
    LedgerEvent,
    MarginCall,
    Order,
    Rejection,
    SplitApplied,
)
from arena.web import words
from arena.web.reading.effects import Effect
from arena.web.rendering import environment
from tests.arena.web.looking import Seen
from tests.arena.web.stored import decided

DAY = date(2025, 10, 14)
SHARED: dict[str, Any] = {"key": "k", "contestant": "claude", "session": DAY}


def order(side: str, **changes: Any) -> Order:
    fields = {"budget": Decimal(500), "shares": None, "rule": "next_open", "fills_on": date(2025, 10, 15), **changes}
    return Order(**SHARED, ticker="NVDA", chat_id="c", side=side, **fields)


def fill(side: str, shares: str = "5") -> Fill:
    costs = {"slippage": Decimal(0), "fee": Decimal(0)}
    return Fill(
        **SHARED,
        order_key="k",
        ticker="NVDA",
        side=side,
        shares=Decimal(shares),
        price=Decimal(100),
        rule="next_open",
        **costs,
    )


def told(macro: str, one: Effect | LedgerEvent) -> str:
    template = environment().from_string(f"{{% import 'pieces.html' as p with context %}}{{{{ p.{macro}(one) }}}}")
    return Seen(template.render(one=one, at=None)).words


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (
            Effect(order("BUY"), fill("BUY", "2.5"), None),
            "Bought 2.5 NVDA at $100.00, the open of 2025-10-14: -$250.00",
        ),
        (Effect(order("SELL", budget=None, shares=5), fill("SELL"), None), "Sold 5 NVDA at $100.00, the open of"),
        (Effect(order("SELL"), fill("SELL"), None), "Sold short 5 NVDA at"),
        (Effect(order("BUY", budget=None, shares=5), fill("BUY"), None), "Covered 5 NVDA at"),
        (Effect(order("BUY"), None, None), "BUY for up to $500.00 of NVDA: waits for the open of 2025-10-15"),
        (Effect(order("SELL"), None, None), "SELL short for up to $500.00 of margin of NVDA: waits"),
        (
            Effect(order("BUY"), None, Rejection(**SHARED, order_key="k", ticker="NVDA", reason="no cash")),
            "BUY for up to $500.00 of NVDA: rejected, no cash",
        ),
    ],
)
def test_what_became_of_an_order(effect: Effect, said: str) -> None:
    assert told("effect", effect).startswith(said)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (DividendPaid(**SHARED, ticker="NVDA", ex_date=DAY, shares=5, amount=2), "NVDA paid $2.00 on 5: +$10.00"),
        (DividendPaid(**SHARED, ticker="NVDA", ex_date=DAY, shares=-5, amount=2), "NVDA was owed $2.00 on -5: -$10.00"),
        (
            SplitApplied(**SHARED, ticker="NVDA", ratio=10, shares_before=5, shares_after=50, cash_in_lieu=0),
            "NVDA split 10:1, 5 became 50",
        ),
        (
            InterestPaid(**SHARED, since=DAY, until=DAY, balance=1000, rate="0.04", amount="0.11"),
            "interest on $1,000.00 of cash, 2025-10-14 to 2025-10-14: +$0.11",
        ),
        (
            BorrowFee(**SHARED, ticker="NVDA", since=DAY, until=DAY, shares=5, price=100, rate="0.02", amount="0.03"),
            "borrowed 5 NVDA, 2025-10-14 to 2025-10-14: -$0.03",
        ),
        (
            MarginCall(**SHARED, ticker="NVDA", shares=5, cash=600, shorts={"NVDA": 500}, required=650),
            "margin call: cash of $600.00 was below the $650.00 that maintenance asks; 5 NVDA are covered",
        ),
        (fill("BUY"), "covered 5 NVDA at $100.00 after a margin call: -$500.00"),
    ],
)
def test_what_nobody_ordered(event: LedgerEvent, said: str) -> None:
    assert told("happened", event).startswith(said)


def test_a_consensus_says_how_large_it_is() -> None:
    def said(*actions: str) -> str:
        return words.consensus_sentence(consensus("NVDA", DAY, {f"c{n}": decided(a) for n, a in enumerate(actions)}))

    assert said("BUY", "BUY", "BUY", "HOLD") == "75% agree, a high consensus."
    assert said("BUY", "BUY", "HOLD") == "67% agree, a low consensus."
    assert said("BUY", "SELL") == "A tie, which counts as HOLD."
    nobody = consensus("NVDA", DAY, {"a": Abstention(reason="timeout", detail="late")})
    assert words.consensus_sentence(nobody) == "Nobody decided."


def test_a_label_names_its_bearers_where_others_do_not_bear_it() -> None:
    assert words.label_sentence("simulated", ["a", "b"], ["a", "b"]).startswith("The market is invented")
    assert words.label_sentence("baseline", ["b", "a"], ["a", "b", "c"]).endswith("without a vote: a, b")


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd"), (113, "113th")]
)
def test_ranks_are_said_as_people_say_them(number: int, said: str) -> None:
    assert words.ordinal(number) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(1.0, "1"), (46_100_000_000.0, "46,100,000,000"), (0.1842, "0.1842"), (1e-9, "1e-09"), (0.0, "0")],
)
def test_figures_have_no_zeros_at_their_end(number: float, said: str) -> None:
    assert words.plain_number(number) == said
