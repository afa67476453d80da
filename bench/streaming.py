"""A loopback model's answers as OpenRouter streams them: server-sent events, the usage in a last chunk of its own."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bench.model_server import Handler, Reply

A_PIECE = 12
"""Characters of text in one event."""


def streaming(handler: Handler, *, pause: float = 0.0) -> Handler:
    """The handler, with its completions streamed to whoever asks for that; `pause` is the seconds between events."""

    def answer(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:
        reply = handler(request, headers)
        whole = isinstance(reply.body, dict) and bool(reply.body.get("choices"))
        return streamed(reply, pause=pause) if request.get("stream") and whole else reply

    return answer


def streamed(reply: Reply, *, pause: float = 0.0) -> Reply:
    """A reply whose body is a completion, as a stream of events."""
    assert isinstance(reply.body, dict)
    return Reply(
        status=reply.status,
        headers={"content-type": "text/event-stream", **reply.headers},
        body=(b": OPENROUTER PROCESSING\n\n", *map(_event, _chunks(reply.body)), b"data: [DONE]\n\n"),
        delay=reply.delay,
        drip=pause,
        cut_after=reply.cut_after,
    )


def _event(chunk: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(chunk)}\n\n".encode()


def _chunks(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Thinking, text and tool calls piece by piece, then the finish, then the usage, which no chunk before has."""
    choice = body["choices"][0]
    head = {name: told for name, told in body.items() if name not in ("choices", "usage")}
    head["object"] = "chat.completion.chunk"
    for delta in _deltas(choice["message"]):
        yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    ending = {name: told for name, told in choice.items() if name != "message"}
    yield {**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, **ending}]}
    if body.get("usage") is not None:
        yield {**head, "choices": [], "usage": body["usage"]}


def _deltas(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("reasoning", "content"):
        for piece in _pieces(message.get(name) or ""):
            yield {"role": "assistant", name: piece}
    for detail in message.get("reasoning_details") or ():
        yield {"reasoning_details": [detail]}
    for number, call in enumerate(message.get("tool_calls") or ()):
        function = call["function"]
        first = {**call, "index": number, "function": {**function, "arguments": ""}}
        yield {"role": "assistant", "content": None, "tool_calls": [first]}
        for piece in _pieces(function["arguments"]):
            yield {"tool_calls": [{"index": number, "function": {"arguments": piece}}]}


def _pieces(text: str) -> list[str]:
    return [text[start : start + A_PIECE] for start in range(0, len(text), A_PIECE)]
