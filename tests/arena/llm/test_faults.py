from datetime import UTC, datetime

import httpx2
import pytest

from arena.errors import CapabilityError, ModelError
from arena.llm.answers import fault_of_body
from arena.llm.faults import Fault, fault_of_status, fault_of_transport
from tests.arena.llm.endpoint import called, completion, failure, said

NOW = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)


def status_fault(status, body=None, **headers):
    """What becomes of an answer with an error status."""
    return fault_of_status(status, body, {name.replace("_", "-"): value for name, value in headers.items()}, NOW)


def body_fault(body):
    fault = fault_of_body(body, NOW)
    assert fault is not None
    return fault


@pytest.mark.parametrize(
    "body",
    [
        said(),
        said("x", refusal=None),
        called("look", "{}"),
        completion({"content": "half a sen"}, "length"),
        said([{"type": "text", "text": "x"}]),
        said(None, reasoning='Hm.\n{"action": "BUY"}'),
    ],
    ids=[
        "text",
        "null refusal",
        "tool call without content",
        "cut by max_tokens after it began",
        "a list of parts",
        "JSON in the reasoning only",
    ],
)
def test_a_completion_is_no_fault(body):
    assert fault_of_body(body, NOW) is None


@pytest.mark.parametrize(
    ("body", "verdict", "reason"),
    [
        ({"id": None, "choices": None, **failure(429)}, "retry", "rate_limited"),
        (failure("429"), "retry", "rate_limited"),
        (failure(502), "retry", "provider_error"),
        (failure(402), "final", "budget"),
        (failure(403, "flagged by moderation"), "final", "refused"),
        ({"error": "overloaded"}, "retry", "provider_error"),
        ({**said(None), **failure(None)}, "retry", "provider_error"),
        ({"error": {"message": "gone", "availability": {"retryable": False}}}, "final", "provider_error"),
        ({"error": {"message": "busy", "availability": {"retryable": True}}}, "retry", "provider_error"),
        ({"choices": None}, "retry", "provider_error"),
        ({"choices": []}, "retry", "provider_error"),
        ({"choices": [None]}, "retry", "provider_error"),
        ({}, "retry", "provider_error"),
        ([], "retry", "provider_error"),
        (completion(None), "retry", "provider_error"),
        (completion({"content": "half"}, "error"), "retry", "provider_error"),
        ({"choices": [{"error": {"code": 429, "message": "slow"}, "message": {}}]}, "retry", "rate_limited"),
        (completion({"content": ""}, "content_filter"), "final", "refused"),
        (said(None, refusal="I cannot help with that"), "final", "refused"),
        (completion({"content": None}, "length"), "final", "unparseable"),
        (said(None), "retry", "provider_error"),
        (said(""), "retry", "provider_error"),
        (said("  \n"), "retry", "provider_error"),
        (said([]), "retry", "provider_error"),
        (said([{"type": "text", "text": " "}]), "retry", "provider_error"),
        (said(None, reasoning="Perhaps {this}."), "retry", "provider_error"),
        (completion({"content": None, "reasoning": '{"action": "BUY"}'}, "length"), "final", "unparseable"),
        ({"choices": {"message": {"content": "x"}}}, "retry", "provider_error"),
        (called("", "{}"), "retry", "provider_error"),
        (said(None, tool_calls=[{"id": "call_1"}]), "retry", "provider_error"),
        (said(None, tool_calls="look()"), "retry", "provider_error"),
    ],
)
def test_a_200_that_is_no_completion_is_a_fault(body, verdict, reason):
    fault = body_fault(body)
    assert (fault.verdict, fault.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("status", "text", "verdict", "reason"),
    [
        (400, "context_length_exceeded", "final", "provider_error"),
        (400, "Unsupported value: 'temperature'", "adjust", "provider_error"),
        (400, "Invalid schema for response_format 'Decision'", "capability", "provider_error"),
        (400, "registry.ollama.ai/library/qwen does not support tools", "capability", "provider_error"),
        (401, "No auth credentials found", "final", "provider_error"),
        (402, "requested up to 65536 tokens, but can only afford 3395", "final", "budget"),
        (403, "Provider blocked the input", "final", "refused"),
        (404, "No endpoints found that support tool use", "capability", "provider_error"),
        (404, "No endpoints found that support the provided 'tool_choice' value", "capability", "provider_error"),
        (404, "No such model", "final", "provider_error"),
        (408, "Request timed out", "retry", "provider_error"),
        (429, "Rate limit exceeded", "retry", "rate_limited"),
        (429, "Rate limit exceeded: free-models-per-day", "next_day", "rate_limited"),
        (429, "You have reached your daily limit", "next_day", "rate_limited"),
        (429, "free-models-per-min. Add credits for 1000 requests per day", "retry", "rate_limited"),
        (404, "No endpoints found that can handle the requested parameters.", "capability", "provider_error"),
        (400, "Function call is missing a thought_signature in functionCall parts", "capability", "provider_error"),
        (413, "Payload too large", "final", "provider_error"),
        (501, "Not implemented", "final", "provider_error"),
        (500, "Internal error", "retry", "provider_error"),
        (502, "Bad gateway", "retry", "provider_error"),
        (503, "No instances available", "retry", "provider_error"),
        (524, "A timeout occurred", "retry", "provider_error"),
        (529, "Overloaded", "retry", "provider_error"),
    ],
)
def test_a_status_is_tried_again_only_where_that_can_help(status, text, verdict, reason):
    fault = status_fault(status, {"message": text, "code": status})
    assert (fault.verdict, fault.reason) == (verdict, reason)
    assert fault.message == f"HTTP {status}: {text}"


