import json
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.tools import TOOLS
from arena.llm.forms import UnreadableAnswerError, read_form, wire_schema
from arena.records.desk import AnalystReport, ResearchVerdict, TraderPlan
from arena.records.outcome import Action, Decision

FORMS = (AnalystReport, ResearchVerdict, TraderPlan, Decision)
ARGUMENTS = tuple({tool.name: tool.arguments for tools in TOOLS.values() for tool in tools}.values())

DECISION = {
    "action": "BUY",
    "fraction": 0.25,
    "confidence": 0.7,
    "reasoning": "Momentum: up 12% in 20 sessions.",
    "key_risks": ["rates", "a weak quarter"],
    "stop_loss": 108.5,
    "take_profit": None,
}
REFUSED_ON_THE_WIRE = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "minItems",
    "maxItems", "format", "default", "const", "title", "$ref", "$defs", "prefixItems", "discriminator",
}  # fmt: skip


def nodes(schema):
    """Every schema inside a schema; the names of properties are not keywords."""
    yield schema
    for sub in schema.get("properties", {}).values():
        yield from nodes(sub)
    for sub in [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]:
        yield from nodes(sub)


@pytest.mark.parametrize("form", [*FORMS, *ARGUMENTS], ids=lambda form: form.__name__)
def test_a_wire_schema_holds_nothing_that_a_strict_mode_refuses(form):
    for node in nodes(wire_schema(form)):
        assert not REFUSED_ON_THE_WIRE & node.keys()
        if node.get("type") == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False


def test_a_wire_schema_says_what_each_field_means_and_leaves_our_own_out():
    schema = wire_schema(Decision)
    assert list(schema["properties"]) == list(DECISION)
    assert schema["properties"]["action"]["enum"] == list(get_args(Action))
    assert schema["properties"]["confidence"] == {
        "type": "number",
        "description": "How sure the model is of the action, 0 to 1.",
    }
    assert [option["type"] for option in schema["properties"]["stop_loss"]["anyOf"]] == ["number", "null"]


WRITTEN = json.dumps(DECISION)


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN,
        f"\n\n  {WRITTEN}\n",
        f"```json\n{WRITTEN}\n```",
        f"Here is my decision:\n```\n{WRITTEN}\n```\nGood luck.",
        f"My decision: {WRITTEN} That is all.",
        f"<think>Is {{this}} right?</think>\n{WRITTEN}",
        f"<Thinking>\nHm.\n</Thinking>```json\n{WRITTEN}\n```",
        json.dumps(WRITTEN),
        f"[{WRITTEN}]",
        f"Hm, {{}} or so.</think>\n{WRITTEN}",
        f"\ufeff{WRITTEN}",
        WRITTEN.replace("Momentum: up", "Momentum:\n up"),
        f"```json\n{WRITTEN}\n```\nAgain:\n```json\n{WRITTEN}\n```",
        WRITTEN.replace(", ", "，").replace('": ', '"：'),  # noqa: RUF001 -- full-width punctuation is the subject
    ],
    ids=[
        "bare", "white space", "fenced", "fenced without a language", "in a sentence", "after a thought",
        "after a thought and fenced", "as a JSON string", "as an array of one",
        "after the end of a thought", "after a byte order mark", "a line break inside a string", "fenced twice",
        "full-width punctuation",
    ],
)  # fmt: skip
def test_a_form_is_read_however_it_is_wrapped(text):
    decision = read_form(text, Decision)
    assert (decision.action, decision.fraction, decision.confidence) == ("BUY", 0.25, 0.7)
    assert decision.stop_loss == Decimal("108.5")
    assert decision.key_risks == ("rates", "a weak quarter")


