"""Style sheets, scripts and pictures: those of the pages, and Plotly's script from its own package."""

import gzip
import hashlib
from functools import cache
from importlib import resources
from mimetypes import guess_type
from pathlib import Path

from arena.errors import UsageError
from arena.web.rendering import STATIC

PLOTLY = "plotly.min.js"
_TEXTS = {"application/javascript", "text/javascript", "text/css", "image/svg+xml"}


def names() -> tuple[str, ...]:
    """Every asset, by name."""
    return (*sorted(path.name for path in STATIC.iterdir() if path.is_file()), PLOTLY)


@cache
def asset(name: str) -> bytes:
    """The bytes of an asset. UsageError for one that is not among them."""
    if name not in names():
        raise UsageError(f"there is no {name[:80]!r} here")
    return _file(name).read_bytes()


@cache
def squeezed(name: str) -> bytes:
    """The same, compressed once for all."""
    return gzip.compress(asset(name), 6, mtime=0)


def kind(name: str) -> str:
    """The media type of an asset."""
    found = guess_type(name)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found in _TEXTS else found


@cache
def version() -> str:
    """Twelve hex digits over all assets: another version has other addresses."""
    digest = hashlib.sha256()
    for name in names():
        digest.update(name.encode() + b"\0" + asset(name))
    return digest.hexdigest()[:12]


def _file(name: str) -> Path:
    if name != PLOTLY:
        return STATIC / name
    return Path(str(resources.files("plotly") / "package_data" / PLOTLY))
