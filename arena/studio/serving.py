"""Starting LangGraph's development server in this process."""

import os
import socket
from importlib.util import find_spec
from pathlib import Path

from arena.errors import UsageError

_QUIET = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "true"}
"""Or the server would call home, and its start would wait for an answer where there is no network."""


def refuse_without_extra() -> None:
    """Raise UsageError where LangGraph's server is not installed."""
    if find_spec("langgraph_cli") is None or find_spec("langgraph_api") is None:
        raise UsageError(
            'LangGraph\'s server is not installed: pip install "modelchat-arena[studio]", or, in a clone, '
            'pip install -e ".[studio]"'
        )


def refuse_taken_port(host: str, port: int) -> None:
    """Raise UsageError where no server can listen there."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise UsageError(f"port {port} of {host} cannot be listened on ({reason}); name another with --port") from None


def serve(manifest: Path, *, host: str, port: int | None, runs: int, browser: bool) -> None:
    """Serve the graphs that the manifest names until the process is told to end.

    Without a port the server takes 2024, or another one where that is taken. At most `runs` go on at once.
    """
    os.environ.update(_QUIET)
    # Who has asked for traces at LangSmith gets them.
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    from langgraph_cli.cli import cli  # noqa: PLC0415 -- of the extra; the environment is read at its import

    options = ["--config", str(manifest), "--host", host, "--n-jobs-per-worker", str(runs), "--no-reload"]
    options += [] if port is None else ["--port", str(port)]
    options += [] if browser else ["--no-browser"]
    cli.main(["dev", *options], prog_name="langgraph", standalone_mode=False)
