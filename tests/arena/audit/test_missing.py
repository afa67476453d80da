"""What was taken out of a ledger is named, though nothing that is left contradicts it."""

from decimal import Decimal

import pytest

from arena.audit.books import check_books
from arena.audit.missing import settled_through, without_orders
from arena.audit.prices import KnownPrices
from arena.ledger import open_book, settle
from arena.market import calendar
from arena.market.market import SourcedHistory
from tests.arena.store.chat import decided, make_chat
from tests.arena.trading import bar, day, decide, decision, history, mark, settings

RULES = settings(short_selling=True, borrow_rate=Decimal("0.073"), cash_rate=Decimal("0.0365"))
NVDA = history(bar(0, 100), bar(1, 100), bar(2, 100), bar(3, 50), bar(4, 50), dividends=[(2, "0.5")], splits=[(3, 2)])
AAPL = history(bar(0, 100), bar(1, 100), bar(2, 100), bar(3, 100), bar(4, 100), ticker="AAPL")
TOLD = [SourcedHistory(source="files", history=one) for one in (NVDA, AAPL)]
MARKS = [mark(4, 50), mark(4, 100, "AAPL")]
SESSIONS = calendar.sessions_between(day(0), day(4))


def a_season():
    """Half the cash in NVDA, a tenth short in AAPL, and an order for less than a share."""
    events = [open_book("claude", Decimal(10_000), day(0), RULES.terms)]
    said = {"NVDA": decision("BUY", 0.5), "AAPL": decision("SELL", 0.1)}
    events = decide(events, 0, said, [mark(0, 100), mark(0, 100, "AAPL")], RULES)
    events = decide(events, 3, {"NVDA": decision("SELL", 0.001)}, [mark(3, 50), mark(3, 100, "AAPL")], RULES)
    return [*events, *settle(events, {"NVDA": NVDA, "AAPL": AAPL}, RULES, day(4), SESSIONS)]


SEASON = a_season()


def named(events, through=None):
    known = settled_through(events, MARKS) if through is None else through
    return [(one.kind, one.where) for one in check_books(events, KnownPrices(TOLD), TOLD, known)]


def test_nothing_is_missing_of_a_season_as_it_was_played():
    assert named(SEASON) == []


@pytest.mark.parametrize("place", range(1, len(SEASON)), ids=lambda place: SEASON[place].key)
def test_whatever_is_taken_out_is_named(place):
    assert named([*SEASON[:place], *SEASON[place + 1 :]])


def test_what_settling_has_not_come_to_yet_is_not_missed():
    waiting = [event for event in SEASON if event.kind in {"opened", "order", "rejection"}]
    assert named(waiting, settled_through(waiting, [mark(0, 100)])) == []


def test_the_marks_of_a_benchmark_say_nothing_of_the_books():
    assert settled_through((), [mark(4, 50)], "NVDA") == {}


def test_a_decision_without_its_order_is_named_where_its_round_has_led_to_orders():
    chat = make_chat(outcome=decided("BUY"))
    order = next(event for event in SEASON if event.kind == "order")
    book = SEASON[0].model_copy(update={"contestant": chat.contestant, "session": chat.session})
    other = order.model_copy(update={"session": chat.session, "ticker": "AAPL"})
    own = other.model_copy(update={"ticker": chat.ticker, "contestant": chat.contestant})
    assert [one.where for one in without_orders([book, other], [chat])] == [chat.id]
    assert list(without_orders([book, own], [chat])) == []
    assert list(without_orders([book], [chat])) == []
