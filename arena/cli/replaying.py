"""What `arena replay` and `arena run --replay` do: run recorded desks again and say whether it came out equal."""

from collections.abc import Iterable, Sequence

from rich.text import Text

from arena.cli.opening import arena_of
from arena.cli.options import Given
from arena.cli.screen import results, say, write_json
from arena.cli.text import clean, one_line
from arena.figures import plural
from arena.replay import ChatReplay, RoundReplay
from arena.tape.comparing import Difference

EQUAL, DIFFERS = 0, 1

_SHOWN = 20
"""Differences that are listed."""


def replay_one(given: Given, chat_id: str, *, as_json: bool) -> int:
    """Replay one chat and print what came of it; returns the exit code. Raises UsageError for one not on the tape."""
    with arena_of(given) as arena:
        replayed = arena.replay(chat_id)
    if as_json:
        write_json({"equal": replayed.equal, **replayed.model_dump(mode="json")})
    else:
        _print(_chat_lines(replayed))
    return EQUAL if replayed.equal else DIFFERS


def replay_round(given: Given, tickers: Sequence[str], contestants: Sequence[str] | None, *, as_json: bool) -> int:
    """Replay a stored round and print what came of it; returns the exit code."""
    with arena_of(given) as arena:
        replayed = arena.replay_round(
            tickers,
            contestants=contestants,
            on_chat=lambda chat: say(f"{chat.ticker} {chat.contestant}: replayed, {plural(len(chat.calls), 'call')}"),
        )
    if as_json:
        write_json({"equal": replayed.equal, **replayed.model_dump(mode="json")})
    else:
        _print(_round_lines(replayed))
    return EQUAL if replayed.equal else DIFFERS


def _round_lines(replayed: RoundReplay) -> Iterable[str]:
    chats = plural(len(replayed.chats), "chat")
    if replayed.equal:
        what = "consensus, orders, fills and standings"
        yield f"Equal: {chats}, the {what} of {replayed.season} at {replayed.session}."
    else:
        unequal = [chat for chat in replayed.chats if not chat.equal]
        yield f"Not equal: {len(unequal)} of {chats} of {replayed.season} at {replayed.session}."
        for chat in unequal[:1]:
            yield from _chat_lines(chat)
        yield from (f"Not equal: {chat.chat_id}" for chat in unequal[1:])
        yield from _difference_lines(replayed.differences)
    for note in dict.fromkeys([*replayed.notes, *(note for chat in replayed.chats for note in chat.notes)]):
        yield f"Note: {note}"


def _chat_lines(replayed: ChatReplay) -> Iterable[str]:
    if replayed.miss is not None:
        yield f"Stopped: {replayed.chat_id} made a request of the {replayed.miss.role} that the tape does not hold."
        yield replayed.miss.difference
    elif replayed.differences:
        yield f"Not equal: {replayed.chat_id}"
        yield from _difference_lines(replayed.differences)
    else:
        calls = plural(len(replayed.replayed.calls), "call") if replayed.replayed else "no calls"
        yield f"Equal: {replayed.chat_id}, {calls} from the tape."
    yield from (f"Note: {note}" for note in replayed.notes)


def _difference_lines(differences: Sequence[Difference]) -> Iterable[str]:
    for one in differences[:_SHOWN]:
        yield f"  {one.where}: stored {one_line(one.stored)}; replayed {one_line(one.replayed)}"
    if len(differences) > _SHOWN:
        yield f"  and {len(differences) - _SHOWN} more; --json has all"


def _print(lines: Iterable[str]) -> None:
    console = results()
    for line in lines:
        console.print(Text(clean(line)), soft_wrap=True)
