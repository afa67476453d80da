"""Refusals by status code."""

from tests.arena.llm.faults.rows import (
    BY_TOOL,
    GOOD,
    IN_FLIGHT,
    LOOKED,
    MINUTE,
    NO_MAX_TOKENS,
    NO_SIGNATURE,
    NO_TEMPERATURE,
    ONCE_LOOKED,
    PASS_BACK,
    a_date,
    fails,
    millis,
    passes,
    refusal,
    row,
)
from tests.arena.llm.raw_endpoint import Raw, head, reply


def rows():
    return (
        passes("429 with seconds", refusal("429 Too Many Requests", retry_after="0.2")),
        passes("429 with a date", refusal("429 Too Many Requests", retry_after=a_date(1))),
        passes("429 with a date that is past", refusal("429 Too Many Requests", retry_after=a_date(-60))),
        passes("429 with a reset in milliseconds",
               refusal("429 Too Many Requests", MINUTE, x_ratelimit_remaining="0", x_ratelimit_reset=millis(0.4))),
        passes("429 with a wait nobody can read", refusal("429 Too Many Requests", retry_after="soon")),
        fails("429 with a wait beyond the deadline", refusal("429 Too Many Requests", retry_after="3600"),
              "rate_limited"),
        fails("429 for the day", refusal("429 Too Many Requests", "Rate limit exceeded: free-models-per-day"),
              "rate_limited"),
        fails("429 for good", refusal("429 Too Many Requests", retry_after="0"), "rate_limited", requests=3),
        fails("402 can only afford", refusal("402 Payment Required", "requested up to 65536 tokens, but can only "
              "afford 3395"), "budget"),
        passes("402 in flight", refusal("402 Payment Required", metadata=IN_FLIGHT, retry_after="0.1")),
        fails("402 in flight without a wait", refusal("402 Payment Required", metadata=IN_FLIGHT), "budget"),
        fails("401", refusal("401 Unauthorized", "No auth credentials found"), "provider_error"),
        fails("403", refusal("403 Forbidden", "flagged by moderation"), "refused"),
        fails("404 no such model", refusal("404 Not Found", "maker/model is not a valid model ID"), "provider_error"),
        row("404 no tools", refusal("404 Not Found", "No endpoints found that support tool use"), GOOD,
            rungs=("tool_call", "prompt")),
        row("404 no tool_choice", refusal("404 Not Found", "No endpoints found that support the provided "
            "'tool_choice' value"), GOOD, rungs=("tool_call", "json_mode")),
        row("400 no json_schema", refusal("400 Bad Request", "response_format json_schema is unknown"), BY_TOOL),
        row("404 cannot handle the parameters", refusal("404 Not Found", "No endpoints found that can handle the "
            "requested parameters."), BY_TOOL),
        fails("no rung works", refusal("400 Bad Request", "response_format is unknown"), "provider_error", requests=4),
        fails("400 context length", refusal("400 Bad Request", "context_length_exceeded"), "provider_error"),
        row("400 temperature", NO_TEMPERATURE, GOOD, settings={"temperature": 0.3}),
        fails("400 temperature for good", NO_TEMPERATURE, "provider_error", requests=2, settings={"temperature": 0.3}),
        fails("400 temperature that was not sent", NO_TEMPERATURE, "provider_error"),
        row("400 max_tokens", NO_MAX_TOKENS, GOOD),
        fails("400 max_tokens for good", NO_MAX_TOKENS, "provider_error", requests=2),
        row("400 reasoning_content", PASS_BACK, LOOKED, how="consult", prompt=ONCE_LOOKED,
            gives=[("look", {"days": 5})]),
        fails("400 reasoning_content for good", PASS_BACK, "provider_error", requests=2, how="consult",
              prompt=ONCE_LOOKED),
        fails("400 thought_signature", NO_SIGNATURE, "provider_error", how="consult", prompt=ONCE_LOOKED),
        *(passes(status[:3], refusal(status)) for status in (
            "408 Timeout", "409 Conflict", "425 Too Early", "500 Oops", "502 Bad", "503 Busy", "504 Late", "520 Odd",
            "522 Late", "524 Late", "529 Overloaded")),
        fails("502 for good", refusal("502 Bad Gateway"), "provider_error", requests=3),
        passes("502 with HTML", reply("<html>Bad gateway</html>", "502 Bad Gateway", content_type="text/html")),
        passes("502 whose body is cut", Raw([head(900, "502 Bad Gateway"), b'{"error"'], "close")),
        *(fails(status[:3], refusal(status), "provider_error") for status in (
            "405 No", "410 Gone", "413 Too Large", "415 No", "451 No", "501 Not Implemented", "505 No")),
        passes("availability says come back", refusal("404 Not Found", code="none",
               availability={"code": "busy", "retryable": True, "retry_after": 0.1})),
        fails("availability says stay away", reply({"error": {"message": "gone", "availability": {
              "code": "retired", "retryable": False, "fallback_models": ["a/b"]}}}), "provider_error"),
    )  # fmt: skip
