"""What `arena import` does."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group

from arena import figures
from arena.cli.given import loaded, suggestion
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.views import tables
from arena.cli.views.audit import audit_view
from arena.cli.views.imported import states_view
from arena.config.model import ArenaConfig
from arena.interop.ai_trader import AiTraderImport, import_ai_trader
from arena.interop.tradingagents import import_states
from arena.sinks.names import copied_to
from arena.store import Store

DONE, VIOLATED = 0, 5
SOME_UNREADABLE, ALL_UNREADABLE = 3, 4


def bring_ai_trader(given: Given, folder: Path, *, as_json: bool) -> int:
    """Import a competition and say what came of it; returns the exit code."""
    config = _config(given)
    done = import_ai_trader(config.home, folder, config.season, copied_to(config))
    if as_json:
        write_json(done.model_dump(mode="json"))
    elif done.done:
        results().print(Group(*_told(done), *tables.notes(done.notes)))
        results().print(_next(given, config), soft_wrap=True)
    else:
        results().print(Group(*audit_view(done.report)))
        say("nothing was imported: no book could hold this truthfully")
    return DONE if done.done else VIOLATED


def bring_states(given: Given, files: Sequence[Path], contestant: str, *, as_json: bool) -> int:
    """Import final states and list them; returns the exit code."""
    config = _config(given)
    with Store.open(config.home) as store:
        store.copied_to = copied_to(config)
        done = import_states(store, files, config.season, contestant)
    if as_json:
        write_json(done.model_dump(mode="json"))
    else:
        results().print(Group(*states_view(done.chats)))
        results().print(f"{figures.plural(len(done.new), 'new chat')} of {len(done.chats)}.")
        results().print(f"\nRead one:\n  {suggestion(given, config, 'chat', 'show', done.chats[0].id)}", soft_wrap=True)
    unreadable = sum(chat.outcome.kind == "abstention" for chat in done.chats)
    if not unreadable:
        return DONE
    return ALL_UNREADABLE if unreadable == len(done.chats) else SOME_UNREADABLE


def _config(given: Given) -> ArenaConfig:
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    return found.config


def _told(done: AiTraderImport) -> tuple[str, ...]:
    looked = done.report.checked
    return (
        f"The season {done.season}: {figures.plural(looked['models'], 'model')}, "
        f"{figures.plural(looked['trades'], 'trade')}, no mismatch; {figures.plural(done.fills, 'fill')}, "
        f"{figures.plural(done.chats, 'chat')}.",
        f"New to the store: {figures.plural(done.new_events, 'event')}, {figures.plural(done.new_chats, 'chat')}.",
    )


def _next(given: Given, config: ArenaConfig) -> str:
    board = suggestion(given, config, "board", "--season", config.season)
    chats = suggestion(given, config, "chat", "list", "--season", config.season)
    return f"\nSee it:\n  {board}\n  {chats}"