def test_a_budget_held_by_requests_in_flight_is_waited_for():
    body = {"code": 402, "message": "in flight", "metadata": {"limit_source": "openrouter_in_flight_budget"}}
    waits, hopeless = status_fault(402, body, retry_after="4"), status_fault(402, body)
    assert (waits.verdict, waits.reason, waits.wait) == ("retry", "budget", 4.0)
    assert hopeless.verdict == "final"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after": "Mon, 03 Nov 2025 12:00:30 GMT"}, 30.0),
        ({"retry_after": "Mon, 03 Nov 2025 11:59:00 GMT"}, 0.0),
        ({"retry_after": "soon"}, None),
        # 2025-11-03 12:01:00 UTC, in milliseconds.
        ({"x_ratelimit_reset": "1762171260000"}, 60.0),
        ({"x_ratelimit_reset": "1762171260"}, 60.0),
        ({"x_ratelimit_reset": "soon"}, None),
        ({"retry_after": "-3"}, None),
        ({"retry_after": "Mon, 03 Nov 2025 12:00:30"}, 30.0),
        ({"retry_after": "7", "x_ratelimit_reset": "1762171260000"}, 7.0),
        ({}, None),
    ],
)
def test_the_wait_is_the_one_the_server_asked_for(headers, wait):
    assert status_fault(429, {"message": "slow down"}, **headers).wait == wait


def test_the_wait_may_stand_in_the_body_of_a_200():
    fault = body_fault(failure(429, metadata={"headers": {"Retry-After": "3", "X-RateLimit-Limit": "20"}}))
    assert fault.wait == 3.0


def test_the_upstream_providers_own_words_are_kept():
    body = failure(429, metadata={"raw": "acme is overloaded", "provider_name": "Acme"})
    assert body_fault(body).message == "HTTP 429: Provider returned error / acme is overloaded / Acme"


