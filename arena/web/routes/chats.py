"""The pages about a chat, about what its desk was shown, and the search over all chats."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from arena.web.answers import page
from arena.web.pages.chats import calls_page, chat_page
from arena.web.pages.search import search_page
from arena.web.pages.snapshots import snapshot_page
from arena.web.reading.search import Question
from arena.web.slugs import unslug

router = APIRouter(include_in_schema=False)


@router.get("/chats/{chat_id}")
async def chat(request: Request, chat_id: str) -> Response:
    """A ModelChat."""
    return await page(request, lambda reader: chat_page(reader, unslug(chat_id)))


@router.get("/chats/{chat_id}/calls")
async def calls(request: Request, chat_id: str) -> Response:
    """Every call behind it."""
    return await page(request, lambda reader: calls_page(reader, unslug(chat_id)))


@router.get("/snapshots/{snapshot_hash}")
async def snapshot(request: Request, snapshot_hash: str) -> Response:
    """What the desks were shown."""
    return await page(request, lambda reader: snapshot_page(reader, unslug(snapshot_hash)))


@router.get("/search")
async def search(
    request: Request,
    *,
    q: Annotated[str, Query(max_length=500)] = "",
    season: str = "",
    ticker: str = "",
    contestant: str = "",
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """The search over all chats."""
    asked = Question(q, season or None, ticker or None, contestant or None, offset)
    return await page(request, lambda reader: search_page(reader, asked))
