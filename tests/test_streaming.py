"""A whole desk from streams: the same chat as from whole answers, and its words as they arrive."""

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from arena.headway import SPOKEN_EVERY
from arena.llm.pool import ModelPool
from arena.records.chat import ModelCall, ModelChat
from arena.records.progress import Progress
from bench.competent_model import competent_model
from bench.model_server import Handler, ModelServer, Reply
from bench.streaming import streaming
from tests.arena.desks import Listeners, endpoint_config, run_desks

pytestmark = pytest.mark.slow


def thinking(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
    """The competent model, with its thinking shown in both of OpenRouter's ways."""
    reply = competent_model(request, headers)
    assert isinstance(reply.body, dict)
    thought = f"I was told {len(request['messages'])} things; let me weigh them — one by one."
    message = reply.body["choices"][0]["message"]
    message |= {"reasoning": thought, "reasoning_details": [{"type": "reasoning.text", "text": thought, "index": 0}]}
    return reply


class Timed(Listeners):
    """Listeners that remember when they were told."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def progress(self, progress: Progress) -> None:
        super().progress(progress)
        self.times.append(time.monotonic())


def held(handler: Handler, **limits: Any) -> tuple[ModelChat, Timed, ModelServer]:
    heard = Timed()
    with ModelServer(handler) as server:
        settings = endpoint_config(server.base_url, "m", limits=limits, desk={"debate": {"style": "turns"}})
        (chat,) = run_desks(settings, ModelPool(settings, {}), heard)
    return chat, heard, server


def told(chat: ModelChat, of: Callable[[ModelCall], object]) -> list[str]:
    """Something of all calls; those that run at once may change places."""
    return sorted(repr((call.node, of(call))) for call in chat.calls)


def test_a_desk_holds_the_same_chat_from_streams_as_from_whole_answers() -> None:
    plain, _, _ = held(thinking)
    live, _, server = held(streaming(thinking), stream=True)
    assert all(request.body["stream"] is True for request in server.requests)
    assert live.outcome == plain.outcome
    assert live.outcome.kind == "decision"
    assert live.cost == plain.cost
    assert live.cost.known > 0
    assert live.cost.unknown_calls == 0
    assert live.stages == plain.stages
    assert told(live, lambda c: (c.reasoning, c.reply, c.tool_calls)) == told(
        plain, lambda c: (c.reasoning, c.reply, c.tool_calls)
    )
    assert told(live, lambda c: (c.tokens, c.cost, c.cost_source, c.provider, c.finish_reason, c.rung)) == told(
        plain, lambda c: (c.tokens, c.cost, c.cost_source, c.provider, c.finish_reason, c.rung)
    )
    assert all(call.reasoning for call in live.calls)


def test_a_call_costs_what_the_last_chunk_says_and_no_chunk_before_it() -> None:
    chat, _, server = held(streaming(competent_model), stream=True)
    billed = sum(
        Decimal(str(reply.body["usage"]["cost"]))
        for request in server.requests
        if isinstance((reply := competent_model(request.body, request.headers)).body, dict)
    )
    assert chat.cost.known == billed > 0


def test_the_audience_hears_the_debate_as_it_is_spoken_and_no_form_but_its_prose() -> None:
    _, heard, _ = held(streaming(competent_model, pause=0.02), stream=True)
    said = [progress.said for progress in heard.heard if progress.said is not None]
    bull = {one.words for one in said if one.speaker == "bull_researcher"}
    whole = max(bull, key=len)
    assert whole.startswith("What the analysts found makes the case ")
    assert any(words != whole and whole.startswith(words) for words in bull)
    assert {"trader", "research_manager", "portfolio_manager"} <= {one.speaker for one in said}
    assert not any(character in one.words for one in said for character in '{}"')
    assert heard.heard[-1].said is None


def test_words_are_told_of_a_few_times_a_second_and_not_a_token_at_a_time() -> None:
    chat, heard, _ = held(streaming(competent_model, pause=0.005), stream=True)
    pieces = sum(len(call.reply) // 12 for call in chat.calls)
    spoken = [
        after
        for before, after in zip(heard.heard, heard.heard[1:], strict=False)
        if (before.stage, before.calls) == (after.stage, after.calls)
    ]
    assert 0 < len(spoken) <= (heard.times[-1] - heard.times[0]) / SPOKEN_EVERY + 2
    assert len(spoken) < pieces / 2


def test_nothing_is_said_where_nothing_is_streamed() -> None:
    _, heard, _ = held(competent_model)
    assert all(progress.said is None for progress in heard.heard)


def test_an_answer_that_breaks_off_is_unsaid() -> None:
    seen: set[str] = set()

    def breaking(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        reply = competent_model(request, headers)
        prompt = str(request["messages"])
        if "Your role: bull" in prompt and prompt not in seen and isinstance(reply.body, dict):
            seen.add(prompt)
            choice = reply.body["choices"][0]
            choice |= {"message": {"role": "assistant", "content": "Forget what I say now."}, "finish_reason": "error"}
            choice["error"] = {"code": 502, "message": "Provider disconnected"}
        return reply

    chat, heard, _ = held(streaming(breaking, pause=0.02), stream=True, retry_delay=0.05)
    said = [progress.said.words if progress.said else None for progress in heard.heard]
    (broken,) = [place for place, words in enumerate(said) if words and words.startswith("Forget")][-1:]
    assert said[broken + 1] is None
    assert chat.outcome.kind == "decision"
    assert [len(call.retries) for call in chat.calls if call.node == "bull_researcher"] == [1]
