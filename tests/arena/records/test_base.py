"""What all records have in common."""

import pickle
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arena.records.base import plain
from arena.records.desk import ResearchTurn, RiskTurn, ToolUse

TURN = ResearchTurn(round=1, speaker="bull", text="Up.")


def test_records_that_were_given_the_same_fields_share_the_set_of_them():
    brief = ToolUse(name="look", arguments="{}", result="up")
    another = ToolUse(name="other", arguments="[]", result="down")
    whole = ToolUse(name="look", arguments="{}", result="up", failed=False)
    assert brief.model_fields_set is another.model_fields_set
    assert brief.model_fields_set == {"name", "arguments", "result"}
    assert whole.model_fields_set == {"name", "arguments", "result", "failed"}
    assert brief == whole
    assert ResearchTurn.model_validate(TURN.model_dump()).model_fields_set is TURN.model_fields_set
    assert RiskTurn(round=1, speaker="neutral", text="No.").model_fields_set == TURN.model_fields_set


def test_a_copy_with_changes_leaves_the_shared_set_as_it_is():
    use = ToolUse(name="look", arguments="{}", result="up")
    copy = use.model_copy(update={"failed": True})
    assert copy.model_fields_set == {"name", "arguments", "result", "failed"}
    assert use.model_fields_set == {"name", "arguments", "result"}
    assert pickle.loads(pickle.dumps(use)) == use
    assert copy.model_dump(exclude_unset=True)["failed"] is True


def by_its_exponent(value: Decimal) -> Decimal:
    """What `plain` promises, told by the parts of the number."""
    trimmed = value.normalize()
    exponent = trimmed.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0:
        trimmed = trimmed.quantize(Decimal(1))
    return abs(trimmed) if trimmed.is_zero() else trimmed


def outcome(make: Callable[[Decimal], Decimal], value: Decimal) -> str:
    """The number to its last digit and sign, or the error."""
    try:
        return str(make(value))
    except InvalidOperation:
        return "refused"


@given(
    st.one_of(
        st.decimals(),
        st.builds(lambda digits, power: Decimal(digits).scaleb(power), st.integers(), st.integers(-40, 40)),
    )
)
@example(Decimal("-0"))
@example(Decimal("0E+5"))
@example(Decimal("1E-7"))
@example(Decimal("-1.50E+3"))
@example(Decimal("1E+27"))
@example(Decimal("1E+28"))
@example(Decimal("12345678901234567890123456789.5"))
@example(Decimal("-Infinity"))
@example(Decimal("NaN"))
@example(Decimal("sNaN"))
def test_plain_leaves_the_number_and_drops_its_trailing_zeros_its_exponent_and_the_sign_of_nothing(
    value: Decimal,
) -> None:
    assert outcome(plain, value) == outcome(by_its_exponent, value)


@pytest.mark.parametrize(
    ("written", "shown"),
    [("1.500", "1.5"), ("100", "100"), ("1.2E+3", "1200"), ("-0.00", "0"), ("0E+9", "0"), ("1E-7", "1E-7")],
)
def test_equal_numbers_print_alike(written: str, shown: str) -> None:
    assert str(plain(Decimal(written))) == shown
