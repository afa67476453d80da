"""Where desks run, when that is not here: does the server answer, and does it hold desks."""

import asyncio
from collections.abc import Mapping

import httpx
from langgraph_sdk.errors import LangGraphError

from arena.config.executors import LangGraphExecutor
from arena.doctor.finding import Finding, failed, ok
from arena.errors import MissingKeyError
from arena.remote.server import GRAPH, GraphServer

_TITLE = "executor"


async def executor(settings: LangGraphExecutor, environ: Mapping[str, str], *, seconds: float) -> Finding:
    """Look at the server. It runs no desk for this."""
    server = GraphServer(settings, environ)
    try:
        async with asyncio.timeout(seconds):
            found = await server.client().assistants.search(graph_id=GRAPH, limit=1)
    except MissingKeyError as error:
        return failed(_TITLE, str(error), "set it, or take executor.api_key_env away where the server wants no key")
    except (httpx.HTTPError, LangGraphError, TimeoutError, ValueError) as error:
        told = f"the LangGraph server at {server.url} does not answer as one: {type(error).__name__}: {error}"
        return failed(_TITLE, told, f"start it with `arena studio`, or check executor.url; it must offer {GRAPH}")
    finally:
        await server.aclose()
    if not found:
        told = f"the LangGraph server at {server.url} does not offer the graph {GRAPH}"
        return failed(_TITLE, told, "start it with `arena studio`, which does")
    return ok(_TITLE, f"{server.url} holds desks; `arena doctor` there looks at their keys and models")
