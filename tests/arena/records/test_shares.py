"""Counts of shares: integers in JSON as ever, and decimal text only where they have parts."""

import hashlib
import json
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from arena.interop.ai_trader import import_ai_trader
from arena.records.shares import PART, WHOLE, Position, ShareCount, Shares, floored, shares_text
from arena.records.terms import Margin, Terms
from arena.records.trading import BookOpened
from arena.store import Store
from arena.store.archive import body_text
from arena.store.books import EVENT
from tests.arena.trading import day

STORED = (
    '{"cash":"10000","contestant":"claude","key":"opened:claude","kind":"opened","session":"2025-10-13"}',
    '{"budget":null,"chat_id":"chat-0","contestant":"claude","fills_on":"2025-10-14",'
    '"key":"order:2025-10-13:AAPL:claude","kind":"order","rule":"next_open","session":"2025-10-13","shares":0,'
    '"side":"SELL","ticker":"AAPL"}',
    '{"contestant":"claude","key":"rejection:2025-10-13:AAPL:claude","kind":"rejection",'
    '"order_key":"order:2025-10-13:AAPL:claude","reason":"no shares of AAPL held","session":"2025-10-13",'
    '"ticker":"AAPL"}',
    '{"budget":"2500","chat_id":"chat-0","contestant":"claude","fills_on":"2025-10-14",'
    '"key":"order:2025-10-13:NVDA:claude","kind":"order","rule":"next_open","session":"2025-10-13","shares":null,'
    '"side":"BUY","ticker":"NVDA"}',
    '{"contestant":"claude","fee":"0","key":"fill:2025-10-13:NVDA:claude","kind":"fill",'
    '"order_key":"order:2025-10-13:NVDA:claude","price":"100","rule":"next_open","session":"2025-10-14","shares":25,'
    '"side":"BUY","slippage":"0","ticker":"NVDA"}',
    '{"cash_in_lieu":"16.65","contestant":"claude","key":"split:NVDA:2025-10-15:claude","kind":"split","ratio":"0.3",'
    '"session":"2025-10-15","shares_after":7,"shares_before":25,"ticker":"NVDA"}',
    '{"amount":"0.1","contestant":"claude","ex_date":"2025-10-15","key":"dividend:NVDA:2025-10-15:claude",'
    '"kind":"dividend","session":"2025-10-15","shares":7,"ticker":"NVDA"}',
)
"""A ledger as it was stored when shares were whole numbers and books had no terms."""

ALL_IMPORTED = "8c801275081acefe65184d1f82842757367ed8ec7eddca66f33b2a28d5877e68"
"""SHA-256 of the 660 events of the real competition, as they were stored then."""


@pytest.mark.parametrize("body", STORED)
def test_what_was_stored_when_shares_were_whole_numbers_keeps_its_bytes(body):
    assert body_text(EVENT.validate_python(json.loads(body)).model_dump(mode="json")) == body


@pytest.mark.real_data
@pytest.mark.slow
def test_the_whole_real_competition_keeps_its_bytes(recorded, tmp_path):
    import_ai_trader(tmp_path, recorded / "ai-trader-2025-10", "ai")
    with Store.open_existing(tmp_path) as store:
        bodies = [body_text(event.model_dump(mode="json")) for event in store.events("ai")]
    assert len(bodies) == 660
    assert hashlib.sha256("\n".join(bodies).encode()).hexdigest() == ALL_IMPORTED


@pytest.mark.parametrize(
    ("given", "read", "written"),
    [
        (10, "10", 10),
        ("10", "10", 10),
        ("10.000000", "10", 10),
        (Decimal("1E+2"), "100", 100),
        ("12.5", "12.5", "12.5"),
        ("0.000001", "0.000001", "0.000001"),
        (-3, "-3", -3),
        ("-0.25", "-0.25", "-0.25"),
    ],
)
def test_a_count_is_an_integer_in_json_where_it_is_whole(given, read, written):
    counts = TypeAdapter(ShareCount)
    count = counts.validate_python(given)
    assert str(count) == read
    assert counts.dump_python(count, mode="json") == written
    assert counts.validate_python(written) == count


@pytest.mark.parametrize("wrong", ["0.1234567", "nan", "many"])
def test_what_no_book_can_hold_is_refused(wrong):
    with pytest.raises(ValidationError):
        TypeAdapter(ShareCount).validate_python(wrong)


def test_a_trade_is_of_some_shares_and_a_position_of_some_either_way():
    for kind, wrong in ((Shares, 0), (Shares, -1), (Position, 0)):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(wrong)
    assert TypeAdapter(Position).validate_python(-1) == -1


def test_counts_are_cut_towards_zero_and_told_without_an_exponent():
    assert floored(Decimal("1.9999999"), PART) == Decimal("1.999999")
    assert floored(Decimal("-1.9"), WHOLE) == -1
    assert [shares_text(Decimal(count)) for count in ("1E+3", "0.000001", "1234.50")] == ["1000", "0.000001", "1234.5"]
    assert shares_text(Decimal("-1234567.5"), grouped=True) == "-1,234,567.5"


def test_a_books_terms_are_stored_only_where_they_are_not_the_plain_ones():
    plain = BookOpened(key="k", contestant="c", session=day(0), cash=Decimal(1))
    assert "terms" not in plain.model_dump(mode="json")
    terms = Terms(margin=Margin(initial=Decimal("1.5"), maintenance=Decimal("1.3")))
    short = plain.model_copy(update={"terms": terms})
    assert EVENT.validate_python(short.model_dump(mode="json")) == short
