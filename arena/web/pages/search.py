"""The search's page."""

from collections.abc import Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from arena.records.search import Snippet
from arena.web.reader import Reader
from arena.web.reading.search import PAGE, Question, search
from arena.web.rendering import Page
from arena.web.text import shown


def search_page(reader: Reader, question: Question) -> Page:
    """What was said, searched; an empty question shows the form."""
    found = search(reader, question)
    content = {
        "found": found,
        "snippet": marked,
        "earlier": _address(question, question.offset - PAGE) if question.offset else None,
        "further": _address(question, question.offset + PAGE) if found.result and found.result.more else None,
    }
    title = f"{question.words} in all chats" if question.words else "Search"
    return Page("search.html", title, content, None, "search")


def marked(snippet: Snippet) -> Markup:
    """The piece of text with what was asked for marked, everything else escaped."""
    parts, at = [], 0
    for mark in snippet.marks:
        parts += [
            _escaped(snippet.text[at : mark.start]),
            Markup("<mark>{}</mark>").format(shown(snippet.text[mark.start : mark.end])),
        ]
        at = mark.end
    text = Markup().join([*parts, _escaped(snippet.text[at:])])
    return Markup("{}{}{}").format("… " if snippet.cut_before else "", text, " …" if snippet.cut_after else "")


def _escaped(text: str) -> Markup:
    return Markup("{}").format(shown(text))


def _address(question: Question, offset: int) -> str:
    asked: Sequence[tuple[str, str]] = [
        ("q", question.words),
        *((name, value) for name in ("season", "ticker", "contestant") if (value := getattr(question, name))),
        ("offset", str(max(0, offset))),
    ]
    return f"?{urlencode(asked, errors='surrogatepass')}"
