"""Arena: the one place where everything is wired together.

The command line, LangGraph Studio and scripts all come through here and get the same records back.

    with Arena.load("demo") as arena:
        result = arena.run(["NVDA"])
        print(result.consensus[0].action, result.standings.rows[0].contestant)
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from typing_extensions import Unpack

from arena.config.contestants import Contestant
from arena.config.desks import DeskSettings
from arena.config.executors import Executor, LangGraphExecutor, LocalExecutor
from arena.config.finding import find_config
from arena.config.layers import Override
from arena.config.loading import load
from arena.config.model import ArenaConfig
from arena.contest import Desk as RunningDesk
from arena.errors import UsageError
from arena.estimate import Estimate, estimate_round
from arena.llm.pool import ModelPool
from arena.lookup import Lookup, now
from arena.market.vendor import Vendor
from arena.records.chat import ModelChat
from arena.records.desk import Brief
from arena.records.market import MarketSnapshot
from arena.records.progress import Progress
from arena.records.replica import meant_by
from arena.records.standing import RoundResult
from arena.replay import ChatReplay, RoundReplay, recorded, replay_chat, replay_round, stored_round, tapes_of
from arena.rounds.ahead import Forerunner
from arena.rounds.asked import Asked, RoundOptions
from arena.rounds.briefs import lone_brief, unwritten_briefs
from arena.rounds.facts import facts
from arena.rounds.house import PoolHouse
from arena.rounds.opening import check, day_of
from arena.rounds.playing import play
from arena.rounds.referee import Referee
from arena.rounds.treasury import Treasury
from arena.season import SeasonEngine, SeasonMethods
from arena.season.rescoring import Rescorer
from arena.version import code_version
from arena.waiting import waited
from graphs.desk import AnyDesk, LoneDesk, build_lone_desk, has_research, own_desk
from graphs.kinds import build_kind
from graphs.supervisor import Supervisor, build_supervisor
from prompts.loader import prompts_hash

if TYPE_CHECKING:
    from arena.remote.elsewhere import Elsewhere
    from arena.remote.host import Host
    from graphs.remote_desk import RemoteDeskGraph

_NO_SETTINGS: Mapping[str, object] = MappingProxyType({})

_WIRINGS = 32
"""Ways of wiring a desk whose graphs are kept at hand: more than there are wishes for debates in a form."""


class Arena(Lookup, SeasonMethods):
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
        super().__init__(config, environ=environ, vendors=vendors, clock=clock, record=record, refresh=refresh)
        # Everybody with a desk, the disabled too: a round may name them.
        self._players = sorted(config.with_desks, key=lambda contestant: contestant.name)
        self._treasury = Treasury(config, self._shelf, self._environ, clock)
        self._models = ModelPool(config, self._environ, tolls=self._treasury.toll, prices=self._treasury.prices)
        self._wired = lru_cache(maxsize=_WIRINGS)(self._wire)
        self._elsewhere = self._sent_to(config.executor)

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
        on_progress: Callable[[Progress], None] | None = None,
        **options: Unpack[RoundOptions],
    ) -> RoundResult:
        """Play one round and return everything that came of it.

        `as_of` is the session to decide at the close of: the configured or the last completed one by
        default. `contestants` names who takes part: every enabled one by default. `on_progress` is called on
        the event loop whenever a desk gets somewhere; it must neither block nor raise. Desks that decided in
        an earlier run of the same round are not run again, and a round that another process plays in the same
        season is waited for. Raises UsageError for what cannot be played, before anything is written; a desk's
        failure is an Abstention in the result.
        """
        asked = await self._asked(tickers, **options)
        return await play(self.graph, self.config, asked, on_progress)

    run = waited(arun)

    async def aestimate(self, tickers: Sequence[str], **options: Unpack[RoundOptions]) -> Estimate:
        """What `arun` would take, without asking any model and without writing anything.

        Prices are those of the configuration and of the catalogues that are kept. Raises UsageError.
        """
        asked = await self._asked(tickers, **options)
        await asyncio.to_thread(self._treasury.read_prices)
        briefs, snapshots = await unwritten_briefs(self.config, self.market, self._shelf, asked)
        desks = [one for one in self._players if one in asked.contestants]
        return await estimate_round(self.config, desks, briefs, snapshots, self._treasury.prices)

    estimate = waited(aestimate)

    # Looking things up.

    async def asnapshot(self, ticker: str, as_of: date | None = None) -> MarketSnapshot:
        """What the models see of a ticker at the close of a session. A round's own snapshot where it was played."""
        asked = await self._asked([ticker], as_of=as_of)
        return await facts(self.config, self.market, self._shelf, asked.tickers[0], asked.session)

    snapshot = waited(asnapshot)

    async def astored_snapshot(self, name: str) -> MarketSnapshot:
        """A kept snapshot: by its hash, by a beginning that only one hash has, or by the id of a chat about it.

        UsageError for a name of none, or of several.
        """
        found = await self._shelf.snapshots_beginning(name)
        if len(found) > 1:
            raise UsageError(f"several snapshots begin with {name}: {', '.join(one[:12] for one in found[:5])}")
        return await self._shelf.snapshot(found[0] if found else (await self.achat(name)).snapshot_hash)

    stored_snapshot = waited(astored_snapshot)

    # Replaying.

    async def areplay(self, chat_id: str) -> ChatReplay:
        """Run a chat's desk again from the tape, without keys and network, and compare. Writes nothing.

        UsageError for an unknown chat, and for one that is not on the tape.
        """
        stored = await self.achat(chat_id)
        tapes = await tapes_of(self._reel, [stored])
        return await replay_chat(stored, tapes[stored.id], await self._shelf.snapshot(stored.snapshot_hash))

    replay = waited(areplay)

    async def areplay_round(
        self,
        tickers: Sequence[str],
        *,
        on_chat: Callable[[ModelChat], None] | None = None,
        **options: Unpack[RoundOptions],
    ) -> RoundReplay:
        """Play a stored round again from the tape, without keys and network, and compare. Writes nothing.

        `as_of` is the round's session, as with `arun`; `contestants` are all who played by default. Its desks
        run one after another; `on_chat` is called from another thread. UsageError for a round that was not
        played or is not on the tape.
        """
        season = self.config.season
        asked = await self._asked(tickers, **options)
        names = options.get("contestants")
        stored = await self._shelf.look_up(
            lambda store: stored_round(store, season, asked.session, asked.tickers, names)
        )
        kept = await recorded(self._reel, self._shelf, season, stored.chats)
        return await replay_round(self.config, self._clock, stored, kept, on_chat)

    replay_round = waited(areplay_round)

    # The graphs, made once.

    @cached_property
    def referee(self) -> Referee:
        """The steps of a round over this arena's market and store."""
        reel = self._reel if self._record else None
        shared = self.config, self.market, self._shelf
        return Referee(*shared, ready=self._ready, treasury=self._treasury, reel=reel, clock=self._clock)

    @property
    def desks(self) -> Mapping[str, AnyDesk]:
        """Every contestant's own desk graph, by name."""
        return self._wired(self.config.desk)

    @cached_property
    def forerunner(self) -> Forerunner:
        """Who runs the research of a season's rounds ahead."""
        return Forerunner(
            self.config,
            self.market,
            self._shelf,
            ready=self._ready,
            treasury=self._treasury,
            room=self.referee.room,
            contestants=[player for player in self._players if has_research(self.desks[player.name])],
            desks=lambda: self._running(self.config.desk),
        )

    @cached_property
    def graph(self) -> Supervisor:
        """The arena graph over all desks."""
        return self.graph_under(self.config.desk)

    def graph_under(self, settings: DeskSettings) -> Supervisor:
        """The arena graph over desks that are wired otherwise."""
        desks = self._wired(settings)
        return build_supervisor(
            self.referee.under(settings), {c.name: (c, desks[c.name]) for c in self._players}, self._running
        )

    def season_engine(self) -> SeasonEngine:
        """The engine that plays whole seasons."""
        return SeasonEngine(
            self.config,
            self._shelf,
            self._clock,
            market=lambda: self.market,
            graph=lambda: self.graph,
            forerunner=lambda: self.forerunner,
        )

    def rescorer(self) -> Rescorer:
        """What re-prices whole seasons."""
        return Rescorer(self.config, self._shelf, self._reel, market=lambda: self.market)

    def lone_desk(self, name: str, settings: DeskSettings | None = None) -> LoneDesk:
        """One contestant's desk by itself, which briefs itself on a ticker. Records no chat and trades nothing.

        It is wired by the configuration's settings unless others are given. Of a contestant with replicas it is the
        first one's. KeyError where there is no such desk.
        """
        wiring = settings or self.config.desk
        market, name = self.market, next(iter(meant_by(name, self.desks)), name)

        async def brief_for(ticker: str, session: str | None) -> Brief:
            asked = await self._asked([ticker], as_of=day_of(session), contestants=[name])
            self._models.check(asked.contestants)
            await self._treasury.open(asked.contestants)
            return await lone_brief(self.config, market, self._shelf, asked)

        async def rewired(wished: DeskSettings) -> AnyDesk:
            return (await self._rewired(wished))[name]

        return build_lone_desk(name, self._wired(wiring)[name], brief_for, wiring, rewired)

    def _wire(self, settings: DeskSettings) -> Mapping[str, AnyDesk]:
        house = PoolHouse(self._players, self._models, self._shelf)
        kinds = {kind: build_kind(kind, settings, house) for kind in {c.desk for c in self._players}}
        return {contestant.name: own_desk(kinds[contestant.desk], contestant.name) for contestant in self._players}

    async def _rewired(self, settings: DeskSettings) -> Mapping[str, AnyDesk]:
        # Compiling takes too long for the event loop.
        return self.desks if settings == self.config.desk else await asyncio.to_thread(self._wired, settings)

    async def _running(self, settings: DeskSettings) -> Mapping[str, RunningDesk]:
        """The desks that run, by contestant: those of this process, or those where the configuration sends them."""
        if self._elsewhere is not None:
            return await asyncio.to_thread(self._elsewhere.desks, settings)
        return await self._rewired(settings)

    async def _ready(self, contestants: Sequence[Contestant]) -> None:
        """See to it that these desks can be run. Raises UsageError where they cannot."""
        if self.config.executor.keys_here:
            self._models.check(tuple(contestants))
        if self._elsewhere is not None:
            await self._elsewhere.open()

    def _sent_to(self, executor: Executor) -> "Elsewhere | None":
        """Where desks are sent; None where they run here."""
        if isinstance(executor, LocalExecutor):
            return None
        from arena.remote.elsewhere import Elsewhere  # noqa: PLC0415  only who sends desks away pays for it

        toll, capped = self._treasury.toll, self._treasury.capped
        if isinstance(executor, LangGraphExecutor):
            from arena.remote.graph_way import GraphWay  # noqa: PLC0415
            from arena.remote.server import GraphServer  # noqa: PLC0415

            server = GraphWay(GraphServer(executor, self._environ))
            return Elsewhere(server, self._players, snapshot=self._shelf.snapshot, toll=toll, held=lambda _: capped)
        from arena.remote.limits import SharedLimits  # noqa: PLC0415
        from arena.remote.workers import Workers  # noqa: PLC0415

        limits = SharedLimits(self.config)
        return Elsewhere(
            Workers(executor, self.config, host_of),
            self._players,
            snapshot=self._shelf.snapshot,
            toll=lambda contestant: limits.toll(contestant, toll(contestant)),
            held=lambda contestant: capped or limits.limits(contestant),
        )

    def remote_desk(self) -> "RemoteDeskGraph":
        """The graph that runs desks for arenas elsewhere, at the desks here. Not in an event loop: it reads files."""
        from graphs.remote_desk import build_remote_desk  # noqa: PLC0415  only who holds desks for others pays for it

        return build_remote_desk(self.host(self._shelf.keep))

    def host(self, keep: Callable[[MarketSnapshot], Awaitable[None]], *, unwatched: bool = False) -> "Host":
        """What runs errands at the desks here. Not in an event loop.

        `keep` puts their facts on the shelf; `unwatched` is for a place where nobody can look into a desk's steps.
        """
        from arena.remote.host import Host  # noqa: PLC0415  only who holds desks for others pays for it

        async def ready(contestant: Contestant) -> None:
            self._models.check((contestant,))
            await asyncio.to_thread(self._treasury.read_prices)

        return Host(
            {contestant.name: contestant for contestant in self._players},
            desks=self._rewired,
            ready=ready,
            keep=keep,
            prompts=prompts_hash(),
            code=code_version(),
            unwatched=unwatched,
        )

    # Ending.

    async def hang_up(self) -> None:
        """Close the connections to models and servers that this event loop opened, with all spending written."""
        await self._models.aclose()
        await self._treasury.written()
        if self._elsewhere is not None:
            await self._elsewhere.aclose()

    def close(self) -> None:
        """Close the store and the tape, end the workers, and give what is being sent a few seconds to arrive."""
        if self._elsewhere is not None:
            self._elsewhere.close()
        super().close()

    async def aclose(self) -> None:
        """Close the connections to models and servers that this event loop opened, and all that `close` does."""
        await self.hang_up()
        # It may wait for what is being sent.
        await asyncio.to_thread(self.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _asked(
        self, tickers: Sequence[str], *, as_of: date | None = None, contestants: Sequence[str] | None = None
    ) -> Asked:
        # The calendar is built at its first use, which is too long for the event loop.
        return await asyncio.to_thread(check, self.config, tickers, as_of, contestants, self._clock())


def host_of(config: str) -> "Host":
    """What runs errands in a worker, of a configuration in JSON. It writes nothing: facts stay at hand, in memory."""
    arena = Arena(ArenaConfig.model_validate_json(config), record=False)
    return arena.host(arena._shelf.hold, unwatched=True)  # noqa: SLF001 -- its own module
