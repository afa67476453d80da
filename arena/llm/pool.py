"""Who speaks through what: one model client a contestant, over one HTTP pool an event loop.

The OpenAI SDK's default HTTP client is shared between event loops and breaks on the second
`asyncio.run`; here every loop has its own, closed with `aclose` by whoever ran the loop.
"""

import asyncio
import importlib
from collections.abc import Mapping
from weakref import WeakKeyDictionary

import httpx2
from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from arena.config.model import (
    ArenaConfig,
    ClassContestant,
    Contestant,
    Endpoint,
    EndpointContestant,
    RehearsalContestant,
)
from arena.errors import ConfigError, MissingKeyError
from arena.llm.client import LADDER, ChatModelClient, ModelClient
from arena.llm.rehearsal import RehearsalChatModel
from arena.llm.wire import ArenaChatOpenAI
from arena.records.chat import Rung

_NO_KEY = "none"
"""What a server that wants no key is sent, since the SDK insists on one."""


class ModelPool:
    """Makes and keeps the model clients of a configuration."""

    def __init__(self, config: ArenaConfig, environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = environ
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopClients] = WeakKeyDictionary()

    def check(self, contestants: tuple[Contestant, ...]) -> None:
        """Raise MissingKeyError or ConfigError for the first contestant that cannot be spoken to at all."""
        for contestant in contestants:
            if isinstance(contestant, EndpointContestant):
                self._key(self._config.endpoints[contestant.endpoint], contestant.name)
            elif isinstance(contestant, ClassContestant):
                _chat_model_class(contestant)

    def client(self, contestant: Contestant) -> ModelClient:
        """The contestant's model client for the running event loop."""
        loop = asyncio.get_running_loop()
        clients = self._loops.get(loop)
        if clients is None:
            clients = self._loops[loop] = _LoopClients()
        if contestant.name not in clients.by_contestant:
            clients.by_contestant[contestant.name] = self._make(contestant, clients.http)
        return clients.by_contestant[contestant.name]

    async def aclose(self) -> None:
        """Close the running loop's connections; the next use opens new ones."""
        clients = self._loops.pop(asyncio.get_running_loop(), None)
        if clients is not None:
            await clients.http.aclose()

    def _make(self, contestant: Contestant, http: httpx2.AsyncClient) -> ModelClient:
        if isinstance(contestant, RehearsalContestant):
            stand_in = RehearsalChatModel(style=contestant.style)
            return ChatModelClient({"quick": stand_in, "deep": stand_in})
        if isinstance(contestant, ClassContestant):
            return self._of_class(contestant)
        deep = self._endpoint_model(contestant, contestant.model, http)
        quick = self._endpoint_model(contestant, contestant.quick_model or contestant.model, http)
        return ChatModelClient({"quick": quick, "deep": deep}, ladder=_ladder(contestant, LADDER))

    def _endpoint_model(self, contestant: EndpointContestant, model: str, http: httpx2.AsyncClient) -> BaseChatModel:
        endpoint = self._config.endpoints[contestant.endpoint]
        limits = self._config.limits
        return ArenaChatOpenAI(
            model=model,
            base_url=endpoint.base_url,
            api_key=SecretStr(self._key(endpoint, contestant.name)),
            default_headers=endpoint.headers,
            http_async_client=http,
            timeout=limits.call_seconds,
            max_retries=0,
            max_completion_tokens=contestant.max_tokens,
            temperature=contestant.temperature,
            extra_body=contestant.extra_body or None,
            use_responses_api=False,
            disable_streaming=True,
            call_seconds=limits.call_seconds,
            retries=limits.retries,
            retry_delay=limits.retry_delay,
        )

    def _key(self, endpoint: Endpoint, contestant: str) -> str:
        if endpoint.api_key_env is None:
            return _NO_KEY
        key = self._environ.get(endpoint.api_key_env, "").strip()
        if not key:
            raise MissingKeyError(
                f"{contestant} needs the key in {endpoint.api_key_env}, which is not set: "
                f"export {endpoint.api_key_env}=... or put it in .env; `arena demo` needs no key"
            )
        return key

    def _of_class(self, contestant: ClassContestant) -> ModelClient:
        model = _chat_model_class(contestant)(**contestant.arguments)
        # A class that does not override bind_tools cannot call tools, and knows no response_format either.
        has_tools = type(model).bind_tools is not BaseChatModel.bind_tools
        rungs: tuple[Rung, ...] = ("tool_call", "prompt") if has_tools else ("prompt",)
        return ChatModelClient(
            {"quick": model, "deep": model},
            ladder=_ladder(contestant, rungs),
            has_tools=has_tools,
            call_seconds=self._config.limits.call_seconds,
        )


class _LoopClients:
    def __init__(self) -> None:
        # The total deadline is the chat model's; a pool limit would make desks wait for each other.
        self.http = httpx2.AsyncClient(
            timeout=None, limits=httpx2.Limits(max_connections=None, max_keepalive_connections=200)
        )
        self.by_contestant: dict[str, ModelClient] = {}


def _ladder(contestant: Contestant, possible: tuple[Rung, ...]) -> tuple[Rung, ...]:
    return possible if contestant.structured == "auto" else (contestant.structured,)


def _chat_model_class(contestant: ClassContestant) -> type[BaseChatModel]:
    module, _, name = contestant.chat_model.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"contestant {contestant.name}: {contestant.chat_model} cannot be imported: {error}"
        ) from error
    if not (isinstance(found, type) and issubclass(found, BaseChatModel)):
        raise ConfigError(f"contestant {contestant.name}: {contestant.chat_model} is not a LangChain chat model class")
    return found
