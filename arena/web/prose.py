"""What models and vendors wrote as HTML: Markdown that can neither run, load nor pretend anything.

markdown-it-py, with raw HTML switched off, makes the HTML; nh3 then lets through only the few elements named here, so
that the promise rests on two parsers, not on one. There are no images, and links lead to http and https only, with
their address shown by the browser and `rel` set.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from arena.web.text import shown

LONGEST = 40_000
"""Characters above which a text is shown as it was written: laying it out would take too long."""

_TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s"),
    *("table", "thead", "tbody", "tr", "th", "td", "a", "mark", "sup", "div"),
}
_ATTRIBUTES = {"a": {"href"}, "mark": {"class"}, "ol": {"start"}, "div": {"class"}}


class Flag(NamedTuple):
    """A figure that nothing bears out, as it was stated."""

    number: int
    """Of its note."""
    text: str


@lru_cache(maxsize=1024)
def prose(text: str, flags: tuple[Flag, ...] = ()) -> Markup:
    """Untrusted Markdown as safe HTML; every figure in `flags` is marked where it stands, with its note's number."""
    plain = shown(text)
    if len(plain) > LONGEST:
        return as_written(plain)
    markdown = _markdown()
    tokens = markdown.parse(plain)
    for token in tokens:
        if token.type == "inline":
            token.children = _inline(token.children or [], flags)
        elif token.type in {"heading_open", "heading_close"}:
            # The page's own headings are above any that a model writes.
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    html = markdown.renderer.render(tokens, markdown.options, {})
    return Markup(  # noqa: S704  sanitised here
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https"},
            link_rel="noopener noreferrer nofollow ugc",
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
    )


def as_written(text: str) -> Markup:
    """Untrusted text in its own lines, nothing of it read as markup."""
    return Markup('<div class="as-written">{}</div>').format(shown(text))


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    made.disable("image")
    made.validateLink = _leads_out  # type: ignore[method-assign]  # the documented way to restrict links
    return made


def _leads_out(url: str) -> bool:
    return url.lower().startswith(("https://", "http://"))


def _inline(children: Sequence[Token], flags: Sequence[Flag]) -> list[Token]:
    return [part for child in children for part in (_flagged(child, flags) if child.type == "text" else [child])]


def _flagged(token: Token, flags: Sequence[Flag]) -> list[Token]:
    """A text token, cut where a flagged figure stands in it."""
    for flag in flags:
        if (at := _place_of(flag.text, token.content)) is not None:
            before, after = token.content[:at], token.content[at + len(flag.text) :]
            mark = Token("html_inline", "", 0, content=str(_mark(flag)))
            return [*_flagged(_text(before), flags), mark, *_flagged(_text(after), flags)]
    return [token] if token.content else []


def _place_of(flag: str, text: str) -> int | None:
    """Where the figure stands, not as a part of a longer number."""
    at = text.find(flag) if flag else -1
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(flag) : at + len(flag) + 1]
        if not (before.isdigit() or after.isdigit()):
            return at
        at = text.find(flag, at + 1)
    return None


def _mark(flag: Flag) -> Markup:
    return Markup('<mark class="flag">{}<sup>⚑{}</sup></mark>').format(flag.text, flag.number)


def _text(content: str) -> Token:
    made: dict[str, Any] = {"type": "text", "tag": "", "nesting": 0, "content": content}
    return Token(**made)
