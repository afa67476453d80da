"""Writers: rows of values into a stream, one writer a format. A stream is bytes, whatever the format."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import IO, Any, Protocol

from arena.export.cells import SCALES, arrow_cell, csv_cell, json_cell
from arena.export.columns import Column, Table

_ROW_GROUP = 5000
"""Rows of a Parquet file that are kept in memory and written at once."""


class Writer(Protocol):
    """Takes rows; what it wrote is a whole file once it is closed."""

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows of a table's values, in the order of its columns."""

    def close(self) -> None:
        """Write what is left. The stream stays open."""


class CsvWriter:
    """RFC 4180 with a header, in UTF-8 without a byte order mark; lines end in a line feed."""

    def __init__(self, table: Table[Any], stream: IO[bytes]) -> None:
        self._kinds = [column.kind for column in table.columns]
        self._text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._csv.writerow([column.name for column in table.columns])

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows."""
        self._csv.writerows(map(csv_cell, self._kinds, row) for row in rows)

    def close(self) -> None:
        """Let the stream go."""
        self._text.detach()


class JsonLinesWriter:
    """One JSON object a line, in UTF-8; no character that any reader takes for the end of a line is in one."""

    def __init__(self, table: Table[Any], stream: IO[bytes]) -> None:
        self._columns, self._stream = table.columns, stream

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows."""
        for row in rows:
            values = zip(self._columns, row, strict=True)
            line = json.dumps({one.name: json_cell(one.kind, value) for one, value in values}, ensure_ascii=False)
            self._stream.write(f"{line.translate(_LINE_ENDS)}\n".encode())

    def close(self) -> None:
        """Nothing is left."""


_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}


class ParquetWriter:
    """Apache Parquet, zstd-compressed; each column's meaning is in its metadata."""

    def __init__(self, table: Table[Any], stream: IO[bytes]) -> None:
        import pyarrow as pa  # noqa: PLC0415  only Parquet needs it
        import pyarrow.parquet as pq  # noqa: PLC0415

        self._arrow, self._kinds = pa, [column.kind for column in table.columns]
        self._held: list[Sequence[Any]] = []
        fields = [_field(pa, column) for column in table.columns]
        self._schema = pa.schema(fields, metadata={"table": table.name, "meaning": table.meaning})
        self._parquet = pq.ParquetWriter(stream, self._schema, compression="zstd")

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows; they are held back until there are enough for a row group."""
        for row in rows:
            self._held.append(row)
            if len(self._held) == _ROW_GROUP:
                self._flush()

    def close(self) -> None:
        """Write what was held back, and the footer."""
        if self._held:
            self._flush()
        self._parquet.close()

    def _flush(self) -> None:
        columns = zip(self._kinds, zip(*self._held, strict=True), self._schema, strict=True)
        arrays = [
            self._arrow.array([arrow_cell(kind, value) for value in values], field.type)
            for kind, values, field in columns
        ]
        self._parquet.write_batch(self._arrow.record_batch(arrays, schema=self._schema))
        self._held.clear()


def _field(pa: Any, column: Column[Any]) -> Any:
    kind = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "date": pa.date32(),
        "instant": pa.timestamp("us", tz="UTC"),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        **{name: pa.decimal128(38, scale) for name, scale in SCALES.items()},
    }[column.kind]
    return pa.field(column.name, kind, metadata={"meaning": column.meaning})
