"""Plays a small round when it is imported: whatever is made at its first use is made before a process is forked."""

import tempfile
from datetime import date
from pathlib import Path

import tests.arena.season.player  # noqa: F401 -- what the forked processes run
from arena.app import Arena
from tests.arenas import november, rehearsal_arena

with (
    tempfile.TemporaryDirectory() as _folder,
    Arena(rehearsal_arena(Path(_folder)), environ={}, clock=november) as _arena,
):
    _arena.season_run(["NVDA"], date(2025, 10, 6), date(2025, 10, 6), contestants=["momentum"])
