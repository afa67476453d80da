"""The vote: plurality, ties, the 0.7 threshold, and what abstentions do not do."""

from datetime import date
from itertools import permutations

import pytest

from arena.consensus import consensus
from arena.records.outcome import Abstention, Decision

SESSION = date(2025, 10, 14)


def decision(action, confidence=0.5):
    return Decision(
        action=action,
        fraction=0 if action == "HOLD" else 0.5,
        confidence=confidence,
        reasoning="because",
        key_risks=(),
    )


def voted(*actions):
    return consensus("NVDA", SESSION, {f"c{n}": decision(action) for n, action in enumerate(actions)})


def test_the_action_with_the_most_votes_wins_and_the_others_are_outliers():
    vote = voted("BUY", "SELL", "BUY", "HOLD", "BUY")
    assert (vote.action, vote.tie, vote.level) == ("BUY", False, 0.6)
    assert vote.votes == {"BUY": 3, "SELL": 1, "HOLD": 1}
    assert vote.outliers == ("c1", "c3")
    assert not vote.high


def test_two_of_five_can_be_the_majority():
    vote = voted("SELL", "SELL", "BUY", "HOLD")
    assert (vote.action, vote.level) == ("SELL", 0.5)


@pytest.mark.parametrize("actions", [("BUY", "SELL"), ("BUY", "HOLD"), ("BUY", "SELL", "HOLD")])
def test_a_tie_is_a_hold_without_outliers(actions):
    vote = voted(*actions)
    assert (vote.action, vote.tie, vote.outliers, vote.high) == ("HOLD", True, (), False)
    assert vote.level == pytest.approx(1 / len(actions))


@pytest.mark.parametrize(
    ("buys", "sells", "high"),
    [(7, 3, True), (14, 6, True), (21, 9, True), (2, 1, False), (3, 1, True), (69, 31, False), (1, 0, True)],
)
def test_seven_tenths_exactly_is_high(buys, sells, high):
    assert voted(*["BUY"] * buys, *["SELL"] * sells).high is high


def test_an_abstention_is_not_a_vote():
    outcomes = {
        "a": decision("BUY", 0.9),
        "b": Abstention(reason="timeout", detail="took too long"),
        "c": Abstention(reason="refused", detail="would not"),
    }
    vote = consensus("NVDA", SESSION, outcomes)
    assert (vote.action, vote.level, vote.high, vote.mean_confidence) == ("BUY", 1.0, True, 0.9)
    assert vote.votes == {"BUY": 1, "SELL": 0, "HOLD": 0}
    assert vote.abstentions == {"b": "timeout", "c": "refused"}
    assert vote.outliers == ()


def test_nobody_deciding_is_no_action_rather_than_a_hold():
    vote = consensus("NVDA", SESSION, {"a": Abstention(reason="no_data", detail="no prices")})
    assert (vote.action, vote.level, vote.mean_confidence, vote.tie, vote.high) == (None, None, None, False, False)
    assert vote.votes == {"BUY": 0, "SELL": 0, "HOLD": 0}


def test_the_mean_confidence_is_over_all_who_decided():
    outcomes = {"a": decision("BUY", 0.9), "b": decision("SELL", 0.3), "c": decision("BUY", 0.6)}
    assert consensus("NVDA", SESSION, outcomes).mean_confidence == pytest.approx(0.6)


def test_confidences_of_one_do_not_sum_past_one():
    outcomes = {f"c{n}": decision("BUY", 1.0) for n in range(7)}
    assert consensus("NVDA", SESSION, outcomes).mean_confidence == 1.0


def test_the_order_of_contestants_changes_nothing():
    outcomes = [("a", decision("BUY", 0.1)), ("b", decision("SELL", 0.2)), ("c", decision("BUY", 0.7))]
    votes = {consensus("NVDA", SESSION, dict(order)).model_dump_json() for order in permutations(outcomes)}
    assert len(votes) == 1
