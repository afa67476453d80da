"""How a page becomes an answer: written off the event loop, and not sent again to a browser that has it."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from arena.web.guard import CHART_POLICY, HEADERS
from arena.web.reader import Reader
from arena.web.reading.seasons import seasons
from arena.web.rendering import Page, Renderer


class Desk(NamedTuple):
    """What every route works with."""

    reader: Reader
    renderer: Renderer


def desk_of(request: Request) -> Desk:
    """The application's."""
    return request.app.state.desk  # type: ignore[no-any-return]  # set by `arena.web.app`


def plain_page(request: Request, made: Page, status: int = 200) -> Response:
    """A page for which nothing is read: the store may be what is wrong."""
    return HTMLResponse(desk_of(request).renderer.html(made), status)


async def page(request: Request, make: Callable[[Reader], Page]) -> Response:
    """The page that `make` makes with the reader."""
    desk = desk_of(request)

    def written() -> tuple[str, bool]:
        reader = desk.reader
        # Before the page is made: what comes in meanwhile is news to it.
        state = reader.state()
        made = make(reader)
        shown = state if made.current else "older"
        return desk.renderer.html(made, seasons(reader) if reader.exists else (), shown), made.charts

    html, charts = await desk.reader.ask(written)
    policy = CHART_POLICY if charts else HEADERS["content-security-policy"]
    return _unless_known(request, HTMLResponse(html, headers={"content-security-policy": policy}))


async def record(request: Request, read: Callable[[Reader], Any]) -> Response:
    """The JSON of what `read` returns, as the command line prints it with `--json`."""
    desk = desk_of(request)
    # In ASCII: half a surrogate pair in a model's text has no UTF-8.
    body = await desk.reader.ask(lambda: json.dumps(_content(read(desk.reader)), indent=2) + "\n")
    return _unless_known(request, Response(body, media_type="application/json"))


def _content(found: Any) -> Any:
    if isinstance(found, list | tuple):
        return [_content(one) for one in found]
    return found.model_dump(mode="json")


def _unless_known(request: Request, answer: Response) -> Response:
    etag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    if answer.status_code == 200 and etag in request.headers.get("if-none-match", ""):
        # With the policy of the page: browsers take a 304's headers for those of what they have.
        policy = answer.headers.get("content-security-policy")
        return Response(
            status_code=304, headers={"etag": etag} | ({"content-security-policy": policy} if policy else {})
        )
    answer.headers["etag"] = etag
    return answer
