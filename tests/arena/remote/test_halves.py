"""A desk whose two halves both run elsewhere leaves the record it would have left here in one go."""

import asyncio

from arena.contest import run_desk, run_research
from arena.records.desk import RESEARCH_ROLES, ResearchBrief
from arena.records.research import Research
from arena.remote.elsewhere import Elsewhere
from arena.remote.graph_way import GraphWay
from arena.tape.comparing import chat_differences
from tests.agents.surroundings import lesson
from tests.arena.desks import Listeners, brief, clock, facts, stamp
from tests.arena.remote.neighbour import Neighbour
from tests.arena.remote.test_desk import FREE, REHEARSED, arena

LABELS = ("rehearsal", "simulated")


def test_research_and_the_rest_of_a_desk_both_travel(tmp_path):
    known = facts("ACME")
    whole = brief().model_copy(update={"lessons": (lesson(),)})
    part = ResearchBrief(**{name: getattr(whole, name) for name in ResearchBrief.model_fields})
    shared = {"seconds": 10.0, "clock": clock, "audience": Listeners()}

    async def snapshot(name):
        assert name == known.hash
        return known

    async def held(desk, research=None):
        return await run_desk(desk, whole, stamp(labels=LABELS), facts=known, research=research, **shared)

    async def both():
        here, there = (arena(tmp_path / name, REHEARSED) for name in ("here", "there"))
        await here._shelf.keep(known)
        neighbour = await asyncio.to_thread(Neighbour, there)
        away = Elsewhere(GraphWay(neighbour), here.config.contestants, **FREE, snapshot=snapshot)
        async with here, there:
            desk = away.desks(here.config.desk)["m"]
            research = await run_research(desk, part, basis="b", free=True, **shared)
            # As the store gives it back.
            research = Research.model_validate_json(research.model_dump_json())
            return await held(here.desks["m"]), research, await held(desk, research)

    mine, research, theirs = asyncio.run(both())
    assert (research.failure, {call.node for call in research.calls}) == (None, RESEARCH_ROLES)
    assert {call.node for call in theirs.calls[: len(research.calls)]} == RESEARCH_ROLES
    assert not {call.node for call in theirs.calls[len(research.calls) :]} & RESEARCH_ROLES
    assert "reflection" in {call.node for call in theirs.calls}
    assert chat_differences(mine, theirs) == ()
