"""What `arena chat` does."""

from rich.console import Group
from typing_extensions import Unpack

from arena.cli.chat import Stage
from arena.cli.given import suggestion
from arena.cli.opening import arena_of
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.views.chat import chat_view, chats_view, stage_of_chat_view
from arena.cli.views.imported import imported_texts
from arena.cli.views.stage import Part
from arena.config.model import ArenaConfig
from arena.market.tickers import check_ticker
from arena.records.chat import ModelChat
from arena.store import ChatFilters


def list_chats(given: Given, *, as_json: bool, **filters: Unpack[ChatFilters]) -> None:
    """Print the newest chats that match, newest first."""
    ticker = filters.get("ticker")
    if ticker is not None:
        filters["ticker"] = check_ticker(ticker)
    with arena_of(given) as arena:
        rows = arena.chats(**filters)
    if as_json:
        write_json([row.model_dump(mode="json") for row in rows])
    elif not rows:
        say("no chat matches")
    else:
        show = suggestion(given, arena.config, "chat", "show", rows[0].id)
        results().print(Group(*chats_view(rows)))
        results().print(f"\nRead one:\n  {show}", soft_wrap=True)


def show_chat(given: Given, chat_id: str, stage: Stage | None, *, as_json: bool) -> None:
    """Print one chat, or one part of it. Raises UsageError for an unknown id."""
    with arena_of(given) as arena:
        chat = arena.chat(chat_id)
    if stage is None:
        _show_whole(given, arena.config, chat, as_json=as_json)
        return
    part, texts = part_of(chat, stage), imported_texts(chat, stage)
    if as_json:
        write_json({"stage": _plain(part), "texts": dict(texts)} if texts else _plain(part))
    elif part is None and not texts:
        lacking = "was shown no past decision" if stage == "reflection" else "has no such role"
        say(f"{chat.id} has no {stage} stage: its desk did not get there, or {lacking}")
    else:
        results().print(Group(*stage_of_chat_view(chat, stage, part)))


def part_of(chat: ModelChat, stage: Stage) -> Part | None:
    """What `--stage` names: a stage of the desk, the outcome, or the calls; None where the run has no such part."""
    if stage == "decision":
        return chat.outcome
    if stage == "calls":
        return chat.calls
    part: Part | None = getattr(chat.stages, stage)
    return part


def _show_whole(given: Given, config: ArenaConfig, chat: ModelChat, *, as_json: bool) -> None:
    if as_json:
        write_json(chat.model_dump(mode="json"))
        return
    results().print(Group(*chat_view(chat)))
    more = suggestion(given, config, "chat", "show", chat.id, "--stage")
    results().print(
        f"\nOne stage in full, or the calls (all prompts and replies: --json):\n  {more} calls", soft_wrap=True
    )


def _plain(part: Part | None) -> object:
    if part is None:
        return None
    return [call.model_dump(mode="json") for call in part] if isinstance(part, tuple) else part.model_dump(mode="json")
