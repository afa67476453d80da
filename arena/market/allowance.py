"""How many requests an Alpha Vantage key may still send today, for all threads and processes that share a folder.

A free key may send 25 requests a day and one a second. The count is kept in a small JSON file, by a hash of the
key and never by the key. The vendor does not say when its day begins; days are taken to be those of New York,
its own time zone, and whatever it says itself is believed over the count: its quota message spends the day.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from arena.errors import VendorError

SPACING = 1.0
"""Seconds between the starts of two requests of one key."""

_LONGEST_QUEUE = 60.0
"""Seconds: a turn further ahead than this was not taken by a queue but by a clock that has been set back."""

_LOCK_SECONDS = 10.0
"""How long the file may be held by others, who only read and write a line."""

_NEW_YORK = ZoneInfo("America/New_York")


class SpentError(VendorError):
    """The day's requests are spent, so none was sent."""


@dataclass
class _Tally:
    day: str = ""
    requests: int = 0
    turn: float = 0.0
    """When the newest request was or is to be sent, in seconds since the epoch."""


class Allowance:
    """One key's requests. `daily_limit` None counts nothing and spaces nothing: a premium key.

    `folder` None keeps the count in this object, for as long as it lives.
    """

    def __init__(
        self,
        key: str,
        daily_limit: int | None,
        folder: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limit = daily_limit
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._tally = _Tally()
        short_hash = hashlib.sha256(key.encode()).hexdigest()[:16]
        self._path = folder / f"alpha_vantage_requests_{short_hash}.json" if folder else None

    def spend(self, patience: float) -> None:
        """Count one request and wait until its turn. SpentError when the day has none left.

        VendorError, and nothing counted, when its turn is more than `patience` seconds away.
        """
        if self._limit is None:
            return
        with self._shared() as tally:
            now = self._clock().timestamp()
            if tally.requests >= self._limit:
                raise SpentError(
                    f"alpha_vantage's {self._limit} requests of {tally.day} are spent; it was not asked: "
                    "wait for tomorrow, or raise market.alpha_vantage.daily_limit for a premium key"
                )
            wait = max(0.0, tally.turn + SPACING - now) if tally.turn < now + _LONGEST_QUEUE else 0.0
            if wait > patience:
                raise VendorError(
                    f"alpha_vantage takes one request a second and {wait:.0f} are waiting; it was not asked"
                )
            tally.requests += 1
            tally.turn = now + wait
        if wait:
            self._sleep(wait)

    def give_back(self) -> None:
        """Take back one request that never reached the vendor."""
        if self._limit is not None:
            with self._shared() as tally:
                tally.requests = max(0, tally.requests - 1)

    def exhaust(self) -> None:
        """The vendor says that the day's requests are spent."""
        if self._limit is not None:
            with self._shared() as tally:
                tally.requests = max(tally.requests, self._limit)

    @contextmanager
    def _shared(self) -> Iterator[_Tally]:
        """Today's tally, held against all others; it is kept when the block ends without an error."""
        today = self._clock().astimezone(_NEW_YORK).date()
        if self._path is None:
            with self._lock:
                self._tally = _of(today, self._tally)
                yield self._tally
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self._path}.lock", timeout=_LOCK_SECONDS):
                tally = _of(today, _read(self._path))
                yield tally
                _write(self._path, tally)
        except Timeout:
            raise VendorError(f"{self._path.name}, which counts alpha_vantage's requests, is held by others") from None
        except OSError as error:
            raise VendorError(
                f"{self._path.name}, which counts alpha_vantage's requests, cannot be kept: {error.strerror}"
            ) from error


def _read(path: Path) -> _Tally:
    try:
        kept = json.loads(path.read_bytes())
        return _Tally(day=str(kept["day"]), requests=max(0, int(kept["requests"])), turn=float(kept["turn"]))
    except FileNotFoundError:
        return _Tally()
    except (ValueError, TypeError, KeyError, OverflowError):
        raise VendorError(
            f"{path.name}, which counts alpha_vantage's requests, is damaged; delete it to count from zero"
        ) from None


def _write(path: Path, tally: _Tally) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(tally)))
    part.replace(path)


def _of(today: date, tally: _Tally) -> _Tally:
    return tally if tally.day == str(today) else _Tally(day=str(today), turn=tally.turn)