@pytest.mark.parametrize(
    "text",
    ["", "BUY!", "[]", "[1, 2]", '"BUY"', "null", WRITTEN[:-10], f"[{WRITTEN}, {WRITTEN}]", "[" * 100_000],
    ids=["empty", "prose", "no item", "numbers", "a string", "null", "cut", "two objects", "stuck on a bracket"],
)
def test_what_is_no_json_object_is_said_to_be_none(text):
    with pytest.raises(UnreadableAnswerError, match="not a JSON object"):
        read_form(text, ResearchVerdict)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"confidence": 1.2}, "confidence: Input should be less than or equal to 1"),
        ({"action": "STRONG BUY"}, "action: Input should be 'BUY', 'SELL' or 'HOLD'"),
        ({"fraction": 0}, "BUY needs a fraction above 0"),
        ({"action": "HOLD"}, "HOLD moves nothing, so its fraction is 0"),
        ({"stop_loss": -1}, "stop_loss: Input should be greater than 0"),
        ({"reasoning": ""}, "reasoning: String should have at least 1 character"),
        ({"mood": "good"}, "mood: Extra inputs are not permitted"),
        ({"reasoning": None, "fraction": "half"}, "reasoning: Input should be a valid string"),
    ],
)
def test_a_form_that_breaks_a_rule_is_refused_in_words_the_model_can_act_on(change, told):
    with pytest.raises(UnreadableAnswerError) as caught:
        read_form(json.dumps({**DECISION, **change}), Decision)
    assert told in str(caught.value)
    assert caught.value.reason == "unparseable"


def test_every_broken_rule_is_told_at_once():
    with pytest.raises(UnreadableAnswerError) as caught:
        read_form(json.dumps({**DECISION, "fraction": 2, "confidence": -1}), Decision)
    assert [fault.partition(":")[0] for fault in str(caught.value).split("; ")] == ["fraction", "confidence"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_does_not_know_is_refused(number):
    with pytest.raises(UnreadableAnswerError):
        read_form(WRITTEN.replace("0.25", number), Decision)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"<think>Perhaps {WRITTEN}", "a thought that never ended"),
        (f"```json\n{WRITTEN}\n```\n```json\n{WRITTEN.replace('BUY', 'SELL')}\n```", "more than one JSON object"),
        (WRITTEN.replace('"action"', '"action": "SELL", "action"'), "gives 'action' twice, with different values"),
        (WRITTEN.replace("0.25", "1e999"), "not a JSON object"),
        (f"{WRITTEN} {WRITTEN.replace('BUY', 'SELL')}", "not a JSON object"),
    ],
    ids=["a draft in a thought", "two fenced", "a name given twice", "a number beyond floats", "two in a row"],
)
def test_what_can_be_read_in_two_ways_is_not_read(text, told):
    with pytest.raises(UnreadableAnswerError, match=told):
        read_form(text, Decision)


def test_the_arguments_of_a_tool_call_are_read_as_they_are():
    assert read_form(DECISION, Decision) == read_form(json.dumps(DECISION), Decision)


def test_a_number_that_json_does_not_know_is_refused_in_arguments_too():
    with pytest.raises(UnreadableAnswerError, match="is not JSON: Out of range float values"):
        read_form({**DECISION, "confidence": float("nan")}, Decision)


@pytest.mark.parametrize(
    "odd",
    [date(2025, 10, 14), {date(2025, 10, 14): 1}, {1: "é"}, ("half \ud800",), 10**5000],
    ids=["a date", "named by a date", "named by a number", "a tuple", "a number of 5000 digits"],
)
def test_arguments_of_other_packages_that_are_no_json_are_told_of_in_words(odd):
    with pytest.raises(UnreadableAnswerError):
        read_form({**DECISION, "mood": odd}, Decision)


def test_a_form_may_quote_others():
    quoted = 'Not ```json\n{}\n``` but ```json\n{"a": 1}\n```.'
    assert read_form(json.dumps({**DECISION, "reasoning": quoted}), Decision).reasoning == quoted


def test_characters_that_no_store_takes_are_put_right_in_arguments_too():
    decision = read_form({**DECISION, "reasoning": "Mo\x00men\ud800tum"}, Decision)
    assert decision.reasoning == "Momen\ufffdtum"


def test_characters_that_no_store_takes_are_put_right():
    decision = read_form(WRITTEN.replace("Momentum", "Mo\\u0000men\\ud800tum \\ud83d\\ude00"), Decision)
    assert decision.reasoning.startswith("Momen\ufffdtum 😀")


@given(stop=st.decimals(min_value="0.0001", max_value="100000", places=4, allow_nan=False))
def test_a_price_keeps_every_digit_the_model_gave(stop):
    text = WRITTEN.replace("108.5", f"{stop:f}")
    assert read_form(text, Decision).stop_loss == stop


@settings(deadline=None)
@given(text=st.text())
def test_no_text_breaks_the_reader(text):
    with pytest.raises(UnreadableAnswerError):
        read_form(text, Decision)
