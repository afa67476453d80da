"""Files that are written aside and put in their places together, so that nobody reads half of one."""

import os
import tempfile
from pathlib import Path
from typing import IO, Self

from arena.errors import UsageError


class WholeFiles:
    """A context in which files are opened; at its end all are in place, and after an exception none is.

    UsageError where one cannot be written.
    """

    def __init__(self) -> None:
        self._open: dict[Path, tuple[Path, IO[bytes]]] = {}

    def open(self, path: Path) -> IO[bytes]:
        """A stream to the file of this path; its folder is made if need be."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        except OSError as error:
            raise _unwritable(path, error) from None
        stream = os.fdopen(handle, "wb")
        self._open[path] = Path(part), stream
        return stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        try:
            if isinstance(error, OSError):
                raise _unwritable(next(iter(self._open)).parent, error) from None
            if kind is None:
                self._publish()
        finally:
            for part, stream in self._open.values():
                stream.close()
                part.unlink(missing_ok=True)

    def _publish(self) -> None:
        for path, (_, stream) in self._open.items():
            try:
                stream.flush()
                os.fsync(stream.fileno())
                stream.close()
            except OSError as error:
                raise _unwritable(path, error) from None
        for path, (part, _) in self._open.items():
            try:
                part.chmod(0o666 & ~_umask())
                part.replace(path)
            except OSError as error:
                raise _unwritable(path, error) from None


def _umask() -> int:
    """What new files of this process are denied; temporary files are denied more than that."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{path} cannot be written: {error.strerror}")
