"""How a model is asked for a typed form on each rung of the ladder, and where its answer holds it."""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel

from arena.llm.answers import thought_of
from arena.llm.extract import object_at_end
from arena.llm.forms import UnreadableAnswerError, wire_schema
from arena.records.chat import Rung

Speaker = Runnable[LanguageModelInput, AIMessage]


def form_tool(form: type[BaseModel]) -> dict[str, Any]:
    """The form as a tool the model hands its answer in with."""
    schema = wire_schema(form)
    return {
        "type": "function",
        "function": {
            "name": form_tool_name(form),
            "description": f"Hand in your answer: {schema.get('description', form.__name__)}",
            "parameters": {key: value for key, value in schema.items() if key != "description"},
        },
    }


def form_tool_name(form: type[BaseModel]) -> str:
    """How the form's tool is called."""
    return f"submit_{form.__name__.lower()}"


def form_in(reply: AIMessage, form: type[BaseModel]) -> str | dict[str, Any]:
    """Where the form should be: the arguments of its tool call, else the text that the model wrote.

    A model that wrote nothing but its reasoning may have put the form at the end of that.
    """
    name = form_tool_name(form)
    for call in reply.tool_calls:
        if call["name"] == name:
            return call["args"]
    for broken in reply.invalid_tool_calls:
        if broken["name"] == name:
            return broken["args"] or ""
    return reply.text or object_at_end(thought_of(reply.additional_kwargs)) or ""


def bound(model: BaseChatModel, rung: Rung, form: type[BaseModel]) -> Speaker:
    """The model, asked for the form. Tools are bound by its own class, which knows its provider's way to write them."""
    if rung == "json_schema":
        schema = {"name": form.__name__, "strict": True, "schema": wire_schema(form)}
        return model.bind(response_format={"type": "json_schema", "json_schema": schema})
    if rung == "tool_call":
        return model.bind_tools([form_tool(form)], tool_choice=form_tool_name(form))
    return model.bind(response_format={"type": "json_object"}) if rung == "json_mode" else model


def with_form_in_words(rung: Rung, prompt: Sequence[BaseMessage], form: type[BaseModel]) -> list[BaseMessage]:
    """The prompt, with the schema at its end on the rungs on which the endpoint does not hand it over.

    It joins the last message: the templates of some local models refuse two of one role in a row.
    """
    if rung in ("json_schema", "tool_call"):
        return list(prompt)
    schema = json.dumps(wire_schema(form), ensure_ascii=False)
    ask = f"Answer with one JSON object and nothing else. It must follow this JSON schema:\n{schema}"
    *before, last = prompt
    if isinstance(last, HumanMessage):
        return [*before, HumanMessage(f"{last.text}\n\n{ask}")]
    return [*prompt, HumanMessage(ask)]


def returned(reply: AIMessage, fault: UnreadableAnswerError) -> list[BaseMessage]:
    """The model's own answer and what was wrong with it. Every tool call needs its reply before the next turn."""
    ask = f"That answer cannot be used: {fault}. Answer again in full, in the same form, with this put right."
    if not reply.tool_calls:
        spoken = reply.model_copy(update={"invalid_tool_calls": []}) if reply.invalid_tool_calls else reply
        return [spoken, HumanMessage(ask)] if spoken.text else [HumanMessage(ask)]
    called = [*reply.tool_calls, *reply.invalid_tool_calls]
    return [reply, *(ToolMessage(ask, tool_call_id=call["id"] or "") for call in called)]
