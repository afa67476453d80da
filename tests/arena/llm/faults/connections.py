"""Connections that break, and bodies that are not what they should be."""

import gzip

from tests.arena.llm.endpoint import completion, said
from tests.arena.llm.faults.rows import CHUNKED, TEXT, WHOLE, fails, passes, reads
from tests.arena.llm.raw_endpoint import Raw, chunk, content, head, reply


def rows():
    return (
        passes("closed without an answer", Raw([], "close")),
        passes("reset without an answer", Raw([], "reset")),
        passes("reset between headers and body", Raw([head(len(WHOLE)), 0.05], "reset")),
        passes("closed in mid-body", Raw([head(len(WHOLE)), WHOLE[:60]], "close")),
        passes("a chunked body that is cut", Raw([head(None, **CHUNKED), chunk(WHOLE[:60])], "close")),
        passes("a chunk whose length is no number", Raw([head(None, **CHUNKED), b"zz\r\n" + WHOLE], "close")),
        reads("a chunked body", Raw([head(None, **CHUNKED), chunk(WHOLE[:60]), chunk(WHOLE[60:]), chunk(b"")])),
        fails("silence", Raw([60.0]), "timeout", seconds=0.5),
        fails("headers and then silence", Raw([head(9), 60.0]), "timeout", seconds=0.5),
        fails("a byte a second", Raw([head(len(WHOLE)), *[piece for byte in WHOLE for piece in (bytes([byte]), 1.0)]]),
              "timeout", seconds=1.5),
        fails("an error and then silence", Raw([head(9, "502 Bad Gateway"), 60.0]), "timeout", seconds=0.5),
        reads("an early hint before the answer",
            Raw([b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", head(len(WHOLE)), WHOLE])),
        passes("no HTTP at all", Raw([b"SSH-2.0-OpenSSH_9.6\r\n"], "close")),
        passes("204", Raw([b"HTTP/1.1 204 No Content\r\n\r\n"])),
        fails("a redirect", reply("", "307 Temporary Redirect", location="http://127.0.0.1:9/v1"), "provider_error"),
        passes("headers without end", Raw([b"HTTP/1.1 200 OK\r\n" + b"x-a: " + b"a" * 300_000 + b"\r\n"], "close")),
        passes("gzip cut short", reply(gzip.compress(WHOLE)[:-20], content_encoding="gzip")),
        passes("gzip that is none", reply(WHOLE, content_encoding="gzip")),
        reads("gzip", reply(gzip.compress(WHOLE), content_encoding="gzip")),
        fails("20 MB", reply(b" " * 20_000_000 + WHOLE), "provider_error"),
        fails("20 MB in 20 kB", reply(gzip.compress(b" " * 20_000_000 + WHOLE), content_encoding="gzip"),
              "provider_error"),
        reads("the wrong content type", reply(WHOLE, content_type="text/html")),
        reads("a byte order mark", reply(b"\xef\xbb\xbf" + WHOLE)),
        passes("not UTF-8", reply(b"\xff\xfe{")),
        passes("nested too deep", reply("[" * 100_000)),
        passes("two documents", reply(WHOLE + WHOLE)),
        passes("a list", reply([said(TEXT)])),
        passes("null", reply("null")),
        passes("choices as an object", reply({"choices": {"message": {"content": TEXT}}})),
        passes("a choice that is null", reply({"choices": [None]})),
        passes("a message that is text", reply(completion(TEXT))),
        reads("a second choice that is null", {**said(TEXT), "choices": [*said(TEXT)["choices"], None]}),
        reads("an unknown finish_reason", completion({"content": TEXT}, "satisfied")),
        reads("a finish_reason that is a number", completion({"content": TEXT}, 7)),
        reads("content as a list of parts",
            said([{"type": "text", "text": TEXT[:9]}, {"type": "text", "text": TEXT[9:]}])),
        reads("negative tokens", completion({"content": TEXT}, usage={"prompt_tokens": -1, "completion_tokens": 7})),
        reads("tokens as text", completion({"content": TEXT}, usage={"prompt_tokens": "1", "completion_tokens": "7"})),
        reads("token details that are text", completion({"content": TEXT}, usage={"prompt_tokens": 1,
              "completion_tokens": 7, "completion_tokens_details": "none", "prompt_tokens_details": 3})),
        reads("a cost as text", completion({"content": TEXT}, usage={"cost": "0.25"})),
        reads("a cost that is NaN",
            reply(content(completion({"content": TEXT}, usage={"cost": 0.5})).replace(b"0.5}", b"NaN}"))),
        reads("ids and names of the wrong type", {**said(TEXT, id=3, name=[]), "id": 7, "model": {}, "provider": 9}),
        reads("a key given twice in the envelope", reply(WHOLE.replace(b'{"id"', b'{"id": "x", "id"', 1))),
    )  # fmt: skip
