"""Running one chat's desk again from the tape, without a network, and comparing. Writes nothing."""

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from arena.contest import LATE, Stamp, run_desk
from arena.records.base import Record
from arena.records.chat import ModelChat, Stages
from arena.records.desk import AnalystName
from arena.records.market import MarketSnapshot
from arena.records.progress import EmptyHall
from arena.replay.desk import TapeDesk, on_hasty_loop
from arena.tape.comparing import Difference, chat_differences, version_notes
from arena.tape.exchange import ChatTape
from arena.tape.playback import Ending, Miss
from arena.version import code_version
from prompts.loader import prompts_hash


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


async def replay_chat(stored: ModelChat, tape: ChatTape, snapshot: MarketSnapshot) -> ChatReplay:
    """Run one recorded desk again."""
    if not stored.calls and not tape.exchanges and stored.outcome.kind == "abstention":
        note = f"its desk asked nothing ({stored.outcome.reason}: {stored.outcome.detail}), so nothing was run again"
        return ChatReplay(chat_id=stored.id, replayed=stored, notes=(note,))
    return await on_hasty_loop(lambda: _run_again(stored, tape, snapshot))


def endings_of(chats: Iterable[ModelChat]) -> dict[tuple[str, str], Ending]:
    """How those of the chats ended that came to no decision and say where, by ticker and contestant."""
    return {
        (chat.ticker, chat.contestant): Ending(
            chat.outcome.stage, chat.outcome.detail.startswith(LATE), _turns(chat.stages)
        )
        for chat in chats
        if chat.outcome.kind == "abstention" and chat.outcome.stage is not None
    }


def compared(stored: ModelChat, chat: ModelChat, miss: Miss | None) -> ChatReplay:
    """What a replayed chat comes to beside the stored one."""
    notes = version_notes(stored, chat)
    if miss is not None:
        return ChatReplay(chat_id=stored.id, miss=miss, notes=notes)
    return ChatReplay(chat_id=stored.id, replayed=chat, differences=chat_differences(stored, chat), notes=notes)


def _turns(stages: Stages) -> Counter[str]:
    """How many pieces each role handed in."""
    analysts = [f"{name}_analyst" for name in get_args(AnalystName) if getattr(stages, name) is not None]
    research = stages.research.turns if stages.research is not None else ()
    risk = stages.risk.turns if stages.risk is not None else ()
    judged = ["research_manager"] if stages.research is not None and stages.research.verdict is not None else []
    planned = ["trader"] if stages.trader is not None else []
    looked_back = ["reflection"] if stages.reflection is not None else []
    spoken = [f"{turn.speaker}_researcher" for turn in research] + [f"{turn.speaker}_debater" for turn in risk]
    return Counter([*analysts, *looked_back, *spoken, *judged, *planned])


async def _run_again(stored: ModelChat, tape: ChatTape, snapshot: MarketSnapshot) -> ChatReplay:
    brief = tape.label.brief
    desk = TapeDesk({(brief.ticker, brief.contestant): tape}, {snapshot.hash: snapshot}, endings_of([stored]))
    stamp = Stamp(
        model=stored.model,
        quick_model=stored.quick_model,
        labels=stored.labels,
        masked=stored.masked,
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
        shown=tape.label.shown,
    )
    return compared(stored, chat, desk.miss(brief.ticker, brief.contestant))
