"""log/DATE/log.jsonl: what a model was told and said on one day."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from arena.records.chat import Message

ROLES = get_args(Message.model_fields["role"].annotation)


@dataclass(frozen=True)
class Log:
    """One day's log."""

    source: str
    signature: str
    """What the model signs as; empty where no line says it."""
    messages: tuple[Message, ...]
    notes: tuple[str, ...]
    """Lines that cannot be read."""


def read_logs(folder: Path, model: str) -> dict[date, Log]:
    """A model's logs by day."""
    found = {}
    for path in sorted((folder / "agent_data" / model / "log").glob("*/log.jsonl")):
        try:
            day = date.fromisoformat(path.parent.name)
        except ValueError:
            continue
        found[day] = _log(
            path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8", errors="surrogateescape")
        )
    return found


def _log(source: str, text: str) -> Log:
    messages: list[Message] = []
    notes: list[str] = []
    signature = ""
    # Not splitlines: what models say may hold other separators, which JSON leaves as they are.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
            messages += _messages(content["new_messages"])
            signature = signature or str(content.get("signature", ""))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            notes.append(f"line {number} of the log cannot be read: {type(error).__name__}: {error}")
    return Log(source=source, signature=signature, messages=tuple(messages), notes=tuple(notes))


def _messages(told: Any) -> Iterator[Message]:
    """`new_messages` is a list, or a single message as it is."""
    for message in told if isinstance(told, list) else [told]:
        content = message["content"]
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        yield Message.model_validate({"role": message["role"], "text": text})
