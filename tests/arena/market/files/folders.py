"""Folders of a person's own files, and the vendor over them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from arena.market.files import FilesVendor

START, END = date(2024, 1, 1), date(2025, 12, 31)
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))

PLAIN = """\
session,open,high,low,close,volume,dividend,split
2025-10-13,10.10,11.00,9.95,10.123456789012345678,1000,,
2025-10-14,10.50,10.75,10.25,10.60,2000,0.25,
2025-10-15,5.30,5.40,5.20,5.35,4000,0,2
"""


def daily(ticker: str, close: str = "10.00") -> str:
    bar = {"1. open": "10.00", "2. high": "12.00", "3. low": "9.00", "4. close": close, "5. volume": "1"}
    return json.dumps({"Meta Data": {"2. Symbol": ticker}, "Time Series (Daily)": {"2025-10-14": bar}})


def vendor(folder: Path, **files: str) -> FilesVendor:
    """A vendor over files given as name=text, with `__` in a name for a dot."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return FilesVendor(folder)
