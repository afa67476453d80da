"""What an answer says of its tokens and its cost, read with distrust: what is no count is unknown, not zero."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_DOLLARS = re.compile(r"\d{1,12}(\.\d+)?([eE]-?\d{1,3})?")


def usage_of(body: object) -> dict[str, Any] | None:
    """The token counts, each of them sound; None where prompt or completion is not told."""
    told = _usage(body)
    counts = {name: _count(told.get(name)) for name in ("prompt_tokens", "completion_tokens")}
    prompt, completion = counts.values()
    if prompt is None or completion is None:
        return None
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": _details(told, "prompt_tokens_details", "cached_tokens"),
        "completion_tokens_details": _details(told, "completion_tokens_details", "reasoning_tokens"),
    }


def cost_told(body: object) -> Decimal | None:
    """Dollars, exact as the endpoint wrote them; None where it said nothing that can be a cost."""
    cost = _usage(body).get("cost")
    if isinstance(cost, str) and _DOLLARS.fullmatch(cost.strip()):
        return Decimal(cost.strip())
    known = isinstance(cost, int | float) and not isinstance(cost, bool) and math.isfinite(cost) and cost >= 0
    return Decimal(repr(cost)) if known else None


def _usage(body: object) -> Mapping[str, Any]:
    usage = body.get("usage") if isinstance(body, dict) else None
    return usage if isinstance(usage, dict) else {}


def _details(usage: Mapping[str, Any], name: str, part: str) -> dict[str, int]:
    details = usage.get(name)
    count = _count(details.get(part)) if isinstance(details, dict) else None
    return {} if count is None else {part: count}


def _count(told: object) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None
