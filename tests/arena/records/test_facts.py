"""Records that a snapshot holds by the hundred."""

import pickle
from datetime import date
from decimal import Decimal

from arena.records.market import Bar, Statement

DAY = date(2025, 10, 14)


def bar(close: str) -> Bar:
    return Bar(session=DAY, open=Decimal(2), high=Decimal(3), low=Decimal(1), close=Decimal(close), volume=9)


def statement(**more: str) -> Statement:
    return Statement(kind="income", period="year", fiscal_end=DAY, filed=None, items={"net_income": Decimal(1)}, **more)


def test_bars_keep_the_names_of_their_fields_once_for_all() -> None:
    one, other = bar("2"), Bar.model_validate_json(bar("3").model_dump_json())
    assert one.model_fields_set is other.model_fields_set
    assert one.model_fields_set == set(Bar.model_fields)
    assert pickle.loads(pickle.dumps(one)) == one


def test_a_record_that_was_not_given_every_field_still_knows_which_ones() -> None:
    whole = statement(currency="USD")
    assert "currency" not in statement().model_fields_set
    assert statement().model_dump(exclude_unset=True).keys() == whole.model_dump().keys() - {"currency"}


def test_what_is_said_of_a_copy_is_not_said_of_the_others() -> None:
    one, other = statement(currency="USD"), statement(currency="EUR")
    one.model_copy().model_fields_set.clear()
    assert other.model_fields_set == set(Statement.model_fields)
