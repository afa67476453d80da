"""What `arena data` does."""

from datetime import datetime
from pathlib import Path

from rich.console import Group
from rich.text import Text

from arena.app import Arena
from arena.cli.opening import arena_of
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.views.data import data_view
from arena.cli.views.snapshot_diff import diff_view
from arena.errors import UsageError
from arena.lookup import now
from arena.market import snapshot as snapshots
from arena.market.comparing import compare
from arena.market.tickers import LONGEST_TICKER
from arena.records.market import MarketSnapshot

EQUAL, DIFFERS = 0, 1


def show_facts(given: Given, name: str, *, plot: bool, refresh: bool, as_json: bool) -> None:
    """Print the snapshot the models would be handed of a ticker, or a stored one by its hash or a chat's id.

    Raises TickerError, DateError, or UsageError for a name of nothing that is stored.
    """
    began = now()
    stored = len(name) > LONGEST_TICKER
    if stored and (refresh or given.as_of is not None):
        raise UsageError("what a chat saw is stored and stays so: --as-of and --refresh are for a ticker")
    with arena_of(given, refresh=refresh) as arena:
        snapshot = arena.stored_snapshot(name) if stored else arena.snapshot(name)
    if refresh and _older_than(began, snapshot):
        say("a round has been decided on these facts; they stay as they were, and no vendor was asked", "note: ")
    if as_json:
        write_json(snapshot.model_dump(mode="json"))
    else:
        results().print(Group(*data_view(snapshot, plot=plot)))


def show_diff(given: Given, before: str, after: str, *, as_json: bool) -> int:
    """Print what changed; returns the exit code. Raises UsageError for what is no recording."""
    with arena_of(given) as arena:
        found = compare(_recording(arena, before), _recording(arena, after))
    if as_json:
        write_json({"equal": found.equal, **found.model_dump(mode="json")})
    else:
        console = results()
        for line in diff_view(found):
            console.print(Text(line), soft_wrap=True)
    return EQUAL if found.equal else DIFFERS


def _recording(arena: Arena, name: str) -> MarketSnapshot:
    file = Path(name)
    return snapshots.read(file) if file.is_file() else arena.stored_snapshot(name)


def _older_than(began: datetime, snapshot: MarketSnapshot) -> bool:
    return any(part.retrieved is not None and part.retrieved < began for part in snapshot.sections().values())
