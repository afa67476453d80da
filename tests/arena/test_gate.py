"""The gate: so many desks at once, one at a time through the door, and those of the round first."""

import asyncio

import pytest

from arena.gate import Gate


def test_a_gate_lets_so_many_desks_run_at_once_in_every_loop():
    gate = Gate(2)
    running, most = [], []

    async def desk():
        async with gate.place() as under_way:
            under_way()
            running.append(1)
            most.append(len(running))
            await asyncio.sleep(0.01)
            running.pop()

    async def crowd():
        await asyncio.gather(*(desk() for _ in range(6)))

    asyncio.run(crowd())
    asyncio.run(crowd())  # a semaphore of the first loop would fail here
    assert (max(most), len(most)) == (2, 12)


def test_the_next_desk_is_let_in_when_the_one_before_is_under_way_or_gone():
    gate = Gate(9)
    entered = []

    async def desk(name, *, calls):
        async with gate.place() as under_way:
            entered.append((name, "in"))
            await asyncio.sleep(0.01)
            for _ in range(calls):
                under_way()
                entered.append((name, "called"))
                await asyncio.sleep(0.01)
        entered.append((name, "out"))

    async def crowd():
        await asyncio.gather(desk("a", calls=2), desk("b", calls=0), desk("c", calls=1))

    asyncio.run(crowd())
    assert entered.index(("a", "called")) < entered.index(("b", "in")) < entered.index(("a", "out"))
    assert entered.index(("b", "in")) < entered.index(("c", "in"))
    assert entered.index(("c", "in")) - entered.index(("b", "in")) > 1  # b made no call: c waited for its end


def test_a_desk_that_gives_up_at_the_door_leaves_it_to_the_next():
    gate = Gate(1)

    async def late():
        async with gate.place():
            raise AssertionError("the place was taken")

    async def crowd():
        async with gate.place():
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(late(), 0.02)
        async with asyncio.timeout(1), gate.place():
            return True

    assert asyncio.run(crowd())


def test_those_that_run_ahead_let_the_round_pass():
    gate, order = Gate(1), []

    async def desk(name, *, ahead=False):
        async with gate.place(ahead=ahead) as under_way:
            under_way()
            order.append(name)
            await asyncio.sleep(0)

    async def crowd():
        async with gate.place():
            work = [asyncio.create_task(desk(f"ahead {n}", ahead=True)) for n in (1, 2, 3)]
            await asyncio.sleep(0)
            work += [asyncio.create_task(desk(f"round {n}")) for n in (1, 2)]
            await asyncio.sleep(0)
        await asyncio.gather(*work)

    asyncio.run(crowd())
    assert order == ["ahead 1", "round 1", "round 2", "ahead 2", "ahead 3"]


def test_desks_that_run_elsewhere_do_not_wait_for_each_other_at_the_door():
    gate = Gate(2, one_by_one=False)

    async def both():
        async with asyncio.timeout(1), gate.place(), gate.place():
            return True

    assert asyncio.run(both())
