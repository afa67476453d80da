"""What a worker does with the desks it holds, without the cluster around it."""

import asyncio

import pytest

from arena.app import Arena
from arena.config.desks import DeskSettings
from arena.config.model import ArenaConfig
from arena.errors import ModelError
from arena.remote.errand import Errand, Identity
from arena.remote.events import Admitting, CallAsked, Ended, Wrote
from arena.remote.worker import Worker
from arena.tape.exchange import Trouble
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from tests.arena.desks import brief, facts
from tests.arena.llm.endpoint import said


def config(home, base_url):
    return ArenaConfig.model_validate(
        {
            "home": home,
            "endpoints": {"e": {"base_url": base_url}},
            "contestants": [{"name": "m", "endpoint": "e", "model": "maker/m", "desk": "single"}],
            "market": {"vendors": ["simulated"]},
        }
    )


def errand_for(settings, running, *, held):
    identity = Identity.of(settings.contestants[0], running.prompts, running.code)
    start = {"brief": brief().model_dump(mode="json")}
    known = {"snapshot": facts("ACME"), "desk": DeskSettings(), "identity": identity}
    return Errand(id="1", contestant="m", start=start, held=held, **known)


def told_of(tmp_path, handler, follow, *, held=False):
    """All that is told of one desk; `follow` is called with the worker and each part."""

    async def through(settings):
        arenas = []

        def make(text):
            arenas.append(Arena(ArenaConfig.model_validate_json(text), record=False))
            return arenas[0].host(arenas[0]._shelf.hold)

        worker = Worker(make, settings.model_dump_json())
        errand = errand_for(settings, await worker.running(), held=held)
        told = []
        async for part in worker.run("1", errand.packed()):
            told += part
            await follow(worker, part)
        # What nobody waits for any longer may still be told of: it is no desk's.
        await worker.answer("1", "1", None)
        await worker.call_off("1")
        await arenas[0].aclose()
        return told

    facts("ACME")
    with ModelServer(handler) as server:
        told = asyncio.run(through(config(tmp_path, server.base_url)))
    assert not tmp_path.exists() or not list(tmp_path.iterdir())
    return told


async def nothing(worker, part):
    """Only listen."""


def test_a_desk_is_told_of_to_its_end_and_leaves_nothing_behind(tmp_path):
    told = told_of(tmp_path / "home", competent_model, nothing)
    assert isinstance(told[-1], Ended)
    assert told[-1].trouble is None
    assert {CallAsked, Wrote, Admitting} <= {type(event) for event in told}


@pytest.mark.parametrize("trouble", [None, Trouble.of(ModelError("budget", "no room"))])
def test_a_request_that_is_held_waits_for_its_answer(tmp_path, trouble):
    asked = []

    async def answer(worker, part):
        for event in part:
            if isinstance(event, Admitting):
                asked.append(event)
                await worker.answer("1", event.passage, trouble)

    told = told_of(tmp_path / "home", competent_model, answer, held=True)
    assert asked
    ended = told[-1]
    assert (ended.trouble.message if ended.trouble else None) == ("no room" if trouble else None)


def test_a_desk_that_is_called_off_ends_in_the_middle_of_its_call(tmp_path):
    async def call_off(worker, part):
        if any(isinstance(event, Admitting) for event in part):
            await worker.call_off("1")

    told = told_of(tmp_path / "home", lambda request, headers: Reply(delay=60, body=said()), call_off)
    assert not any(isinstance(event, Ended) for event in told)
