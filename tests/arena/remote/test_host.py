"""Who holds desks for others holds none whose answers would be recorded under other settings than they came of."""

import asyncio

import pytest

from arena.app import Arena
from arena.config.desks import DeskSettings
from arena.config.model import ArenaConfig
from arena.contest import run_desk
from arena.llm.toll import FreeToll
from arena.remote.desk import RemoteDesk
from arena.remote.errand import Identity
from arena.remote.graph_way import GraphWay
from arena.version import code_version
from prompts.loader import prompts_hash
from tests.arena.desks import Listeners, brief, clock, facts, stamp
from tests.arena.remote.neighbour import Neighbour

VALUE = {"name": "m", "kind": "rehearsal", "style": "value"}


def config(home, **contestant):
    return ArenaConfig.model_validate(
        {"home": home, "contestants": [{**VALUE, **contestant}], "market": {"vendors": ["simulated"]}}
    )


def outcome(tmp_path, *, sent="m", knows=None, **identity):
    """What comes of m's desk at a host."""
    known = knows or facts("ACME")
    arena = Arena(config(tmp_path), environ={}, clock=clock)
    true = Identity.of(arena.config.contestants[0], prompts_hash(), code_version())

    async def snapshot(name):
        return known

    async def held():
        async with arena:
            desk = RemoteDesk(
                sent,
                GraphWay(await asyncio.to_thread(Neighbour, arena)),
                snapshot,
                settings=DeskSettings(),
                identity=true.model_copy(update=identity),
                toll=FreeToll(),
                held=False,
            )
            return await run_desk(desk, brief(), stamp(), seconds=20, clock=clock, audience=Listeners())

    return asyncio.run(held()).outcome


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"contestant": "x"}, "the server has other settings of the contestant than the arena that sent m's desk"),
        ({"prompts": "x", "code": "y"}, "the server has other prompts and code than the arena that sent m's desk"),
        ({"sent": "stranger"}, "the server has no contestant stranger; it has m"),
        ({"knows": facts("OTHER")}, "the facts that were sent are not those of the brief"),
    ],
)
def test_a_desk_that_would_not_be_the_same_is_not_held(tmp_path, asked, sentence):
    refused = outcome(tmp_path, **asked)
    assert (refused.kind, refused.reason) == ("abstention", "internal")
    assert refused.detail.startswith("the desk is not held: ")
    assert sentence in refused.detail


def test_what_differs_from_machine_to_machine_makes_no_other_contestant(tmp_path):
    def identity(**changes):
        return Identity.of(config(tmp_path, **changes).contestants[0], "p", "c")

    assert identity() == identity(concurrency=3, knowledge_cutoff="2025-01-01")
    assert identity() != identity(style="momentum")
    assert identity() != identity(max_tokens=100)
