"""What is said under a record's fields: found when asked for, and in its JSON schema."""

from arena.records.base import FormRecord, Record
from arena.records.desk import AnalystReport
from arena.records.meanings import meaning, meanings


class Parent(Record):
    first: int
    """A number,
    on two lines."""
    second: str = ""
    """A word."""
    silent: bool = False


class Child(Parent):
    second: str = "other"
    third: tuple[Parent, ...] = ()
    """Parents."""


class Asked(FormRecord):
    answer: int
    """The number asked for."""


def test_a_field_means_what_stands_under_it_and_means_it_in_what_is_made_of_the_record():
    assert meanings(Parent) == {"first": "A number,\non two lines.", "second": "A word."}
    assert meanings(Child) == {"first": "A number,\non two lines.", "third": "Parents."}
    assert (meaning(Child, "third"), meaning(Child, "second"), meaning(Child, "unheard of")) == ("Parents.", "", "")


def test_a_json_schema_tells_it():
    schema = Child.model_json_schema()
    assert {name: one.get("description") for name, one in schema["properties"].items()} == {
        "first": "A number,\non two lines.",
        "second": None,
        "silent": None,
        "third": "Parents.",
    }
    assert schema["$defs"]["Parent"]["properties"]["second"]["description"] == "A word."


def test_a_form_knows_it_from_the_beginning():
    assert Asked.model_fields["answer"].description == "The number asked for."
    assert AnalystReport.model_fields["sentiment"].description == "-1 bearish, 0 neutral, 1 bullish."


def test_a_record_that_is_made_while_running_has_no_words_of_its_own():
    made = type(Parent)("Made", (Parent,), {"__module__": __name__, "__annotations__": {}})
    assert meanings(made) == meanings(Parent)
