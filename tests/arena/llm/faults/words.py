"""What the model itself wrote: forms and tool calls."""

import json

from tests.arena.llm.endpoint import called, completion, said
from tests.arena.llm.faults.rows import GOOD, HALF, TEXT, args, fails, passes, reads, row
from tests.arena.llm.raw_endpoint import reply


def rows():
    return (
        reads("NUL and a lone surrogate", said(TEXT.replace("Momentum", "Mo\\u0000men\\ud800tum"))),
        reads("NUL and a lone surrogate, escaped once", said("\x00\ud800" + TEXT)),
        row("NaN in the form", reply(said(TEXT.replace("0.25", "NaN"))), GOOD),
        row("infinity by its exponent", reply(said(TEXT.replace("0.25", "1e999"))), GOOD),
        row("a key given twice in the form",
            reply(said(TEXT.replace('{"action"', '{"action": "SELL", "action"'))), GOOD),
        row("two decisions", reply(said(f"{TEXT} or {TEXT.replace('BUY', 'SELL')}")), GOOD),
        row("a thought that never ends", reply(said(f"<think>Perhaps {TEXT}")), GOOD),
        row("prose", reply(said("I would hold.")), GOOD),
        fails("prose for good", reply(said("I would hold.")), "unparseable", requests=2),
        row("an empty object", reply(said("{}")), GOOD),
        row("cut by max_tokens", reply(completion({"content": HALF}, "length")), GOOD),
        reads("fenced", said(f"Here:\n```json\n{TEXT}\n```")),
        reads("a thought in front", said(f"<think>HOLD? {{}}</think>{TEXT}")),
        reads("a thought whose beginning the template kept", said(f"Hm, HOLD.</think>\n{TEXT}")),
        reads("full-width punctuation", said(TEXT.replace(", ", "，").replace('": ', '"：'))),  # noqa: RUF001
        reads("an array of one", said(f"[{TEXT}]")),
        reads("JSON inside a string", said(json.dumps(TEXT))),
        args("arguments empty", "", {}),
        args("arguments null", None, {}),
        args("arguments as an object", {"days": 5}, {"days": 5}),
        args("arguments inside a string", '"{\\"days\\": 5}"', {"days": 5}),
        args("arguments after an empty object", '{}{"days": 5}', {"days": 5}),
        args("arguments cut", '{"da', '{"da'),
        args("arguments as a list", "[5]", "[5]"),
        args("arguments with NaN", '{"days": NaN}', '{"days": NaN}'),
        args("no id", "{}", {}, id=""),
        passes("an empty tool name", reply(called("", TEXT)), rungs=("tool_call",)),
        passes("a tool call without a function", reply(said(None, tool_calls=[{"id": "c"}])), rungs=("tool_call",)),
        passes("tool calls as text", reply(said(None, tool_calls="look()")), rungs=("tool_call",)),
        reads("a call written as markup",
            said('Let me see. <tool_call>{"name": "look", "arguments": {"days": 5}}</tool_call>'),
              how="consult", gives=[("look", {"days": 5})]),
        reads("a call as a named tag", said('<function=look>{"days": 5}</function>'), how="consult",
              gives=[("look", {"days": 5})]),
        reads("calls as Mistral lists them", said('[TOOL_CALLS][{"name": "look", "arguments": {"days": 5}}]'),
              how="consult", gives=[("look", {"days": 5})]),
        reads("an unknown tool", called("buy_everything", "{}"), how="consult", gives=[("buy_everything", {})]),
        fails("a call where prose was asked", reply(called("look", "{}")), "unparseable", how="say"),
    )  # fmt: skip
