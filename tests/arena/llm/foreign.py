"""Chat models as other packages might bring them, for contestants by import path."""

import asyncio
import json
import os
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from arena.config.contestants import RehearsalStyle
from arena.llm.rehearsal import RehearsalChatModel
from arena.llm.rehearsal.figures import role_in
from bench.competent_model import message_for


class OwnDialect(BaseChatModel):
    """Knows tools only as its own `bind_tools` writes them, as the classes of most providers do."""

    label: str

    @property
    def _llm_type(self) -> str:
        return "own-dialect"

    def bind_tools(self, tools: Any, *, tool_choice: str | None = None, **kwargs: Any) -> Any:
        dialect = [{"named": tool["function"]["name"], "takes": tool["function"]["parameters"]} for tool in tools]
        return self.bind(own_tools=dialect, only=tool_choice)

    def _generate(self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        if "tools" in kwargs or "response_format" in kwargs:
            raise TypeError("this provider knows neither tools nor response_format by that name")
        offered = [
            {"function": {"name": tool["named"], "parameters": tool["takes"]}} for tool in kwargs.get("own_tools", [])
        ]
        told = [{"role": message.type, "content": message.text} for message in messages]
        answer = message_for({"model": self.label, "messages": told, "tools": offered})
        calls = [
            {"name": call["function"]["name"], "args": json.loads(call["function"]["arguments"]), "id": call["id"]}
            for call in answer.get("tool_calls", [])
        ]
        message = AIMessage(answer["content"] or "", tool_calls=calls)
        return ChatResult(generations=[ChatGeneration(message=message)])


class Moody(OwnDialect):
    """Breaks with an error of its own package at its third call."""

    calls: list[int] = []

    def _generate(self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        self.calls.append(1)
        if len(self.calls) == 3:
            raise LookupError("the provider's own trouble")
        return super()._generate(messages, stop, run_manager, **kwargs)


class Indiscreet(OwnDialect):
    """Tells its key in everything it says of itself, as packages do that print their requests."""

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.label, "headers": {"x-key": os.environ["FOREIGN_API_KEY"]}}

    def _generate(self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        try:
            raise ConnectionError(f"GET https://host/?k={os.environ['FOREIGN_API_KEY']} failed")
        except ConnectionError as error:
            raise LookupError(f"401 for {os.environ['FOREIGN_API_KEY']}: not allowed") from error


class Unmakeable(OwnDialect):
    """Tells its key when it is made."""

    def __init__(self, **arguments: Any) -> None:
        raise ValueError(f"{os.environ['FOREIGN_API_KEY']} is no key")


class SlowToReflect(RehearsalChatModel):
    """Takes its time where it is asked to look back."""

    style: RehearsalStyle = "momentum"

    async def _agenerate(self, messages: list[BaseMessage], *arguments: Any, **kwargs: Any) -> Any:
        if role_in(messages[-1].text) == "reflection":
            await asyncio.sleep(60)
        return await super()._agenerate(messages, *arguments, **kwargs)


class SlowToReflectAndNoManager(SlowToReflect):
    """Fails as a portfolio manager besides, once it has something to look back on."""

    async def _agenerate(self, messages: list[BaseMessage], *arguments: Any, **kwargs: Any) -> Any:
        text = messages[-1].text
        if role_in(text) == "portfolio manager" and "Decision time: the close of 2025-10-14" in text:
            raise LookupError("the provider's own trouble")
        return await super()._agenerate(messages, *arguments, **kwargs)


NOT_A_CLASS = 7
