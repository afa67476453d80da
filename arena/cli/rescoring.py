"""What `arena season rescore` does."""

from dataclasses import replace

from rich.console import Group

from arena.cli.given import loaded
from arena.cli.opening import arena_of
from arena.cli.options import Given
from arena.cli.screen import results, write_json
from arena.cli.views.rescored import rescored_view
from arena.season.rescoring import changes_of


def rescore_season(given: Given, into: str | None, *, as_json: bool) -> None:
    """Re-price a season and print it. Raises UsageError for what cannot be re-priced, ConfigError for a setting."""
    changes = changes_of(loaded(given).config.trading, given.trading)
    with arena_of(replace(given, trading={}), record=False) as arena:
        found = arena.season_rescore(into=into, **changes)
    if as_json:
        write_json(found.model_dump(mode="json"))
    else:
        results().print(Group(*rescored_view(found)))
