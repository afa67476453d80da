"""ChatOpenAI with the arena's manners: own retries, a total deadline, and nothing of the answer lost.

ChatOpenAI drops the cost, the provider and every reasoning field, raises bare ValueErrors for errors
inside a 200, and its SDK retries where no callback sees it. Here it only writes the request and reads
the message: a request is sent once an attempt by `arena.llm.sending`, streamed or not, and judged by
`arena.llm.faults`. What the endpoint told rides on the message: `response_metadata["arena"]` holds
cost, provider and failed attempts; `additional_kwargs` holds the reasoning fields, which go back
unmodified with the next request, as DeepSeek and Gemini demand.

`_get_request_payload` and `_create_chat_result` are private in langchain-openai; the version is
pinned and tests/arena/llm/test_wire.py holds their contract.
"""

import asyncio
import json
import random
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, cast

import httpx2
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatResult
from pydantic import Field, PrivateAttr, SecretStr, SkipValidation
from pydantic_core import PydanticSerializationError, to_json

from arena.errors import ModelError
from arena.llm.answers import REASONING_FIELDS, content_of, thought_of
from arena.llm.call import Call
from arena.llm.faults import Adjustment, Fault
from arena.llm.lines import Access, Line
from arena.llm.prices import PriceList
from arena.llm.sending import Attempted, Sender
from arena.llm.straight import StraightChatOpenAI
from arena.llm.toll import FreeToll, Prices, Toll
from arena.llm.tool_text import calls_in_text, read_calls
from arena.llm.transport import Destination
from arena.llm.usage import usage_of

_LONGEST_BACKOFF = 60.0
_CALL_EXTRAS = "arena_call_extras"


