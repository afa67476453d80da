"""Arenas for tests: five contestants whose endpoints are loopback servers, over recorded prices."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from arena.config.model import ArenaConfig

NAMES = ("claude", "deepseek", "gemini", "gpt", "qwen")

KEYS = {"TEST_MODEL_KEY": "sk-canary-0123456789"}


def november() -> datetime:
    """A clock that stands still well after the recorded prices end."""
    return datetime(2025, 11, 20, 12, tzinfo=UTC)


def recorded_arena(home: Path, prices: Path, endpoints: Mapping[str, str], **limits: Any) -> ArenaConfig:
    """Five contestants on the `files` vendor; `endpoints` gives each its server's base URL by name."""
    return ArenaConfig.model_validate(
        {
            "season": "recorded",
            "home": home,
            "endpoints": {name: {"base_url": url, "api_key_env": "TEST_MODEL_KEY"} for name, url in endpoints.items()},
            "contestants": [{"name": name, "endpoint": name, "model": f"maker/{name}-1"} for name in endpoints],
            "market": {"vendors": ["files"], "files": {"folder": prices}},
            "limits": {"retry_delay": 0.05, "call_seconds": 20, "desk_seconds": 30, **limits},
        }
    )


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: str) -> None:
        self.set(now)

    def set(self, now: str) -> None:
        self._now = datetime.fromisoformat(now).replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now


class Ticking:
    """A clock that starts at an instant and goes on from there."""

    def __init__(self, start: str) -> None:
        self._start = datetime.fromisoformat(start).replace(tzinfo=UTC)
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)


def rehearsal_arena(home: Path, **settings: Any) -> ArenaConfig:
    """Five rehearsal contestants on the simulated market."""
    styles = ("momentum", "value", "contrarian", "cautious", "newsreader")
    return ArenaConfig.model_validate(
        {
            "season": "trial",
            "home": home,
            "contestants": [{"name": style, "kind": "rehearsal", "style": style} for style in styles],
            "market": {"vendors": ["simulated"]},
            **settings,
        }
    )
