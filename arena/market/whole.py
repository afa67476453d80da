"""Files that are written whole or not at all, however many processes write them at once."""

import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write the file in one step, in the place of an earlier one; its folder is made if need be. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, suffix=".part", delete=False) as file:
        part = Path(file.name)
        try:
            file.write(content)
            file.close()
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
