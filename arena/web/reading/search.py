"""What was said at all desks, searched."""

from collections.abc import Mapping
from typing import NamedTuple

from arena.errors import UsageError
from arena.records.search import SearchResult
from arena.store import SearchFilters, Store
from arena.web.reader import Reader

PAGE = 20
"""Passages on a page."""


class Question(NamedTuple):
    """What is searched for."""

    words: str = ""
    season: str | None = None
    ticker: str | None = None
    contestant: str | None = None
    offset: int = 0

    @property
    def filters(self) -> SearchFilters:
        """As the store takes them."""
        return {
            "season": self.season,
            "ticker": self.ticker,
            "contestant": self.contestant,
            "offset": self.offset,
            "limit": PAGE,
        }


class Found(NamedTuple):
    """The page of a search."""

    question: Question
    result: SearchResult | None
    """None where nothing was asked."""
    wrong: str
    """Why it could not be searched for; empty where it could."""
    choices: Mapping[str, tuple[str, ...]]
    """What a search can be narrowed down to: seasons, tickers, contestants."""


def search(reader: Reader, question: Question) -> Found:
    """The passages that hold what is asked for. What cannot be searched for is told, not raised."""
    choices = reader.kept("choices", _choices)
    if not question.words.strip():
        return Found(question, None, "", choices)
    try:
        result = reader.kept(("search", question), lambda store: store.search(question.words, **question.filters))
    except UsageError as error:
        return Found(question, None, str(error), choices)
    return Found(question, result, "", choices)


def _choices(store: Store) -> dict[str, tuple[str, ...]]:
    return {name: store.chat_names(name) for name in ("season", "ticker", "contestant")}
