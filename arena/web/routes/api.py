"""The records as JSON, the same that the command line prints with `--json`.

Names in a path are written as the pages' addresses write them: letters, digits, `_`, `-` and inner dots as they are.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from arena.records.audit import AuditReport
from arena.records.chat import ModelChat
from arena.records.market import MarketSnapshot
from arena.records.performance import SeasonReport
from arena.records.search import SearchResult
from arena.records.season import SeasonSummary, SeasonView
from arena.records.standing import Round, RoundResult, Standings
from arena.season.looking import view
from arena.store import ChatRow
from arena.web.answers import desk_of, record
from arena.web.pages.rounds import day_in
from arena.web.pages.snapshots import whole_hash
from arena.web.reader import Reader, Work
from arena.web.reading import work
from arena.web.reading.board import board_now
from arena.web.reading.rounds import round_result, rounds
from arena.web.reading.search import PAGE
from arena.web.reading.seasons import head, seasons
from arena.web.slugs import unslug

router = APIRouter(prefix="/api", tags=["records"])

Answer = TypeVar("Answer")

Name = Annotated[str | None, Query(max_length=1000)]


@router.get("/seasons", response_model=list[SeasonSummary])
async def all_seasons(request: Request) -> Response:
    """Every season, as `arena season list --json`; the one with the newest chat comes first."""
    return await record(request, seasons)


@router.get("/seasons/{season}", response_model=SeasonView)
async def season(request: Request, season: str) -> Response:
    """A season as it stands, as `arena season show --json`."""

    def read(reader: Reader) -> SeasonView:
        name = unslug(season)
        head(reader, name)
        return reader.kept(("view", name), lambda store: view(store, name))

    return await record(request, read)


@router.get("/seasons/{season}/board", response_model=Standings)
async def board(request: Request, season: str) -> Response:
    """A season's leaderboard, as `arena board --json`, but that nothing is settled for it."""

    def read(reader: Reader) -> Standings:
        found = board_now(reader, unslug(season))
        return found.standings.model_copy(update={"notes": found.notes})

    return await record(request, read)


@router.get("/seasons/{season}/report", response_model=SeasonReport)
async def report(
    request: Request, season: str, benchmark: Name = None, horizon: Annotated[int, Query(ge=1, le=1000)] = 1
) -> Response:
    """Every figure of a season, as `arena board --full --json`; the answer comes when they are worked out.

    `benchmark` is a ticker whose closes are kept, the season's own by default, or `none`.
    """
    found = await _when_done(request, lambda reader: work.report_against(reader, unslug(season), benchmark, horizon))
    return await record(request, lambda _: found.future.result())


@router.get("/seasons/{season}/audit", response_model=list[AuditReport])
async def audit(request: Request, season: str) -> Response:
    """A season's audit, as `arena audit --season NAME --json`; the answer comes when it is done."""
    found = await _when_done(request, lambda reader: work.audit(reader, unslug(season)))
    return await record(request, lambda _: [found.future.result()])


@router.get("/seasons/{season}/rounds", response_model=list[Round])
async def season_rounds(request: Request, season: str) -> Response:
    """What was played of a season, in order of session."""
    return await record(request, lambda reader: [line.round for line in reversed(rounds(reader, unslug(season)).lines)])


@router.get("/seasons/{season}/rounds/{session}", response_model=RoundResult)
async def one_round(request: Request, season: str, session: str) -> Response:
    """A round with all its chats, as `arena run --json`; the leaderboard is the newest."""
    return await record(request, lambda reader: round_result(reader, unslug(season), day_in(session)))


@router.get("/chats", response_model=list[ChatRow])
async def chats(
    request: Request,
    *,
    season: Name = None,
    session: Name = None,
    ticker: Name = None,
    contestant: Name = None,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 20,
) -> Response:
    """The newest chats that match, as `arena chat list --json`."""
    day = day_in(session) if session else None
    wanted = season, day, ticker, contestant, limit
    return await record(request, lambda reader: reader.kept(("chats", wanted), lambda store: store.chat_rows(*wanted)))


@router.get("/chats/{chat_id}", response_model=ModelChat)
async def chat(request: Request, chat_id: str) -> Response:
    """One chat by its id, or by a beginning that only one has, as `arena chat show ID --json`."""
    return await record(request, lambda reader: reader.store.chat(unslug(chat_id)))


@router.get("/snapshots/{snapshot_hash}", response_model=MarketSnapshot)
async def snapshot(request: Request, snapshot_hash: str) -> Response:
    """What the desks were shown, by its hash or a beginning that only one has, as `arena data --json`."""
    return await record(request, lambda reader: reader.snapshot(whole_hash(reader, snapshot_hash)))


@router.get("/search", response_model=SearchResult)
async def search(
    request: Request,
    *,
    q: Annotated[str, Query(max_length=500)],
    season: Name = None,
    session: Name = None,
    ticker: Name = None,
    contestant: Name = None,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """Passages of all chats that hold all the words, as `arena chat search --json`."""
    day = day_in(session) if session else None
    return await record(
        request,
        lambda reader: reader.store.search(
            q, season=season, session=day, ticker=ticker, contestant=contestant, limit=limit, offset=offset
        ),
    )


async def _when_done(request: Request, read: Callable[[Reader], Work[Answer]]) -> Work[Answer]:
    found = await desk_of(request).reader.ask(lambda: read(desk_of(request).reader))
    await asyncio.wait([asyncio.wrap_future(found.future)])
    return found
