"""A recorded desk: the real graph and the real client over a chat's tape.

It runs on an event loop of its own, in a thread of its own, so that a recorded time-out can be brought on at
once without moving anybody else's clock.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any, TypeVar, get_args

from arena.llm.client import TIERS, ModelClient, Tier
from arena.records.desk import Brief
from arena.records.market import MarketSnapshot
from arena.tape.exchange import ChatTape, Exchange, TapeLabel
from arena.tape.hasty import HastyLoop
from arena.tape.playback import Ending, Miss, Playback
from arena.tape.replaying import ReplayClient
from graphs.kinds import build_kind

Answer = TypeVar("Answer")


class TapeDesk:
    """Stands in for a contestant's desk: its graph is the recorded one, its model the tape of the brief's chat."""

    def __init__(
        self,
        tapes: Mapping[tuple[str, str], ChatTape],
        snapshots: Mapping[str, MarketSnapshot],
        endings: Mapping[tuple[str, str], Ending],
    ) -> None:
        """`tapes` and `endings` by ticker and contestant; `snapshots` by hash."""
        self._tapes = tapes
        # A desk is known by what it was handed, which at a masked one is no real ticker.
        self._handed = {_handed(tape.label): place for place, tape in tapes.items()}
        self._endings = endings
        self._snapshots = snapshots
        self._playbacks: dict[tuple[str, str], Playback] = {}

    def miss(self, ticker: str, contestant: str) -> Miss | None:
        """The first request of that desk which the tape did not hold, once it has run."""
        playback = self._playbacks.get((ticker, contestant))
        return playback.miss if playback is not None else None

    def astream(
        self,
        input: Mapping[str, Any],  # noqa: A002 -- LangGraph's name
        config: Any = None,
        *,
        stream_mode: Any = None,
    ) -> AsyncIterator[Any]:
        """Stream the updates of the desk that was recorded for this ticker and contestant, over its own brief."""
        asked = Brief.model_validate(input["brief"])
        place = self._handed[asked.ticker, asked.contestant]
        label, playback = self._tapes[place].label, Playback(self._tapes[place], self._endings.get(place))
        self._playbacks[place] = playback
        client = ReplayClient(playback, _models(self._tapes[place].exchanges), label.call_seconds)
        desk = build_kind(label.kind, label.desk, _TapeHouse(client, self._snapshots))
        start: Any = {"brief": (label.shown or label.brief).model_dump(mode="json")}
        return desk.astream(start, config, stream_mode=stream_mode)


def _handed(label: TapeLabel) -> tuple[str, str]:
    """The ticker and the contestant of what the desk was handed."""
    brief = label.shown or label.brief
    return brief.ticker, brief.contestant


class _TapeHouse:
    """What a replayed desk needs: its model client, and the facts."""

    def __init__(self, client: ModelClient, snapshots: Mapping[str, MarketSnapshot]) -> None:
        self._client = client
        self._snapshots = snapshots

    def client(self, contestant: str) -> ModelClient:  # noqa: ARG002 -- part of the interface
        return self._client

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        return self._snapshots[snapshot_hash]


async def on_hasty_loop(work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """Run in a thread, on an event loop whose clock a recorded time-out may move on."""

    def alone() -> Answer:
        with asyncio.Runner(loop_factory=HastyLoop) as runner:
            return runner.run(work())

    return await asyncio.to_thread(alone)


def _models(exchanges: tuple[Exchange, ...]) -> dict[Tier, str]:
    """The model ids the two tiers were asked by; a tier that was never asked has none."""
    asked = {TIERS[e.role]: e.model for e in reversed(exchanges) if e.role in TIERS}  # type: ignore[index]  # roles
    return {tier: asked.get(tier, "unknown") for tier in get_args(Tier)}
