"""One arena's graphs, as LangGraph's server asks for them.

Each is a factory, so that offering one makes nothing; what a factory gives is made once, in a thread, since
reading and compiling would block the server's event loop. The server calls a factory for everything it does. For a
drawing or a state it gets the graph as the context wires it, so that a form that was saved is drawn as it runs. For
a run it gets that graph with a turn in the season, which the run takes with its first step and which is given back
however it ends.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import cache, partial
from threading import Lock
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.pregel import Pregel
from langgraph_sdk.runtime import ServerRuntime
from pydantic import ValidationError

from arena.app import Arena
from arena.config.desks import DeskSettings
from arena.errors import ArenaError, UsageError
from arena.rounds.context import DebateContext, DeskContext, RoundContext
from arena.rounds.turn import taking, turn_in

Graph = Pregel[Any, Any, Any, Any]
Factory = Callable[[RunnableConfig, ServerRuntime[Any]], AbstractAsyncContextManager[Graph]]


class Offering:
    """The graphs of one arena."""

    def __init__(self, load: Callable[[], Arena]) -> None:
        """`load` makes the arena, when one of its graphs is first asked for."""
        self._arena = cache(load)
        self._supervisor = cache(lambda settings: self._arena().graph_under(settings))
        self._remote_desk = cache(lambda: self._arena().remote_desk())
        self._desk = cache(lambda name, settings: self._arena().lone_desk(name, settings))
        # One at a time: two arenas over one store would not share what they keep at hand.
        self._making = Lock()

    def supervisor(self) -> Factory:
        """The factory of the graph over all desks."""

        @asynccontextmanager
        async def factory(config: RunnableConfig, runtime: ServerRuntime[Any]) -> AsyncIterator[Graph]:
            with _unmasked():
                graph = await asyncio.to_thread(self._made, self._supervisor, RoundContext, config)
                if runtime.execution_runtime is None:
                    yield graph
                    return
                turn = turn_in(self._arena().config)
                try:
                    with taking(turn):
                        yield graph
                finally:
                    turn.end()

        return factory

    def desk(self, name: str) -> Factory:
        """The factory of one contestant's desk by itself."""

        @asynccontextmanager
        async def factory(config: RunnableConfig, runtime: ServerRuntime[Any]) -> AsyncIterator[Graph]:  # noqa: ARG001
            with _unmasked():
                yield await asyncio.to_thread(self._made, partial(self._desk, name), DeskContext, config)

        return factory

    def remote_desk(self) -> Factory:
        """The factory of the graph that runs desks for arenas elsewhere."""

        @asynccontextmanager
        async def factory(config: RunnableConfig, runtime: ServerRuntime[Any]) -> AsyncIterator[Graph]:  # noqa: ARG001
            with _unmasked():
                yield await asyncio.to_thread(self._made, lambda _: self._remote_desk(), DebateContext, config)

        return factory

    def _made(
        self, compiled: Callable[[DeskSettings], Graph], form: type[DebateContext], config: RunnableConfig
    ) -> Graph:
        wished = _filled_in(form, config)
        with self._making:
            return compiled(wished.desk(self._arena().config.desk))


def _filled_in(form: type[DebateContext], config: RunnableConfig) -> DebateContext:
    """The context, which the server repeats among what is configurable, for assistants as well as for runs."""
    told = config.get("configurable", {})
    try:
        return form.model_validate({name: told[name] for name in form.model_fields if name in told})
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise UsageError(f"the context does not fit: {'; '.join(faults)}") from None


@contextmanager
def _unmasked() -> Iterator[None]:
    """Let the server show our sentences: of errors that are not Python's own it shows nothing but the class."""
    try:
        yield
    except ArenaError as error:
        raise ValueError(str(error)) from error
