"""The way in: the token's form, and the assets."""

import asyncio
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import Response

from arena.web import assets
from arena.web.answers import plain_page
from arena.web.guard import ENTRANCE, Tokens, let_in
from arena.web.pages.start import login_page

router = APIRouter(include_in_schema=False)

_LONGEST_FORM = 10_000
_WAIT = 0.3
_FOR_GOOD = "public, max-age=31536000, immutable"


@router.get(ENTRANCE)
async def entrance(request: Request, next: str = "/") -> Response:  # noqa: A002  the form field's name
    """The form that asks for the token."""
    return plain_page(request, login_page(_own_path(next)))


@router.post(ENTRANCE)
async def enter(request: Request) -> Response:
    """Take the token, and remember it by a cookie."""
    tokens: Tokens = request.app.state.tokens
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST_FORM:
            break
    form = parse_qs(body[:_LONGEST_FORM].decode("utf-8", "replace"))
    token, wanted = form.get("token", [""])[0], _own_path(form.get("next", ["/"])[0])
    if tokens.opens(token):
        return let_in(tokens, token, wanted, request.url.scheme)
    await asyncio.sleep(_WAIT)
    return plain_page(request, login_page(wanted, "That is not the token."), 401)


@router.get("/static/{version}/{name}")
async def static(request: Request, version: str, name: str) -> Response:  # noqa: ARG001  another version's address
    """A style sheet, a script or a picture."""
    headers = {"cache-control": _FOR_GOOD, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = await asyncio.to_thread(assets.squeezed, name)
        headers["content-encoding"] = "gzip"
    else:
        body = await asyncio.to_thread(assets.asset, name)
    return Response(body, media_type=assets.kind(name), headers=headers)


def _own_path(path: str) -> str:
    """A path of this server, and of no other: `//elsewhere` is an address of its own."""
    plain = path.replace("\\", "/")
    return plain if plain.startswith("/") and not plain.startswith("//") else "/"
