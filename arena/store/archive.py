"""The archive: every chat as a JSON file people can read, at season/session/ticker/contestant.suffix.json.

A file is first written under .pending, named by the chat's id, and moved to its place once the chat's row
is committed. Whatever a killed process leaves under .pending is therefore settled by the rows alone.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from arena.errors import StoreError
from arena.records.base import canonical_json
from arena.records.chat import ModelChat

PENDING = ".pending"

_BINARY = getattr(os, "O_BINARY", 0)
"""Windows would end lines in its own way."""

WINDOWS_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class Address(NamedTuple):
    """What a chat's file is named after."""

    season: str
    session: date
    ticker: str
    contestant: str
    id: str

    @property
    def path(self) -> Path:
        """The file's place below the archive, safe on every common file system."""
        suffix = self.id.rsplit(".", 1)[-1]
        folder = Path(file_name(self.season)) / self.session.isoformat() / file_name(self.ticker)
        return folder / f"{file_name(self.contestant)}.{file_name(suffix)}.json"


class Archive:
    """Chat files below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self, chat_id: str, content: bytes) -> Path:
        """Write a chat's file where nobody reads it yet; its bytes are on the disk when this returns.

        StoreError where the disk does not take it.
        """
        path = self._pending(chat_id)
        with _told_of(path):
            _in_its_folder(path, lambda: _write_through(path, content))
        return path

    def publish(self, address: Address) -> None:
        """Move a prepared file to its place. StoreError where the disk does not take it."""
        target, pending = self.folder / address.path, self._pending(address.id)
        with _told_of(target):
            try:
                _in_its_folder(target, lambda: pending.replace(target))
            except FileNotFoundError:
                # A process that opened the store between our commit and this line has published it for us.
                if not target.exists():
                    raise StoreError(f"the archive file of chat {address.id} is gone from {self.folder}") from None

    def discard(self, chat_id: str) -> None:
        """Remove a prepared file."""
        self._pending(chat_id).unlink(missing_ok=True)

    def is_pending(self, chat_id: str) -> bool:
        """Whether a chat's file has been prepared and not yet published."""
        return self._pending(chat_id).exists()

    def pending(self) -> tuple[str, ...]:
        """The ids of chats whose files have been prepared and not yet published."""
        return tuple(sorted(unquote(path.stem) for path in (self.folder / PENDING).glob("*.json")))

    def files(self) -> Iterator[Path]:
        """Published files, relative to the archive, in order."""
        for path in sorted(self.folder.glob("*/*/*/*.json")):
            yield path.relative_to(self.folder)

    def _pending(self, chat_id: str) -> Path:
        return self.folder / PENDING / f"{file_name(chat_id)}.json"


def _in_its_folder(path: Path, write: Callable[[], object]) -> None:
    """Write what belongs at `path`; its folder is made where there is none, which is seldom."""
    try:
        write()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        write()


def _write_through(path: Path, content: bytes) -> None:
    """Write a file to the disk, by as few system calls as that takes: for each the interpreter is let go."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o666)
    try:
        unwritten = memoryview(content)
        while unwritten:
            unwritten = unwritten[os.write(file, unwritten) :]
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """A disk that is full or read-only, in a sentence."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); check the disk and its permissions") from error


def file_name(name: str) -> str:
    """A name as one part of a path: unsafe characters, edge dots and Windows' device names percent-encoded."""
    safe = quote(name, safe="^=")
    if safe.startswith(".") or safe.split(".")[0].lower() in WINDOWS_DEVICES:
        safe = f"%{ord(safe[0]):02X}{safe[1:]}"
    return f"{safe[:-1]}%2E" if safe.endswith(".") else safe


def body_text(content: dict[str, Any]) -> str:
    """Canonical JSON that any UTF-8 reader takes.

    Model text may hold half of a surrogate pair, which UTF-8 and SQLite refuse; Python's backslash escape
    for it is JSON's own. (Two halves that meet are read back as the one character they make.)
    """
    return _storable(canonical_json(content)).decode()


def chat_text(chat: ModelChat) -> str:
    """A chat as JSON for people, indented: the one text that its row holds and its file is.

    Half of a surrogate pair is told as `body_text` tells it.
    """
    try:
        return f"{chat.model_dump_json(indent=2)}\n"
    except ValueError:
        # Thrice the time; pydantic refuses such a half.
        content = chat.model_dump(mode="json")
        return _storable(f"{json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)}\n").decode()


def _storable(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
