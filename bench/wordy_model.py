"""A competent model whose answers are as long as one asks: for measuring what long answers cost.

An answer's prose has the given number of characters. A speech is all prose; in a form its texts share them alike,
a list's share going over five items. The prose holds a figure in every sentence, as analysts' does, so that what
reads figures has its work.
"""

import json
from collections.abc import Mapping
from functools import cache
from itertools import cycle, islice
from typing import Any

from bench.competent_model import completion, message_for, opinion_of
from bench.model_server import Handler, Reply

ITEMS = 5
"""Items of a list of texts."""

_SENTENCES = (
    "Revenue grew 12.4% over the year while costs rose more slowly than that. ",
    "The price stands above its average of 50 sessions and volume confirms it. ",
    "At $187.35 the market pays for growth that the last reports do bear out. ",
    "Insiders sold a little; nothing in the filings explains it beyond taxes. ",
    "What speaks against it is a valuation of 41.7 times earnings of the year. ",
)


def wordy_model(characters: int) -> Handler:
    """A handler whose answers have so many characters of prose."""

    def answer(request: dict[str, Any], headers: Mapping[str, str]) -> Reply:  # noqa: ARG001 -- a server's Handler
        return Reply(body=completion(request, _lengthened(request, message_for(request), characters)))

    return answer


@cache
def prose(characters: int) -> str:
    """Text of that length."""
    return "".join(islice(cycle("".join(_SENTENCES)), characters))


def _lengthened(request: dict[str, Any], message: dict[str, Any], characters: int) -> dict[str, Any]:
    calls = message.get("tool_calls") or []
    submitted = [call for call in calls if call["function"]["name"].startswith("submit_")]
    for call in submitted:
        call["function"]["arguments"] = _long_form(call["function"]["arguments"], characters)
    if calls:
        return message
    content = str(message["content"])
    if content.startswith("{"):
        return {**message, "content": _long_form(content, characters)}
    return {**message, "content": f"{prose(characters)} {opinion_of(str(request['model']))['action']}."}


@cache  # a few forms an opinion, whatever is asked
def _long_form(text: str, characters: int) -> str:
    form = json.loads(text)
    texts = [name for name, value in form.items() if _is_prose(value)]
    share = characters // max(1, len(texts))
    for name in texts:
        form[name] = [prose(share // ITEMS)] * ITEMS if isinstance(form[name], list) else prose(share)
    return json.dumps(form)


def _is_prose(value: object) -> bool:
    told = value[0] if isinstance(value, list) and value else value
    return isinstance(told, str) and " " in told
