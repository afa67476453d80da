"""A section that is required and not `ok` ends the round for its ticker before a model is asked."""

from datetime import date
from pathlib import Path

import pytest

from arena.app import Arena
from bench.competent_model import competent_model
from bench.model_server import ModelServer
from tests.arenas import KEYS, november, recorded_arena

pytestmark = pytest.mark.real_data


def test_stale_prices_end_the_round_of_their_ticker_and_of_no_other(tmp_path: Path, recorded: Path) -> None:
    """FB's recorded prices end on 2025-10-16, ten sessions before."""
    with ModelServer(competent_model) as server:
        config = recorded_arena(tmp_path, recorded / "ai-trader-2025-10", {"claude": server.base_url})
        with Arena(config, environ=KEYS, clock=november) as arena:
            result = arena.run(["FB", "NVDA"], as_of=date(2025, 10, 30))
        asked = len(server.requests)
    outcomes = {chat.ticker: chat.outcome for chat in result.chats}
    calls = {chat.ticker: len(chat.calls) for chat in result.chats}
    assert outcomes["NVDA"].kind == "decision"
    assert outcomes["FB"].kind == "abstention"
    assert outcomes["FB"].reason == "no_data"
    assert "FB at 2025-10-30: prices are stale" in outcomes["FB"].detail
    assert "the newest bar is of 2025-10-16, not of 2025-10-30" in outcomes["FB"].detail
    assert calls["FB"] == 0
    assert calls["NVDA"] == asked > 0


def test_prices_that_are_one_session_late_are_decided_on_with_a_note(tmp_path: Path, recorded: Path) -> None:
    with ModelServer(competent_model) as server:
        config = recorded_arena(tmp_path, recorded / "ai-trader-2025-10", {"claude": server.base_url})
        with Arena(config, environ=KEYS, clock=november) as arena:
            (chat,) = arena.run(["FB"], as_of=date(2025, 10, 17)).chats
    assert chat.outcome.kind == "decision"
