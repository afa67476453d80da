"""Streams."""

from tests.arena.llm.endpoint import failure
from tests.arena.llm.faults.rows import (
    CHUNKED,
    GOOD,
    HALF,
    HALVES,
    TEXT,
    USAGE_LAST,
    delta,
    reads,
    refusal,
    sse,
    streams,
)
from tests.arena.llm.raw_endpoint import Raw, chunk, events, head, reply


def rows():
    return (
        streams("a stream", sse(*HALVES, USAGE_LAST), requests=1),
        streams("comments and comments wrapped as data", Raw([head(None, content_type="text/event-stream"),
                b": OPENROUTER PROCESSING\n\ndata: : OPENROUTER PROCESSING\n\n"
                    + events(*HALVES)], "close"), requests=1),
        streams("an error in mid-stream", sse(delta(HALF), {**failure(502), **delta("", "error")}), GOOD, requests=2),
        streams("an error event by its name",
            reply(events(delta(HALF), end=False) + b'event: error\ndata: {"message": "x"}\n\n'),
                GOOD, requests=2),
        streams("a stream cut before its finish", sse(delta(HALF), end=False), GOOD, requests=2),
        streams("a whole text without a finish", sse(delta(TEXT), end=False), GOOD, requests=2),
        streams("a stream reset",
            Raw([head(900, content_type="text/event-stream"), events(delta(HALF), end=False), 0.05],
                "reset"), GOOD, requests=2),
        streams("only [DONE]", sse(), GOOD, requests=2),
        streams("no [DONE]", sse(*HALVES, end=False), requests=1),
        streams("JSON in place of a stream", GOOD, requests=1),
        streams("HTML in place of a stream", reply("<html>", content_type="text/html"), GOOD, requests=2),
        streams("nothing in place of a stream", reply("", content_type="text/event-stream"), GOOD, requests=2),
        streams("an event that is not JSON", sse(delta(HALF), "{oops"), GOOD, requests=2),
        streams("events without blank lines", reply(events(*HALVES).replace(b"\n\n", b"\n")), requests=1),
        streams("carriage returns", reply(events(*HALVES).replace(b"\n", b"\r\n")), requests=1),
        streams("a stream that stays open after [DONE]", Raw([head(None, content_type="text/event-stream", **CHUNKED),
                chunk(events(*HALVES)), 60.0]), requests=1),
        streams("a stream that falls silent", Raw([head(None, **CHUNKED), chunk(events(delta(HALF), end=False)), 60.0]),
                requests=1, gives="timeout", seconds=0.5),
        streams("a refusal where a stream was asked", refusal("429 Too Many Requests", retry_after="0.1"), GOOD),
        reads("a stream nobody asked for", sse(*HALVES)),
    )  # fmt: skip
