"""Where the pages of a report lie, and how they name each other: by relative links, which hold on a disk too."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

INDEX = PurePosixPath("index.html")
ASSETS = PurePosixPath("assets")

GONE = "gone:"
"""The address of a page that is no part of the report; links to it are taken off."""

_LONGEST = 100
"""Characters of one part of a path: file systems take 255 bytes."""
_LINK = re.compile(rf'<a\b([^>]*)\shref="{GONE}[^"]*"([^>]*)>(.*?)</a>', re.DOTALL)

Parts = tuple[str, ...]


def laid_out(pages: Iterable[Parts]) -> dict[Parts, PurePosixPath]:
    """The file of each page; the first is the index. No two files differ in no more than case."""
    files: dict[Parts, PurePosixPath] = {}
    taken: set[str] = {str(INDEX)}
    for parts in pages:
        if not files:
            files[parts] = INDEX
            continue
        *folders, name = map(_short, parts)
        named = PurePosixPath(*folders, f"{name}.html")
        if str(named).casefold() in taken:
            named = PurePosixPath(*folders, f"{name}~{_digest('/'.join(parts))}.html")
        taken.add(str(named).casefold())
        files[parts] = named
    return files


class ReportLinks:
    """Links from one file of a report to the others."""

    def __init__(self, files: Mapping[Parts, PurePosixPath], here: PurePosixPath) -> None:
        self._files = files
        self._up = "../" * (len(here.parts) - 1)

    def to(self, *parts: str) -> str:
        """The page at this path, or GONE where it is no part of the report."""
        file = INDEX if not parts else self._files.get(parts)
        return GONE if file is None else f"{self._up}{file}"

    def asset(self, name: str) -> str:
        """A style sheet, a script or a picture."""
        return f"{self._up}{ASSETS / name}"


def without_dead_links(html: str) -> str:
    """The page with the text of links in the place of those that lead to no page of the report."""
    return _LINK.sub(r"<span\1\2>\3</span>", html)


def _short(part: str) -> str:
    return part if len(part) <= _LONGEST else f"{part[:_LONGEST].rstrip('.~')}~{_digest(part)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
