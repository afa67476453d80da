"""What a ModelChat can hold, by its types."""

import math
from typing import Annotated, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from arena.records.chat import ModelChat


def floats_in(annotation, seen):
    """Every place for a float in a type and in the records it holds, with its bounds."""
    if annotation is float or (get_origin(annotation) is Annotated and get_args(annotation)[0] is float):
        yield annotation
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            for field in annotation.model_fields.values():
                bounded = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
                yield from floats_in(bounded, seen)
    else:
        for part in get_args(annotation):
            yield from floats_in(part, seen)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_no_number_of_a_chat_is_without_bounds(number):
    seen = set()
    found = list(floats_in(ModelChat, seen))
    assert len(found) >= 7
    assert {"ModelCall", "Attempt", "UnsupportedFigure", "Metric", "Decision"} <= {record.__name__ for record in seen}
    for place in found:
        with pytest.raises(ValidationError):
            TypeAdapter(place).validate_python(number)
