"""One request over the wire and what came back: the body, and the fault where there is one.

Nothing is raised for what an endpoint does; cancellation alone passes through. The answer is read
piece by piece, so that neither its size nor its encoding can do harm.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx2

from arena.llm.answers import fault_of_body
from arena.llm.asked import Answered, AskingClient
from arena.llm.characters import clean_json
from arena.llm.faults import Fault, fault_of_status, fault_of_transport, unreadable
from arena.llm.streams import StreamedAnswer, is_stream
from arena.llm.transport import Destination

Hear = Callable[[str], Awaitable[None]]
"""Is told of each piece of text while it streams in."""

LARGEST = 8_000_000
"""Bytes of an answer that are read; no model writes as much."""

_LARGEST_REFUSAL = 65_536


class Received(NamedTuple):
    """What came back."""

    body: object
    """The parsed JSON, as far as there is any; a fault may have one too, with its cost."""
    fault: Fault | None


async def exchange(http: httpx2.AsyncClient, to: Destination, content: bytes, hear: Hear | None) -> Received:
    """Send a request and read its answer. `hear` is told of the text of a streamed one."""
    try:
        response = await _sent(http, to, content)
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        return Received(None, fault_of_transport(error))
    try:
        if response.is_success:
            return await _answer(response, hear)
        body = await _refusal(response)
        return Received(body, fault_of_status(response.status_code, body, response.headers, datetime.now(UTC)))
    finally:
        await response.aclose()


async def _sent(http: httpx2.AsyncClient, to: Destination, content: bytes) -> httpx2.Response | Answered:
    if isinstance(http, AskingClient):
        return await http.ask(to, content)
    return await http.send(to.request(content, http.cookies), stream=True, follow_redirects=False)


async def _answer(response: httpx2.Response | Answered, hear: Hear | None) -> Received:
    content, size, streamed, stream = bytearray(), 0, None, StreamedAnswer()
    broke: Fault | None = None
    try:
        async for piece in response.aiter_bytes():
            size += len(piece)
            if size > LARGEST:
                told = f"the endpoint's answer is larger than {LARGEST // 1_000_000} MB"
                return Received(None, Fault(verdict="final", reason="provider_error", message=told))
            content += piece
            streamed = is_stream(bytes(content[:64])) if streamed is None else streamed
            if streamed:
                await _tell(hear, stream.feed(bytes(content)))
                content.clear()
                if stream.done:
                    break
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        broke = fault_of_transport(error)
    if not streamed:
        return Received(None, broke) if broke else _whole(bytes(content))
    await _tell(hear, stream.end())
    return _streamed(stream, broke)


def _whole(content: bytes) -> Received:
    if not content.strip():
        return Received(None, unreadable("the endpoint's answer is empty"))
    try:
        body = json.loads(content)
        # What is no character comes as an escape, or as the bytes of half a surrogate pair, which begin so.
        body = clean_json(body) if b"\\u" in content or b"\xed" in content else body
    except (ValueError, RecursionError):
        return Received(None, unreadable("the endpoint's answer is not JSON"))
    return Received(body, fault_of_body(body, datetime.now(UTC)))


def _streamed(stream: StreamedAnswer, broke: Fault | None) -> Received:
    body = stream.body()
    if stream.damaged:
        return Received(body, unreadable("the endpoint's stream holds an event that is not JSON"))
    if not stream.complete:
        return Received(body, broke or unreadable("the stream was cut before the answer was complete"))
    return Received(body, fault_of_body(body, datetime.now(UTC)))


async def _tell(hear: Hear | None, texts: list[str]) -> None:
    if hear is not None:
        for text in texts:
            await hear(text)


async def _refusal(response: httpx2.Response | Answered) -> Any:
    """The body of an error status: its JSON, else its text. The status says enough where the body breaks off."""
    content = bytearray()
    try:
        async for piece in response.aiter_bytes():
            content += piece
            if len(content) >= _LARGEST_REFUSAL:
                break
    except (httpx2.TransportError, httpx2.DecodingError):
        return "the error's text was cut off"
    text = content.decode("utf-8", "replace")
    try:
        return clean_json(json.loads(text))
    except (ValueError, RecursionError):
        return text
