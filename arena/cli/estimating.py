"""What `arena run --estimate` does."""

from collections.abc import Sequence

from arena.cli.opening import arena_of
from arena.cli.options import Given
from arena.cli.screen import results, write_json
from arena.cli.views.estimate import estimate_view


def show_estimate(given: Given, tickers: Sequence[str], contestants: Sequence[str] | None, *, as_json: bool) -> int:
    """Print what the round would take; returns the exit code. Raises UsageError. Writes nothing."""
    with arena_of(given, record=False) as arena:
        expected = arena.estimate(tickers, contestants=contestants)
    if as_json:
        write_json(expected.model_dump(mode="json"))
    else:
        results().print(estimate_view(expected))
    return 0
