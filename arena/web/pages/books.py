"""The pages about books: all of a season, and one contestant's with what it said."""

from arena.errors import UsageError
from arena.web.pages.board import plotted, start_of
from arena.web.reader import Reader
from arena.web.reading.books import NEWEST, books, contestant_view
from arena.web.rendering import Page


def books_page(reader: Reader, season: str) -> Page:
    """Positions, completed trades, open and rejected orders, dividends and splits."""
    found = books(reader, season)
    return Page("books.html", f"{season}: books", {"books": found, "most": NEWEST, "one": None}, found.head, "books")


def contestant_page(reader: Reader, season: str, name: str) -> Page:
    """One contestant: where it stands, its book, and its chats. UsageError for an unknown one."""
    found = contestant_view(reader, season, name)
    if found is None:
        raise UsageError(f"no contestant {name} is in the season {season}")
    content = {
        "view": found,
        "books": found.books,
        "most": NEWEST,
        "one": name,
        "curves": plotted(found.board, {name}),
        "start": start_of(found.board),
    }
    return Page(
        "contestant.html",
        f"{name} in {season}",
        content,
        found.board.head,
        "contestant",
        charts=True,
        current=found.current,
    )
