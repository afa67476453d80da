"""What `arena chat search` and `arena chat diff` do."""

from rich.console import Group
from typing_extensions import Unpack

from arena.cli.given import suggestion
from arena.cli.opening import lookup_of
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.views.chat_diff import chat_diff_view
from arena.cli.views.search import search_view
from arena.comparing import compare_chats
from arena.market.tickers import check_ticker
from arena.store import SearchFilters

EQUAL, DIFFERS = 0, 1


def search_chats(given: Given, asked: str, *, as_json: bool, **filters: Unpack[SearchFilters]) -> None:
    """Print the passages that hold all that was asked for. Raises UsageError for a question without a word."""
    ticker = filters.get("ticker")
    if ticker is not None:
        filters["ticker"] = check_ticker(ticker)
    with lookup_of(given) as lookup:
        found = lookup.search(asked, **filters)
    if as_json:
        write_json(found.model_dump(mode="json"))
    elif not found.hits:
        say("nobody said so" if not found.offset else "there are no more")
    else:
        best = found.hits[0]
        show = suggestion(given, lookup.config, "chat", "show", best.chat_id, "--stage", best.stage)
        results().print(Group(*search_view(found)))
        results().print(f"\nRead one:\n  {show}", soft_wrap=True)
        if found.more:
            say(f"there are more: --offset {found.offset + len(found.hits)}", "note: ")


def diff_chats(given: Given, one: str, other: str, *, as_json: bool) -> int:
    """Print what two chats have otherwise; returns the exit code. Raises UsageError for an unknown id."""
    with lookup_of(given) as lookup:
        first, second = lookup.chat(one), lookup.chat(other)
    found = compare_chats(first, second)
    if as_json:
        write_json({"equal": found.equal, **found.model_dump(mode="json")})
    else:
        results().print(Group(*chat_diff_view(first, second, found)))
        if any(difference.name == "snapshot_hash" for difference in found.setting):
            show = suggestion(given, lookup.config, "data", "diff", first.id, second.id)
            results().print(f"\nWhat changed of the facts:\n  {show}", soft_wrap=True)
    return EQUAL if found.equal else DIFFERS
