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
import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI

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
            wait = self._wait_before_retry(answer, len(attempts), deadline)
            attempts.append((answer.message, wait or 0.0))
            if wait is None:
                raise answer.error(tuple(attempts))
            await asyncio.sleep(wait)

    async def _send(self, payload: dict[str, Any]) -> dict[str, Any] | Fault:
        try:
            raw = await self.async_client.with_raw_response.create(**payload)
            body = json.loads(raw.http_response.content)
        except openai.APIError as error:
            return fault_of_exception(error, datetime.now(UTC))
        except ValueError:
            return Fault(verdict="retry", reason="provider_error", message="the endpoint's answer is not JSON")
        fault = fault_of_body(body, datetime.now(UTC))
        return fault or dict(body)

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
        result = self._create_chat_result(body)
        said = body["choices"][0]["message"]
        message = result.generations[0].message
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


def _cost_told(usage: object) -> str | None:
    """Dollars as decimal text, exact as the endpoint wrote them; None where it said nothing."""
    cost = usage.get("cost") if isinstance(usage, dict) else None
    return str(Decimal(repr(cost))) if isinstance(cost, int | float) and not isinstance(cost, bool) else None
