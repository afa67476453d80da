"""What an endpoint's failure means: try again, ask differently, or give up.

One table for every way a failure arrives: an HTTP status, an exception of the transport, or an
error object inside a 200. The model client obeys the verdict; nobody else retries.
"""

import email.utils
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import openai

from arena.errors import AbstentionReason, CapabilityError, ModelError
from arena.records.base import Record

Verdict = Literal["retry", "capability", "final"]

_RETRIED_STATUSES = frozenset({408, 409, 425, 500, 502, 503, 504, 520, 522, 524, 529})
_LACKS_CAPABILITY = re.compile(
    r"no endpoints found that support|response_format|json_schema|structured output|tool_choice"
    r"|tool use|does not support tools|support tool|function calling",
    re.IGNORECASE,
)
_SECRETS = re.compile(r"\b(sk-[A-Za-z0-9_-]{6,}|Bearer\s+\S+)", re.IGNORECASE)
_MESSAGE_LIMIT = 500


class Fault(Record):
    """One classified failure."""

    verdict: Verdict
    reason: AbstentionReason
    message: str
    wait: float | None = None
    """Seconds the server asked to wait; None where it did not say."""

    def cleaned(self, secret: str) -> "Fault":
        """The same with a message fit to keep: one line, no keys, not longer than a person reads."""
        line = " ".join(self.message.split())
        line = _SECRETS.sub("[key]", line.replace(secret, "[key]") if secret else line)
        shown = line if len(line) <= _MESSAGE_LIMIT else f"{line[: _MESSAGE_LIMIT - 1]}…"
        return self.model_copy(update={"message": shown})

    def error(self, attempts: tuple[tuple[str, float], ...]) -> ModelError:
        """The exception to raise when the verdict is not to retry, or retrying is over."""
        if self.verdict == "capability":
            return CapabilityError(self.message, attempts)
        return ModelError(self.reason, self.message, attempts)


def fault_of_exception(error: openai.APIError, now: datetime) -> Fault:
    """Classify what the OpenAI SDK raised."""
    if isinstance(error, openai.APITimeoutError):
        return Fault(verdict="retry", reason="timeout", message="the endpoint did not answer in time")
    if isinstance(error, openai.APIStatusError):
        return _fault_of_status(error.status_code, _text_of(error.body, error.message), error.response.headers, now)
    if isinstance(error, openai.APIConnectionError):
        cause = f": {error.__cause__}" if error.__cause__ else ""
        return Fault(verdict="retry", reason="provider_error", message=f"the endpoint cannot be reached{cause}")
    return Fault(verdict="retry", reason="provider_error", message=str(error))


def fault_of_body(body: object, now: datetime) -> Fault | None:
    """Classify a 200 whose body is an error or no completion; None for a completion."""
    if not isinstance(body, dict):
        return Fault(verdict="retry", reason="provider_error", message="the endpoint's answer is not a JSON object")
    if body.get("error"):
        return _fault_of_error_object(body["error"], now)
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return Fault(verdict="retry", reason="provider_error", message="the endpoint's answer holds no choices")
    return _fault_of_choice(choices[0], now)


def _fault_of_choice(choice: dict[str, Any], now: datetime) -> Fault | None:
    if choice.get("error"):
        return _fault_of_error_object(choice["error"], now)
    message = choice.get("message")
    if not isinstance(message, dict):
        return Fault(verdict="retry", reason="provider_error", message="the endpoint's choice holds no message")
    finish = choice.get("finish_reason")
    if finish == "error":
        native = choice.get("native_finish_reason") or "no reason given"
        return Fault(verdict="retry", reason="provider_error", message=f"the model stopped with an error ({native})")
    if finish == "content_filter" or message.get("refusal"):
        told = message.get("refusal") or "content filter"
        return Fault(verdict="final", reason="refused", message=f"the model refused: {told}")
    return _fault_of_message(message, finish)


def _fault_of_message(message: dict[str, Any], finish: object) -> Fault | None:
    if calls := message.get("tool_calls"):
        if isinstance(calls, list) and all(_is_call(call) for call in calls):
            return None
        return Fault(verdict="retry", reason="provider_error", message="the model's tool calls cannot be read")
    content = message.get("content")
    if content.strip() if isinstance(content, str) else content:
        return None
    if finish == "length":
        return Fault(
            verdict="final",
            reason="unparseable",
            message="max_tokens was used up before the answer began; raise the contestant's max_tokens",
        )
    return Fault(verdict="retry", reason="provider_error", message="the model's answer is empty")


def _is_call(call: object) -> bool:
    function = call.get("function") if isinstance(call, dict) else None
    return isinstance(function, dict) and isinstance(function.get("name"), str)


def _fault_of_error_object(error: object, now: datetime) -> Fault:
    code = str(error.get("code")) if isinstance(error, dict) else ""
    status = int(code) if re.fullmatch(r"\d{3}", code) else 502
    text = _text_of({"error": error}, "the endpoint reported an error")
    fault = _fault_of_status(status, text, _embedded_headers(error), now)
    # A router that knows of its models' availability says whether to come back, in place of a code.
    availability = error.get("availability") if isinstance(error, dict) else None
    hopeless = isinstance(availability, dict) and availability.get("retryable") is False
    return fault.model_copy(update={"verdict": "final"}) if hopeless else fault


def _embedded_headers(error: object) -> Mapping[str, str]:
    metadata = error.get("metadata") if isinstance(error, dict) else None
    headers = metadata.get("headers") if isinstance(metadata, dict) else None
    if not isinstance(headers, dict):
        return {}
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _fault_of_status(status: int, text: str, headers: Mapping[str, str], now: datetime) -> Fault:
    message = f"HTTP {status}: {text}"
    wait = _wait_asked_for(headers, now)
    if status == 429:
        final = "per-day" in text.lower() or "daily" in text.lower()
        return Fault(verdict="final" if final else "retry", reason="rate_limited", message=message, wait=wait)
    if status == 402:
        verdict: Verdict = "retry" if "in_flight" in text and wait is not None else "final"
        return Fault(verdict=verdict, reason="budget", message=message, wait=wait)
    if status == 403:
        return Fault(verdict="final", reason="refused", message=message)
    if status in (400, 404, 422) and _LACKS_CAPABILITY.search(text):
        return Fault(verdict="capability", reason="provider_error", message=message)
    if status in _RETRIED_STATUSES:
        return Fault(verdict="retry", reason="provider_error", message=message, wait=wait)
    return Fault(verdict="final", reason="provider_error", message=message)


def _wait_asked_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until a retry is welcome: Retry-After in seconds or as a date, else X-RateLimit-Reset in ms."""
    after = headers.get("retry-after")
    if after is not None:
        if re.fullmatch(r"\d+(\.\d+)?", after.strip()):
            return float(after)
        try:
            when = email.utils.parsedate_to_datetime(after)
        except ValueError:
            return None
        return max(0.0, (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp())
    reset = headers.get("x-ratelimit-reset")
    if reset is not None and re.fullmatch(r"\d{12,}", reset.strip()):
        return max(0.0, int(reset) / 1000 - now.timestamp())
    return None


def _text_of(body: object, otherwise: str) -> str:
    """The error's own words, the upstream provider's included."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(error, str):
        return error
    if not isinstance(error, dict):
        return otherwise
    metadata = error.get("metadata")
    details = metadata if isinstance(metadata, dict) else {}
    parts = [str(error.get("message") or otherwise)]
    parts += [str(details[key]) for key in ("raw", "limit_source", "provider_name") if details.get(key)]
    return " / ".join(parts)
