"""Writing a report: aside first, and moved into its place when it is whole."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from arena.errors import UsageError
from arena.web import assets
from arena.web.reader import Reader
from arena.web.rendering import Renderer
from arena.web.report.files import ASSETS, ReportLinks, laid_out, without_dead_links
from arena.web.report.plan import SEARCH, Planned, chats_of
from arena.web.report.said import NAME, longest_kept, said_in, script_of

MARK = "arena-report.txt"
"""The file by which a folder is known as a report, which another one may replace."""

_ABOUT = """\
A report of ModelChat Arena, written by `arena report`: index.html is its first page. Everything it needs lies in this
folder, so that it opens from a disk and can be put on any web host. `arena report` with the same --out replaces it.
"""


class Written(NamedTuple):
    """What was written."""

    folder: Path
    first: Path
    """The page to open."""
    pages: int
    size: int
    """Bytes, assets included."""


def write_report(reader: Reader, plan: Sequence[Planned], out: Path, texts: Mapping[str, str] | None = None) -> Written:
    """Write the pages of a plan to a folder, with other `texts` by name beside them.

    The folder is made, or replaced where it holds an earlier report. UsageError where it holds anything else, or cannot
    be written.
    """
    _refuse_what_is_no_report(out)
    aside = out.with_name(f".{out.name}.new")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        _write_pages(reader, plan, aside)
        for name, text in {MARK: _ABOUT, **(texts or {})}.items():
            (aside / name).write_text(text, encoding="utf-8", errors="backslashreplace")
        if out.exists():
            shutil.rmtree(out)
        aside.rename(out)
    except OSError as error:
        raise UsageError(f"the report cannot be written to {out}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    return Written(out, out / "index.html", len(plan), size)


def _write_pages(reader: Reader, plan: Sequence[Planned], folder: Path) -> None:
    files = laid_out(page.parts for page in plan)
    for planned in plan:
        file = files[planned.parts]
        page = planned.make(reader)
        html = Renderer(ReportLinks(files, file), live=False, searched=SEARCH in files).html(page)
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(without_dead_links(html), encoding="utf-8")
    _write_assets(folder)
    if SEARCH in files:
        chats = chats_of(plan)
        said = said_in(reader, tuple(chats))
        pages = {chat_id: files[parts] for chat_id, parts in chats.items()}
        (folder / ASSETS / NAME).write_text(script_of(said, pages, longest_kept(said)), encoding="ascii")


def _write_assets(folder: Path) -> None:
    (folder / ASSETS).mkdir()
    for name in assets.names():
        (folder / ASSETS / name).write_bytes(assets.asset(name))


def _refuse_what_is_no_report(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder with --out")
    if any(out.iterdir()) and not (out / MARK).exists():
        raise UsageError(f"{out} holds something that is no report; name another folder with --out")
