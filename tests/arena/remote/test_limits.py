"""Places for requests that are sent elsewhere: as many at once as endpoints and contestants allow."""

import asyncio
import time

import pytest

from arena.config.model import ArenaConfig
from arena.errors import ModelError
from arena.llm.toll import FreeToll
from arena.remote.limits import SharedLimits
from tests.arena.remote.test_tolls import Till


def limits_of(contestants, **endpoint):
    rows = [{"endpoint": "e", "model": f"maker/{row['name']}", **row} for row in contestants]
    config = ArenaConfig(endpoints={"e": {"base_url": "http://127.0.0.1:9", **endpoint}}, contestants=rows)
    return SharedLimits(config), {player.name: player for player in config.players}


def most_at_once(limits, *contestants, each=6):
    """How many requests were under way together when each of these contestants sent some."""
    under_way = most = 0

    async def one(toll):
        nonlocal under_way, most
        passage = await toll.admit("m", 1, 1)
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        passage.settle(None)

    async def all_of_them():
        tolls = [limits.toll(contestant, FreeToll()) for contestant in contestants]
        await asyncio.gather(*(one(toll) for toll in tolls for _ in range(each)))

    asyncio.run(all_of_them())
    return most


def test_places_are_an_endpoints_for_all_and_a_contestants_for_all_its_replicas():
    limits, known = limits_of([{"name": "a", "concurrency": 2, "replicas": 2}, {"name": "b"}], concurrency=3)
    assert most_at_once(limits, known["a~1"], known["a~2"]) == 2
    assert most_at_once(limits, known["b"]) == 3
    assert most_at_once(limits, *known.values()) == 3


def test_where_there_is_no_limit_nobody_waits():
    limits, known = limits_of([{"name": "a"}])
    toll = FreeToll()
    assert not limits.limits(known["a"])
    assert limits.toll(known["a"], toll) is toll


def test_requests_are_spaced_evenly_over_all_contestants():
    limits, known = limits_of([{"name": "a"}, {"name": "b"}], requests_per_minute=1200)
    began = time.monotonic()
    most_at_once(limits, *known.values(), each=2)
    assert time.monotonic() - began >= 3 * 0.05


def test_a_place_is_given_back_where_the_budget_refuses_and_where_nobody_waits_any_longer():
    limits, known = limits_of([{"name": "a", "concurrency": 1}], concurrency=1)
    empty, till = Till(most=0), Till()

    async def tried():
        with pytest.raises(ModelError, match="leaves no room"):
            await limits.toll(known["a"], empty).admit("m", 1, 1)
        toll = limits.toll(known["a"], till)
        first = await toll.admit("m", 1, 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(toll.admit("m", 1, 1), 0.01)
        first.release()
        (await asyncio.wait_for(toll.admit("m", 1, 1), 1)).release()

    asyncio.run(tried())
    assert [step[0] for step in till.log] == ["admitted", "released"] * 2
