"""Which pages a report is made of. Each has the path it has on the server; the first one is the report's index."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from arena.store import ChatRow
from arena.web.library import Library
from arena.web.pages.board import board_page
from arena.web.pages.books import books_page, contestant_page
from arena.web.pages.chats import calls_page, chat_page
from arena.web.pages.figures import audit_page, figures_page
from arena.web.pages.rounds import compare_page, round_page, rounds_page
from arena.web.pages.snapshots import snapshot_page
from arena.web.reading import work
from arena.web.reading.chats import conversation
from arena.web.reading.rounds import round_view, rounds
from arena.web.reading.seasons import head
from arena.web.rendering import Page
from arena.web.report.said import finder_page
from arena.web.slugs import slug, unslug

Make = Callable[[Library], Page]

SEARCH = ("search",)
"""The path of the page to search on."""


class Planned(NamedTuple):
    """A page of a report."""

    parts: tuple[str, ...]
    """Its path, each part a slug."""
    make: Make


def season_plan(library: Library, season: str, *, calls: bool = True) -> list[Planned]:
    """Everything about a season. UsageError for one that nothing is stored of."""
    about = head(library, season)
    here = ("seasons", slug(season))
    figures = work.report(library, season).future
    audit = work.audit(library, season).future
    rows = library.kept(
        ("all chats", season), lambda store: store.chat_rows(season=store.season_of_chats(season), limit=-1)
    )
    return [
        Planned(here, lambda library: board_page(library, season, figures.result())),
        Planned((*here, "rounds"), lambda library: rounds_page(library, season)),
        Planned((*here, "books"), lambda library: books_page(library, season)),
        Planned((*here, "figures"), lambda library: figures_page(library, season, figures.result())),
        Planned((*here, "audit"), lambda library: audit_page(library, season, audit.result())),
        *(_contestant(season, name) for name in about.contestants),
        *(page for line in rounds(library, season).lines for page in _round(library, season, line.round.session)),
        *_searched(season, list(_chats(library, rows, calls=calls))),
    ]


def round_plan(library: Library, season: str, session: date, *, calls: bool = True) -> list[Planned]:
    """A round, its stocks side by side, and its chats. UsageError where there is none."""
    rows = library.kept(
        ("all chats", season, session),
        lambda store: store.chat_rows(season=store.season_of_chats(season), session=session, limit=-1),
    )
    return [*_round(library, season, session), *_searched(season, list(_chats(library, rows, calls=calls)))]


def chat_plan(library: Library, chat_id: str, *, calls: bool = True) -> list[Planned]:
    """One chat with what its desk was shown. UsageError for an unknown id."""
    chat = conversation(library, chat_id).chat
    row = next(row for row in library.store.chat_rows(chat.season, chat.session, limit=-1) if row.id == chat.id)
    return list(_chats(library, [row], calls=calls))


def _contestant(season: str, name: str) -> Planned:
    parts = ("seasons", slug(season), "contestants", slug(name))
    return Planned(parts, lambda library: contestant_page(library, season, name))


def _round(library: Library, season: str, session: date) -> Iterator[Planned]:
    here = ("seasons", slug(season), "rounds", session.isoformat())
    yield Planned(here, lambda library: round_page(library, season, session))
    for table in round_view(library, season, session).tables:
        if any(desk.row for desk in table.desks):
            yield Planned((*here, slug(table.ticker)), _compare(season, session, table.ticker))


def _compare(season: str, session: date, ticker: str) -> Make:
    return lambda library: compare_page(library, season, session, ticker)


def _chats(library: Library, rows: Iterable[ChatRow], *, calls: bool) -> Iterator[Planned]:
    """Each chat with its calls, and each snapshot they rest on that is kept."""
    shown: set[str] = set()
    for row in rows:
        chat = conversation(library, row.id).chat
        yield Planned(("chats", slug(chat.id)), _chat(chat.id))
        if calls and chat.calls:
            yield Planned(("chats", slug(chat.id), "calls"), _calls(chat.id))
        if chat.snapshot_hash not in shown and library.snapshot_or_none(chat.snapshot_hash) is not None:
            yield Planned(("snapshots", slug(chat.snapshot_hash)), _snapshot(chat.snapshot_hash))
        shown.add(chat.snapshot_hash)


def chats_of(plan: Iterable[Planned]) -> dict[str, tuple[str, ...]]:
    """The chats that have a page, by id, each with its path."""
    return {unslug(page.parts[1]): page.parts for page in plan if page.parts[0] == "chats" and len(page.parts) == 2}


def _searched(season: str, pages: list[Planned]) -> Iterator[Planned]:
    """The pages with one to search their chats on, where there are any."""
    yield from pages
    if chats := tuple(chats_of(pages)):
        yield Planned(SEARCH, lambda library: finder_page(library, season, chats))


def _chat(chat_id: str) -> Make:
    return lambda library: chat_page(library, chat_id)


def _calls(chat_id: str) -> Make:
    return lambda library: calls_page(library, chat_id)


def _snapshot(snapshot_hash: str) -> Make:
    return lambda library: snapshot_page(library, snapshot_hash)
