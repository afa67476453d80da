"""Which pages a report is made of. Each has the path it has on the server; the first one is the report's index."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from arena.store import ChatRow
from arena.web.pages.board import board_page
from arena.web.pages.books import books_page, contestant_page
from arena.web.pages.chats import calls_page, chat_page
from arena.web.pages.figures import audit_page, figures_page
from arena.web.pages.rounds import compare_page, round_page, rounds_page
from arena.web.pages.snapshots import snapshot_page
from arena.web.reader import Reader
from arena.web.reading import work
from arena.web.reading.chats import conversation
from arena.web.reading.rounds import round_view, rounds
from arena.web.reading.seasons import head
from arena.web.rendering import Page
from arena.web.report.said import finder_page
from arena.web.slugs import slug, unslug

Make = Callable[[Reader], Page]

SEARCH = ("search",)
"""The path of the page to search on."""


class Planned(NamedTuple):
    """A page of a report."""

    parts: tuple[str, ...]
    """Its path, each part a slug."""
    make: Make


def season_plan(reader: Reader, season: str, *, calls: bool = True) -> list[Planned]:
    """Everything about a season. UsageError for one that nothing is stored of."""
    about = head(reader, season)
    here = ("seasons", slug(season))
    figures = work.report(reader, season).future
    audit = work.audit(reader, season).future
    rows = reader.kept(
        ("all chats", season), lambda store: store.chat_rows(season=store.season_of_chats(season), limit=-1)
    )
    return [
        Planned(here, lambda reader: board_page(reader, season, figures.result())),
        Planned((*here, "rounds"), lambda reader: rounds_page(reader, season)),
        Planned((*here, "books"), lambda reader: books_page(reader, season)),
        Planned((*here, "figures"), lambda reader: figures_page(reader, season, figures.result())),
        Planned((*here, "audit"), lambda reader: audit_page(reader, season, audit.result())),
        *(_contestant(season, name) for name in about.contestants),
        *(page for line in rounds(reader, season).lines for page in _round(reader, season, line.round.session)),
        *_searched(season, list(_chats(reader, rows, calls=calls))),
    ]


def round_plan(reader: Reader, season: str, session: date, *, calls: bool = True) -> list[Planned]:
    """A round, its stocks side by side, and its chats. UsageError where there is none."""
    rows = reader.kept(
        ("all chats", season, session),
        lambda store: store.chat_rows(season=store.season_of_chats(season), session=session, limit=-1),
    )
    return [*_round(reader, season, session), *_searched(season, list(_chats(reader, rows, calls=calls)))]


def chat_plan(reader: Reader, chat_id: str, *, calls: bool = True) -> list[Planned]:
    """One chat with what its desk was shown. UsageError for an unknown id."""
    chat = conversation(reader, chat_id).chat
    row = next(row for row in reader.store.chat_rows(chat.season, chat.session, limit=-1) if row.id == chat.id)
    return list(_chats(reader, [row], calls=calls))


def _contestant(season: str, name: str) -> Planned:
    parts = ("seasons", slug(season), "contestants", slug(name))
    return Planned(parts, lambda reader: contestant_page(reader, season, name))


def _round(reader: Reader, season: str, session: date) -> Iterator[Planned]:
    here = ("seasons", slug(season), "rounds", session.isoformat())
    yield Planned(here, lambda reader: round_page(reader, season, session))
    for table in round_view(reader, season, session).tables:
        if any(desk.row for desk in table.desks):
            yield Planned((*here, slug(table.ticker)), _compare(season, session, table.ticker))


def _compare(season: str, session: date, ticker: str) -> Make:
    return lambda reader: compare_page(reader, season, session, ticker)


def _chats(reader: Reader, rows: Iterable[ChatRow], *, calls: bool) -> Iterator[Planned]:
    """Each chat with its calls, and each snapshot they rest on that is kept."""
    shown: set[str] = set()
    for row in rows:
        chat = conversation(reader, row.id).chat
        yield Planned(("chats", slug(chat.id)), _chat(chat.id))
        if calls and chat.calls:
            yield Planned(("chats", slug(chat.id), "calls"), _calls(chat.id))
        if chat.snapshot_hash not in shown and reader.snapshot_or_none(chat.snapshot_hash) is not None:
            yield Planned(("snapshots", slug(chat.snapshot_hash)), _snapshot(chat.snapshot_hash))
        shown.add(chat.snapshot_hash)


def chats_of(plan: Iterable[Planned]) -> dict[str, tuple[str, ...]]:
    """The chats that have a page, by id, each with its path."""
    return {unslug(page.parts[1]): page.parts for page in plan if page.parts[0] == "chats" and len(page.parts) == 2}


def _searched(season: str, pages: list[Planned]) -> Iterator[Planned]:
    """The pages with one to search their chats on, where there are any."""
    yield from pages
    if chats := tuple(chats_of(pages)):
        yield Planned(SEARCH, lambda reader: finder_page(reader, season, chats))


def _chat(chat_id: str) -> Make:
    return lambda reader: chat_page(reader, chat_id)


def _calls(chat_id: str) -> Make:
    return lambda reader: calls_page(reader, chat_id)


def _snapshot(snapshot_hash: str) -> Make:
    return lambda reader: snapshot_page(reader, snapshot_hash)
