"""Arena: the one place where everything is wired together.

The command line, LangGraph Studio and scripts all come through here and get the same records back.

    with Arena.load("demo") as arena:
        result = arena.run(["NVDA"])
        print(result.consensus[0].action, result.standings.rows[0].contestant)
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, TypeVar

from agents.tools import TOOLS
from arena.config.finding import find_config
from arena.config.layers import Override
from arena.config.loading import load
from arena.config.model import ArenaConfig, Contestant, RehearsalContestant
from arena.errors import StoreError, UsageError
from arena.estimate import Estimate, EstimatingClient, estimate_of, walk
from arena.ledger import LAPSE, replay
from arena.llm.client import ModelClient
from arena.llm.pool import ModelPool
from arena.market import calendar
from arena.market.cache import AnswerCache
from arena.market.market import Market
from arena.market.vendor import Vendor
from arena.market.vendors import build_vendors
from arena.records.chat import ModelChat
from arena.records.desk import Brief
from arena.records.market import MarketSnapshot
from arena.records.progress import Progress
from arena.records.standing import RoundResult, Standings
from arena.replay import ChatReplay, replay_chat
from arena.round_replay import Recorded, RoundReplay, replay_round, stored_round
from arena.rounds.opening import check, day_of, facts, lone_brief, market_name, other_market, unwritten_briefs
from arena.rounds.referee import Referee, models_of, standings_of
from arena.rounds.shelf import Shelf
from arena.rounds.state import RoundInput
from arena.rounds.trading import bring_up_to_date
from arena.rounds.treasury import Treasury
from arena.rounds.turn import SeasonTurn
from arena.store import ChatRow, Store
from arena.tape import Reel
from arena.tape.exchange import ChatTape
from arena.tape.prices import HeardMarket
from graphs.desk import Desk, LoneDesk, build_desk, build_lone_desk, own_desk
from graphs.supervisor import Supervisor, build_supervisor

Answer = TypeVar("Answer")

_NO_SETTINGS: Mapping[str, object] = MappingProxyType({})


def now() -> datetime:
    """The clock outside tests."""
    return datetime.now(UTC)


class Arena:
    """An arena set up from one configuration.

    Use it as a context manager, or `close` it at the end. In an event loop of your own use the
    methods whose names begin with `a`, and `async with`.
    """

    def __init__(
        self,
        config: ArenaConfig,
        *,
        environ: Mapping[str, str] | None = None,
        vendors: Sequence[Vendor] | None = None,
        clock: Callable[[], datetime] = now,
        record: bool = True,
        refresh: bool = False,
    ) -> None:
        """`environ` holds the keys (the process's environment by default).

        `vendors` replaces the configured ones; what they answer is not kept for other processes. `record` keeps
        every request and reply on the tape, so that rounds can be replayed. `refresh` asks the vendors anew for
        what they answered before; a round that somebody has decided in keeps its facts.
        """
        self.config = config
        self._environ = os.environ if environ is None else environ
        self._given_vendors = vendors
        self._clock = clock
        self._shelf = Shelf(config.home)
        self._reel = Reel(config.home)
        self._record = record
        self._refresh = refresh
        self._treasury = Treasury(config, self._shelf, self._environ, clock)
        self._models = ModelPool(config, self._environ, tolls=self._treasury.toll, prices=self._treasury.prices)

    @classmethod
    def load(cls, source: str | Path | None = None, settings: Mapping[str, object] = _NO_SETTINGS) -> Self:
        """An arena from a YAML file, or from a packaged configuration by name: `arena`, `demo` or `local`.

        Without a source: arena.yaml in the current folder, else the packaged one. `settings` sets single
        values by dotted path, such as `{"season": "trial", "trading.fill": "next_close"}`. Raises ConfigError.
        """
        found = find_config(Path(source) if source is not None else None, Path())
        overrides = {path: Override(value, "argument of Arena.load") for path, value in settings.items()}
        return cls(load(found, os.environ, overrides).config)

    # Rounds.

    async def arun(
        self,
        tickers: Sequence[str],
        *,
        as_of: date | None = None,
        contestants: Sequence[str] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> RoundResult:
        """Play one round and return everything that came of it.

        `as_of` is the session to decide at the close of: the configured or the last completed one by
        default. `on_progress` is called on the event loop whenever a desk gets somewhere; it must neither
        block nor raise. Desks that decided in an earlier run of the same round are not run again, and a
        round that another process plays in the same season is waited for. Raises UsageError for what
        cannot be played, before anything is written; a desk's failure is an Abstention in the result.
        """
        if self.config.home.exists() and not self.config.home.is_dir():
            raise UsageError(f"the home {self.config.home} is not a folder; name another with --home or ARENA_HOME")
        checked = await asyncio.to_thread(check, self.config, tickers, as_of, contestants, self._clock())
        asked: RoundInput = {
            "tickers": list(checked.tickers),
            "session": checked.session.isoformat(),
            "contestants": [contestant.name for contestant in checked.contestants],
        }
        followed = _Following(on_progress)
        turn = SeasonTurn(self.config.home, self.config.season, self.config.limits.desk_seconds)
        try:
            state = await self.graph.ainvoke(asked, {"configurable": {"audience": followed, "turn": turn}})
        finally:
            turn.end()
        return _result(state, followed.chats)

    def run(
        self,
        tickers: Sequence[str],
        *,
        as_of: date | None = None,
        contestants: Sequence[str] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> RoundResult:
        """As `arun`, from code without an event loop."""
        return self._wait_for(self.arun(tickers, as_of=as_of, contestants=contestants, on_progress=on_progress))

    async def aestimate(
        self, tickers: Sequence[str], *, as_of: date | None = None, contestants: Sequence[str] | None = None
    ) -> Estimate:
        """What `arun` would take, without asking any model and without writing anything.

        Prices are those of the configuration and of the catalogues that are kept. Raises UsageError.
        """
        asked = await asyncio.to_thread(check, self.config, tickers, as_of, contestants, self._clock())
        await asyncio.to_thread(self._treasury.read_prices)
        briefs, facts_by_hash = await unwritten_briefs(self.config, self.market, self._shelf, asked)
        counting = _Counting(asked.contestants, facts_by_hash)
        desk = build_desk(self.config.desk, counting)
        for brief in briefs:
            await walk(desk, brief)
        desks = Counter(brief.contestant for brief in briefs)
        rows = [
            counting.client(one.name).expected(
                one.name, desks[one.name], None if isinstance(one, RehearsalContestant) else self._treasury.prices(one)
            )
            for one in asked.contestants
            if desks[one.name]
        ]
        return estimate_of(rows)

    def estimate(
        self, tickers: Sequence[str], *, as_of: date | None = None, contestants: Sequence[str] | None = None
    ) -> Estimate:
        """As `aestimate`, from code without an event loop."""
        return self._wait_for(self.aestimate(tickers, as_of=as_of, contestants=contestants))

    # Looking things up.

    async def asnapshot(self, ticker: str, as_of: date | None = None) -> MarketSnapshot:
        """What the models see of a ticker at the close of a session. A round's own snapshot where it was played."""
        asked = await asyncio.to_thread(check, self.config, [ticker], as_of, None, self._clock())
        return await facts(self.config, self.market, self._shelf, asked.tickers[0], asked.session)

    def snapshot(self, ticker: str, as_of: date | None = None) -> MarketSnapshot:
        """As `asnapshot`, from code without an event loop."""
        return self._wait_for(self.asnapshot(ticker, as_of))

    async def astored_snapshot(self, name: str) -> MarketSnapshot:
        """A kept snapshot: by its hash, by a beginning that only one hash has, or by the id of a chat about it.

        UsageError for a name of none, or of several.
        """
        found = await self._shelf.snapshots_beginning(name)
        if len(found) > 1:
            raise UsageError(f"several snapshots begin with {name}: {', '.join(one[:12] for one in found[:5])}")
        return await self._shelf.snapshot(found[0] if found else (await self.achat(name)).snapshot_hash)

    def stored_snapshot(self, name: str) -> MarketSnapshot:
        """As `astored_snapshot`, from code without an event loop."""
        return self._wait_for(self.astored_snapshot(name))

    async def aseasons(self) -> tuple[str, ...]:
        """Every season that something was stored of, by name. Raises StoreError where there is no store."""
        return await self._read(lambda store: store.seasons())

    def seasons(self) -> tuple[str, ...]:
        """As `aseasons`, from code without an event loop."""
        return self._wait_for(self.aseasons())

    async def aboard(self, season: str | None = None) -> Standings:
        """A season's leaderboard (the configured one's by default), after settling the orders that are due."""
        chosen = season or self.config.season
        notes = await self._settle_what_is_due(chosen)
        table = await self._read(lambda store: standings_of(store, chosen))
        return table.model_copy(update={"notes": (*notes, *table.notes)})

    def board(self, season: str | None = None) -> Standings:
        """As `aboard`, from code without an event loop."""
        return self._wait_for(self.aboard(season))

    async def achats(
        self,
        *,
        season: str | None = None,
        session: date | None = None,
        ticker: str | None = None,
        contestant: str | None = None,
        limit: int = 100,
    ) -> tuple[ChatRow, ...]:
        """The newest chats that match, newest first, without their contents."""
        return await self._read(lambda store: store.chat_rows(season, session, ticker, contestant, limit))

    def chats(
        self,
        *,
        season: str | None = None,
        session: date | None = None,
        ticker: str | None = None,
        contestant: str | None = None,
        limit: int = 100,
    ) -> tuple[ChatRow, ...]:
        """As `achats`, from code without an event loop."""
        return self._wait_for(
            self.achats(season=season, session=session, ticker=ticker, contestant=contestant, limit=limit)
        )

    async def achat(self, chat_id: str) -> ModelChat:
        """One ModelChat by its id, or by a beginning that only one id has. Raises UsageError for an unknown one."""
        return await self._read(lambda store: store.chat(chat_id))

    def chat(self, chat_id: str) -> ModelChat:
        """As `achat`, from code without an event loop."""
        return self._wait_for(self.achat(chat_id))

    # Replaying.

    async def areplay(self, chat_id: str) -> ChatReplay:
        """Run a chat's desk again from the tape, without keys and network, and compare. Writes nothing.

        UsageError for an unknown chat, and for one that is not on the tape.
        """
        stored = await self.achat(chat_id)
        tapes = await self._tapes([stored])
        return await replay_chat(stored, tapes[stored.id], await self._shelf.snapshot(stored.snapshot_hash))

    def replay(self, chat_id: str) -> ChatReplay:
        """As `areplay`, from code without an event loop."""
        return self._wait_for(self.areplay(chat_id))

    async def areplay_round(
        self,
        tickers: Sequence[str],
        *,
        as_of: date | None = None,
        contestants: Sequence[str] | None = None,
        on_chat: Callable[[ModelChat], None] = lambda _: None,
    ) -> RoundReplay:
        """Play a stored round again from the tape, without keys and network, and compare. Writes nothing.

        `as_of` is the round's session, as with `arun`. Its desks run one after another; `on_chat` is called
        from another thread. UsageError for a round that was not played or is not on the tape.
        """
        asked = await asyncio.to_thread(check, self.config, tickers, as_of, contestants, self._clock())
        stored = await self._read(
            lambda store: stored_round(store, self.config.season, asked.session, asked.tickers, contestants)
        )
        tapes = await self._tapes(stored.chats)
        prices = await self._reel.read(lambda tape: tape.prices(self.config.season)) or ()
        snapshots = [await self._shelf.snapshot(hashed) for hashed in sorted({c.snapshot_hash for c in stored.chats})]
        recorded = Recorded(tapes=tapes, snapshots=tuple(snapshots), prices=prices)
        return await replay_round(self.config, self._clock, stored, recorded, on_chat)

    def replay_round(
        self,
        tickers: Sequence[str],
        *,
        as_of: date | None = None,
        contestants: Sequence[str] | None = None,
        on_chat: Callable[[ModelChat], None] = lambda _: None,
    ) -> RoundReplay:
        """As `areplay_round`, from code without an event loop."""
        return self._wait_for(self.areplay_round(tickers, as_of=as_of, contestants=contestants, on_chat=on_chat))

    # The graphs, made once.

    @cached_property
    def market(self) -> Market:
        """The market the configuration names."""
        config, vendors, cache = self.config, self._given_vendors, None
        if vendors is None:
            vendors = build_vendors(config.market, self._environ)
            if config.market.cache:
                cache = AnswerCache(config.home / "cache" / "market", self._clock, refresh=self._refresh)
        if self._record:
            return HeardMarket(
                config.market,
                vendors,
                self._clock,
                cache,
                anew=self._refresh,
                reel=self._reel,
                season=config.season,
            )
        return Market(config.market, vendors, self._clock, cache, anew=self._refresh)

    @cached_property
    def referee(self) -> Referee:
        """The steps of a round over this arena's market and store."""
        return Referee(
            self.config,
            self.market,
            self._models,
            self._shelf,
            treasury=self._treasury,
            reel=self._reel if self._record else None,
            clock=self._clock,
        )

    @cached_property
    def desks(self) -> Mapping[str, Desk]:
        """Every contestant's own desk graph, by name."""
        desk = build_desk(self.config.desk, _House(self._players, self._models, self._shelf))
        return {contestant.name: own_desk(desk, contestant.name) for contestant in self._players}

    @cached_property
    def graph(self) -> Supervisor:
        """The arena graph over all desks."""
        return build_supervisor(self.referee, {c.name: (c, self.desks[c.name]) for c in self._players})

    def lone_desk(self, name: str) -> LoneDesk:
        """One contestant's desk by itself, which briefs itself on a ticker. Records no chat and trades nothing."""
        market = self.market

        async def brief_for(ticker: str, session: str | None) -> Brief:
            asked = await asyncio.to_thread(check, self.config, [ticker], day_of(session), [name], self._clock())
            self._models.check(asked.contestants)
            await self._treasury.open(asked.contestants, None)
            return await lone_brief(self.config, market, self._shelf, asked)

        return build_lone_desk(name, self.desks[name], brief_for)

    # Ending.

    def close(self) -> None:
        """Close the store and the tape."""
        self._shelf.close()
        self._reel.close()

    async def aclose(self) -> None:
        """Close the connections to the models that this event loop opened, and the store."""
        await self._models.aclose()
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def _players(self) -> tuple[Contestant, ...]:
        """Everybody, the disabled too: a round may name them."""
        return tuple(sorted(self.config.contestants, key=lambda contestant: contestant.name))

    async def _tapes(self, chats: Sequence[ModelChat]) -> dict[str, ChatTape]:
        """The chats' tapes by id. UsageError where one has none."""
        found = await self._reel.read(lambda tape: [tape.chat(chat.id) for chat in chats]) or [None] * len(chats)
        if missing := [chat.id for chat, tape in zip(chats, found, strict=True) if tape is None]:
            raise UsageError(
                f"{', '.join(missing[:5])}{', ...' if missing[5:] else ''} cannot be replayed: not on the tape at "
                f"{self.config.home}; it was played with --no-record, or the tape was left behind"
            )
        return {tape.chat_id: tape for tape in found if tape is not None}

    async def _settle_what_is_due(self, season: str) -> tuple[str, ...]:
        completed = await asyncio.to_thread(calendar.last_completed_session, self._clock())
        if not (due := await self._due(season, completed)):
            return ()
        mine = market_name(self.config.market)
        for played in await self._read(lambda store: store.rounds(season)):
            if other_market(played.market, mine):
                return (f"the due orders of the season {season} wait: it is played on {played.market}, not on {mine}",)
        config = self.config.model_copy(update={"season": season})
        notes = await bring_up_to_date(config, self.market, self._shelf, max(due))
        # What is still pending so long after its day has no price to come: then it lapses.
        lapsing = [day + LAPSE for day in await self._due(season, completed) if day + LAPSE <= completed]
        if lapsing:
            notes = await bring_up_to_date(config, self.market, self._shelf, max(lapsing))
        return notes

    async def _due(self, season: str, completed: date) -> list[date]:
        """The sessions that pending orders of the season fill on, of those that are completed."""
        events = await self._read(lambda store: store.events(season))
        waiting = [order.fills_on for book in replay(events).values() for order in book.pending]
        return [session for session in waiting if session <= completed]

    async def _read(self, work: Callable[[Store], Answer]) -> Answer:
        found = await self._shelf.read(lambda store: (work(store),))
        if found is None:
            raise StoreError(f"no arena data at {self.config.home}; run `arena demo` or `arena run` first")
        return found[0]

    def _wait_for(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._to_the_end(coroutine)
        coroutine.close()
        raise UsageError(
            "an event loop is running here (a notebook?): await the method of the same name with an a before it"
        )

    def _to_the_end(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        """Run the coroutine in a loop that ends with it, and takes its connections with it."""
        answers: list[Answer] = []

        async def answer() -> None:
            try:
                answers.append(await coroutine)
            finally:
                await self._models.aclose()

        # asyncio.run formats the task's result while it gives back Ctrl-C: a whole round's, were it returned here.
        asyncio.run(answer())
        return answers[0]


class _House:
    """What all desks share: the contestants' models and the snapshots."""

    def __init__(self, players: Sequence[Contestant], models: ModelPool, shelf: Shelf) -> None:
        self._players = {contestant.name: contestant for contestant in players}
        self._models = models
        self._shelf = shelf

    def client(self, contestant: str) -> ModelClient:
        return self._models.client(self._players[contestant])

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        return await self._shelf.snapshot(snapshot_hash)


class _Counting:
    """A house of models that only count."""

    def __init__(self, players: Sequence[Contestant], facts_by_hash: Mapping[str, MarketSnapshot]) -> None:
        looks = {tool.name: tool.usual for tools in TOOLS.values() for tool in tools}
        self._facts = facts_by_hash
        self._clients: dict[str, EstimatingClient] = {}
        for one in players:
            deep, quick = models_of(one)
            self._clients[one.name] = EstimatingClient({"deep": deep, "quick": quick}, one.max_tokens, looks)

    def client(self, contestant: str) -> EstimatingClient:
        return self._clients[contestant]

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        return self._facts[snapshot_hash]


class _Following:
    """Collects a run's ModelChats, and passes on its progress."""

    def __init__(self, on_progress: Callable[[Progress], None] | None) -> None:
        self._on_progress = on_progress
        self.chats: dict[str, ModelChat] = {}

    def progress(self, progress: Progress) -> None:
        if self._on_progress is not None:
            self._on_progress(progress)

    def chat(self, chat: ModelChat) -> None:
        self.chats[chat.id] = chat


def _result(state: Mapping[str, Any], chats: Mapping[str, ModelChat]) -> RoundResult:
    trades = state["trades"]
    return RoundResult.model_validate(
        {
            "round": state["round"],
            "chats": tuple(sorted(chats.values(), key=lambda chat: (chat.ticker, chat.contestant))),
            "replayed": state["replayed"],
            "consensus": state["consensus"],
            "orders": [event for event in trades if event["kind"] == "order"],
            "fills": [event for event in trades if event["kind"] == "fill"],
            "rejections": [event for event in trades if event["kind"] == "rejection"],
            "standings": state["standings"],
            "notes": state["notes"],
        }
    )
