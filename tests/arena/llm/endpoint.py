"""A scripted endpoint: completions to script it with, and a chat model that talks to it."""

from collections.abc import Mapping
from functools import cache
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any

import httpx2
from pydantic import SecretStr

from arena.llm.asked import AskingClient
from arena.llm.wire import ArenaChatOpenAI
from bench.model_server import Handler, ModelServer, Reply

KEY = "sk-or-v1-0123456789abcdef"


def said(content: Any = "Fine.", **message: Any) -> dict[str, Any]:
    """A completion whose message says this; further fields go into the message."""
    return completion({"role": "assistant", "content": content, **message})


def called(name: str, arguments: Any, call_id: str = "call_1") -> dict[str, Any]:
    """A completion that calls one tool; `arguments` go out as they are."""
    call = {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
    return completion({"role": "assistant", "content": None, "tool_calls": [call]}, finish_reason="tool_calls")


def completion(message: Any, finish_reason: str | None = "stop", **fields: Any) -> dict[str, Any]:
    """A completion around a message; `fields` replace or join those of the body."""
    return {
        "id": "gen-1",
        "object": "chat.completion",
        "created": 1,
        "model": "maker/model",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
        **fields,
    }


def failure(code: object, message: str = "Provider returned error", **error: Any) -> dict[str, Any]:
    """An error object as OpenRouter sends it, in an error status or in a 200."""
    return {"error": {"code": code, "message": message, **error}}


def scripted(*replies: Reply | dict[str, Any]) -> Handler:
    """A handler that gives these in order, the last of them for good; a dict is the body of a 200."""
    waiting = [reply if isinstance(reply, Reply) else Reply(body=reply) for reply in replies]

    def answer(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return answer


def connected() -> httpx2.AsyncClient:
    """Connections as an arena's models have them; they trust nobody, since no test goes beyond loopback."""
    return AskingClient(lambda: SSLContext(PROTOCOL_TLS_CLIENT))


def chat_model(server: ModelServer | str, **settings: Any) -> ArenaChatOpenAI:
    """A chat model at that server (or base URL), with short waits."""
    base_url = server if isinstance(server, str) else server.base_url
    return ArenaChatOpenAI(
        **{
            "model": "maker/model",
            "base_url": base_url,
            "api_key": SecretStr(KEY),
            "http_client": _unused(),
            "max_retries": 0,
            "max_completion_tokens": 500,
            "use_responses_api": False,
            "disable_streaming": True,
            "call_seconds": 5.0,
            "retries": 2,
            "retry_delay": 0.01,
            **settings,
        }
    )


@cache
def _unused() -> httpx2.Client:
    """In place of the blocking client the SDK would make, certificates and all, for every new address."""
    return httpx2.Client(verify=False)
