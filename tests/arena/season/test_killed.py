"""kill -9 at any moment: the season that is resumed is the season that was never broken off."""

import random
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from arena.records.desk import RESEARCH_ROLES
from tests.arena.season.comparing import the_same
from tests.arena.season.player import (
    Left,
    Season,
    begun,
    ended,
    get_ready,
    killed_at,
    left_in,
    picked_up_in,
    play,
    played,
    stages_in,
)

TINY = Season(("momentum",), ("NVDA",), date(2025, 10, 6), date(2025, 10, 7))
SMALL = Season(("momentum", "value"), ("AAPL", "NVDA"), date(2025, 10, 6), date(2025, 10, 9))
WHOLE = Season(
    ("momentum", "value", "contrarian", "cautious", "newsreader"),
    ("AAPL", "AMZN", "MSFT", "NVDA", "TSLA"),
    date(2025, 9, 22),
    date(2025, 10, 17),
    # Few at once: so a kill finds desks, research and rounds at every stage, and little is played twice.
    desks=6,
)

Moment = tuple[int, int]
"""Chats that are stored, and then roles that speak up, before the kill."""


@pytest.mark.slow
def test_a_season_killed_once_is_the_season_that_was_not(tmp_path: Path) -> None:
    get_ready()
    play(tmp_path / "whole", TINY, tmp_path / "log-whole")
    # The first desk has decided, so the research of the second is done or under way.
    killed_and_resumed(tmp_path, TINY, [(1, 0)])
    the_same(tmp_path / "home", tmp_path / "whole")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the small season, played without a break."""
    folder = tmp_path_factory.mktemp("small")
    played(folder / "home", SMALL, folder / "log")
    return folder / "home"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_season_killed_at_random_moments_is_the_season_that_was_not(tmp_path: Path, small: Path, seed: int) -> None:
    at = random.Random(seed)
    # One of them while a round is voted on, traded or ranked; the others anywhere.
    moments = sorted([(at.randrange(9), at.randrange(24)) for _ in range(3)] + [(4 * seed, 0)])
    killed_and_resumed(tmp_path, SMALL, moments)
    the_same(tmp_path / "home", small)


@pytest.mark.slow
def test_thirty_kills_in_a_season_of_five_contestants_five_tickers_and_twenty_sessions(tmp_path: Path) -> None:
    straight = begun(tmp_path / "whole", WHOLE, tmp_path / "log-whole")
    at = random.Random(30)
    moments = [(chats, at.randrange(150)) for chats in sorted(at.sample(range(440), 30))]
    logs = killed_and_resumed(tmp_path, WHOLE, moments)
    ended(straight)
    assert len(left_in(tmp_path / "whole").chats) == 500
    the_same(tmp_path / "home", tmp_path / "whole")
    told = [sentence for log in logs for sentence in picked_up_in(log)]
    assert sum("research half" in sentence or "research halves" in sentence for sentence in told) >= 10


def killed_and_resumed(folder: Path, season: Season, moments: Sequence[Moment]) -> list[Path]:
    """Play a season that is killed at these moments; nothing of what had ended is lost or done again. Its logs."""
    home, before, logs = folder / "home", [Left({}, {})], []
    for number, (chats, roles) in enumerate(moments):
        logs.append(folder / f"log-{number}")
        assert killed_at(home, season, logs[-1], max(chats, len(before[-1].chats)), roles), "it had ended before"
        before.append(left_in(home))
    logs.append(folder / "log-last")
    played(home, season, logs[-1])
    for earlier, later in pairwise([*before, left_in(home)]):
        assert earlier.chats.items() <= later.chats.items()
        assert earlier.research.keys() <= later.research.keys() | later.chats.keys()
    for log, known in zip(logs, before, strict=True):
        at_work = stages_in(log)
        assert not {desk for desk, _ in at_work} & set(known.chats.values())
        assert not {desk for desk, role in at_work if role in RESEARCH_ROLES} & set(known.research.values())
    return logs
