import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from arena.market.flights import Flights


def test_callers_with_the_same_key_share_one_task_and_others_do_not() -> None:
    begun: list[str] = []

    async def ask(name: str) -> str:
        begun.append(name)
        await asyncio.sleep(0)
        return name

    async def crowd() -> list[str]:
        flights = Flights()
        return await asyncio.gather(*(flights.join(key, lambda key=key: ask(key)) for key in ("a", "b", "a", "a")))

    assert asyncio.run(crowd()) == ["a", "b", "a", "a"]
    assert begun == ["a", "b"]


def test_what_is_done_is_not_kept_be_it_a_result_or_an_error() -> None:
    outcomes = [ZeroDivisionError(), 1, 2]

    async def ask() -> int:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def in_turn() -> tuple[int, int]:
        flights = Flights()
        with pytest.raises(ZeroDivisionError):
            await flights.join("key", ask)
        return await flights.join("key", ask), await flights.join("key", ask)

    assert asyncio.run(in_turn()) == (1, 2)


def test_an_event_loop_beside_the_first_starts_its_own_task() -> None:
    flights = Flights()

    async def ask(answer: str) -> str:
        await asyncio.sleep(0.05)
        return answer

    async def both() -> tuple[str, str]:
        first = asyncio.create_task(flights.join("key", lambda: ask("first")))
        await asyncio.sleep(0)
        with ThreadPoolExecutor(1) as thread:
            second = thread.submit(lambda: asyncio.run(flights.join("key", lambda: ask("second")))).result(timeout=5)
        return await first, second

    assert asyncio.run(both()) == ("first", "second")
