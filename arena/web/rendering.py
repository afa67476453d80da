"""From what a page is made of to HTML."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from arena import figures
from arena.records.chat import Cost
from arena.records.season import SeasonSummary
from arena.version import release
from arena.web import pictures, words
from arena.web.links import Addresses, Links
from arena.web.prose import Flag, as_written, prose
from arena.web.reading.seasons import SeasonHead
from arena.web.slugs import slug
from arena.web.text import finalized, gist, one_line

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


class Page(NamedTuple):
    """A page before it is written."""

    template: str
    title: str
    content: Mapping[str, Any]
    head: SeasonHead | None = None
    """The season it is about, whose tabs stand at its top."""
    tab: str = ""
    """Which of the tabs it is behind."""
    charts: bool = False
    """Whether it draws with Plotly."""
    current: bool = True
    """Whether it shows the store as it is now; where not, it is asked for again by itself."""


class Renderer:
    """Writes pages whose addresses come from `links`; `live` ones look for news by themselves."""

    def __init__(self, links: Links, *, live: bool, searched: bool = True) -> None:
        """`searched` says whether there is a page to search on."""
        self._addresses = Addresses(links)
        self._around = {"live": live, "searched": searched}

    def html(self, page: Page, seasons: tuple[SeasonSummary, ...] = (), state: str | None = None) -> str:
        """The page; `seasons` are those that its switch offers, `state` is what of the store it shows.

        One without a state shows nothing of the store, and no news concerns it.
        """
        around = {"page": page, "head": page.head, "seasons": seasons, "state": state}
        where = {"at": self._addresses, **self._around}
        return environment().get_template(page.template).render({**page.content, **around, **where})

    def prepare(self) -> None:
        """Compile every template before a page needs it."""
        for name in environment().list_templates():
            environment().get_template(name)


@cache
def environment() -> Environment:
    """The templates with their filters; made once."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalized,
        auto_reload=False,
    )
    made.filters.update(_FILTERS)
    made.globals.update(words=words, pictures=pictures, release=release(), unknown=figures.UNKNOWN)
    return made


def data(content: object) -> Markup:
    """JSON inside a `script` element that no browser runs; nothing in it can end the element."""
    return Markup(json.dumps(content, separators=(",", ":"), ensure_ascii=False, default=str).translate(_ESCAPED))  # noqa: S704


_FILTERS: Mapping[str, Callable[..., Any]] = {
    **{
        name: getattr(figures, name)
        for name in (
            "dollars",
            "gain",
            "price",
            "amount",
            "change",
            "part",
            "cost",
            "count",
            "plural",
            "instant",
            "shares",
            "seconds",
        )
    },
    "one_line": one_line,
    "gist": gist,
    "prose": prose,
    "as_written": as_written,
    "data": data,
    "role": words.role,
    "ordinal": words.ordinal,
    "flags": lambda noted: tuple(Flag(one.number, one.figure.text) for one in noted),
    "call_cost": lambda call: Cost.of([call]),
    "why": words.why,
    "slug": slug,
    "plain_number": words.plain_number,
    "percent": words.percent,
    "how_long": lambda span: figures.UNKNOWN if span is None else figures.seconds(span),
}
