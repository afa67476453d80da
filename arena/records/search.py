"""What a search over all chats finds."""

from datetime import date
from typing import Annotated

from pydantic import Field

from arena.records.base import Record
from arena.records.chat import Label

Place = Annotated[int, Field(ge=0)]


class Span(Record):
    """A part of a text, in code points; `end` is behind its last character."""

    start: Place
    end: Place


class Snippet(Record):
    """A piece of what was said, with what was asked for marked by its places: there is no markup in it."""

    text: str
    """On one line, as it was said otherwise: whoever shows it cleans and escapes it."""
    marks: tuple[Span, ...]
    """What was asked for, in order and apart from each other."""
    cut_before: bool
    """Whether more was said before it."""
    cut_after: bool


class SearchHit(Record):
    """A passage that holds all that was asked for."""

    chat_id: str
    season: str
    session: date
    ticker: str
    contestant: str
    labels: tuple[Label, ...]
    """The chat's."""
    stage: str
    """Where it was said, in the words of `arena chat show --stage`."""
    role: str
    """Who said it."""
    score: float
    """By BM25 (Robertson and Zaragoza, Foundations and Trends in Information Retrieval 3(4), 2009); higher is better,
    and it compares within one search only."""
    snippet: Snippet


class SearchResult(Record):
    """One page of a search, the best first."""

    asked: str
    hits: tuple[SearchHit, ...]
    offset: int
    """How many better ones were left out."""
    more: bool
    """Whether there are others behind these."""
