"""The model client whose model is a tape.

It is the arena's own client, forms, repairs and all, over a chat model that looks its answers up. Two things
the client had learned from other desks by then are not in this desk's requests: the rung it began at, and
whether the endpoint knows tools. Both follow the recorded run.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult, LLMResult
from pydantic import BaseModel, ConfigDict

from arena.calls import Slip
from arena.errors import ArenaError, CapabilityError
from arena.llm.call import Call
from arena.llm.client import LADDER, ChatModelClient, Tier
from arena.records.chat import Rung
from arena.records.desk import Role
from arena.tape.exchange import RecordedError
from arena.tape.playback import Playback

Form = TypeVar("Form", bound=BaseModel)


class ReplayChatModel(BaseChatModel):
    """A chat model that answers from a tape, by the request's hash. Async only."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    playback: Playback
    model: str
    """The model id it stands for."""

    @property
    def _llm_type(self) -> str:
        return "replay"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model}

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        """Tools change nothing: the answer is known."""
        return self.bind(tools=list(tools), **kwargs)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 -- part of the interface
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ARG002 -- part of the interface
    ) -> ChatResult:
        slip = Slip.of(run_manager.metadata if run_manager is not None else {})
        exchange = self.playback.take(slip.request, str(slip.role), messages, slip.rung)
        call = Call(run_manager)
        for attempt, source in exchange.failed:
            call.failed(attempt, source)
        try:
            reply = ChatGeneration(message=await self.playback.answer(exchange))
        except (ArenaError, RecordedError) as error:
            if run_manager is not None and self.playback.goes_nowhere(exchange):
                await run_manager.on_llm_error(error)
                await self.playback.go_nowhere()
            raise
        if run_manager is not None and self.playback.goes_nowhere(exchange):
            await run_manager.on_llm_end(LLMResult(generations=[[reply]]))
            await self.playback.go_nowhere()
        return ChatResult(generations=[reply])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("a tape is played on an event loop; use ainvoke")


class ReplayClient:
    """A contestant's model client at one recorded desk."""

    def __init__(self, playback: Playback, models: Mapping[Tier, str], call_seconds: float | None) -> None:
        """`models` are the ids the tiers were asked by; `call_seconds` is the deadline the recorded client kept."""
        self._playback = playback
        self._models = {tier: ReplayChatModel(playback=playback, model=models[tier]) for tier in get_args(Tier)}
        self._call_seconds = call_seconds

    @property
    def has_tools(self) -> bool:
        """True: whether a role was asked with tools is decided where it consults."""
        return True

    async def say(self, role: Role, prompt: Sequence[BaseMessage]) -> str:
        """Prose, as it was said."""
        return await self._client(LADDER, role).say(role, prompt)

    async def answer(self, role: Role, prompt: Sequence[BaseMessage], form: type[Form]) -> Form:
        """A record of the form, asked for by the rungs of the recorded run."""
        return await self._client(self._playback.rungs_left(role) or LADDER, role).answer(role, prompt, form)

    async def consult(
        self, role: Role, conversation: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]]
    ) -> AIMessage:
        """The model's next message. CapabilityError, without a call, where the recorded desk went on without tools."""
        coming = self._playback.next_of(role)
        offered = json.dumps(coming.options if coming else {}, default=str)
        if coming is not None and not all(json.dumps(tool["function"]["name"]) in offered for tool in tools):
            raise CapabilityError(f"the {role} was not asked with tools in the recorded run")
        return await self._client(LADDER, role).consult(role, conversation, tools)

    def _client(self, ladder: Sequence[Rung], role: Role) -> ChatModelClient:
        seconds = self._call_seconds if self._playback.keeps_time(role) else None
        return ChatModelClient(dict(self._models), ladder=ladder, call_seconds=seconds)
