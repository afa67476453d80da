"""Tables of what is stored, for researchers: CSV, JSON Lines or Parquet, with names and types that stay.

Nothing is settled or asked for: what is exported is what is in the store.
"""

from arena.export.columns import Column, Table
from arena.export.exporting import (
    FORMATS,
    TABLES,
    Exported,
    Format,
    export_to_file,
    export_to_folder,
    export_to_stream,
)

__all__ = [
    "FORMATS",
    "TABLES",
    "Column",
    "Exported",
    "Format",
    "Table",
    "export_to_file",
    "export_to_folder",
    "export_to_stream",
]