class ArenaChatOpenAI(StraightChatOpenAI):
    """A chat model behind an OpenAI-compatible endpoint. Async only: a desk never blocks.

    Raises ModelError, or CapabilityError where another kind of request may succeed.
    """

    call_seconds: float
    """The longest one call may take, all attempts and waits included."""
    retries: int
    """How often a retryable failure is tried again."""
    retry_delay: float
    """Seconds before the first retry where the server names no wait; doubles each time, with jitter."""
    streamed: bool = False
    """Whether answers are streamed, with callbacks told of the text as it comes."""
    access: Annotated[Access, SkipValidation] = Field(default_factory=lambda: Access(Line("in use")))
    """The contestant's way to the endpoint."""
    toll: Annotated[Toll, SkipValidation] = Field(default_factory=FreeToll)
    """Who lets each request pass, and is told its cost."""
    prices: Annotated[Prices, SkipValidation] = Field(default_factory=lambda: PriceList({}))
    """What tokens cost where the endpoint tells no cost."""
    _adjusted: set[Adjustment] = PrivateAttr(default_factory=set)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        call = Call(run_manager)
        try:
            async with asyncio.timeout(self.call_seconds) as deadline, self.access.calls:
                return await self._until_answered(payload, call, deadline)
        except TimeoutError:
            late = f"{self.model_name} did not answer within {self.call_seconds:g} s"
            raise ModelError("timeout", late, call.attempts) from None

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("the arena's model client is async; use ainvoke")

    async def _until_answered(self, payload: dict[str, Any], call: Call, deadline: asyncio.Timeout) -> ChatResult:
        """Send, judge, wait, and send again until there is an answer or no hope of one."""
        retried = 0
        while True:
            adjusted = frozenset(self._adjusted)
            request = self._request(payload, adjusted)
            tried = await self._attempt(request, call, deadline)
            if tried.fault is None:
                await call.heard_out()
                return self._result(tried, call, payload)
            fault = tried.fault.cleaned(self._secret)
            if not tried.sent:
                raise fault.error(call.attempts)
            fault = self._adjust(fault, adjusted, request)
            wait = self._wait_before_retry(fault, retried, deadline)
            refused = Decimal(0) if fault.free else None
            call.failed((fault.message, wait or 0.0, refused if tried.cost is None else tried.cost), tried.source)
            if wait is None:
                raise fault.error(call.attempts)
            retried += fault.verdict == "retry"
            await asyncio.sleep(wait)

    async def _attempt(self, request: dict[str, Any], call: Call, deadline: asyncio.Timeout) -> Attempted:
        cap = request.get("max_tokens") or request.get("max_completion_tokens") or 0
        hear = call.hear if self.streamed else None
        try:
            return await self._sender.attempt(_written(request), int(cap), deadline, hear)
        except ModelError as error:
            error.attempts = (*call.attempts, *error.attempts)
            raise

    def _adjust(self, fault: Fault, adjusted: frozenset[Adjustment], request: dict[str, Any]) -> Fault:
        """Remember what the endpoint wants otherwise. Where it was done already, asking again cannot help."""
        if fault.verdict == "next_day":
            self.access.day_off.take(fault.message)
        if fault.verdict != "adjust" or fault.adjustment is None:
            return fault
        possible = {
            "temperature": "temperature" in request,
            "token_cap": True,
            "reasoning_content": any(message["role"] == "assistant" for message in request["messages"]),
        }
        if fault.adjustment in adjusted or not possible[fault.adjustment]:
            # A conversation whose reasoning cannot be given back may still be held without tools.
            hopeless = "capability" if fault.adjustment == "reasoning_content" else "final"
            return fault.model_copy(update={"verdict": hopeless})
        self._adjusted.add(fault.adjustment)
        return fault

    def _wait_before_retry(self, fault: Fault, retried: int, deadline: asyncio.Timeout) -> float | None:
        """Seconds to sleep, or None when a further attempt is pointless or would end after the deadline."""
        if fault.verdict == "adjust":
            return 0.0
        if fault.verdict != "retry" or retried >= self.retries:
            return None
        backoff = min(self.retry_delay * 2**retried, _LONGEST_BACKOFF) * random.uniform(0.75, 1.25)  # noqa: S311
        wait = backoff if fault.wait is None else fault.wait
        ends = deadline.when()
        in_time = ends is None or asyncio.get_running_loop().time() + wait < ends
        return wait if in_time else None

    def _request(self, payload: dict[str, Any], adjusted: frozenset[Adjustment]) -> dict[str, Any]:
        """The request's JSON, with the endpoint's wishes met."""
        request = {name: value for name, value in payload.items() if name != "extra_body"}
        request |= payload.get("extra_body") or {}
        if self.streamed:
            request |= {"stream": True, "stream_options": {"include_usage": True}}
        if "temperature" in adjusted:
            request.pop("temperature", None)
        if "token_cap" in adjusted:
            old, new = ("max_tokens", "max_completion_tokens")
            old, new = (old, new) if old in request else (new, old)
            request[new] = request.pop(old)
        if "reasoning_content" in adjusted:
            request["messages"] = [_with_reasoning_content(message) for message in request["messages"]]
        return request

    @property
    def _http(self) -> httpx2.AsyncClient:
        return cast("httpx2.AsyncClient", self.http_async_client)  # whoever makes the model owns the connections

    @cached_property
    def _sender(self) -> Sender:
        # The client's headers and our own, put together once.
        headers = self._http.headers.copy()
        headers.update({"content-type": "application/json", **(self.default_headers or {})})
        headers["authorization"] = f"Bearer {self._secret}"
        to = Destination(f"{(self.openai_api_base or '').rstrip('/')}/chat/completions", headers)
        return Sender(self._http, to, self.model_name, self.access, self.toll, self.prices)

    @property
    def _secret(self) -> str:
        """The key, so that no message repeats what a server echoes."""
        return self.openai_api_key.get_secret_value() if isinstance(self.openai_api_key, SecretStr) else ""

    def _result(self, tried: Attempted, call: Call, payload: dict[str, Any]) -> ChatResult:
        """The message, made of nothing but parts that were looked at: anything may stand in the rest."""
        choice = tried.body["choices"][0]
        sent = choice["message"]
        content = content_of(sent)
        wrote = calls_in_text(content) if payload.get("tools") and not sent.get("tool_calls") else (content, [])
        content, calls = wrote[0], read_calls(sent.get("tool_calls") or wrote[1])
        said = {"role": "assistant", "content": content}
        finish = choice.get("finish_reason")
        told = {"message": said, "finish_reason": finish if isinstance(finish, str) else None}
        model = tried.body.get("model")
        body = {"model": model if isinstance(model, str) else self.model_name, "usage": usage_of(tried.body)}
        result = self._create_chat_result({**body, "choices": [told]})
        # An assistant's message always comes back as an AIMessage; the base class's signature cannot say so.
        message = cast("AIMessage", result.generations[0].message)
        message.tool_calls, message.invalid_tool_calls = calls.good, calls.broken
        message.additional_kwargs |= {name: sent[name] for name in REASONING_FIELDS if sent.get(name)}
        if calls.extras:
            message.additional_kwargs[_CALL_EXTRAS] = calls.extras
        provider = tried.body.get("provider")
        message.response_metadata["arena"] = call.told(tried.cost, tried.source) | {
            "provider": provider if isinstance(provider, str) else None
        }
        return result

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """The request, with the reasoning given back and the token cap under the name the endpoint knows."""
        given = self._convert_input(input_)
        payload = super()._get_request_payload(given, stop=stop, **kwargs)
        for message, sent in zip(given.to_messages(), payload["messages"], strict=True):
            if isinstance(message, AIMessage):
                sent |= {name: message.additional_kwargs[name] for name in _to_give_back(message)}
                extras = message.additional_kwargs.get(_CALL_EXTRAS, {})
                for call in sent.get("tool_calls") or ():
                    call.update({"extra_content": extras[call["id"]]} if call["id"] in extras else {})
        # OpenAI's own reasoning models refuse max_tokens; most compatible servers know only that name.
        if "api.openai.com" not in (self.openai_api_base or "") and "max_completion_tokens" in payload:
            payload["max_tokens"] = payload.pop("max_completion_tokens")
        payload.pop("stream", None)
        return payload


def _written(request: dict[str, Any]) -> bytes:
    # The SDK's typed call rewrites every message on the way out and parses the answer into models on the way back,
    # half the cost of a call; the request is already plain JSON and the answer stays so.
    try:
        return to_json(request)
    except PydanticSerializationError:
        # Of half a surrogate pair, which a model's text may hold, UTF-8 knows nothing.
        return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _to_give_back(message: AIMessage) -> list[str]:
    """`reasoning_details` supersedes the plain text where an endpoint sent both."""
    given = [name for name in REASONING_FIELDS if name in message.additional_kwargs]
    return ["reasoning_details"] if "reasoning_details" in given else given


def _with_reasoning_content(message: dict[str, Any]) -> dict[str, Any]:
    """An assistant's message with its thinking under DeepSeek's name, empty where there was none."""
    if message["role"] != "assistant" or "reasoning_content" in message:
        return message
    details = [part for part in message.get("reasoning_details") or () if isinstance(part, dict)]
    spoken = "".join(str(part.get("text") or part.get("summary") or "") for part in details)
    return {**message, "reasoning_content": thought_of(message) or spoken}
