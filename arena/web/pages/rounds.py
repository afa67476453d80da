"""The pages about rounds: all of a season, one of them, and one stock in it side by side."""

from collections.abc import Sequence
from datetime import date

from arena.errors import UsageError
from arena.records.chat import ModelChat
from arena.web.reader import Reader
from arena.web.reading.compare import ANALYSTS, ASPECTS, compared
from arena.web.reading.rounds import round_view, rounds
from arena.web.reading.seasons import head
from arena.web.rendering import Page


def rounds_page(reader: Reader, season: str) -> Page:
    """The rounds of a season, played and to come."""
    found = rounds(reader, season)
    return Page("rounds.html", f"{season}: rounds", {"rounds": found}, found.head, "rounds")


def round_page(reader: Reader, season: str, session: date) -> Page:
    """One round."""
    found = round_view(reader, season, session)
    quiet = None if found.written is None else max(0.0, (reader.clock() - found.written).total_seconds())
    content = {"view": found, "quiet": quiet}
    return Page("round.html", f"{season}: round of {session}", content, found.head, "rounds")


def compare_page(reader: Reader, season: str, session: date, ticker: str) -> Page:
    """One stock at one session, all contestants side by side."""
    found = compared(reader, season, session, ticker)
    chats = [column.talk.chat for column in found.columns]
    content = {
        "compared": found,
        "analysts": ANALYSTS,
        "told": _told(chats),
        "mixed": len({chat.labels for chat in chats}) > 1,
    }
    return Page("compare.html", f"{ticker} at {session}, side by side", content, head(reader, season), "rounds")


def _told(chats: Sequence[ModelChat]) -> frozenset[str]:
    """The aspects that any of the chats has; those of none get no line."""
    found = {aspect.name for aspect in ASPECTS for chat in chats if aspect.of(chat) is not None}
    return frozenset(found | {"decided" for chat in chats if chat.outcome.kind == "decision"})


def day_in(text: str) -> date:
    """The session that a part of an address names. UsageError for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text[:40]!r} is no day; write it as YYYY-MM-DD") from None
