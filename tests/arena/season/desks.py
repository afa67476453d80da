"""Contestants at a loopback model server, whose requests are counted by session, model and role."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from arena.config.model import ArenaConfig
from bench.competent_model import competent_model
from bench.model_server import Handler, ModelServer, Reply
from tests.arenas import rehearsal_arena

HANG = Reply(delay=60)

Place = tuple[str, str, str]
"""A session, a model and a role."""


class Models:
    """A running server; a context manager. `handler` may be replaced while it runs."""

    def __init__(self, handler: Handler = competent_model, *, delay: float = 0.0) -> None:
        self.handler = handler
        self.asked: Counter[Place] = Counter()
        self.server = ModelServer(self._answer, delay=delay)

    def __enter__(self) -> "Models":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.close()

    def config(self, home: Path, ahead: int = 2, names: Sequence[str] = ("a", "b"), **settings: Any) -> ArenaConfig:
        """An arena of contestants at this server."""
        return rehearsal_arena(
            home,
            **{
                **settings,
                "contestants": [{"name": n, "endpoint": "e", "model": f"maker/{n}", "max_tokens": 500} for n in names],
                "endpoints": {"e": {"base_url": self.server.base_url}},
                "limits": {"ahead": ahead, "retries": 0, **settings.get("limits", {})},
            },
        )

    def _answer(self, request: dict[str, Any], headers: Any) -> Reply:
        self.asked[place_of(request)] += 1
        return self.handler(request, headers)


def place_of(request: dict[str, Any]) -> Place:
    prompt = "\n".join(message["content"] for message in request["messages"] if message["role"] == "user")
    session = re.search(r"the close of (\d{4}-\d\d-\d\d)", prompt)
    assert session is not None
    role = re.findall(r"^# Your role: (.+)$", prompt, re.MULTILINE)[-1].replace("risk ", "").replace(" ", "_")
    return session[1], request["model"], role


def competent_but(
    reply: Reply, session: date | None = None, model: str | None = None, role: str | None = None
) -> Handler:
    """A competent model that gives this reply to some: what is None means any."""
    wanted = (session.isoformat() if session else None, f"maker/{model}" if model else None, role)

    def answer(request: dict[str, Any], headers: Any) -> Reply:
        met = all(want in {None, is_} for want, is_ in zip(wanted, place_of(request), strict=True))
        return reply if met else competent_model(request, headers)

    return answer
