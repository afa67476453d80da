"""What a search found: where it was said, by whom, and the words around it."""

import re
from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from arena.cli.text import clean, one_line
from arena.cli.views.labels import banner
from arena.records.search import SearchHit, SearchResult, Snippet

_SPACE = re.compile(r"\s+")


def search_view(found: SearchResult) -> Iterator[RenderableType]:
    """A paragraph a hit, the best first; what was asked for is bold."""
    yield from banner({hit.contestant: hit.labels for hit in found.hits})
    for hit in found.hits:
        yield _where(hit)
        yield Padding(_words(hit.snippet), (0, 0, 0, 2), expand=False)


def _where(hit: SearchHit) -> Text:
    said = Text(f"\n{one_line(hit.chat_id)}", style="bold")
    return said.append(f"  {hit.role.replace('_', ' ')}, stage {hit.stage}", style="not bold")


def _words(snippet: Snippet) -> Text:
    # Cut at its marks before it is cleaned, which may make it shorter.
    shown, at = Text("…" if snippet.cut_before else ""), 0
    for mark in snippet.marks:
        shown.append(_clean(snippet.text[at : mark.start]))
        shown.append(_clean(snippet.text[mark.start : mark.end]), style="bold underline")
        at = mark.end
    return shown.append(_clean(snippet.text[at:])).append("…" if snippet.cut_after else "")


def _clean(text: str) -> str:
    """On one line, the white space at its ends kept."""
    return _SPACE.sub(" ", clean(text))
