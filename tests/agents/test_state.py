"""The desk's state: debates merge each turn once and in order, whoever spoke first."""

import json

from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import get_type_hints

from agents.state import REPORT_KEYS, DeskState, brief_of, dump, merge_debate, next_round, research_brief_of
from tests.agents.surroundings import brief, research_brief, simulated

SPEAKERS = ("aggressive", "conservative", "neutral")
ALL = [{"round": r, "speaker": s, "text": f"{s} {r}"} for r in (1, 2, 3) for s in SPEAKERS]


def merged(*updates):
    debate = {}
    for update in updates:
        debate = merge_debate(debate, update)
    return debate


@given(st.permutations(ALL), st.integers(0, len(ALL)))
def test_turns_are_in_order_whoever_finished_first(turns, cut):
    one_by_one = merged(*({"turns": [turn]} for turn in turns))
    assert one_by_one["turns"] == ALL
    assert merged({"turns": turns[:cut]}, {"turns": turns[cut:]}) == one_by_one


def test_the_same_turn_twice_is_one_turn():
    assert merged({"turns": ALL}, {"turns": ALL[:2]})["turns"] == ALL


def test_histories_hold_each_sides_own_speeches():
    debate = merged({"turns": ALL})
    assert debate["neutral_history"] == "neutral 1\n\nneutral 2\n\nneutral 3"
    assert "bull_history" not in debate


def test_the_judges_words_keep_the_turns():
    debate = merged({"turns": ALL}, {"judge_decision": "Half of it."})
    assert debate["turns"] == ALL
    assert debate["judge_decision"] == "Half of it."


def test_a_judge_without_a_debate_leaves_no_turns():
    assert merged({"judge_decision": "Buy."}) == {"judge_decision": "Buy.", "turns": []}


def test_a_speakers_next_round_counts_its_own_turns():
    assert next_round({}, "bull") == 1
    assert next_round({"turns": ALL[:4]}, "aggressive") == 3
    assert next_round({"turns": ALL[:4]}, "neutral") == 2


def test_a_brief_goes_through_the_state_unchanged():
    given_out = brief(simulated())
    assert brief_of({"brief": json.loads(json.dumps(dump(given_out)))}) == given_out


def test_research_is_shown_of_a_brief_what_it_may_know():
    whole, part = brief(simulated()), research_brief(simulated())
    assert research_brief_of({"brief": dump(whole)}) == research_brief_of({"brief": dump(part)}) == part
    assert set(dump(whole)) - set(dump(part)) == {"portfolio", "mandate"}


def test_the_names_tradingagents_users_know_are_there():
    known = {
        "market_report",
        "news_report",
        "fundamentals_report",
        "sentiment_report",
        "investment_debate_state",
        "investment_plan",
        "trader_investment_plan",
        "risk_debate_state",
        "final_trade_decision",
    }
    assert known < set(get_type_hints(DeskState))
    assert set(REPORT_KEYS.values()) < known
