"""What a desk is run with in tests: facts of the simulated market, a brief, a seat, and someone who listens."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from arena.config.contestants import Contestant
from arena.config.desks import DeskSettings
from arena.config.market import MarketSettings
from arena.config.model import ArenaConfig
from arena.contest import Stamp, run_desk
from arena.llm.client import ModelClient
from arena.llm.pool import ModelPool
from arena.market.market import Market
from arena.market.simulated import SimulatedVendor
from arena.records.chat import ModelChat
from arena.records.desk import Brief, Mandate, PortfolioView
from arena.records.market import MarketSnapshot
from arena.records.memory import Lesson
from arena.records.progress import Audience, Progress
from graphs.desk import Desk, build_desk

NOW = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)
SESSION = date(2025, 10, 14)
CASH = Decimal(10_000)
PORTFOLIO = PortfolioView(cash=CASH, available=CASH, equity=CASH)
MANDATE = Mandate(fill="next_open", position_limit=Decimal(1), slippage_bps=Decimal(0), commission_bps=Decimal(0))
SETTINGS = MarketSettings(vendors=("simulated",))


def clock() -> datetime:
    return NOW


@cache
def facts(ticker: str = "ACME") -> MarketSnapshot:
    """The simulated market's snapshot of a ticker. Not from inside an event loop."""
    return asyncio.run(Market(SETTINGS, [SimulatedVendor(7)], clock).snapshot(ticker, SESSION))


def brief(
    contestant: str = "m", ticker: str = "ACME", portfolio: PortfolioView = PORTFOLIO, lessons: Sequence[Lesson] = ()
) -> Brief:
    snapshot = facts(ticker)
    return Brief(
        season="trial",
        as_of=snapshot.as_of,
        session=SESSION,
        ticker=ticker,
        contestant=contestant,
        snapshot_hash=snapshot.hash,
        portfolio=portfolio,
        mandate=MANDATE,
        lessons=tuple(lessons),
    )


def stamp(**changes: Any) -> Stamp:
    known = {"model": "maker/model", "quick_model": "maker/model", "labels": (), "code_version": "0"}
    return Stamp(**{**known, "prompts_hash": "p", "config_hash": "c", **changes})


def config(*contestants: dict[str, Any], **settings: Any) -> ArenaConfig:
    return ArenaConfig.model_validate({"contestants": contestants, "market": SETTINGS, **settings})


def endpoint_config(base_url: str, *names: str, **settings: Any) -> ArenaConfig:
    """Contestants at one endpoint, each with a model called after it."""
    rows = [{"name": name, "endpoint": "loopback", "model": f"maker/{name}"} for name in names]
    return config(*rows, endpoints={"loopback": {"base_url": base_url}}, **settings)


class House:
    """One contestant's model, with the facts of one ticker at hand."""

    def __init__(self, contestant: Contestant, pool: ModelPool, ticker: str = "ACME") -> None:
        self._contestant = contestant
        self._pool = pool
        self._facts = facts(ticker)

    def client(self, contestant: str) -> ModelClient:
        return self._pool.client(self._contestant)

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        assert snapshot_hash == self._facts.hash
        return self._facts


class Listeners:
    """Remembers what an audience is told."""

    listens = True

    def __init__(self) -> None:
        self.heard: list[Progress] = []
        self.chats: list[ModelChat] = []

    def progress(self, progress: Progress) -> None:
        self.heard.append(progress)

    def chat(self, chat: ModelChat) -> None:
        self.chats.append(chat)


def desk_of(pool: ModelPool, contestant: Contestant, settings: DeskSettings, ticker: str = "ACME") -> Desk:
    return build_desk(settings, House(contestant, pool, ticker))


def run_desks(
    settings: ArenaConfig,
    pool: ModelPool,
    audience: Audience | None = None,
    lessons: Sequence[Lesson] = (),
    **changes: Any,
) -> Sequence[ModelChat]:
    """Every enabled contestant's desk at once, in order of name; `changes` are the stamp's."""
    hall = audience or Listeners()
    desks = [(brief(one.name, lessons=lessons), desk_of(pool, one, settings.desk)) for one in settings.enabled]
    marked, seconds = stamp(**changes), settings.limits.desk_seconds

    async def side_by_side() -> Sequence[ModelChat]:
        try:
            return await asyncio.gather(
                *(run_desk(desk, b, marked, seconds=seconds, clock=clock, audience=hall) for b, desk in desks)
            )
        finally:
            await pool.aclose()

    return asyncio.run(side_by_side())
