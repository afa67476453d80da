"""What `arena run` and `arena demo` do: play a round, followed on stderr, and show what came of it."""

import shlex
from collections.abc import Sequence

from rich.console import Group

from arena.app import Arena
from arena.cli.given import suggestion
from arena.cli.live import following
from arena.cli.opening import arena_of
from arena.cli.options import Given
from arena.cli.screen import results, say, talk, write_json
from arena.cli.views.round import round_view
from arena.config.model import ArenaConfig
from arena.records.standing import RoundResult

DECIDED, SOME_ABSTAINED, ALL_ABSTAINED = 0, 3, 4


def play(
    given: Given,
    tickers: Sequence[str],
    contestants: Sequence[str] | None,
    *,
    as_json: bool,
    record: bool = True,
    refresh: bool = False,
) -> int:
    """Play the round and print it; returns the exit code. Raises UsageError before anything is written."""
    with arena_of(given, record=record, refresh=refresh) as arena:
        result = _followed(arena, tickers, contestants)
        if any(chat.outcome.kind == "abstention" and chat.outcome.reason == "provider_error" for chat in result.chats):
            config = ("--config", str(given.config)) if given.config else ()
            say(f"a model failed: `{shlex.join(('arena', 'doctor', *config))}` looks at keys and endpoints", "note: ")
        if as_json:
            write_json(result.model_dump(mode="json"))
        else:
            console = results()
            console.print(Group(*round_view(result, console.width)))
            console.print(_where_next(given, arena.config, result), soft_wrap=True)
    return exit_code(result)


def exit_code(result: RoundResult) -> int:
    """0 when every desk decided, 3 when some abstained, 4 when all did."""
    abstained = [chat.outcome.kind == "abstention" for chat in result.chats]
    if not any(abstained):
        return DECIDED
    return ALL_ABSTAINED if all(abstained) else SOME_ABSTAINED


def _followed(arena: Arena, tickers: Sequence[str], contestants: Sequence[str] | None) -> RoundResult:
    try:
        with following(talk()) as on_progress:
            return arena.run(tickers, contestants=contestants, on_progress=on_progress)
    except KeyboardInterrupt:
        say("what was decided is kept; the same command goes on from there", "note: ")
        raise


def _where_next(given: Given, config: ArenaConfig, result: RoundResult) -> str:
    show = suggestion(given, config, "chat", "show", result.chats[0].id)
    return f"\nRead what was said at a desk (`{suggestion(given, config, 'chat', 'list')}` has all ids):\n  {show}"
