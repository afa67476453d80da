"""What a table is: columns with a name, a type, a meaning, and how a row is read for them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Literal, NamedTuple, TypeVar

Kind = Literal["text", "texts", "date", "instant", "integer", "number", "decimal", "dollars", "boolean"]
"""`texts` is a list of them. `decimal` is exact with every digit there is, `dollars` exact to the micro-dollar;
`number` is a floating-point statistic. An `instant` is in UTC."""

Row = TypeVar("Row")


class Column(NamedTuple, Generic[Row]):
    """One column."""

    name: str
    kind: Kind
    meaning: str
    """One sentence, with the unit where there is one."""
    read: Callable[[Row], Any]
    """The value in a row; None where it is unknown or does not apply."""


class Table(NamedTuple, Generic[Row]):
    """One table."""

    name: str
    meaning: str
    columns: tuple[Column[Row], ...]

    def values(self, rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
        """The rows' values, in the order of the columns."""
        return (tuple(column.read(row) for column in self.columns) for row in rows)
