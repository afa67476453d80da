"""What an endpoint's failure means: try again, ask differently, come back tomorrow, or give up.

One table for every way a failure arrives: an HTTP status, an exception of the transport, or an
error object inside a 200 (`arena.llm.answers` looks for those). The chat model obeys the verdict;
nobody else retries. What cannot succeed is never `retry`.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import httpx2

from arena.errors import AbstentionReason, CapabilityError, FailedAttempt, ModelError
from arena.llm.waits import wait_asked_for
from arena.records.base import Record

Verdict = Literal["retry", "adjust", "capability", "next_day", "final"]
"""Success is no fault.

retry: the same request again, after a wait; adjust: once more with one request field changed;
capability: ask by the next rung of the ladder; next_day: no more calls until midnight UTC; final: never.
"""

Adjustment = Literal["temperature", "token_cap", "reasoning_content"]
"""Leave the temperature out; name the token cap the other way; give the reasoning back as DeepSeek names it."""

_RETRIED_STATUSES = frozenset({408, 409, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_TOO_LONG = re.compile(
    r"context_length_exceeded|maximum context length|context window|prompt is too long|input is too long", re.IGNORECASE
)
_ADJUSTMENTS: tuple[tuple[re.Pattern[str], Adjustment], ...] = (
    (re.compile(r"reasoning_content.*must be passed back", re.IGNORECASE), "reasoning_content"),
    (
        re.compile(
            r"unsupported (parameter|value):? '?max_(completion_)?tokens"
            r"|max_tokens.*(is not supported|use 'max_completion_tokens')"
            r"|max_completion_tokens.*(not supported|unknown|unrecognized|not permitted|unexpected|use 'max_tokens')"
            r"|(unknown|unrecognized|unexpected).*max_completion_tokens",
            re.IGNORECASE,
        ),
        "token_cap",
    ),
    (
        re.compile(
            r"\btemperature\b.*(support|deprecated|default|not allowed|not permitted)|unsupported.*\btemperature\b",
            re.IGNORECASE,
        ),
        "temperature",
    ),
)
_LACKS_CAPABILITY = re.compile(
    r"no endpoints found that (support|can handle)|(response|output)_(format|schema|config)|input_schema|json_schema"
    r"|structured output|tool_choice"
    r"|tool use|does not support tools|support tool|function calling|thought_signature",
    re.IGNORECASE,
)
_A_MINUTE = re.compile(r"per[- ]min(ute)?\b|per[- ]second\b", re.IGNORECASE)
_A_DAY = re.compile(r"per[- ]day\b|\bdaily\b|\bRPD\b", re.IGNORECASE)
_SECRETS = re.compile(r"\b(sk-[A-Za-z0-9_-]{6,}|Bearer\s+\S+)", re.IGNORECASE)
_MESSAGE_LIMIT = 500


class Fault(Record):
    """One classified failure."""

    verdict: Verdict
    reason: AbstentionReason
    message: str
    wait: float | None = None
    """Seconds the server asked to wait; None where it did not say."""
    adjustment: Adjustment | None = None
    """What to change, for the verdict adjust."""
    down: bool = False
    """Whether it speaks of the endpoint being down, rather than of this one request."""
    free: bool = False
    """Whether the request cannot have cost anything: it was refused, or never arrived."""

    def cleaned(self, secret: str) -> "Fault":
        """The same with a message fit to keep: one line, no keys, not longer than a person reads."""
        line = " ".join(self.message.split())
        line = _SECRETS.sub("[key]", line.replace(secret, "[key]") if secret else line)
        shown = line if len(line) <= _MESSAGE_LIMIT else f"{line[: _MESSAGE_LIMIT - 1]}…"
        return self.model_copy(update={"message": shown})

    def error(self, attempts: tuple[FailedAttempt, ...]) -> ModelError:
        """The exception to raise when the verdict is not to retry, or retrying is over."""
        if self.verdict == "capability":
            return CapabilityError(self.message, attempts)
        return ModelError(self.reason, self.message, attempts)


def unreadable(what: str) -> Fault:
    """An answer that came and cannot be read: another one may be better, and this one may have cost."""
    return Fault(verdict="retry", reason="provider_error", message=what)


def fault_of_transport(error: httpx2.TransportError | httpx2.DecodingError) -> Fault:
    """Classify what broke below the protocol."""
    if isinstance(error, httpx2.DecodingError):
        return unreadable("the endpoint's answer is compressed in a way that cannot be read")
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        told = f"the endpoint cannot be reached: {error}"
        return Fault(verdict="retry", reason="provider_error", message=told, down=True, free=True)
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        told = f"the request cannot be sent: {error}"
        return Fault(verdict="final", reason="provider_error", message=told, free=True)
    told = f"the connection broke: {str(error) or type(error).__name__}"
    return Fault(verdict="retry", reason="provider_error", message=told, down=True)


def fault_of_status(status: int, body: object, headers: Mapping[str, str], now: datetime) -> Fault:
    """Classify an HTTP status that is not a 2xx; `body` is its parsed JSON, or its text."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if 300 <= status < 400:
        where = headers.get("location", "nowhere")
        told = f"HTTP {status}: the endpoint redirects to {where}; put its address in base_url"
        return Fault(verdict="final", reason="provider_error", message=told, free=True)
    fault = _judged(status, error, headers, now)
    # A router that passes on its provider's failure is not down itself.
    provider = _member(error, "metadata", "provider_name")
    return fault.model_copy(update={"down": status in _RETRIED_STATUSES and not provider, "free": True})


