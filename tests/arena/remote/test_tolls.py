"""The toll over the wire: what is spent elsewhere is held to the budget here."""

import asyncio
from contextlib import suppress
from decimal import Decimal

import pytest
from langgraph.store.memory import InMemoryStore

from arena.errors import ModelError
from arena.remote.letters import NAMESPACE, asking
from arena.remote.tolls import DistantToll, TollKeeper


class Till:
    """A toll that remembers what became of each passage; it has room for so many at once, and takes no more in all."""

    def __init__(self, room=100, most=100):
        self.room = asyncio.Semaphore(room)
        self.left = most
        self.log = []

    async def admit(self, model, prompt_bytes, max_tokens):
        if self.left == 0:
            raise ModelError("budget", "the budget of $1 for one round leaves no room")
        await self.room.acquire()
        self.left -= 1
        self.log.append(("admitted", model, prompt_bytes, max_tokens))
        return Passage(self)


class Passage:
    def __init__(self, till):
        self.till = till

    def settle(self, cost):
        self.till.room.release()
        self.till.log.append(("settled", cost))

    def release(self):
        self.till.room.release()
        self.till.log.append(("released",))


def over_the_wire(till, work, *, capped=True):
    """Run `work` with the toll elsewhere; what it tells is heard here at the loop's next turn."""

    async def both():
        told = asyncio.Queue()
        store = InMemoryStore()

        async def answer(passage, trouble):
            value = {"trouble": None if trouble is None else trouble.model_dump(mode="json")}
            await store.aput((*NAMESPACE, "errand"), passage, value)

        async with TollKeeper(till, answer if capped else None) as keeper:
            elsewhere = asyncio.create_task(
                work(DistantToll(told.put_nowait, asking(store, "errand") if capped else None))
            )
            while not elsewhere.done() or not told.empty():
                with suppress(TimeoutError):
                    keeper.hear(await asyncio.wait_for(told.get(), 0.01))
            result = await elsewhere
        assert store.search(NAMESPACE) == []
        return result

    return asyncio.run(both())


def test_a_request_waits_for_leave_and_is_settled_with_its_cost():
    till = Till()

    async def send(toll):
        passage = await toll.admit("maker/m", 120, 500)
        assert till.log == [("admitted", "maker/m", 120, 500)]
        passage.settle(Decimal("0.0125"))

    over_the_wire(till, send)
    assert till.log == [("admitted", "maker/m", 120, 500), ("settled", Decimal("0.0125"))]


def test_a_request_that_is_refused_is_refused_where_it_would_be_sent():
    async def send(toll):
        with pytest.raises(ModelError, match="leaves no room") as refused:
            await toll.admit("maker/m", 1, 1)
        return refused.value.reason

    assert over_the_wire(Till(most=0), send) == "budget"


def test_requests_of_one_desk_give_each_other_room():
    till = Till(room=1)

    async def send(toll):
        async def one(number):
            passage = await toll.admit(f"m{number}", 1, 1)
            passage.settle(Decimal(number))

        await asyncio.gather(*map(one, range(4)))

    over_the_wire(till, send)
    assert [step[0] for step in till.log] == ["admitted", "settled"] * 4


def test_a_request_whose_time_is_up_while_it_waits_costs_nothing():
    till = Till(room=0)

    async def send(toll):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(toll.admit("maker/m", 1, 1), 0.1)

    over_the_wire(till, send)
    assert till.log == []


def test_what_is_never_told_of_again_counts_as_the_most_it_could_cost():
    till = Till()

    async def send(toll):
        await toll.admit("maker/m", 1, 1)

    over_the_wire(till, send)
    assert till.log[1:] == [("settled", None)]


def test_without_a_budget_nobody_waits_and_all_is_booked():
    till = Till()

    async def send(toll):
        (await toll.admit("a", 1, 1)).settle(Decimal(1))
        (await toll.admit("b", 1, 1)).release()
        await toll.admit("c", 1, 1)

    over_the_wire(till, send, capped=False)
    closed = [step for step in till.log if step[0] != "admitted"]
    assert sorted(closed, key=str) == [("released",), ("settled", Decimal(1)), ("settled", None)]
