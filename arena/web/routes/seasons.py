"""The pages about a season."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from arena.web.answers import desk_of, page
from arena.web.pages.board import board_page
from arena.web.pages.books import books_page, contestant_page
from arena.web.pages.rounds import compare_page, day_in, round_page, rounds_page
from arena.web.pages.seasons import seasons_page
from arena.web.pages.start import beginning_page
from arena.web.reader import Reader
from arena.web.reading.seasons import seasons
from arena.web.slugs import slug, unslug

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request) -> Response:
    """The leaderboard of the season that was played last, or how to begin."""
    reader = desk_of(request).reader

    def newest(reader: Reader) -> str | None:
        known = seasons(reader) if reader.exists else ()
        return known[0].season if known else None

    season = await reader.ask(lambda: newest(reader))
    if season is None:
        return await page(request, beginning_page)
    return RedirectResponse(f"/seasons/{slug(season)}", 307)


@router.get("/seasons")
async def all_seasons(request: Request) -> Response:
    """Every season."""
    return await page(request, seasons_page)


@router.get("/seasons/{season}")
async def board(request: Request, season: str) -> Response:
    """A season's leaderboard."""
    return await page(request, lambda reader: board_page(reader, unslug(season)))


@router.get("/seasons/{season}/rounds")
async def rounds(request: Request, season: str) -> Response:
    """A season's rounds."""
    return await page(request, lambda reader: rounds_page(reader, unslug(season)))


@router.get("/seasons/{season}/rounds/{session}")
async def round_(request: Request, season: str, session: str) -> Response:
    """One round."""
    return await page(request, lambda reader: round_page(reader, unslug(season), day_in(session)))


@router.get("/seasons/{season}/rounds/{session}/{ticker}")
async def compare(request: Request, season: str, session: str, ticker: str) -> Response:
    """One stock in a round, side by side."""
    return await page(request, lambda reader: compare_page(reader, unslug(season), day_in(session), unslug(ticker)))


@router.get("/seasons/{season}/books")
async def books(request: Request, season: str) -> Response:
    """A season's books."""
    return await page(request, lambda reader: books_page(reader, unslug(season)))


@router.get("/seasons/{season}/contestants/{name}")
async def contestant(request: Request, season: str, name: str) -> Response:
    """One contestant."""
    return await page(request, lambda reader: contestant_page(reader, unslug(season), unslug(name)))
