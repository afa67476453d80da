"""kill -9 at any moment: the season that is resumed is the season that was never broken off."""

import random
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from arena.records.trading import LedgerEvent
from arena.store import Store
from arena.tape.comparing import chat_differences
from tests.arena.season.player import Season, chats_in, killed_at, played, started_in

pytestmark = pytest.mark.slow

SMALL = Season(("momentum", "value"), ("AAPL", "NVDA"), date(2025, 10, 6), date(2025, 10, 9))
WHOLE = Season(
    ("momentum", "value", "contrarian", "cautious", "newsreader"),
    ("AAPL", "AMZN", "MSFT", "NVDA", "TSLA"),
    date(2025, 9, 22),
    date(2025, 10, 17),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the small season, played without a break."""
    folder = tmp_path_factory.mktemp("small")
    played(folder / "home", SMALL, folder / "log")
    return folder / "home"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_season_killed_at_random_moments_is_the_season_that_was_not(tmp_path: Path, small: Path, seed: int) -> None:
    at = random.Random(seed)
    # One of them while a round is voted on, traded or ranked; the others anywhere.
    moments = sorted([(at.randrange(13), at.uniform(0, 0.1)) for _ in range(2)] + [(4 * seed, at.uniform(0, 0.05))])
    kills_and_compares(tmp_path, SMALL, small, moments)


def test_thirty_kills_in_a_season_of_five_contestants_five_tickers_and_twenty_sessions(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    played(whole, WHOLE, tmp_path / "log")
    assert len(chats_in(whole)) == 500
    at = random.Random(30)
    moments = [(chats, at.uniform(0, 0.5)) for chats in sorted(at.sample(range(490), 30))]
    kills_and_compares(tmp_path, WHOLE, whole, moments)


def kills_and_compares(folder: Path, season: Season, whole: Path, moments: list[tuple[int, float]]) -> None:
    home, before, logs = folder / "home", [{}], []
    for number, (chats, delay) in enumerate(moments):
        logs.append(folder / f"log-{number}")
        assert killed_at(home, season, logs[-1], max(chats, len(before[-1])), delay), "it had ended before the kill"
        before.append(chats_in(home))
    logs.append(folder / "log-last")
    played(home, season, logs[-1])
    for earlier, later in pairwise([*before, chats_in(home)]):
        assert earlier.items() <= later.items()
    asked_again = [
        started_in(log) & ended(home, known) for log, known in zip(logs, before, strict=True) if log.exists()
    ]
    assert asked_again == [set()] * len(asked_again)
    the_same(home, whole)


def ended(home: Path, chats: dict[str, tuple[date, str, str]]) -> set[tuple[int, str, str]]:
    """The desks of these chats, with the place of their round."""
    with Store.open_existing(home) as store:
        plan = store.plan("trial")
    assert plan is not None
    return {(plan.sessions.index(session), ticker, contestant) for session, ticker, contestant in chats.values()}


def the_same(home: Path, whole: Path) -> None:
    """Ledger, chats, votes, marks and rounds are equal but for ids and times."""
    assert set(Counter(chats_in(home).values()).values()) == {1}
    with Store.open_existing(home) as resumed, Store.open_existing(whole) as straight:
        assert [timeless(event) for event in resumed.events("trial")] == [
            timeless(event) for event in straight.events("trial")
        ]
        assert resumed.marks("trial") == straight.marks("trial")
        assert resumed.rounds("trial") == straight.rounds("trial")
        assert resumed.finished_rounds("trial") == straight.finished_rounds("trial")
        assert resumed.verify_archive() == ()
        plan = straight.plan("trial")
        assert plan is not None
        assert plan.same_as(resumed.plan("trial"))
        for session in plan.sessions:
            assert resumed.consensus("trial", session) == straight.consensus("trial", session)
            chats = (resumed.decided_chats("trial", session), straight.decided_chats("trial", session))
            assert len(chats[0]) == len(chats[1]) == len(plan.tickers) * len(plan.contestants)
            for one, other in zip(*chats, strict=True):
                assert chat_differences(one, other) == ()


def timeless(event: LedgerEvent) -> dict[str, object]:
    """An event but for the id of its chat."""
    return event.model_dump(mode="json", exclude={"chat_id"})
