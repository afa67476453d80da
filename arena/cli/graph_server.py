"""What `arena studio` does."""

from pathlib import Path

from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import say
from arena.config.executors import LocalExecutor
from arena.config.finding import find_config, packaged
from arena.studio.folder import Offer, write_folder
from arena.studio.serving import refuse_taken_port, refuse_without_extra, serve

_RUNS = 50
"""Runs that go on at once, at least: LangGraph's own default is one."""


def serve_graphs(given: Given, *, host: str, port: int | None, browser: bool) -> None:
    """Serve until the process is told to end. Raises UsageError before anything is written."""
    refuse_without_extra()
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    if port is not None:
        refuse_taken_port(host, port)
    arenas = {"arena": found.config}
    if find_config(given.config, Path()) == packaged("arena"):
        arenas["demo"] = loaded(Given(packaged="demo", home=given.home)).config
    # Whoever serves desks runs them, wherever its own rounds would send them.
    here = {name: config.model_copy(update={"executor": LocalExecutor()}) for name, config in arenas.items()}
    offer = Offer(arenas=here)
    manifest = write_folder(found.config.home / "studio", offer)
    say(f"graphs: {', '.join(offer.names)}")
    serve(manifest, host=host, port=port, runs=max(_RUNS, found.config.limits.desks), browser=browser)
