"""Taking chats off the tape, and with them the parts that no other chat's tape is made of.

Parts keep their numbers, since others are found by them: a dropped one leaves an empty text in its pack, and a pack
of nothing but dropped ones goes. Who was pruned is remembered, so that a replay can say why it has nothing to play.
"""

import json
from array import array
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from arena.tape import parts
from arena.tape.file import RESEARCH_ONLY, TapeFile

PartsOf = Mapping[str, Sequence[int]]
"""The numbers of the parts each chat's tape is made of, each once, by the chat's id."""


def parts_of_chats(tape: TapeFile) -> dict[str, Sequence[int]]:
    """What the tape of every chat that is whole is made of. Reads the whole tape."""
    whole = tape.rows("SELECT id, label FROM chats WHERE label <> ? ORDER BY id", RESEARCH_ONLY)
    return {chat_id: array("q", sorted(_parts_of(tape, chat_id, label))) for chat_id, label in whole}


def _parts_of(tape: TapeFile, chat_id: str, label: int) -> set[int]:
    # Research whose round is still to be played has no label.
    numbers = {label, *_named(tape, label)} if label != RESEARCH_ONLY else set()
    for (content,) in tape.rows("SELECT content FROM exchanges WHERE chat = ?", chat_id):
        numbers |= {content, *_named(tape, content)}
        for inner in _inner(json.loads(tape.part(content))):
            numbers |= {inner, *_named(tape, inner)}
    return numbers


def sizes_alone(tape: TapeFile, made_of: PartsOf) -> dict[int, float]:
    """Bytes on the disk by part, as its share of its pack; of parts that some chat is made of."""
    wanted = {number for numbers in made_of.values() for number in numbers}
    sizes: dict[int, float] = {}
    for first, size, stored in tape.rows("SELECT first, size, length(body) FROM packs"):
        lengths = [len(tape.part(number)) for number in range(first, first + size)]
        whole = sum(lengths) or 1
        sizes |= {first + n: stored * one / whole for n, one in enumerate(lengths) if first + n in wanted}
    return sizes


def freed(made_of: PartsOf, sizes: Mapping[int, float], chats: Iterable[str]) -> Iterator[float]:
    """Bytes that each chat frees that is taken off after those before it."""
    users = Counter(number for numbers in made_of.values() for number in numbers)
    for chat_id in chats:
        users.subtract(made_of[chat_id])
        yield sum(sizes[number] for number in made_of[chat_id] if users[number] == 0)


def take_off(tape: TapeFile, made_of: PartsOf, chats: Sequence[str], at: str) -> None:
    """Drop these chats, all or none; `at` is when, as text. The file shrinks with `compact`.

    With them goes what was kept ahead for chats that never came: whoever is still to write one keeps it again.
    """
    with tape.writing():
        kept = _kept(tape, made_of, {*chats})
        dropped = {number for (number,) in tape.rows("SELECT number FROM parts")} - kept
        names = [(parts.fingerprint(tape.part(number)),) for number in sorted(dropped)]
        tape.change_each("DELETE FROM exchanges WHERE chat = ?", [(chat_id,) for chat_id in chats])
        tape.change_each("DELETE FROM chats WHERE id = ?", [(chat_id,) for chat_id in chats])
        tape.insert("INSERT OR REPLACE INTO pruned", [(chat_id, at) for chat_id in chats])
        _empty(tape, dropped)
        tape.change_each("DELETE FROM parts WHERE hash = ?", names)
    tape.forget()


def _kept(tape: TapeFile, made_of: PartsOf, gone: Container[str]) -> set[int]:
    """What the chats that stay are made of, those included that another process has written since `made_of` was read.

    Read anew is research too, which another process may have gone on from.
    """
    kept = {number for chat_id, numbers in made_of.items() if chat_id not in gone for number in numbers}
    for chat_id, label in tape.rows("SELECT id, label FROM chats"):
        if chat_id not in made_of:
            kept |= _parts_of(tape, chat_id, label)
    return kept


def _empty(tape: TapeFile, dropped: set[int]) -> None:
    packs = tape.rows("SELECT first, size FROM packs ORDER BY first")
    for first, size in packs:
        if dropped.isdisjoint(range(first, first + size)):
            continue
        texts = ["" if first + n in dropped else tape.part(first + n) for n in range(size)]
        # The last pack stays in any case: numbers go on from it, and none is given twice.
        if any(texts) or first == packs[-1][0]:
            tape.change("UPDATE packs SET body = ? WHERE first = ?", parts.pack(texts), first)
        else:
            tape.change("DELETE FROM packs WHERE first = ?", first)


def compact(tape: TapeFile) -> None:
    """Give the space of what was dropped back to the disk."""
    tape.rows("VACUUM")
    tape.rows("PRAGMA wal_checkpoint(TRUNCATE)")


def _named(tape: TapeFile, number: int) -> set[int]:
    """The parts that a folded tree names."""
    return set(_in_tree(json.loads(tape.part(number))))


def _in_tree(content: Any) -> Iterator[int]:
    if isinstance(content, list):
        for item in content:
            yield from _in_tree(item)
    elif isinstance(content, dict):
        if content.keys() == {"$text"}:
            yield from (piece for piece in content["$text"] if isinstance(piece, int))
        else:
            for item in content.values():
                yield from _in_tree(item)


def _inner(content: Mapping[str, Any]) -> Iterator[int]:
    """The trees that an exchange's content names: they are parts in turn."""
    yield from content["prompt"]
    yield from (content[name] for name in ("options", "reply", "failed") if content.get(name) is not None)
