"""The pages of what takes long, and their parts: a part that is not ready yet says so, and is asked for again."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from arena.web.answers import desk_of, page
from arena.web.pages import figures
from arena.web.reader import Reader, Work
from arena.web.reading.work import audit, report
from arena.web.rendering import Page
from arena.web.slugs import unslug

router = APIRouter(include_in_schema=False)

Answer = TypeVar("Answer")


@router.get("/seasons/{season}/uncertainty")
async def uncertainty(request: Request, season: str) -> Response:
    """How sure the leaderboard is, as a part of its page."""
    return await _part(request, season, report, figures.uncertainty_part)


@router.get("/seasons/{season}/figures")
async def every_figure(request: Request, season: str, wait: str = "") -> Response:
    """Every figure of a season; with `wait` the answer comes when they are there."""
    return await _whole(request, season, report, figures.figures_page, wait=bool(wait))


@router.get("/seasons/{season}/figures/part")
async def figures_part(request: Request, season: str) -> Response:
    """The figures alone."""
    return await _part(request, season, report, figures.figures_part)


@router.get("/seasons/{season}/audit")
async def season_audit(request: Request, season: str, wait: str = "") -> Response:
    """The audit of a season; with `wait` the answer comes when it is there."""
    return await _whole(request, season, audit, figures.audit_page, wait=bool(wait))


@router.get("/seasons/{season}/audit/part")
async def audit_part(request: Request, season: str) -> Response:
    """The audit alone."""
    return await _part(request, season, audit, figures.audit_part)


async def _part(
    request: Request,
    season: str,
    read: Callable[[Reader, str], Work[Answer]],
    make: Callable[[Reader, str, Answer], Page],
) -> Response:
    work = await desk_of(request).reader.ask(lambda: read(desk_of(request).reader, unslug(season)))
    found = work.newest
    if found is None:
        return Response(status_code=202, headers={"cache-control": "no-store"})
    answer = await page(request, lambda reader: make(reader, unslug(season), found))
    if not work.done:
        answer.headers["x-arena-older"] = "yes"
    return answer


async def _whole(
    request: Request,
    season: str,
    read: Callable[[Reader, str], Work[Answer]],
    make: Callable[[Reader, str, Answer | None], Page],
    *,
    wait: bool,
) -> Response:
    work = await desk_of(request).reader.ask(lambda: read(desk_of(request).reader, unslug(season)))
    if wait:
        await asyncio.wait([asyncio.wrap_future(work.future)])
    found = work.newest
    return await page(request, lambda reader: make(reader, unslug(season), found))
