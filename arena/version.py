"""Which code made a record."""

import hashlib
from functools import cache
from importlib import metadata, resources

_PACKAGES = ("agents", "arena", "graphs")


@cache
def code_version() -> str:
    """The release, and twelve hex digits over the sources, so that an edited copy never passes for it."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        root = resources.files(package)
        with resources.as_file(root) as folder:
            for file in sorted(folder.rglob("*.py")):
                digest.update(f"{package}/{file.relative_to(folder).as_posix()}\0".encode())
                digest.update(file.read_bytes())
    return f"{release()}+{digest.hexdigest()[:12]}"


def release() -> str:
    """The released version the package was installed as."""
    return metadata.version("modelchat-arena")