@pytest.mark.parametrize(
    ("error", "verdict", "down", "free"),
    [
        (httpx2.ConnectError("refused"), "retry", True, True),
        (httpx2.ConnectTimeout("late"), "retry", True, True),
        (httpx2.ReadTimeout("late"), "retry", True, False),
        (httpx2.ReadError("reset"), "retry", True, False),
        (httpx2.RemoteProtocolError("closed without an answer"), "retry", True, False),
        (httpx2.DecodingError("bad gzip"), "retry", False, False),
        (httpx2.UnsupportedProtocol("no host"), "final", False, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_what_breaks_below_the_protocol_is_tried_again_where_it_may_pass(error, verdict, down, free):
    fault = fault_of_transport(error)
    assert (fault.verdict, fault.reason, fault.down, fault.free) == (verdict, "provider_error", down, free)


@pytest.mark.parametrize(
    ("text", "adjustment"),
    [
        ("Unsupported value: 'temperature' does not support 0.3 with this model.", "temperature"),
        ("Unsupported parameter: 'temperature' is not supported with this model.", "temperature"),
        ("`temperature` is deprecated for this model.", "temperature"),
        ("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
         "token_cap"),
        ("Unrecognized request argument supplied: max_completion_tokens", "token_cap"),
        ("max_completion_tokens: Extra inputs are not permitted", "token_cap"),
        ("The `reasoning_content` in the thinking mode must be passed back to the API.", "reasoning_content"),
    ],
)  # fmt: skip
def test_a_request_that_can_be_put_right_is_adjusted(text, adjustment):
    fault = status_fault(400, {"error": {"message": text}})
    assert (fault.verdict, fault.adjustment, fault.free) == ("adjust", adjustment, True)


@pytest.mark.parametrize(
    "text",
    [
        "This model's maximum context length is 8192 tokens, however you requested 9000 (500 in the tool use)",
        "context_length_exceeded",
        "max_tokens is too large: 90000. This model supports at most 4096 completion tokens",
        "temperature must be between 0 and 1",
        "messages: at least one message is required",
    ],
)
def test_a_bad_request_that_nothing_puts_right_is_final(text):
    assert status_fault(400, {"error": {"message": text}}).verdict == "final"


def test_a_providers_failure_passed_on_does_not_mean_that_the_router_is_down():
    own, passed_on = {"message": "x"}, {"message": "x", "metadata": {"provider_name": "Acme"}}
    assert [status_fault(502, body).down for body in ("<html>", own, passed_on)] == [True, True, False]
    assert not status_fault(429, own).down


@pytest.mark.parametrize(
    ("availability", "verdict", "wait"),
    [
        ({"retryable": False, "retry_after": 3}, "final", 3.0),
        ({"retryable": True, "retry_after": 3}, "retry", 3.0),
        ({"retryable": True}, "retry", None),
        ({"retryable": "perhaps"}, "final", None),
    ],
)
def test_availability_is_obeyed_under_an_error_status_too(availability, verdict, wait):
    fault = status_fault(404, {"error": {"message": "gone", "availability": availability}})
    assert (fault.verdict, fault.wait) == (verdict, wait)


def test_a_redirect_is_told_with_its_address_and_not_followed():
    fault = status_fault(307, "", location="https://elsewhere.test/v1")
    assert (fault.verdict, fault.free) == ("final", True)
    assert "https://elsewhere.test/v1" in fault.message


def test_an_error_in_a_200_is_free_only_when_nothing_was_written():
    assert body_fault({"choices": None, **failure(502)}).free
    assert not body_fault({**said("half"), **failure(502)}).free


def test_a_message_fit_to_keep_holds_no_key_and_is_one_short_line():
    told = "bad key my-own-key-1,\n or sk-or-v1-abcdef0123 or Bearer abc.def " + "x" * 1000
    cleaned = Fault(verdict="final", reason="provider_error", message=told).cleaned("my-own-key-1").message
    assert cleaned.startswith("bad key [key], or [key] or [key] xxx")
    assert len(cleaned) == 500
    assert cleaned.endswith("…")


def test_a_key_at_the_cut_leaves_nothing_of_itself():
    told = "x" * 495 + "my-own-key-1"
    assert "my-" not in Fault(verdict="final", reason="provider_error", message=told).cleaned("my-own-key-1").message


def test_the_exception_says_how_the_ladder_or_the_desk_should_react():
    attempts = (("HTTP 502: Bad gateway", 1.0, None),)
    lacking = Fault(verdict="capability", reason="provider_error", message="no tools").error(attempts)
    final = Fault(verdict="final", reason="budget", message="no money").error(attempts)
    assert isinstance(lacking, CapabilityError)
    assert type(final) is ModelError
    assert (final.reason, str(final), final.attempts) == ("budget", "no money", attempts)
