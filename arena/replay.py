"""Running a desk again from the tape: the real graph, the real client, and no network.

A replay runs on an event loop of its own, in a thread of its own, so that a recorded time-out can be brought
on at once without moving anybody else's clock. It writes nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from functools import partial
from typing import Any, TypeVar, get_args

from arena.contest import Stamp, run_desk
from arena.llm.client import TIERS, ModelClient, Tier
from arena.records.base import Record
from arena.records.chat import ModelChat, Stages
from arena.records.desk import AnalystName, Brief
from arena.records.market import MarketSnapshot
from arena.records.progress import EmptyHall
from arena.tape.comparing import Difference, chat_differences, version_notes
from arena.tape.exchange import ChatTape, Exchange
from arena.tape.hasty import HastyLoop
from arena.tape.playback import Miss, Playback, Tie
from arena.tape.replaying import ReplayClient
from arena.version import code_version
from graphs.desk import build_desk
from prompts.loader import prompts_hash

Answer = TypeVar("Answer")

_HEAD_STARTS = (4, 8, 6, 10, 2, 12, 0, 16, 20, 24)
"""By how many turns of the event loop one failure may have come before the others; tried in this order."""


class ChatReplay(Record):
    """What running one chat again came to."""

    chat_id: str
    miss: Miss | None = None
    """The first request the tape did not hold; the replay stopped there."""
    replayed: ModelChat | None = None
    """None where it stopped at a miss."""
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    """What is not as it was when the chat was recorded."""

    @property
    def equal(self) -> bool:
        """Whether it gave the same ModelChat, byte for byte but for times and ids."""
        return self.miss is None and not self.differences


class TapeDesk:
    """Stands in for a contestant's desk: its graph is the recorded one, its model the tape of the brief's chat."""

    def __init__(
        self,
        tapes: Mapping[tuple[str, str], ChatTape],
        snapshots: Mapping[str, MarketSnapshot],
        tie: Tie | None = None,
    ) -> None:
        """`tapes` by ticker and contestant; `snapshots` by hash; `tie` as a Playback takes it."""
        self._tapes = tapes
        self._tie = tie
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
        place = asked.ticker, asked.contestant
        label, playback = self._tapes[place].label, Playback(self._tapes[place], self._tie)
        self._playbacks[place] = playback
        client = ReplayClient(playback, _models(self._tapes[place].exchanges), label.call_seconds)
        desk = build_desk(label.desk, _TapeHouse(client, self._snapshots))
        start: Any = {"brief": label.brief.model_dump(mode="json")}
        return desk.astream(start, config, stream_mode=stream_mode)


class _TapeHouse:
    """What a replayed desk needs: its model client, and the facts."""

    def __init__(self, client: ModelClient, snapshots: Mapping[str, MarketSnapshot]) -> None:
        self._client = client
        self._snapshots = snapshots

    def client(self, contestant: str) -> ModelClient:  # noqa: ARG002 -- part of the interface
        return self._client

    async def snapshot(self, snapshot_hash: str) -> MarketSnapshot:
        return self._snapshots[snapshot_hash]


async def replay_chat(stored: ModelChat, tape: ChatTape, snapshot: MarketSnapshot) -> ChatReplay:
    """Run one recorded desk again."""
    if not stored.calls and not tape.exchanges and stored.outcome.kind == "abstention":
        note = f"its desk asked nothing ({stored.outcome.reason}: {stored.outcome.detail}), so nothing was run again"
        return ChatReplay(chat_id=stored.id, replayed=stored, notes=(note,))
    replayed = await on_hasty_loop(lambda: _run_again(stored, tape, snapshot, None))
    if replayed.equal or stored.outcome.kind == "decision":
        return replayed
    # Of calls that failed in the same instant, the graph takes notice of any: here of the one it did then.
    for head_start in _HEAD_STARTS if stored.outcome.stage else ():
        tie = Tie(stored.outcome.stage or "", head_start, _finished(stored.stages))
        again = await on_hasty_loop(partial(_run_again, stored, tape, snapshot, tie))
        if again.equal:
            return again
    return replayed


def compared(stored: ModelChat, chat: ModelChat, miss: Miss | None) -> ChatReplay:
    """What a replayed chat comes to beside the stored one."""
    notes = version_notes(stored, chat)
    if miss is not None:
        return ChatReplay(chat_id=stored.id, miss=miss, notes=notes)
    return ChatReplay(chat_id=stored.id, replayed=chat, differences=chat_differences(stored, chat), notes=notes)


async def on_hasty_loop(work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """Run in a thread, on an event loop whose clock a recorded time-out may move on."""

    def alone() -> Answer:
        with asyncio.Runner(loop_factory=HastyLoop) as runner:
            return runner.run(work())

    return await asyncio.to_thread(alone)


def _finished(stages: Stages) -> frozenset[str]:
    """The roles whose work was done when the desk ended."""
    analysts = [name for name in get_args(AnalystName) if getattr(stages, name) is not None]
    research = stages.research.turns if stages.research is not None else ()
    risk = stages.risk.turns if stages.risk is not None else ()
    done = [f"{name}_analyst" for name in analysts]
    done += [f"{turn.speaker}_researcher" for turn in research]
    done += [f"{turn.speaker}_debater" for turn in risk]
    return frozenset(done)


async def _run_again(stored: ModelChat, tape: ChatTape, snapshot: MarketSnapshot, tie: Tie | None) -> ChatReplay:
    brief = tape.label.brief
    desk = TapeDesk({(brief.ticker, brief.contestant): tape}, {snapshot.hash: snapshot}, tie)
    stamp = Stamp(
        model=stored.model,
        quick_model=stored.quick_model,
        labels=stored.labels,
        prompts_hash=prompts_hash(),
        config_hash=stored.config_hash,
        code_version=code_version(),
    )
    seconds = tape.label.desk_seconds
    chat = await run_desk(
        desk,
        brief,
        stamp,
        seconds=seconds,
        clock=lambda: stored.started,
        audience=EmptyHall(),
        facts=snapshot,
    )
    return compared(stored, chat, desk.miss(brief.ticker, brief.contestant))


def _models(exchanges: tuple[Exchange, ...]) -> dict[Tier, str]:
    """The model ids the two tiers were asked by; a tier that was never asked has none."""
    asked = {TIERS[e.role]: e.model for e in reversed(exchanges) if e.role in TIERS}  # type: ignore[index]  # roles
    return {tier: asked.get(tier, "unknown") for tier in get_args(Tier)}
