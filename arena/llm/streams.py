"""A streamed answer, put together into the body the endpoint would have sent without streaming.

Whether it is a completion or a failure is not judged here: the body goes the way of every other. The
reader takes what endpoints and proxies really send: comments, comments wrapped as data, events that
are not separated by blank lines, error events under HTTP 200, usage in a chunk of its own, no [DONE].
"""

import codecs
import json
from typing import Any

from arena.llm.characters import clean, clean_json

_FIELDS = ("data:", ":", "event:", "id:", "retry:")
_TEXTS = ("content", "reasoning", "reasoning_content", "refusal")
_JOINED = {"reasoning.text": "text", "reasoning.summary": "summary"}
"""The reasoning details that come in pieces, and the member that is theirs; all others are whole."""


def is_stream(head: bytes) -> bool | None:
    """Whether an answer that begins so is a stream of events; None while that cannot be told."""
    start = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")[:8]
    if any(start.startswith(field) for field in _FIELDS):
        return True
    return None if any(field.startswith(start) for field in _FIELDS) else False


class StreamedAnswer:
    """One answer, fed as its bytes arrive."""

    def __init__(self) -> None:
        self.done = False
        """Whether [DONE] has come."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._event = ""
        self._data = ""
        self._body: dict[str, Any] = {}
        self._choice: dict[str, Any] = {}
        self._message: dict[str, Any] = {}
        self._texts: dict[str, list[str]] = {}
        self._calls: list[dict[str, Any]] = []
        self._places: dict[int | str, dict[str, Any]] = {}
        self.damaged = False
        """Whether an event could not be read."""

    @property
    def complete(self) -> bool:
        """Whether the answer came to its end, good or bad."""
        ended = self.done or self._choice.get("finish_reason") is not None
        return ended or bool(self._body.get("error") or self._choice.get("error"))

    def feed(self, piece: bytes) -> list[str]:
        """Take the next bytes; returns what they add to the text."""
        *lines, self._rest = (self._rest + self._decoder.decode(piece)).replace("\r\n", "\n").split("\n")
        return [text for line in lines for text in self._line(line.rstrip("\r").lstrip("\ufeff"))]

    def end(self) -> list[str]:
        """The connection is at its end: take what is left without a line break."""
        rest, self._rest = self._rest, ""
        return [*self._line(rest.rstrip("\r")), *self._line("")]

    def body(self) -> dict[str, Any]:
        """What came so far, as one answer."""
        texts = {name: "".join(pieces) for name, pieces in self._texts.items()}
        message = {**self._message, **texts, "role": "assistant"}
        if self._calls:
            message["tool_calls"] = self._calls
        choices = [{**self._choice, "index": 0, "message": message}] if self._choice or self._message or texts else []
        whole: dict[str, Any] = clean_json({**self._body, "choices": choices})
        return whole

    def _line(self, line: str) -> list[str]:
        if not line.strip():
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._event = value
        if name != "data" or value.startswith(":"):
            return []
        # Some servers leave out the blank line between events: what is whole JSON already is one.
        told = self._dispatch() if self._data and _parsed(self._data) is not None else []
        self._data = f"{self._data}\n{value}" if self._data else value
        return told

    def _dispatch(self) -> list[str]:
        data, name = self._data.strip(), self._event
        self._data = self._event = ""
        if not data or data == "[DONE]":
            self.done = self.done or data == "[DONE]"
            return []
        event = _parsed(data)
        if not isinstance(event, dict):
            self.damaged = True
            return []
        return self._take({"error": event.get("error", event)} if name == "error" else event)

    def _take(self, event: dict[str, Any]) -> list[str]:
        choices = event.get("choices")
        self._body |= {name: told for name, told in event.items() if name != "choices" and told is not None}
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        self._choice |= {n: told for n, told in choice.items() if n not in ("delta", "message") and told is not None}
        delta = choice.get("delta") or choice.get("message")
        return self._join(delta) if isinstance(delta, dict) else []

    def _join(self, delta: dict[str, Any]) -> list[str]:
        content = delta.get("content")
        if isinstance(content, list):
            content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
        for name in _TEXTS:
            piece = content if name == "content" else delta.get(name)
            if isinstance(piece, str):
                self._texts.setdefault(name, []).append(piece)
        for detail in _listed(delta.get("reasoning_details")):
            self._join_detail(detail)
        for call in _listed(delta.get("tool_calls")):
            self._join_call(call)
        return [clean(content)] if isinstance(content, str) and content else []

    def _join_detail(self, detail: dict[str, Any]) -> None:
        details = self._message.setdefault("reasoning_details", [])
        last = details[-1] if details else None
        if last is not None and last.get("type") == detail.get("type"):
            joined = _JOINED.get(str(last.get("type")))
            if joined is not None and last.get("index") == detail.get("index"):
                text = str(last.get(joined) or "") + str(detail.get(joined) or "")
                last |= {name: told for name, told in detail.items() if told is not None} | {joined: text}
                return
        details.append(dict(detail))

    def _join_call(self, piece: dict[str, Any]) -> None:
        sent = piece.get("function")
        function: dict[str, Any] = sent if isinstance(sent, dict) else {}
        place = piece.get("index", piece.get("id") or max(0, len(self._calls) - 1))
        place = place if isinstance(place, int | str) else 0
        if place not in self._places:
            self._places[place] = {"id": None, "type": "function", "function": {"name": "", "arguments": ""}}
            self._calls.append(self._places[place])
        call = self._places[place]
        call |= {name: told for name, told in piece.items() if name not in ("index", "function") and told}
        call["function"]["name"] = call["function"]["name"] or function.get("name") or ""
        more = function.get("arguments")
        if isinstance(more, str) and isinstance(call["function"]["arguments"], str):
            call["function"]["arguments"] += more
        elif more is not None:
            call["function"]["arguments"] = more


def _listed(value: object) -> list[dict[str, Any]]:
    """The objects of a list; nothing of what is none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _parsed(data: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
