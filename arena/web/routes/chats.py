"""The pages about a chat."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from arena.web.answers import page
from arena.web.pages.chats import calls_page, chat_page
from arena.web.slugs import unslug

router = APIRouter(include_in_schema=False)


@router.get("/chats/{chat_id}")
async def chat(request: Request, chat_id: str) -> Response:
    """A ModelChat."""
    return await page(request, lambda library: chat_page(library, unslug(chat_id)))


@router.get("/chats/{chat_id}/calls")
async def calls(request: Request, chat_id: str) -> Response:
    """Every call behind it."""
    return await page(request, lambda library: calls_page(library, unslug(chat_id)))
