"""What keeping costs: the store with its archive, the tape, replays, and a LangGraph checkpointer if there were one.

An arena's own rounds use no checkpointer: a round goes on from what is stored. What one would cost is measured all
the same, since LangGraph's server keeps one.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.contest import RECURSION_LIMIT
from arena.records.chat import ModelChat
from arena.store import Store
from arena.tape.tape import Tape
from bench.lines import Line
from bench.playing import configuration, ticker_names
from bench.server_process import ServerProcess

TICKERS = 4
COPIES = 10


def keeping() -> Iterator[Line]:
    """Chats that are stored, taped and replayed; checkpoints of a desk."""
    with ServerProcess(2400) as server, tempfile.TemporaryDirectory() as folder:
        config = configuration(server.base_url, Path(folder) / "home", 5, "parallel")
        with Arena(config, environ={}) as arena:
            chats = arena.run(ticker_names(TICKERS)).chats
            yield from _replays(arena, chats)
        yield from _stored(Path(folder) / "copy", chats)
        yield from _taped(config.home, Path(folder) / "tape")
        yield from _checkpoints(config)


def _replays(arena: Arena, chats: tuple[ModelChat, ...]) -> Iterator[Line]:
    began = time.process_time()
    unequal = sum(not arena.replay(chat.id).equal for chat in chats[:10])
    yield Line("replays that differ", unequal, "of 10", 0)
    yield Line("CPU a replay, opening and comparing included", 100 * (time.process_time() - began), "ms")


def _stored(home: Path, chats: tuple[ModelChat, ...]) -> Iterator[Line]:
    copies = [chat.model_copy(update={"id": f"{chat.id}{n}"}) for n in range(COPIES) for chat in chats]
    with Store.open(home) as store:
        began, cpu = time.perf_counter(), time.process_time()
        for chat in copies:
            store.save_chat(chat)
        yield Line(
            "chats stored and archived, each safe from a crash", len(copies) / (time.perf_counter() - began), "a second"
        )
        yield Line("CPU a chat", 1000 * (time.process_time() - cpu) / len(copies), "ms")
    yield Line("store a chat", _size(home / "arena.sqlite") / len(copies) / 1000, "kB")
    yield Line("archive a chat", sum(map(_size, (home / "archive").rglob("*.json"))) / len(copies) / 1000, "kB")


def _taped(home: Path, other: Path) -> Iterator[Line]:
    with Tape.open(home) as tape:
        kept = [found for one in tape.chat_ids() if (found := tape.chat(one)) is not None]
        tape.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    with Tape.open(other) as tape:
        began, cpu = time.perf_counter(), time.process_time()
        for one in kept:
            tape.save_chat(one)
        yield Line("chats taped", len(kept) / (time.perf_counter() - began), "a second")
        yield Line("CPU a chat", 1000 * (time.process_time() - cpu) / len(kept), "ms")
    yield Line("tape a chat", _size(home / "tape.sqlite") / len(kept) / 1000, "kB")


def _checkpoints(config: ArenaConfig) -> Iterator[Line]:
    """A desk of the graph as it is, with LangGraph's own checkpointer in memory."""
    import asyncio  # noqa: PLC0415 -- beside its one use

    with Arena(config, environ={}) as arena:
        (name, desk), *_ = arena.desks.items()
        with Tape.open(config.home) as tape:
            found = tape.chat(tape.chat_ids()[0])
        assert found is not None
        brief = found.label.brief.model_copy(update={"contestant": name}).model_dump(mode="json")
        saver = InMemorySaver()
        kept = desk.copy(update={"checkpointer": saver})

        async def run(thread: str) -> None:
            where: RunnableConfig = {"configurable": {"thread_id": thread}, "recursion_limit": RECURSION_LIMIT}
            await kept.ainvoke({"brief": brief}, where)
            await arena.hang_up()

        began = time.process_time()
        asyncio.run(run("one"))
        taken = list(saver.list({"configurable": {"thread_id": "one"}}))
        yield Line("checkpoints a desk, were there a checkpointer", len(taken), "checkpoints")
        yield Line("CPU of such a desk", 1000 * (time.process_time() - began), "ms")


def _size(file: Path) -> int:
    return file.stat().st_size
