"""The graphs LangGraph Studio offers, by the names langgraph.json gives them.

`arena` and its desks are those of the packaged configs/arena.yaml; `demo` and its desks need no key
and no network. Each is a factory, so that loading this file makes nothing; what it returns is made
once, in a thread, since reading the configuration would block the server's event loop.
"""

import asyncio
from functools import cache
from threading import Lock

from arena.app import Arena
from graphs.desk import LoneDesk
from graphs.supervisor import Supervisor

_making = Lock()
"""One at a time: two arenas over one store would not share what they keep at hand."""


async def _supervisor(source: str) -> Supervisor:
    return await asyncio.to_thread(_made_supervisor, source)


async def _desk(source: str, name: str) -> LoneDesk:
    return await asyncio.to_thread(_made_desk, source, name)


def _made_supervisor(source: str) -> Supervisor:
    with _making:
        return _arena(source).graph


def _made_desk(source: str, name: str) -> LoneDesk:
    with _making:
        return _lone_desk(source, name)


@cache
def _arena(source: str) -> Arena:
    return Arena.load(source)


@cache
def _lone_desk(source: str, name: str) -> LoneDesk:
    return _arena(source).lone_desk(name)


async def arena() -> Supervisor:
    """The supervisor over the five models of configs/arena.yaml."""
    return await _supervisor("arena")


async def claude() -> LoneDesk:
    """The desk of claude."""
    return await _desk("arena", "claude")


async def gpt() -> LoneDesk:
    """The desk of gpt."""
    return await _desk("arena", "gpt")


async def gemini() -> LoneDesk:
    """The desk of gemini."""
    return await _desk("arena", "gemini")


async def deepseek() -> LoneDesk:
    """The desk of deepseek."""
    return await _desk("arena", "deepseek")


async def qwen() -> LoneDesk:
    """The desk of qwen."""
    return await _desk("arena", "qwen")


async def demo() -> Supervisor:
    """The supervisor over the rehearsal contestants of configs/demo.yaml."""
    return await _supervisor("demo")


async def momentum() -> LoneDesk:
    """The desk of momentum."""
    return await _desk("demo", "momentum")


async def value() -> LoneDesk:
    """The desk of value."""
    return await _desk("demo", "value")


async def contrarian() -> LoneDesk:
    """The desk of contrarian."""
    return await _desk("demo", "contrarian")


async def cautious() -> LoneDesk:
    """The desk of cautious."""
    return await _desk("demo", "cautious")


async def newsreader() -> LoneDesk:
    """The desk of newsreader."""
    return await _desk("demo", "newsreader")