def fault_of_error(error: object, now: datetime) -> Fault:
    """Classify an error object that came inside a 200."""
    code = str(_member(error, "code") or "")
    return _judged(int(code) if re.fullmatch(r"[1-9]\d\d", code) else 502, error, _embedded_headers(error), now)


def _judged(status: int, error: object, headers: Mapping[str, str], now: datetime) -> Fault:
    fault = _by_status(status, words_of(error), wait_asked_for(headers, now))
    # A router that knows of its models' availability says whether to come back, in place of a code.
    retryable = _member(error, "availability", "retryable")
    if isinstance(retryable, bool):
        named = _member(error, "availability", "retry_after")
        wait = float(named) if isinstance(named, int | float) and 0 <= named < 1e9 else fault.wait
        fault = fault.model_copy(update={"verdict": "retry" if retryable else "final", "wait": wait})
    return fault


def _by_status(status: int, text: str, wait: float | None) -> Fault:
    message = f"HTTP {status}: {text}"
    if status == 429:
        # A limit a minute may be told together with the one a day, so it is looked for first.
        spent = _A_DAY.search(text) and not _A_MINUTE.search(text)
        return Fault(verdict="next_day" if spent else "retry", reason="rate_limited", message=message, wait=wait)
    if status == 402:
        verdict: Verdict = "retry" if "in_flight" in text and wait is not None else "final"
        return Fault(verdict=verdict, reason="budget", message=message, wait=wait)
    if status == 403:
        return Fault(verdict="final", reason="refused", message=message)
    if status in (400, 404, 422):
        return _of_bad_request(text, message)
    retried = status in _RETRIED_STATUSES
    return Fault(verdict="retry" if retried else "final", reason="provider_error", message=message, wait=wait)


def _of_bad_request(text: str, message: str) -> Fault:
    """The endpoint does not take this request: it may take another."""
    if not _TOO_LONG.search(text):
        for words, adjustment in _ADJUSTMENTS:
            if words.search(text):
                return Fault(verdict="adjust", reason="provider_error", message=message, adjustment=adjustment)
        if _LACKS_CAPABILITY.search(text):
            return Fault(verdict="capability", reason="provider_error", message=message)
    return Fault(verdict="final", reason="provider_error", message=message)


def words_of(error: object) -> str:
    """The error's own words, the upstream provider's included."""
    if isinstance(error, str):
        return error.strip() or "no reason given"
    message = _member(error, "message") or _member(error, "detail") or "the endpoint reported an error"
    details = [_member(error, "metadata", name) for name in ("raw", "limit_source", "provider_name")]
    return " / ".join(str(part) for part in (message, *details) if part)


def _embedded_headers(error: object) -> Mapping[str, str]:
    headers = _member(error, "metadata", "headers")
    return {str(name).lower(): str(value) for name, value in headers.items()} if isinstance(headers, dict) else {}


def _member(value: Any, *path: str) -> Any:
    """What stands at a path of names, or None where the path breaks off."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
