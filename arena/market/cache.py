"""Vendors' answers on disk: what one process was told, no other need ask again.

One file an answer, `{vendor}/{section}/{key}.json`. The key is a hash over the vendor, the question and `FORMAT`;
the file repeats them, so that it proves what it answers, beside the instant of the answer and its facts. Only
answers are kept: a refusal or an outage raises before anything is written. A file that is damaged or of another
format is passed over, which the log says, and replaced by the next answer.

Beside the answers lies a lock of no bytes for each question, `locks/{key}.lock`.

An answer that may still change or is provisional (see `arena.market.lateness`) serves for `FRESH` only, to
the round that asked in however many processes; the others serve for ever, so the folder grows by some 20 to 100 kB
a ticker and session. It may be deleted at any time.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from filelock import BaseFileLock, FileLock, Timeout
from pydantic import AwareDatetime, ValidationError

from arena.config.market import VendorName
from arena.errors import VendorError
from arena.market.lateness import is_fresh, settled
from arena.market.questions import Question
from arena.market.whole import write_whole
from arena.records.base import Record, content_hash
from arena.records.market import SectionName

T = TypeVar("T")

FORMAT: Literal[2] = 2
"""To be raised when an adapter reads its vendor differently, or when the records of facts change."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told(Generic[T]):
    """What one vendor answered to one question."""

    facts: T
    retrieved: datetime


class _Kept(Record):
    """The content of a file."""

    format: Literal[2] = FORMAT
    vendor: VendorName
    section: SectionName
    question: dict[str, Any]
    retrieved: AwareDatetime
    facts: Any


class AnswerCache:
    """The answers kept in one folder, which is made when the first question is asked. Methods block.

    With `refresh` only answers count that were given since: everything is asked anew, once, and replaced.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime], *, refresh: bool = False) -> None:
        self._folder = folder
        self._clock = clock
        self._since = clock() if refresh else None

    def read(self, vendor: VendorName, question: Question[T]) -> Told[T] | None:
        """The answer that is kept and still serves; None where there is none."""
        told = self._read(vendor, question)
        if told is None or (self._since is not None and told.retrieved < self._since):
            return None
        last_word = settled(question, told.facts, told.retrieved)
        return told if last_word or is_fresh(told.retrieved, self._clock()) else None

    def write(self, vendor: VendorName, question: Question[T], told: Told[T]) -> None:
        """Keep an answer in the place of an earlier one, whole or not at all. The log says when it cannot be kept."""
        kept = _Kept(
            vendor=vendor,
            section=question.section,
            question=question.model_dump(mode="json"),
            retrieved=told.retrieved,
            facts=question.facts.dump_python(told.facts, mode="json"),
        )
        try:
            # In ASCII, as halves of characters in a vendor's text have no other encoding.
            write_whole(self._file(vendor, question), json.dumps(kept.model_dump(mode="json")).encode())
        except OSError as error:
            _log.warning("an answer of %s cannot be kept in %s: %s", vendor, self._folder, error.strerror)

    @contextmanager
    def alone(self, vendor: VendorName, question: Question[T], patience: float) -> Iterator[None]:
        """Hold the one place, over all processes, from which this question is put; free again when a holder dies.

        VendorError when somebody else has held it for `patience` seconds.
        """
        lock = self._taken(vendor, question, patience)
        try:
            yield
        finally:
            if lock is not None:
                lock.release()

    def _taken(self, vendor: VendorName, question: Question[T], patience: float) -> BaseFileLock | None:
        """The lock, held; None where the folder has none to give, which the log says.

        Its file stays: were it removed, those who wait for it and those who come would hold different ones.
        """
        path = self._folder / "locks" / f"{_key(vendor, question)}.lock"
        lock = FileLock(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=patience)
        except Timeout:
            raise VendorError(f"others have waited for the same answer for more than {patience:g} seconds") from None
        except OSError as error:
            _log.warning("%s cannot be locked: %s; others may ask the same", path, error.strerror)
            return None
        return lock

    def _read(self, vendor: VendorName, question: Question[T]) -> Told[T] | None:
        file = self._file(vendor, question)
        try:
            kept = _Kept.model_validate(json.loads(file.read_bytes()))
            facts: T = question.facts.validate_python(kept.facts)
        except FileNotFoundError:
            return None
        except OSError as error:
            _log.warning("%s cannot be read: %s; it is asked for anew", file, error.strerror)
            return None
        except (ValidationError, ValueError, RecursionError):
            _log.warning("%s is damaged or of another version; it is asked for anew", file)
            return None
        if (kept.vendor, kept.section, kept.question) != (vendor, question.section, question.model_dump(mode="json")):
            _log.warning("%s answers another question than its name says; it is asked for anew", file)
            return None
        return Told(facts, kept.retrieved)

    def _file(self, vendor: VendorName, question: Question[T]) -> Path:
        return self._folder / vendor / question.section / f"{_key(vendor, question)}.json"


def _key(vendor: VendorName, question: Question[Any]) -> str:
    return content_hash(
        {
            "format": FORMAT,
            "vendor": vendor,
            "section": question.section,
            "question": question.model_dump(mode="json"),
        }
    )
