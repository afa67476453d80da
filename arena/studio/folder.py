"""The folder a LangGraph server is started from: what it offers, written down for the server's own process.

The configuration is written as it is in force, options and environment applied. Its paths stay as they were given:
the server runs in the same folder as the command, and one that is named otherwise would be another setting.
"""

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.records.base import Record
from arena.remote.server import GRAPH
from arena.studio.offering import Factory, Offering

_OFFER, _GRAPHS, _MANIFEST = "offer.json", "offered.py", "langgraph.json"

_GRAPHS_TEXT = '''"""Written by `arena studio`, anew at every start: the graphs that langgraph.json names, by name."""

from pathlib import Path

from arena.studio.folder import offered

globals().update(offered(Path(__file__).parent))
'''


class Offer(Record):
    """What one server offers."""

    arenas: dict[str, ArenaConfig]
    """By the name of the graph over all its desks; every desk is a graph under its contestant's name beside it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The graphs, arenas first; the one that runs desks for arenas elsewhere has those of the first."""
        desks = [contestant.name for config in self.arenas.values() for contestant in config.with_desks]
        return (*self.arenas, GRAPH, *desks)


def write_folder(folder: Path, offer: Offer) -> Path:
    """Write what the server needs; returns its langgraph.json. Raises UsageError where that cannot be."""
    for name, times in Counter(offer.names).items():
        if times > 1:
            raise UsageError(f"two graphs would be called {name}: give the contestant {name} another name")
    manifest = {
        "dependencies": ["."],
        "graphs": {name: f"{(folder / _GRAPHS).absolute()}:{name}" for name in offer.names},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _OFFER).write_text(offer.model_dump_json(indent=2), encoding="utf-8")
        (folder / _GRAPHS).write_text(_GRAPHS_TEXT, encoding="utf-8")
        (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written ({error.strerror}); name another home with --home or ARENA_HOME"
        ) from None
    return folder / _MANIFEST


@cache
def offered(folder: Path) -> Mapping[str, Factory]:
    """The factory of every graph, by name, from what `write_folder` wrote.

    Made once: the server executes the file that asks for them once a graph.
    """
    offer = Offer.model_validate_json((folder / _OFFER).read_text(encoding="utf-8"))
    factories: dict[str, Factory] = {}
    for name, config in offer.arenas.items():
        offering = Offering(lambda config=config: Arena(config))  # type: ignore[misc]  # bound now, not at the call
        factories[name] = offering.supervisor()
        factories.setdefault(GRAPH, offering.remote_desk())
        factories |= {contestant.name: offering.desk(contestant.name) for contestant in config.with_desks}
    return factories
