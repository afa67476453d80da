"""Typed answers: the schema a model is sent, and the way back from its text to a record.

A wire schema carries no bounds (Anthropic answers `minimum` with a 400) and keeps to what strict
modes accept: every field required, nothing additional, no references. The bounds are checked here,
by the record itself, and a model that broke one is shown the sentence that says so.
"""

import json
from copy import deepcopy
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from arena.errors import ModelError
from arena.llm.characters import clean_json, is_clean
from arena.llm.extract import NoObjectError, object_in

Form = TypeVar("Form", bound=BaseModel)

_UNSENT_KEYWORDS = frozenset(
    {
        "title", "default", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "const",
        "gt", "ge", "lt", "le",
    }
)  # fmt: skip


class UnreadableAnswerError(ModelError):
    """The model's text is not the form that was asked for; the message is fit to show to the model."""

    def __init__(self, message: str) -> None:
        super().__init__("unparseable", message)


@cache
def wire_schema(form: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a record as models are sent it."""
    schema = form.model_json_schema(mode="validation")
    definitions = schema.pop("$defs", {})
    plain = _without_bounds(schema, definitions)
    return plain if isinstance(plain, dict) else {}


def _without_bounds(node: object, definitions: dict[str, Any]) -> object:
    if isinstance(node, list):
        return [_without_bounds(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = deepcopy(definitions[node["$ref"].rpartition("/")[2]])
        return _without_bounds({**target, **{k: v for k, v in node.items() if k != "$ref"}}, definitions)
    if "anyOf" in node:
        node = {**node, "anyOf": _options(node["anyOf"])}
    kept = {key: value for key, value in node.items() if key not in _UNSENT_KEYWORDS}
    if kept.get("type") == "object" and "properties" in kept:
        # A field whose only value is known (the union's `kind`) is ours to fill in.
        properties = {name: sub for name, sub in kept["properties"].items() if "const" not in sub}
        plain = {name: _without_bounds(sub, definitions) for name, sub in properties.items()}
        return {**kept, "properties": plain, "required": list(plain), "additionalProperties": False}
    return {key: _without_bounds(value, definitions) for key, value in kept.items()}


def _options(choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nested choices side by side; a Decimal, which pydantic also reads from text, is only a number."""
    flat = [option for choice in choices for option in choice.get("anyOf", [choice])]
    if any(option.get("type") == "number" for option in flat):
        return [option for option in flat if option.get("type") != "string"]
    return flat


def read_form(sent: str | dict[str, Any], form: type[Form]) -> Form:
    """The record in a model's text, however it is wrapped, or in the arguments of its tool call.

    Raises UnreadableAnswerError with one sentence a fault, fit for the model to act on.
    """
    try:
        found = object_in(sent) if isinstance(sent, str) else sent
        return form.model_validate_json(_as_json(found))
    except NoObjectError as error:
        raise UnreadableAnswerError(str(error)) from None
    except ValidationError as error:
        raise UnreadableAnswerError(_faults(error)) from None


def _as_json(found: dict[str, Any]) -> str:
    try:
        text = json.dumps(found, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        # Other packages hand over NaN, and what is no JSON at all.
        raise NoObjectError(f"the answer is not JSON: {error}") from None
    # As JSON names every member by a text, which in those packages' hands it need not be.
    return text if is_clean(text) else json.dumps(clean_json(json.loads(text)))


def _faults(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'answer'}: {fault['msg']}" for fault in error.errors()
    )
