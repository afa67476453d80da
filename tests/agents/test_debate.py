"""Who speaks next."""

import asyncio

import pytest

from agents.debate import next_speakers, open_floor

KEYS = {"research_manager": "investment_debate_state", "portfolio_manager": "risk_debate_state"}


def held(judge, rounds, speakers=("bull", "bear")):
    turns = [{"round": r, "speaker": s, "text": "."} for r in range(1, rounds + 1) for s in speakers]
    return {KEYS[judge]: {"turns": turns}}


@pytest.mark.parametrize("judge", KEYS)
@pytest.mark.parametrize(("rounds", "after", "expected"), [(1, 0, "ab"), (1, 1, "j"), (3, 2, "ab"), (3, 3, "j")])
def test_the_speakers_speak_until_every_round_is_held_and_then_the_judge(judge, rounds, after, expected):
    route = next_speakers(judge, ["a", "b"], rounds)
    assert asyncio.run(route(held(judge, after))) == ([judge] if expected == "j" else ["a", "b"])


@pytest.mark.parametrize("judge", KEYS)
def test_one_debate_does_not_count_for_the_other(judge):
    (other,) = set(KEYS) - {judge}
    assert asyncio.run(next_speakers(judge, ["a"], 1)(held(other, 5))) == ["a"]


def test_the_floor_changes_nothing():
    assert asyncio.run(open_floor({})) == {}
