"""This machine: the store, and room for it on the disk."""

import os
import shutil
from pathlib import Path

from arena.doctor.finding import Finding, failed, ok, warning
from arena.errors import StoreError
from arena.store import Store
from arena.store.database import SCHEMA_VERSION

FULL, SCARCE = 100_000_000, 1_000_000_000
"""Bytes: with less than the first a round may not be kept, with less than the second a season."""

_SHOWN = 3


def store(home: Path) -> Finding:
    """Whether the store opens, is of this version, and its archive holds the same chats."""
    title = f"store {home}"
    if not Store.exists(home):
        return ok(title, "none yet; the first round makes it")
    try:
        with Store.open_existing(home) as opened:
            differences = opened.verify_archive()
            seasons = len(opened.seasons())
    except StoreError as error:
        return failed(title, str(error), "restore it from a copy, or choose another folder with --home")
    if differences:
        more = f" and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
        told = f"the archive is not what is stored: {'; '.join(differences[:_SHOWN])}{more}"
        return failed(title, told, "the store is what counts: restore the named files of archive/ from a copy")
    return ok(title, f"opens (schema {SCHEMA_VERSION}, seasons: {seasons}), and the archive equals it")


def disk(home: Path) -> Finding:
    """Whether home can be written, and how much room there is."""
    title = f"disk at {home}"
    existing = next(folder for folder in (home.absolute(), *home.absolute().parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return failed(title, f"{existing} cannot be written", "change its permissions, or choose another with --home")
    free = shutil.disk_usage(existing).free
    told = f"{free / 1e9:,.1f} GB free"
    if free < FULL:
        return failed(title, told, "make room; a round may not be kept")
    return warning(title, told, "make room before a long season") if free < SCARCE else ok(title, told)
