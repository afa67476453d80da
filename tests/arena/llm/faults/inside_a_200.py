"""Failures that come with a status of 200."""

from tests.arena.llm.endpoint import completion, failure, said
from tests.arena.llm.faults.rows import HALF, TEXT, WHOLE, fails, passes, reads
from tests.arena.llm.raw_endpoint import reply


def rows():
    return (
        passes("null choices beside an error", reply({"id": None, "choices": None, **failure(429)})),
        passes("only an error", reply(failure(502))),
        passes("an error whose code is text", reply(failure("overloaded"))),
        passes("an error that is text", reply({"error": "overloaded"})),
        passes("no choices in the list", reply({"choices": []})),
        passes("an error beside a normal choice", reply({**said(None), **failure(500)})),
        passes("finish_reason error with half a text", reply(completion({"content": HALF}, "error"))),
        passes("an error inside the choice", reply({"choices": [{"message": {"content": HALF}, **failure(502)}]})),
        passes(
            "a malformed function call of Gemini",
            reply({"choices": [{"finish_reason": "error", "native_finish_reason": "MALFORMED_FUNCTION_CALL",
                                "message": {"content": None}}]}),
        ),
        fails("reasoning ate the budget", reply(completion({"content": None}, "length")), "unparseable"),
        reads("the JSON only in the reasoning", said(None, reasoning=f"Let me see.\n{TEXT}")),
        passes("a draft in the middle of the reasoning", reply(said(None, reasoning=f"{TEXT} or rather not."))),
        fails("the content filter", reply(completion({"content": ""}, "content_filter")), "refused"),
        fails("a refusal", reply(said(None, refusal="I cannot help with that")), "refused"),
        fails("an error 402 inside a 200", reply(failure(402, "no credit")), "budget"),
        fails("an error 403 inside a 200", reply(failure(403, "flagged")), "refused"),
        passes("a blank completion on a cold start", reply(said(""))),
        passes("white space for content", reply(said(" \n"))),
        passes("HTML", reply("<html>Welcome</html>", content_type="text/html")),
        passes("an empty body", reply("")),
        passes("truncated JSON", reply(WHOLE[:-20])),
        reads("white space before the JSON", reply(b"\n\n   \n" + WHOLE)),
        reads("no usage", completion({"content": TEXT}, usage=None)),
    )  # fmt: skip
