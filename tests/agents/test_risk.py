"""Trader, risk debaters and portfolio manager: what each reads and writes."""

import asyncio

import pytest

from agents.risk import RISK_DEBATERS, portfolio_manager, risk_debater
from agents.state import dump
from agents.trader import trader
from arena.records.desk import ResearchVerdict, TraderPlan
from arena.records.outcome import Decision
from tests.agents.surroundings import FORMS, House, ScriptedClient, reported, simulated, started

SPOKEN = [
    {"round": r, "speaker": s, "text": f"{s} {r} wants another size."}
    for r in (1, 2)
    for s in ("aggressive", "conservative", "neutral")
]


def run(node, client, *turns):
    written = asyncio.run(
        node(House(client, simulated()))(
            {
                **started(simulated()),
                **reported(),
                "investment_plan": dump(ResearchVerdict.model_validate(FORMS[ResearchVerdict])),
                "trader_investment_plan": dump(TraderPlan.model_validate(FORMS[TraderPlan])),
                "risk_debate_state": {"turns": list(turns)},
            }
        )
    )
    (asked,) = client.asked
    return asked, written


def test_the_trader_reads_summaries_and_verdict_and_proposes():
    asked, written = run(trader, ScriptedClient())
    assert (asked.role, asked.how) == ("trader", "answer")
    assert "Bear's best point: It is dear." in asked.text
    assert "- Up for a month." not in asked.text
    assert "The whole report." not in asked.text
    assert TraderPlan.model_validate(written["trader_investment_plan"]).fraction == 0.4


@pytest.mark.parametrize("side", RISK_DEBATERS)
def test_a_debater_reads_digests_plan_and_everybodys_last_turn(side):
    asked, written = run(lambda seat: risk_debater(seat, side), ScriptedClient(), *SPOKEN[:5])
    assert (asked.role, asked.how) == (RISK_DEBATERS[side], "say")
    assert "BUY, fraction 0.4, stop 300.5, target none" in asked.text
    read = [turn["text"] for turn in SPOKEN if turn["text"] in asked.text]
    assert read == [
        "neutral 1 wants another size.",
        "aggressive 2 wants another size.",
        "conservative 2 wants another size.",
    ]
    (turn,) = written["risk_debate_state"]["turns"]
    assert turn == {
        "round": 2 if side == "neutral" else 3,
        "speaker": side,
        "text": f"{RISK_DEBATERS[side]} speaks, time 1",
    }


def test_the_portfolio_manager_reads_all_of_it_and_decides():
    asked, written = run(portfolio_manager, ScriptedClient(), *SPOKEN)
    assert (asked.role, asked.how) == ("portfolio_manager", "answer")
    assert all(turn["text"] in asked.text for turn in SPOKEN)
    assert "Stance: bullish" in asked.text
    assert "BUY, fraction 0.4, stop 300.5, target none" in asked.text
    assert Decision.model_validate(written["final_trade_decision"]).fraction == 0.3
    assert written["risk_debate_state"] == {"judge_decision": "Enough of it is sure."}


def test_the_portfolio_manager_decides_without_a_debate():
    asked, _ = run(portfolio_manager, ScriptedClient())
    assert "# The risk debate\n\nNobody has spoken yet." in asked.text
