"""Books under terms of their own, and books that nobody decided on."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from arena.ledger import open_book
from arena.records.rescoring import Rescoring
from arena.records.terms import Margin, Terms
from arena.records.trading import BorrowFee, Fill, InterestPaid, Mark, Order
from arena.store import Store
from tests.arena.web.conftest import Open
from tests.arena.web.looking import Seen
from tests.arena.web.stored import SESSIONS, START, write_season

DAY = SESSIONS[0]
TERMS = Terms(
    margin=Margin(initial=Decimal("1.5"), maintenance=Decimal("1.3"), borrow_rate=Decimal("0.05")),
    cash_rate=Decimal("0.04"),
)


def write_short(home: Path) -> None:
    """Ten shares sold short at 100 dollars, worth 110 now, with what days have cost and earned since."""
    shared = {"contestant": "bear", "ticker": "NVDA", "session": DAY, "side": "SELL"}
    order = Order(
        key="order:1", **shared, chat_id="none", budget=Decimal(1000), shares=None, rule="same_close", fills_on=DAY
    )
    end = {"shares": 10, "price": Decimal(100), "slippage": Decimal(0), "fee": Decimal(0), "rule": "same_close"}
    until = DAY + timedelta(days=1)
    passed = {"contestant": "bear", "session": until, "since": DAY, "until": until}
    with Store.open(home) as store:
        store.append_events(
            "short",
            [
                open_book("bear", START, DAY, TERMS),
                order,
                Fill(key="fill:1", **shared, order_key=order.key, **end),
                InterestPaid(
                    key="interest:1", **passed, balance=11_000, rate=Decimal("0.04"), amount=Decimal("1.205479")
                ),
                BorrowFee(
                    key="borrow_fee:1",
                    **passed,
                    ticker="NVDA",
                    shares=10,
                    price=100,
                    rate=Decimal("0.05"),
                    amount=Decimal("0.136986"),
                ),
            ],
        )
        closes = {DAY: Decimal(100), until: Decimal(110)}
        store.save_marks("short", [Mark(ticker="NVDA", session=day, close=closes[day], source="x") for day in closes])


def test_shorts_margin_interest_and_fees_are_summed_up_beside_the_terms(open_pages: Open, tmp_path: Path) -> None:
    write_short(tmp_path)
    client = open_pages(tmp_path)
    for path in ("/seasons/short/books", "/seasons/short/contestants/bear"):
        page = Seen(client.get(path).text)
        told = "Whole shares, long and short; initial margin 1.5, maintenance 1.3; borrowing costs 5.00% a year; cash"
        assert told in page.words
        assert "+$1.21 -$0.14 $0.00 $1,100.00 $1,430.00 0" in page.words
    assert "Margin, interest" not in Seen(client.get("/seasons/short").text).words


def test_rescored_books_say_so_and_lead_to_the_chats_they_rest_on(open_pages: Open, tmp_path: Path) -> None:
    write_season(tmp_path, sessions=SESSIONS[:1])
    with Store.open(tmp_path) as store:
        store.save_rescoring(Rescoring(season="again", origin="main", settings={}, changed=()))
        store.append_events("again", store.events("main"))
        store.save_marks("again", store.marks("main"))
        played = store.round("main", DAY)
        assert played is not None
        store.save_round(played.model_copy(update={"season": "again"}))
    client = open_pages(tmp_path)
    board = Seen(client.get("/seasons/again").text)
    assert "rescored Recorded decisions under other settings; nobody decided on these books." in board.words
    round_ = Seen(client.get(f"/seasons/again/rounds/{DAY}").text)
    assert "3 desks on 1 ticker, all ended" in round_.words
    assert any(link.startswith(f"/chats/main.{DAY}") for link in round_.links)
    assert client.get(f"/seasons/again/rounds/{DAY}/NVDA").status_code == 200
    assert "rescored" not in Seen(client.get("/seasons/main").text).words
