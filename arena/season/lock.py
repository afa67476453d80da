"""One process plays a season at a time. Those that play single rounds in it wait for their turn as they always do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from arena.errors import StoreError, UsageError


@contextmanager
def alone_in(home: Path, season: str) -> Iterator[None]:
    """Hold the season; it falls with the process that holds it. Raises UsageError where another one does.

    StoreError where the home cannot be written.
    """
    if home.exists() and not home.is_dir():
        raise UsageError(f"the home {home} is not a folder; name another with --home or ARENA_HOME")
    folder = home / "turns"
    lock = FileLock(folder / f"{season}.season.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise UsageError(f"another process is playing the season {season}; nothing was done") from None
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written ({error.strerror}); check the disk and its permissions"
        ) from error
    try:
        yield
    finally:
        lock.release()
