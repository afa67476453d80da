"""Bull, bear and their manager: what each reads and writes."""

import asyncio

import pytest

from agents.researchers import RESEARCHERS, research_manager, researcher
from arena.records.desk import ResearchVerdict
from tests.agents.surroundings import FORMS, House, ScriptedClient, reported, simulated, started

BULL_1 = {"round": 1, "speaker": "bull", "text": "Earnings grow by a third."}
BEAR_1 = {"round": 1, "speaker": "bear", "text": "All of that is paid for."}
BULL_2 = {"round": 2, "speaker": "bull", "text": "Not at twenty times earnings."}


def state(*turns):
    return {**started(simulated()), **reported(), "investment_debate_state": {"turns": list(turns)} if turns else {}}


def run(node, client, *turns):
    written = asyncio.run(node(House(client, simulated()))(state(*turns)))
    (asked,) = client.asked
    return asked, written


@pytest.mark.parametrize("side", RESEARCHERS)
def test_a_researcher_who_opens_reads_the_digests_and_no_speech(side):
    asked, written = run(lambda seat: researcher(seat, side), ScriptedClient(speech=lambda role, time: "So it is."))
    assert (asked.role, asked.how) == (RESEARCHERS[side], "say")
    assert "Nobody has spoken yet." in asked.text
    assert "- Up for a month." in asked.text
    assert "The whole report." not in asked.text
    assert written == {"investment_debate_state": {"turns": [{"round": 1, "speaker": side, "text": "So it is."}]}}


def test_a_researcher_who_replies_reads_everybodys_last_turn_only():
    asked, written = run(lambda seat: researcher(seat, "bear"), ScriptedClient(), BULL_1, BEAR_1, BULL_2)
    assert BULL_2["text"] in asked.text
    assert BEAR_1["text"] in asked.text
    assert BULL_1["text"] not in asked.text
    assert written["investment_debate_state"]["turns"][0]["round"] == 2


def test_the_manager_reads_full_reports_and_every_turn_and_writes_the_plan():
    asked, written = run(research_manager, ScriptedClient(), BULL_1, BEAR_1, BULL_2)
    assert (asked.role, asked.how) == ("research_manager", "answer")
    assert "The whole report." in asked.text
    assert "- Up for a month." not in asked.text
    assert all(turn["text"] in asked.text for turn in (BULL_1, BEAR_1, BULL_2))
    assert ResearchVerdict.model_validate(written["investment_plan"]).plan == "Buy some."
    assert written["investment_debate_state"] == {"judge_decision": FORMS[ResearchVerdict]["plan"]}


def test_the_manager_judges_without_a_debate():
    asked, _ = run(research_manager, ScriptedClient())
    assert "Nobody has spoken yet." in asked.text
