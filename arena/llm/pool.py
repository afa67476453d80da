"""Who speaks through what: one model client a contestant, with connections for each event loop.

The OpenAI SDK's default HTTP client is shared between event loops and breaks on the second
`asyncio.run`; here every loop has its own, closed with `aclose` by whoever ran the loop.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from ssl import SSLContext
from weakref import WeakKeyDictionary

import httpx2
from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from arena.config.contestants import (
    BaselineContestant,
    ClassContestant,
    Contestant,
    Endpoint,
    EndpointContestant,
    RehearsalContestant,
)
from arena.config.model import ArenaConfig
from arena.config.secrets import Secrets
from arena.errors import MissingKeyError
from arena.llm.capabilities import known_ladder
from arena.llm.classes import chat_model_of
from arena.llm.client import ChatModelClient, ModelClient, Tier
from arena.llm.connections import LoopClients
from arena.llm.lines import Access, DayOff, Line
from arena.llm.prices import PriceList
from arena.llm.rehearsal import RehearsalChatModel
from arena.llm.toll import FreeToll, Toll
from arena.records.chat import Rung
from arena.records.replica import base_of

_NO_KEY = "none"
"""What a server that wants no key is sent, since the SDK insists on one."""


class ModelPool:
    """Makes and keeps the model clients of a configuration."""

    def __init__(
        self,
        config: ArenaConfig,
        environ: Mapping[str, str],
        *,
        tolls: Callable[[Contestant], Toll] = lambda _: FreeToll(),
        prices: Callable[[Contestant], PriceList] = lambda _: PriceList({}),
    ) -> None:
        """`tolls` gives each contestant the toll its requests pass, `prices` what its endpoint's models charge."""
        self._config = config
        self._environ = environ
        self._tolls = tolls
        self._prices = prices
        self._days_off: defaultdict[str, DayOff] = defaultdict(DayOff)
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopClients] = WeakKeyDictionary()

    def check(self, contestants: tuple[Contestant, ...]) -> None:
        """Raise MissingKeyError or ConfigError for the first contestant that cannot be spoken to at all."""
        for contestant in contestants:
            if isinstance(contestant, EndpointContestant):
                self._key(self._config.endpoints[contestant.endpoint], contestant.name)
            elif isinstance(contestant, ClassContestant):
                chat_model_of(contestant, self._secrets(contestant))

    @cached_property
    def _tls(self) -> SSLContext:
        """One for all connections: making it reads every certificate."""
        return httpx2.create_ssl_context()

    def client(self, contestant: Contestant) -> ModelClient:
        """The contestant's model client for the running event loop."""
        loop = asyncio.get_running_loop()
        clients = self._loops.get(loop)
        if clients is None:
            clients = self._loops[loop] = LoopClients(lambda: self._tls)
        if contestant.name not in clients.by_contestant:
            clients.by_contestant[contestant.name] = self._make(contestant, clients)
        return clients.by_contestant[contestant.name]

    async def aclose(self) -> None:
        """Close the running loop's connections; the next use opens new ones."""
        clients = self._loops.pop(asyncio.get_running_loop(), None)
        if clients is not None:
            await clients.aclose()

    def _make(self, contestant: Contestant, clients: LoopClients) -> ModelClient:
        if isinstance(contestant, RehearsalContestant):
            stand_in = RehearsalChatModel(style=contestant.style)
            return ChatModelClient({"quick": stand_in, "deep": stand_in})
        if isinstance(contestant, ClassContestant):
            return self._of_class(contestant)
        if isinstance(contestant, BaselineContestant):
            raise TypeError(f"{contestant.name} is a baseline, which asks no model")
        http = clients.connections()
        access = clients.access(base_of(contestant.name), lambda: self._access(contestant, clients))
        names: dict[Tier, str] = {"quick": contestant.quick_model or contestant.model, "deep": contestant.model}
        ladders = {tier: _ladder(contestant, known_ladder(name)) for tier, name in names.items()}
        # Making one takes as long as a call through it.
        models = {name: self._endpoint_model(contestant, name, http, access) for name in set(names.values())}
        return ChatModelClient(
            {tier: models[name] for tier, name in names.items()},
            ladder=ladders,
            has_tools="tool_call" in known_ladder(names["quick"]),
        )

    def _access(self, contestant: EndpointContestant, clients: LoopClients) -> Access:
        return Access(
            clients.line(contestant.endpoint, self._line),
            concurrency=contestant.concurrency,
            day_off=self._days_off[base_of(contestant.name)],
        )

    def _line(self, name: str) -> Line:
        endpoint, limits = self._config.endpoints[name], self._config.limits
        return Line(
            name,
            concurrency=endpoint.concurrency,
            requests_per_minute=endpoint.requests_per_minute,
            breaker_failures=limits.breaker_failures,
            breaker_seconds=limits.breaker_seconds,
        )

    def _endpoint_model(
        self, contestant: EndpointContestant, model: str, http: httpx2.AsyncClient, access: Access
    ) -> BaseChatModel:
        from arena.llm.wire import ArenaChatOpenAI  # noqa: PLC0415 -- the OpenAI packages take a second to import

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
            streamed=limits.stream,
            access=access,
            toll=self._tolls(contestant),
            prices=self._prices(contestant),
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

    def _secrets(self, contestant: ClassContestant) -> Secrets:
        """What a chat model class may know: it reads the process's environment, whatever this pool was given."""
        given = {name: value for name, value in contestant.arguments.items() if isinstance(value, str)}
        return Secrets(os.environ, self._environ, given)

    def _of_class(self, contestant: ClassContestant) -> ModelClient:
        model = chat_model_of(contestant, self._secrets(contestant))
        # A class that does not override bind_tools cannot call tools, and knows no response_format either.
        has_tools = type(model).bind_tools is not BaseChatModel.bind_tools
        rungs: tuple[Rung, ...] = ("tool_call", "prompt") if has_tools else ("prompt",)
        return ChatModelClient(
            {"quick": model, "deep": model},
            ladder=_ladder(contestant, rungs),
            has_tools=has_tools,
            call_seconds=self._config.limits.call_seconds,
        )


def _ladder(contestant: Contestant, possible: tuple[Rung, ...]) -> tuple[Rung, ...]:
    return possible if contestant.structured == "auto" else (contestant.structured,)
