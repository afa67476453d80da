"""One row a fault: what the endpoint answers, and what must become of it. A good answer is always BUY."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from arena.llm.client import LADDER
from tests.arena.llm.endpoint import called, completion, failure, said
from tests.arena.llm.raw_endpoint import Raw, content, events, reply

BUY = {
    "action": "BUY",
    "fraction": 0.25,
    "confidence": 0.7,
    "reasoning": "Momentum.",
    "key_risks": ["rates"],
    "stop_loss": 108.5,
    "take_profit": None,
}
TEXT = json.dumps(BUY)
GOOD = reply(said(TEXT))
BY_TOOL = reply(called("submit_decision", TEXT))
PROMPT = [SystemMessage("Be brief."), HumanMessage("NVDA?")]
LOOK = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
LOOKED = reply(called("look", '{"days": 5}'))
ONCE_LOOKED = [
    *PROMPT,
    AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "c1"}], additional_kwargs={"reasoning": "Hm."}),
    ToolMessage("117.80", tool_call_id="c1"),
]
SECONDS = 8.0
"""The deadline of a call that names no other."""


@dataclass(frozen=True)
class Row:
    """One fault: the replies to the requests in order, the last of them for good."""

    name: str
    replies: list[Raw]
    outcome: Any
    """BUY, the text that was said, the calls that were made, or the reason there is no answer."""
    requests: int
    how: str = "answer"
    seconds: float = SECONDS
    settings: dict[str, Any] = field(default_factory=dict)
    rungs: tuple[Any, ...] = LADDER
    prompt: Any = field(default_factory=lambda: PROMPT)


def row(name, *replies, gives="BUY", requests=2, **more):
    return Row(name, list(replies), gives, requests, **more)


def passes(name, *faults, **more):
    """A fault that is tried again, and then a good answer."""
    return row(name, *faults, GOOD, requests=len(faults) + 1, **more)


def fails(name, fault, reason, **more):
    """A fault for good."""
    return row(name, fault, gives=reason, requests=more.pop("requests", 1), **more)


def reads(name, answer, **more):
    """An oddity that does no harm."""
    return row(name, answer if isinstance(answer, Raw) else reply(answer), requests=1, **more)


def refusal(status, message="no", code=None, **more):
    error = {key: more.pop(key) for key in ("metadata", "availability") if key in more}
    return reply(failure(code or int(status[:3]), message, **error), status, **more)


def delta(text=None, finish=None, **more):
    return {"choices": [{"index": 0, "delta": {"content": text, **more}, "finish_reason": finish}]}


def sse(*data, end=True, **headers):
    return reply(events(*data, end=end), **{"content_type": "text/event-stream", **headers})


def streams(name, *replies, **more):
    return row(name, *replies, settings={"streamed": True}, **more)


def a_date(seconds):
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def millis(seconds):
    return str(int((time.time() + seconds) * 1000))


def args(name, sent, got, **more):
    call = {"id": "c", "type": "function", "function": {"name": "look", "arguments": sent}, **more}
    body = completion({"content": None, "tool_calls": [call]}, "stop")
    return reads(name, body, gives=[("look", got)], how="consult")


HALF = TEXT[:40]
HALVES = (delta(HALF), delta(TEXT[40:], "stop"))
USAGE_LAST = {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "cost": 0.5}}
CHUNKED = {"transfer_encoding": "chunked"}
WHOLE = content(said(TEXT))
IN_FLIGHT = {"limit_source": "openrouter_in_flight_budget"}
NO_TEMPERATURE = refusal("400 Bad Request", "Unsupported value: 'temperature' does not support 0.3 with this model.")
NO_MAX_TOKENS = refusal("400 Bad Request", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
PASS_BACK = refusal("400 Bad Request", "The `reasoning_content` in the thinking mode must be passed back to the API.")
NO_SIGNATURE = refusal("400 Bad Request", "Function call is missing a thought_signature in functionCall parts")
MINUTE = "Rate limit exceeded: free-models-per-min. Add credits for 1000 free model requests per day"
