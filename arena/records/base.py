"""The one base of all records: frozen, closed, and the same bytes for the same content.

Money is Decimal to the micro-dollar, prices are Decimal as the vendor wrote them; both
become plain decimal strings in JSON and TEXT in SQLite. Floats stay in statistics.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

MICRO_DOLLAR = Decimal("0.000001")


_FIELDS_SET = BaseModel.__dict__["__pydantic_fields_set__"]
_given: dict[frozenset[str], set[str]] = {}
"""One set for all records that were given the same fields. None of them changes its own."""
_newest: dict[type[BaseModel], set[str]] = {}
"""That of each kind's newest record, which most often is the next one's too."""


class Record(BaseModel):
    """A frozen value with named, typed fields; unknown fields are refused."""

    # A record's validator is built when it is first used: a command uses a few of them and imports them all. So are
    # what its fields mean, for which its source has to be read.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ARG002 -- pydantic's signature
        """Share the set of the fields it was given: a set of its own is half the memory of a record."""
        given, kind = _FIELDS_SET.__get__(self), type(self)
        if (shared := _newest.get(kind)) != given:
            shared = _newest[kind] = _given.setdefault(frozenset(given), set(given))
        _FIELDS_SET.__set__(self, shared)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        from arena.records.meanings import meanings  # noqa: PLC0415  as above

        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, meaning in meanings(cls).items():
            if name in properties:
                properties[name].setdefault("description", meaning)
        return schema


class FormRecord(Record):
    """A record that models fill in: the meaning of its fields is part of what they are asked, in one order of words."""

    model_config = ConfigDict(use_attribute_docstrings=True)


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros or an exponent, so that equal numbers print alike."""
    trimmed = value.normalize()
    # Its text has one just where the exponent is positive, and is made in a third of the time its tuple takes: every
    # price and every amount of money comes by here.
    if "E+" in str(trimmed):
        trimmed = trimmed.quantize(Decimal(1))
    return trimmed or abs(trimmed)


def micro(value: Decimal) -> Decimal:
    """A dollar amount rounded half-even to the micro-dollar."""
    return plain(value.quantize(MICRO_DOLLAR, rounding=ROUND_HALF_EVEN))


Money = Annotated[Decimal, AfterValidator(micro)]
"""US dollars, to the micro-dollar."""

Price = Annotated[Decimal, AfterValidator(plain)]
"""A price a share, in the listing's currency, with every digit the vendor gave."""


def canonical_json(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spare white space: equal content gives equal text."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(content: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical JSON, in hex (64 characters)."""
    return hashlib.sha256(canonical_json(content).encode("utf-8", "surrogatepass")).hexdigest()
