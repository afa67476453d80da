"""Masking a record: every date in it is moved, every text rewritten, whatever fields it has or will have.

What a field means is told by its name in a few cases alone, so that a new field is masked without anybody's thinking
of it: figures and closed sets of words stay, tickers become invented ones, addresses and authors are left out.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar, get_args

from arena.masking.mask import Mask
from arena.masking.names import Names
from arena.masking.written import moved_dates
from arena.records.base import Record

R = TypeVar("R", bound=Record)

_AS_THEY_ARE = frozenset({"source", "currency", "season", "contestant", "snapshot_hash", "masks"})
"""Texts that name no company and no day: vendors, currencies, and our own names for things."""

_OWN_WORDS = frozenset({"reasoning", "reflection"})
"""What the desk itself wrote in earlier rounds, under the same mask: its dates are moved already."""

_LEFT_OUT: Mapping[str, Any] = {"url": "", "author": "", "retrieved": None}
"""Fields that tell who or when, and nothing that a decision needs."""

_WRITTEN = ("published", "posted")
"""Fields with the instant at which a record's texts were written."""

_NEW_YORK_TIME = frozenset({"reported"})
"""Instants whose day is that of New York, where clocks may be set otherwise on the moved day."""


class Walk:
    """Masks records about one ticker."""

    def __init__(self, mask: Mask, names: Names) -> None:
        self._mask = mask
        self._names = names
        self._special: Mapping[str, Callable[[Any], Any]] = {
            "ticker": mask.ticker,
            "benchmark": mask.ticker,
            "margin_calls": lambda called: tuple(sorted(map(mask.ticker, called))),
            "insider": names.person,
        }

    def record(self, record: R, near: date) -> R:
        """The record, masked; its texts were written on the day `near`, unless it says when."""
        written = next((getattr(record, name) for name in _WRITTEN if hasattr(record, name)), None)
        near = written.astimezone(UTC).date() if written else near
        fields = {
            name: self._field(name, field.annotation, getattr(record, name), near)
            for name, field in type(record).model_fields.items()
        }
        return type(record).model_validate(fields)

    def _field(self, name: str, annotation: Any, value: Any, near: date) -> Any:
        if name in _LEFT_OUT:
            return _LEFT_OUT[name]
        if name in _AS_THEY_ARE or name in _OWN_WORDS or value is None:
            return value
        if name in self._special:
            return self._special[name](value)
        if name in _NEW_YORK_TIME:
            return self._mask.shift.in_new_york(value)
        return self._value(value, near, is_text=_holds_text(annotation))

    def _value(self, value: Any, near: date, *, is_text: bool) -> Any:
        match value:
            case Record():
                return self.record(value, near)
            case tuple() | list():
                return tuple(self._value(one, near, is_text=is_text) for one in value)
            case dict():
                return {key: self._value(one, near, is_text=is_text) for key, one in value.items()}
            case datetime():
                return self._mask.shift.instant(value)
            case date():
                return self._mask.shift.day(value)
            case str() if is_text:
                return moved_dates(self._names.masked(value), near, self._mask.shift)
        return value


def _holds_text(annotation: Any) -> bool:
    """Whether a field holds free text, and not one of a closed set of words."""
    return annotation is str or any(_holds_text(part) for part in get_args(annotation))
