"""The application that serves the pages and the records."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response

from arena.errors import ArenaError, StoreError, UsageError
from arena.version import code_version, release
from arena.web import assets
from arena.web.answers import Desk, plain_page
from arena.web.guard import Guard, Tokens
from arena.web.links import ServerLinks
from arena.web.live import Newsroom
from arena.web.pages.board import board_page
from arena.web.pages.start import error_page
from arena.web.reader import Reader
from arena.web.reading.seasons import seasons as all_seasons
from arena.web.rendering import Renderer
from arena.web.routes import api, chats, entrance, news, seasons, works


def pages_app(
    reader: Reader,
    *,
    newsroom: Newsroom | None = None,
    tokens: Collection[str] = (),
    hosts: Collection[str] | None = None,
    ahead: bool = False,
) -> Guard:
    """The pages over one home folder; `newsroom` tells open ones of news.

    `tokens` open them, where there are any; `hosts` are the names they answer to, all where it is None. With `ahead`
    the newest leaderboard is made before anybody asks. The reader is closed with the application.
    """
    renderer = Renderer(ServerLinks(assets.version()), live=True)

    @asynccontextmanager
    async def open_for_business(_: FastAPI) -> AsyncIterator[None]:
        # Compiling them takes longer than any page may.
        renderer.prepare()
        code_version()
        if ahead:
            reader.ahead(lambda: _make_newest(reader))
        yield
        reader.close()

    app = FastAPI(
        title="ModelChat Arena",
        version=release(),
        summary="Everything the arena keeps, as the same records that the command line prints with --json.",
        docs_url=None,  # Its page loads scripts from another host.
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=open_for_business,
    )
    app.state.desk = Desk(reader, renderer)
    app.state.tokens = Tokens(tokens)
    app.state.newsroom = newsroom or Newsroom(reader)
    for one in (entrance, news, works, seasons, chats, api):
        app.include_router(one.router)
    for error in (ArenaError, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(error, _explain)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    # Outside of everything, so that the page about a fault has its headers too.
    return Guard(app, tokens=app.state.tokens, hosts=hosts)


def _make_newest(reader: Reader) -> None:
    for one in all_seasons(reader)[:1] if reader.exists else ():
        board_page(reader, one.season)


async def _explain(request: Request, error: Exception) -> Response:
    status, title, told, advice = _words(error)
    made: Response
    if request.url.path.startswith("/api"):
        made = JSONResponse({"error": told}, status)
    else:
        made = plain_page(request, error_page(title, told, advice), status)
    # Such as which methods are allowed.
    made.headers.update(getattr(error, "headers", None) or {})
    return made


def _words(error: Exception) -> tuple[int, str, str, str]:
    """The status, and what the page says: what is wrong, and what to do."""
    match error:
        case UsageError():
            return 404, "Not here", f"{error}.", ""
        case StoreError():
            return 503, "The store cannot be read", f"{error}.", ""
        case ArenaError():
            return 500, "These records do not add up", f"{error}.", "`arena audit` looks at the season and says where."
        case RequestValidationError():
            wrong = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
            return 422, "Asked wrongly", f"{wrong}.", "/api/openapi.json says what each address takes."
        case HTTPException(status_code=404):
            return 404, "No such page", "There is no page at this address.", ""
        case HTTPException():
            return error.status_code, "That cannot be done here", f"{error.detail}.", "These pages only read."
    return 500, "A fault of these pages", "Something in the pages themselves failed.", "The server's output says what."
