"""ChatOpenAI with the arena's manners: own retries, a total deadline, and nothing of the answer lost.

ChatOpenAI drops the cost, the provider and every reasoning field, raises bare ValueErrors for errors
inside a 200, and its SDK retries where no callback sees it. Here a request is sent once an attempt,
the raw JSON is judged by `arena.llm.faults`, and what the endpoint told rides on the message:
`response_metadata["arena"]` holds cost, provider and failed attempts; `additional_kwargs` holds the
reasoning fields, which go back unmodified with the next request, as DeepSeek and Gemini demand.

`_get_request_payload` and `_create_chat_result` are private in langchain-openai; the version is
pinned and tests/arena/llm/test_wire.py holds their contract.
"""

import asyncio
import json
import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

import httpx2
import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, InvalidToolCall
from langchain_core.messages.tool import invalid_tool_call
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from arena.errors import ModelError
from arena.llm.faults import Fault, fault_of_body, fault_of_exception

REASONING_FIELDS = ("reasoning", "reasoning_content", "reasoning_details")
"""The names under which endpoints show a model's thinking, and want it back."""

_LONGEST_BACKOFF = 60.0


class ArenaChatOpenAI(ChatOpenAI):
    """A chat model behind an OpenAI-compatible endpoint. Async only: a desk never blocks.

    Raises ModelError, or CapabilityError where another kind of request may succeed.
    """

    call_seconds: float
    """The longest one call may take, all attempts and waits included."""
    retries: int
    """How often a retryable failure is tried again."""
    retry_delay: float
    """Seconds before the first retry where the server names no wait; doubles each time, with jitter."""

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 -- part of the interface
        **kwargs: Any,
    ) -> ChatResult:
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        attempts: list[tuple[str, float]] = []
        try:
            async with asyncio.timeout(self.call_seconds) as deadline:
                return await self._until_answered(payload, attempts, deadline)
        except TimeoutError:
            late = f"{self.model_name} did not answer within {self.call_seconds:g} s"
            raise ModelError("timeout", late, tuple(attempts)) from None

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("the arena's model client is async; use ainvoke")

    async def _until_answered(
        self, payload: dict[str, Any], attempts: list[tuple[str, float]], deadline: asyncio.Timeout
    ) -> ChatResult:
        """Send, judge, wait, and send again until there is an answer or no hope of one."""
        while True:
            answer = await self._send(payload)
            if not isinstance(answer, Fault):
                return self._result(answer, attempts)
            fault = answer.cleaned(self._secret())
            wait = self._wait_before_retry(fault, len(attempts), deadline)
            attempts.append((fault.message, wait or 0.0))
            if wait is None:
                raise fault.error(tuple(attempts))
            await asyncio.sleep(wait)

    async def _send(self, payload: dict[str, Any]) -> dict[str, Any] | Fault:
        try:
            # The SDK's typed call rewrites every message on the way out and parses the answer into models on
            # the way back, half the cost of a call; the request is already plain JSON and the answer stays so.
            request = {name: value for name, value in payload.items() if name != "extra_body"}
            request |= payload.get("extra_body") or {}
            raw = await self.root_async_client.post("/chat/completions", body=request, cast_to=httpx2.Response)
            body = json.loads(raw.content)
        except openai.APIError as error:
            return fault_of_exception(error, datetime.now(UTC))
        except ValueError:
            return Fault(verdict="retry", reason="provider_error", message="the endpoint's answer is not JSON")
        fault = fault_of_body(body, datetime.now(UTC))
        return fault or dict(body)

    def _secret(self) -> str:
        """The key, so that no message repeats what a server echoes."""
        return self.openai_api_key.get_secret_value() if isinstance(self.openai_api_key, SecretStr) else ""

    def _wait_before_retry(self, fault: Fault, failed: int, deadline: asyncio.Timeout) -> float | None:
        """Seconds to sleep, or None when a further attempt is pointless or would end after the deadline."""
        if fault.verdict != "retry" or failed >= self.retries:
            return None
        backoff = min(self.retry_delay * 2**failed, _LONGEST_BACKOFF) * random.uniform(0.75, 1.25)  # noqa: S311
        wait = backoff if fault.wait is None else fault.wait
        ends = deadline.when()
        in_time = ends is None or asyncio.get_running_loop().time() + wait < ends
        return wait if in_time else None

    def _result(self, body: dict[str, Any], attempts: list[tuple[str, float]]) -> ChatResult:
        choice = body["choices"][0]
        calls, broken = _readable(choice["message"].get("tool_calls") or ())
        said = {**choice["message"], "role": "assistant", "tool_calls": calls}
        usage = body.get("usage") if _counts(body.get("usage")) else None
        result = self._create_chat_result({**body, "choices": [{**choice, "message": said}], "usage": usage})
        # An assistant's message always comes back as an AIMessage; the base class's signature cannot say so.
        message = cast("AIMessage", result.generations[0].message)
        message.invalid_tool_calls += broken
        message.additional_kwargs |= {name: said[name] for name in REASONING_FIELDS if said.get(name)}
        message.response_metadata["arena"] = {
            "cost": _cost_told(body.get("usage")),
            "provider": body.get("provider"),
            "attempts": attempts,
        }
        return result

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The request, with the reasoning given back and the token cap under the name the endpoint knows."""
        payload = super()._get_request_payload(input_, stop=stop, **kwargs)
        for message, sent in zip(self._convert_input(input_).to_messages(), payload["messages"], strict=True):
            if isinstance(message, AIMessage):
                sent |= {name: message.additional_kwargs[name] for name in _to_give_back(message)}
        # OpenAI's own reasoning models refuse max_tokens; most compatible servers know only that name.
        if "api.openai.com" not in (self.openai_api_base or "") and "max_completion_tokens" in payload:
            payload["max_tokens"] = payload.pop("max_completion_tokens")
        payload.pop("stream", None)
        return payload


def _to_give_back(message: AIMessage) -> list[str]:
    """`reasoning_details` supersedes the plain text where an endpoint sent both."""
    given = [name for name in REASONING_FIELDS if name in message.additional_kwargs]
    return ["reasoning_details"] if "reasoning_details" in given else given


def _readable(calls: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[InvalidToolCall]]:
    """Calls whose arguments are an object, and those whose are not. A call without an id is given one."""
    good: list[dict[str, Any]] = []
    broken: list[InvalidToolCall] = []
    for call in calls:
        call_id = call.get("id") or f"call_{uuid4().hex}"
        name, arguments = call["function"]["name"], _arguments(call["function"].get("arguments"))
        if isinstance(arguments, str):
            broken.append(invalid_tool_call(name=name, args=arguments, id=call_id, error="not a JSON object"))
        else:
            function = {"name": name, "arguments": json.dumps(arguments)}
            good.append({"id": call_id, "type": "function", "function": function})
    return good, broken


def _arguments(sent: object) -> dict[str, Any] | str:
    """Arguments as an object, else as the text they are; endpoints send objects, nothing, or text inside a string."""
    text = sent if isinstance(sent, str) else json.dumps(sent)
    try:
        found = json.loads(text or "{}", strict=False)
    except (ValueError, RecursionError):
        return text
    if isinstance(found, str):
        return _arguments(found)
    return {} if found is None else found if isinstance(found, dict) else text


def _counts(usage: object) -> bool:
    """Whether the endpoint told its tokens; ChatOpenAI would make zeros of what is missing."""
    told = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")] if isinstance(usage, dict) else [None]
    return all(isinstance(count, int) for count in told)


def _cost_told(usage: object) -> str | None:
    """Dollars as decimal text, exact as the endpoint wrote them; None where it said nothing."""
    cost = usage.get("cost") if isinstance(usage, dict) else None
    known = isinstance(cost, int | float) and not isinstance(cost, bool) and math.isfinite(cost)
    return str(Decimal(repr(cost))) if known else None
