"""Every fault an endpoint is known to have, and what becomes of it: never a HOLD that nobody said.

All rows of the tables in `faults` run side by side against one loopback server.
"""

import asyncio
import socket
import time
from functools import cache

import pytest

from arena.errors import ModelError
from arena.llm.client import ChatModelClient
from arena.llm.exchange import LARGEST
from arena.records.outcome import Decision
from tests.arena.llm.endpoint import chat_model, connected
from tests.arena.llm.faults import connections, in_streams, inside_a_200, statuses, words
from tests.arena.llm.faults.rows import LOOK, PROMPT
from tests.arena.llm.raw_endpoint import raw_endpoint


@cache
def rows():
    """Made when they are asked for: some hold dates from now on."""
    return tuple(row for table in (inside_a_200, statuses, connections, words, in_streams) for row in table.rows())


async def ask(client, asked):
    if asked.how == "say":
        return await client.say("trader", asked.prompt)
    if asked.how == "consult":
        reply = await client.consult("market_analyst", asked.prompt, [LOOK])
        return [(c["name"], c["args"]) for c in (*reply.tool_calls, *reply.invalid_tool_calls)]
    decision = await client.answer("portfolio_manager", asked.prompt, Decision)
    assert decision.action != "HOLD"
    assert "\x00" not in decision.reasoning
    return decision.action


async def one(endpoint, place, asked):
    """What became of a row, and the seconds that took."""
    began = time.monotonic()
    async with connected() as http:
        settings = {"http_async_client": http, "call_seconds": asked.seconds, **asked.settings}
        model = chat_model(f"{endpoint.base_url}/{place}", **settings)
        try:
            outcome = await ask(ChatModelClient({"quick": model, "deep": model}, ladder=asked.rungs), asked)
        except ModelError as error:
            outcome = error.reason
    return outcome, time.monotonic() - began


@pytest.fixture(scope="module")
def played():
    """Every row's outcome, seconds and requests, by its name."""

    async def all_rows():
        scenarios = {str(place): one_row.replies for place, one_row in enumerate(rows())}
        async with raw_endpoint(scenarios) as endpoint:
            # A few at a time: a row's seconds are measured, and the loop has only one thread.
            places = asyncio.Semaphore(12)

            async def in_turn(place, asked):
                async with places:
                    return await one(endpoint, place, asked)

            ended = await asyncio.gather(*(in_turn(place, asked) for place, asked in enumerate(rows())))
        counted = [len(requests) for requests in endpoint.requests.values()]
        return {r.name: (*end, count) for r, end, count in zip(rows(), ended, counted, strict=True)}

    return asyncio.run(all_rows())


NAMES = [one_row.name for one_row in rows()]


def test_there_are_rows_enough_and_no_two_of_one_name():
    assert len(NAMES) >= 80
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("place", range(len(NAMES)), ids=NAMES)
def test_a_fault_becomes_what_it_should_and_nothing_else(played, place):
    asked = rows()[place]
    outcome, took, requests = played[asked.name]
    assert outcome == asked.outcome
    assert requests == asked.requests
    # Far below the default deadline, and above what a busy machine adds.
    assert took < asked.seconds + 5


def test_a_refused_connection_is_tried_again_and_then_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        async def alone():
            async with connected() as http:
                model = chat_model(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", http_async_client=http)
                return await model.ainvoke(PROMPT)

        with pytest.raises(ModelError, match="cannot be reached") as caught:
            asyncio.run(alone())
    assert (caught.value.reason, len(caught.value.attempts)) == ("provider_error", 3)


def test_the_largest_answer_that_is_read_is_well_above_what_a_model_writes():
    assert LARGEST > 128_000 * 40  # tokens, and bytes of a long one, escaped
