"""Rows of CSV and Parquet files as text cells, and what may be read out of a cell.

No number passes through a float: CSV is text already, and a Parquet float is taken by the shortest digits
that give it back. What cannot be read is a VendorError that names the file, never its folder, and the row.
"""

import csv
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

import pyarrow
import pyarrow.parquet
from pydantic import ValidationError

from arena.errors import VendorError


class Row(NamedTuple):
    """One row: its file, where it stands there, and its cells by column."""

    file: str
    place: str
    cells: Mapping[str, str]
    flaw: str | None = None
    """Why its cells may stand under the wrong columns, in which case only its day is read."""

    def day(self, column: str) -> date:
        """The day; a time other than midnight (in its own zone) is refused, as daily rows are wanted."""
        text = self._text(column)
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            raise self.error(f"{column} is {text!r}, not a date") from None
        if instant.time() != time(0):
            raise self.error(f"{column} is {text!r}, an instant inside a day; daily rows are wanted")
        return instant.date()

    def number(self, column: str) -> Decimal:
        """The finite number."""
        self._check_whole()
        text = self._text(column)
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise self.error(f"{column} is {text!r}, not a number") from None
        if not number.is_finite():
            raise self.error(f"{column} is {text!r}, not a number")
        return number

    def number_if_any(self, column: str) -> Decimal | None:
        """The number; None for an empty cell, a column that is not there, and 0."""
        self._check_whole()
        return (self.number(column) or None) if self.cells.get(column) else None

    def check_column(self, column: str) -> None:
        """VendorError when the file has no such column."""
        if column not in self.cells:
            raise self.error(f"there is no column {column!r}; there are {', '.join(self.cells)}")

    def error(self, problem: str | ValidationError) -> VendorError:
        """The error that names this row."""
        return VendorError(f"{self.file}, {self.place}: {reason(problem)}")

    def _check_whole(self) -> None:
        if self.flaw:
            raise self.error(self.flaw)

    def _text(self, column: str) -> str:
        self.check_column(column)
        if not self.cells[column]:
            raise self.error(f"{column} is empty")
        return self.cells[column]


def reason(problem: str | ValidationError) -> str:
    """What is wrong, in one line; pydantic's own text spans several."""
    if isinstance(problem, str):
        return problem
    return "; ".join(": ".join([*(str(part) for part in one["loc"]), one["msg"]]) for one in problem.errors())


def read_rows(path: Path) -> list[Row]:
    """All rows of a `.csv` (UTF-8, with a header) or `.parquet` file, in its order."""
    rows = _parquet_rows(path) if path.suffix == ".parquet" else _csv_rows(path)
    if not rows:
        raise VendorError(f"{path.name} has no rows")
    return rows


def _csv_rows(path: Path) -> list[Row]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            return [_csv_row(path, reader.line_num, header, cells) for cells in reader if cells]
    except OSError as error:
        raise VendorError(f"{path.name} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise VendorError(f"{path.name} cannot be read: {error}") from error


def _csv_row(path: Path, line: int, header: list[str], cells: list[str]) -> Row:
    flaw = f"{len(cells)} cells under {len(header)} columns" if len(cells) != len(header) else None
    filled = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
    return Row(path.name, f"line {line}", dict(zip(header, filled, strict=False)), flaw)


def _parquet_rows(path: Path) -> list[Row]:
    try:
        # Given a path, pyarrow repeats it in its errors.
        table = pyarrow.parquet.read_table(pyarrow.BufferReader(path.read_bytes()))
    except OSError as error:
        raise VendorError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except pyarrow.ArrowException as error:
        raise VendorError(f"{path.name} cannot be read: {error}") from error
    return [
        Row(path.name, f"row {place}", {name: _cell(value) for name, value in cells.items()})
        for place, cells in enumerate(table.to_pylist(), start=1)
    ]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)
