"""What `arena data` does."""

from rich.console import Group

from arena.cli.opening import arena_of
from arena.cli.options import Given
from arena.cli.screen import results, write_json
from arena.cli.views.data import data_view


def show_facts(given: Given, ticker: str, *, as_json: bool) -> None:
    """Print the snapshot the models would be handed. Raises TickerError or DateError."""
    with arena_of(given) as arena:
        snapshot = arena.snapshot(ticker)
    if as_json:
        write_json(snapshot.model_dump(mode="json"))
    else:
        results().print(Group(*data_view(snapshot)))
