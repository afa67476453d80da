"""The model client: how a desk's roles speak to their contestant's model.

Three ways to ask: `say` for prose, `answer` for a typed form, `consult` for one turn of a
conversation with tools. A typed answer walks the capability ladder json_schema -> tool call ->
JSON mode -> prompt: an endpoint that refuses one rung is asked by the next from then on, and a
text that does not validate gets one repair turn that shows the model what was wrong.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from pydantic import BaseModel

from arena.calls import Slip, text_of
from arena.errors import CapabilityError, ModelError
from arena.llm.asking import Speaker, bound, form_in, returned, with_form_in_words
from arena.llm.forms import UnreadableAnswerError, read_form
from arena.records.base import canonical_json
from arena.records.chat import Rung
from arena.records.desk import Role
from arena.same import Same

Form = TypeVar("Form", bound=BaseModel)
Tier = Literal["quick", "deep"]
Tools = Sequence[Mapping[str, Any]]
"""OpenAI function schemas. Whoever offers them does not change them."""

LADDER: tuple[Rung, ...] = ("json_schema", "tool_call", "json_mode", "prompt")
"""From the surest way to ask for a form down to the one every model understands."""

_TOOL_SETS = 32
"""Sets of tools that are written out once for a model: each analyst has two."""

TIERS: Mapping[Role, Tier] = {
    "market_analyst": "quick",
    "news_analyst": "quick",
    "fundamentals_analyst": "quick",
    "social_analyst": "quick",
    "bull_researcher": "quick",
    "bear_researcher": "quick",
    "research_manager": "deep",
    "trader": "quick",
    "aggressive_debater": "quick",
    "conservative_debater": "quick",
    "neutral_debater": "quick",
    "portfolio_manager": "deep",
    "reflection": "quick",
    "single_agent": "deep",
}
"""Those who judge think deep; everyone else is quick."""


class ModelClient(Protocol):
    """A contestant's model, whatever stands behind it. All methods raise ModelError when there is no answer."""

    @property
    def has_tools(self) -> bool:
        """Whether the model can call tools, as far as is known yet."""

    async def say(self, role: Role, prompt: Sequence[BaseMessage]) -> str:
        """Prose, never empty."""

    async def answer(self, role: Role, prompt: Sequence[BaseMessage], form: type[Form]) -> Form:
        """A validated record of the form; ModelError of kind unparseable when one repair did not help."""

    async def consult(self, role: Role, conversation: Sequence[BaseMessage], tools: Tools) -> AIMessage:
        """The model's next message, with tool calls or without."""


class ChatModelClient:
    """The model client over LangChain chat models, one for the quick roles and one for the deep."""

    def __init__(
        self,
        models: Mapping[Tier, BaseChatModel],
        *,
        ladder: Sequence[Rung] | Mapping[Tier, Sequence[Rung]] = LADDER,
        has_tools: bool = True,
        call_seconds: float | None = None,
    ) -> None:
        """`ladder` holds for both models, or names each model's own, best rung first.

        `call_seconds` bounds each call of models that keep no deadline of their own.
        """
        self._models = models
        self._ladders = {tier: tuple(ladder[tier] if isinstance(ladder, Mapping) else ladder) for tier in models}
        self._lowest: dict[Tier, int] = dict.fromkeys(models, 0)
        self._has_tools = has_tools
        self._call_seconds = call_seconds
        self._with_tools: Callable[[Tier, Same[Tools]], Speaker] = lru_cache(maxsize=_TOOL_SETS)(self._bind_tools)

    @property
    def has_tools(self) -> bool:
        """Whether the model can call tools, as far as is known yet."""
        return self._has_tools

    async def say(self, role: Role, prompt: Sequence[BaseMessage]) -> str:
        """Prose, never empty."""
        text = (await self._call(role, prompt, None, self._models[TIERS[role]])).text.strip()
        if not text:
            raise _unusable(role, "it has no text")
        return text

    async def consult(self, role: Role, conversation: Sequence[BaseMessage], tools: Tools) -> AIMessage:
        """The model's next message; an endpoint that knows no tools raises CapabilityError once and is remembered."""
        try:
            return await self._call(role, conversation, "tool_call", self._with_tools(TIERS[role], Same(tools)))
        except CapabilityError:
            self._has_tools = False
            raise

    async def answer(self, role: Role, prompt: Sequence[BaseMessage], form: type[Form]) -> Form:
        """A validated record of the form."""
        tier = TIERS[role]
        ladder = self._ladders[tier]
        while True:
            rung = ladder[self._lowest[tier]]
            try:
                return await self._answer_on(rung, role, prompt, form)
            except CapabilityError:
                if ladder[self._lowest[tier]] == rung:
                    if self._lowest[tier] + 1 == len(ladder):
                        raise
                    self._lowest[tier] += 1

    async def _answer_on(self, rung: Rung, role: Role, prompt: Sequence[BaseMessage], form: type[Form]) -> Form:
        speaker = bound(self._models[TIERS[role]], rung, form)
        asked = with_form_in_words(rung, prompt, form)
        reply = await self._call(role, asked, rung, speaker)
        try:
            return read_form(form_in(reply, form), form)
        except UnreadableAnswerError as fault:
            repair = await self._call(role, [*asked, *returned(reply, fault)], rung, speaker)
        try:
            return read_form(form_in(repair, form), form)
        except UnreadableAnswerError as fault:
            raise _unusable(role, f"{fault}, even after one repair turn") from None

    def _bind_tools(self, tier: Tier, tools: Same[Tools]) -> Speaker:
        return self._models[tier].bind_tools([dict(tool) for tool in tools.one])

    async def _call(self, role: Role, prompt: Sequence[BaseMessage], rung: Rung | None, speaker: Speaker) -> AIMessage:
        slip = Slip(role, rung, request_hash(role, rung, prompt))
        try:
            async with self._deadline():
                return await speaker.ainvoke(list(prompt), config={"metadata": slip.metadata()})
        except TimeoutError:
            late = ModelError("timeout", f"the model did not answer within {self._call_seconds:g} s")
            # A call that was cut off tells the trace nothing, so the error itself must say whose it was.
            late.stage = role
            raise late from None

    def _deadline(self) -> AbstractAsyncContextManager[object]:
        return nullcontext() if self._call_seconds is None else asyncio.timeout(self._call_seconds)


def request_hash(role: Role, rung: Rung | None, prompt: Sequence[BaseMessage]) -> str:
    """The content hash of what a role was asked, the same in every process and for every kind of model."""
    # Written out as `content_hash` would write it, for most of a prompt was hashed before.
    said = ",".join(map(_told, prompt))
    whole = f'{{"prompt":[{said}],"role":{json.dumps(role)},"rung":{json.dumps(rung)}}}'
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _told(message: BaseMessage) -> str:
    if not isinstance(message, AIMessage):
        return _asked(message.type, text_of(message))
    calls = [[call["name"], call["args"]] for call in message.tool_calls]
    return canonical_json({"type": message.type, "text": text_of(message), "calls": calls})


@lru_cache(maxsize=1024)
def _asked(kind: str, text: str) -> str:
    """The same of what is asked and shown: contestants are told alike, and first words go with every turn."""
    return canonical_json({"type": kind, "text": text, "calls": []})


def _unusable(role: Role, why: str) -> ModelError:
    error = ModelError("unparseable", f"the answer of the {role.replace('_', ' ')} cannot be used: {why}")
    error.stage = role
    return error
