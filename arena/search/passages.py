"""What is searched of a chat: everything that was said at its desk, one passage a speech, report, plan or outcome.

Prompts are none of it, nor what tools answered: those are the vendors' words. Passages are named by their place in the
chat's JSON, so that a chat is indexed without keeping its text twice, and stages to come are found without a change.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

_NOT_SAID = frozenset({"speaker", "action", "stance", "kind", "reason", "stage", "stop_loss", "take_profit"})
"""Fields that hold a choice or a number, not words."""
_NOT_OURS = frozenset({"tool_uses", "metrics"})
"""Parts that hold what a desk was shown."""

_STAGES: Mapping[str, str] = MappingProxyType(
    {
        "market_analyst": "market",
        "news_analyst": "news",
        "fundamentals_analyst": "fundamentals",
        "social_analyst": "social",
        "bull_researcher": "research",
        "bear_researcher": "research",
        "research_manager": "research",
        "trader": "trader",
        "aggressive_debater": "risk",
        "conservative_debater": "risk",
        "neutral_debater": "risk",
        "portfolio_manager": "decision",
    }
)
"""The stage each role speaks in."""


class Passage(NamedTuple):
    """One contribution."""

    path: str
    """Where it stands in the chat's JSON: stages/research/turns/0."""
    text: str


def passages(content: Mapping[str, Any]) -> Iterator[Passage]:
    """The passages of a chat, given as JSON, in its own order."""
    yield from _said(content["stages"], "stages")
    yield from _said(content["outcome"], "outcome")
    if imported := content.get("imported"):
        for role, text in imported.get("texts", {}).items():
            yield Passage(f"imported/texts/{role}", text)
        # Other projects' replies may be all that is known of what was said; ours stand in the stages.
        for place, call in enumerate(content["calls"]):
            if call["reply"] and call["reply"] != content["outcome"].get("reasoning"):
                yield Passage(f"calls/{place}/reply", call["reply"])


def passage_at(content: Mapping[str, Any], path: str) -> str:
    """The text of the passage at a path that `passages` gave."""
    part: Any = content
    for step in path.split("/"):
        part = part[int(step) if isinstance(part, list) else step]
    return part if isinstance(part, str) else _words(part)


def said_by(content: Mapping[str, Any], path: str) -> tuple[str, str]:
    """The stage of a passage, in the words of `arena chat show --stage`, and the role that said it."""
    room, *steps = path.split("/")
    if room == "imported":
        # What a text of another project's portfolio manager says there judges the risk debate.
        return "risk" if steps[-1] == "portfolio_manager" else _STAGES.get(steps[-1], steps[-1]), steps[-1]
    if room == "calls":
        return "calls", content["calls"][int(steps[0])]["node"]
    if room == "outcome":
        return "decision", content["outcome"].get("stage") or "portfolio_manager"
    stage = steps[0]
    if "turns" in steps:
        speaker = content["stages"][stage]["turns"][int(steps[2])]["speaker"]
        return stage, f"{speaker}_{'researcher' if stage == 'research' else 'debater'}"
    if stage == "research":
        return stage, "research_manager"
    return stage, next((role for role, one in _STAGES.items() if one == stage), stage)


def _said(part: Any, path: str) -> Iterator[Passage]:
    if isinstance(part, list):
        for place, item in enumerate(part):
            yield from _said(item, f"{path}/{place}")
    elif isinstance(part, dict):
        if words := _words(part):
            yield Passage(path, words)
        for name, value in part.items():
            if name not in _NOT_OURS:
                yield from _said(value, f"{path}/{name}")


def _words(part: Mapping[str, Any]) -> str:
    """What a part says itself, its parts' parts left out."""
    found: list[str] = []
    for name, value in part.items():
        if name not in _NOT_SAID:
            found += [value] if isinstance(value, str) else value if _is_texts(value) else []
    return "\n".join(found)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
