"""The auditor over shorts, margin, interest and parts of a share: what is planted is named, what is in order is not."""

from decimal import Decimal
from itertools import product

import pytest

from arena.audit.books import check_books, doubts
from arena.audit.prices import KnownPrices
from arena.audit.splits import after_split
from arena.ledger import open_book, settle
from arena.ledger.splitting import split_shares
from arena.market import calendar
from arena.market.market import SourcedHistory
from arena.records.shares import PART, WHOLE
from arena.records.trading import BookOpened, Fill, InterestPaid, MarginCall
from tests.arena.trading import bar, day, decide, decision, history, mark, settings

RULES = settings(
    short_selling=True, fractional=True, borrow_rate=Decimal("0.073"), cash_rate=Decimal("0.0365"), fill="next_open"
)
HISTORY = history(
    bar(0, 100), bar(1, 100), bar(2, 110), bar(3, 120, 160), bar(4, 170), ticker="BTC-USD", dividends=[(2, "0.5")]
)
PRICES = KnownPrices([SourcedHistory(source="files", history=HISTORY)])
SESSIONS = calendar.sessions_between(day(0), day(4))


def a_season():
    """Short by 100.5 at 100 on day 1, a dividend, a purchase elsewhere that is refused, a margin call, its cover."""
    events = [open_book("claude", Decimal(10_050), day(0), RULES.terms)]
    for n in range(5):
        events += settle(events, {"BTC-USD": HISTORY}, RULES, day(n), SESSIONS[: n + 1])
        if n == 0:
            events = decide(events, 0, {"BTC-USD": decision("SELL")}, [mark(0, 100, "BTC-USD")], RULES)
    return events


SEASON = a_season()


def planted(kind, where=0, **change):
    """The season with one event of a kind changed."""
    place = [n for n, event in enumerate(SEASON) if isinstance(event, kind)][where]
    return [*SEASON[:place], SEASON[place].model_copy(update=change), *SEASON[place + 1 :]]


def kinds(events):
    return {(finding.kind, finding.where) for finding in check_books(events, PRICES)}


def test_a_season_with_everything_in_it_passes():
    assert {event.kind for event in SEASON} == {
        "opened", "order", "fill", "dividend", "interest", "borrow_fee", "margin_call",
    }  # fmt: skip
    assert kinds(SEASON) == set()
    assert doubts(SEASON, PRICES) == ()


COVER = f"cover:{day(3)}:BTC-USD:claude"
CALL = f"margin_call:{day(3)}:BTC-USD:claude"
SOLD = f"fill:{day(0)}:BTC-USD:claude"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (planted(InterestPaid, amount=Decimal(2)), ("carry", f"interest:{day(0)}:claude")),
        (planted(InterestPaid, where=1, balance=Decimal(1)), ("carry", f"interest:{day(1)}:claude")),
        (planted(InterestPaid, rate=Decimal("0.05")), ("carry", f"interest:{day(0)}:claude")),
        (planted(InterestPaid, until=day(2), session=day(2)), ("date", f"interest:{day(0)}:claude")),
        ([e for e in SEASON if e.key != f"interest:{day(1)}:claude"], ("carry", "claude")),
        (planted(MarginCall, cash=Decimal(1)), ("margin", CALL)),
        (planted(MarginCall, shares=Decimal(100)), ("margin", CALL)),
        (planted(MarginCall, required=Decimal(30_000)), ("margin", CALL)),
        (planted(MarginCall, shorts={"BTC-USD": Decimal(20_000)}), ("price", CALL)),
        (planted(Fill, where=1, shares=Decimal("100.4")), ("margin", COVER)),
        (planted(Fill, where=1, session=day(3)), ("id", COVER)),
        (planted(Fill, where=1, price=Decimal(171)), ("fill_price", COVER)),
        (planted(Fill, shares=Decimal(300)), ("beyond_cash", SOLD)),
        (planted(BookOpened, terms=settings(fractional=True).terms), ("position", SOLD)),
        (planted(BookOpened, terms=settings(short_selling=True).terms), ("position", SOLD)),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_is_planted_is_named(events, expected):
    assert expected in kinds(events)


@pytest.mark.parametrize("field", ["shares", "price", "amount", "rate"])
def test_a_borrow_fee_that_is_not_due_is_named(field):
    fee = next(event for event in SEASON if event.kind == "borrow_fee")
    place = SEASON.index(fee)
    change = {field: getattr(fee, field) + Decimal("0.01")}
    events = [*SEASON[:place], fee.model_copy(update=change), *SEASON[place + 1 :]]
    assert fee.key in {where for _, where in kinds(events)}


def test_an_opening_beyond_the_initial_margin_is_named():
    # 150 at 100 dollars leave 25,050 of cash, of which 22,500 are margin; 210 leave 31,050, of which 31,500 should be.
    order = next(event for event in SEASON if event.kind == "order").model_copy(update={"budget": Decimal(20_000)})
    sold = next(event for event in SEASON if isinstance(event, Fill))
    for count, bad in ((150, False), (210, True)):
        events = [SEASON[0], order, sold.model_copy(update={"shares": Decimal(count)})]
        assert (("margin", SOLD) in kinds(events)) == bad


def test_a_margin_call_that_is_taken_out_is_told():
    left = [event for event in SEASON if event.key not in {CALL, COVER}]
    note, again = [note for note in doubts(left, PRICES) if "was not called" in note]
    assert f"at the close of {day(3)}, below the 20904 that maintenance asks for" in note
    assert f"at the close of {day(4)}" in again


def test_calling_off_what_is_still_short_is_named():
    from arena.records.trading import Rejection

    off = Rejection(
        key="off", contestant="claude", session=day(3), order_key=CALL, ticker="BTC-USD", reason="never mind"
    )
    events = [*[event for event in SEASON if event.key != COVER], off]
    assert ("margin", "off") in kinds(events)


def test_the_auditor_splits_shares_as_the_ledger_does_by_a_reckoning_of_its_own():
    counts = [Decimal(count) for count in ("10", "301", "-25", "0.000003", "12.5", "-0.75")]
    ratios = [Decimal(ratio) for ratio in ("10", "0.1", "1.5", "0.333333", "1.333333", "0.0001")]
    for count, ratio, step in product(counts, ratios, (WHOLE, PART)):
        assert after_split(count, ratio, fractional=step == PART) == split_shares(count, ratio, step)
