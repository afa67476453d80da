"""The stream that tells open pages of news."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from arena.web.guard import HEAD
from arena.web.live import Newsroom

router = APIRouter(include_in_schema=False)


@router.get("/news")
async def news(request: Request) -> Response:
    """Server-sent events, each a word for the store's state."""
    newsroom: Newsroom = request.app.state.newsroom
    if newsroom.full:
        return PlainTextResponse("Too many pages listen already; load this one again.\n", 503)
    how: dict[str, Any] = {"media_type": "text/event-stream", "headers": {"cache-control": "no-store"}}
    if HEAD in request.scope:
        return Response(**how)
    return StreamingResponse(newsroom.news(), **how)
