"""The search of a report: the texts of its chats as a script, for a page on a disk may load nothing else.

Names and texts are JSON in ASCII, and reach the page as text alone (see `finder.js`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from arena.records.chat import ModelChat
from arena.search import passages, said_by
from arena.web.reader import Reader
from arena.web.reading.chats import conversation
from arena.web.reading.seasons import head
from arena.web.rendering import Page
from arena.web.slugs import slug
from arena.web.text import shown
from arena.web.words import PORTFOLIO, role

NAME = "said.js"
MOST = 8_000_000
"""Characters of all texts together; above it passages are cut, all at the same length."""


class Said(NamedTuple):
    """One passage of a chat."""

    chat_id: str
    about: tuple[str, str, str]
    """Contestant, ticker and session of its chat."""
    stage: str
    """Where on the chat's page it stands."""
    by: str
    """The role that said it, in words."""
    text: str


def said_in(reader: Reader, chat_ids: Sequence[str]) -> tuple[Said, ...]:
    """Every passage of these chats, in their order."""
    return reader.kept_for_good(
        ("said", tuple(chat_ids)),
        lambda _: tuple(said for id_ in chat_ids for said in _said(conversation(reader, id_).chat)),
    )


def _said(chat: ModelChat) -> Iterator[Said]:
    content = chat.model_dump(mode="json")
    ticker = "all it holds" if chat.ticker == PORTFOLIO else shown(chat.ticker)
    about = shown(chat.contestant), ticker, chat.session.isoformat()
    for passage in passages(content):
        stage, by = said_by(content, passage.path)
        place = "chat-title" if stage == "decision" else slug(stage)
        yield Said(chat.id, about, place, role(by), shown(passage.text))


def longest_kept(said: Sequence[Said], most: int = MOST) -> int | None:
    """At how many characters passages are cut; None where none has to be."""
    lengths = [len(one.text) for one in said]
    if sum(lengths) <= most:
        return None
    low, high = 0, max(lengths)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(min(length, middle) for length in lengths) <= most else (low, middle - 1)
    return low


def script_of(said: Sequence[Said], files: Mapping[str, PurePosixPath], longest: int | None) -> str:
    """The script; `files` are the chats' pages by id, as the search's page names them."""
    about = {one.chat_id: one.about for one in said}
    places = {chat_id: place for place, chat_id in enumerate(about)}
    content = {
        "pages": [[str(files[chat_id]), *about[chat_id]] for chat_id in places],
        "said": [[places[one.chat_id], one.stage, one.by, one.text[:longest]] for one in said],
    }
    written = json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")
    return f"window.arenaSaid = {written};\n"


def finder_page(reader: Reader, season: str, chat_ids: Sequence[str]) -> Page:
    """The page to search on."""
    said = said_in(reader, chat_ids)
    content = {
        "contestants": sorted({one.about[0] for one in said}),
        "tickers": sorted({one.about[1] for one in said}),
        "longest": longest_kept(said),
    }
    return Page("finder.html", f"{season}: search", content, head(reader, season), "search")
