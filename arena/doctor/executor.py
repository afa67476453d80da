"""Where desks run, when that is not here: does the server answer, and does it hold desks."""

import asyncio
import importlib.metadata
import importlib.util
from collections.abc import Mapping

import httpx
from langgraph_sdk.errors import LangGraphError

from arena.config.executors import LangGraphExecutor, RayExecutor
from arena.doctor.finding import Finding, failed, ok
from arena.errors import MissingKeyError
from arena.remote.server import GRAPH, GraphServer

_TITLE = "executor"


async def executor(settings: LangGraphExecutor | RayExecutor, environ: Mapping[str, str], *, seconds: float) -> Finding:
    """Look at the server, or the cluster. No desk is run for this, and no worker started."""
    if isinstance(settings, RayExecutor):
        return await _ray(settings, seconds)
    return await _server(settings, environ, seconds)


async def _ray(settings: RayExecutor, seconds: float) -> Finding:
    if importlib.util.find_spec("ray") is None:
        return failed(_TITLE, "executor: ray needs the extra ray", "pip install -e '.[ray]' in a clone")
    version = f"Ray {importlib.metadata.version('ray')}"
    if settings.address is None:
        return ok(_TITLE, f"{version} is installed; workers on this machine are started for each command")
    if settings.address == "auto":
        return ok(_TITLE, f"{version} is installed; the cluster that runs on this machine is joined by each command")
    host, _, port = settings.address.rpartition(":")
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, int(port))
    except (OSError, OverflowError, TimeoutError) as error:
        told = f"nothing answers at {settings.address}: {type(error).__name__}: {error}"
        return failed(_TITLE, told, "start the cluster with `ray start --head`, or check executor.address")
    writer.close()
    return ok(_TITLE, f"{version} is installed and {settings.address} answers; keys are the business of its nodes")


async def _server(settings: LangGraphExecutor, environ: Mapping[str, str], seconds: float) -> Finding:
    """Look at a LangGraph server."""
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
