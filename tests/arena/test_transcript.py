import pytest

from agents.state import dump
from arena.records.chat import Stages
from arena.records.memory import ReflectionStage
from arena.transcript import Transcript, research_state
from tests.agents.surroundings import lesson

REPORT = {"summary": "Up.", "key_points": ["Up 12%."], "metrics": [], "sentiment": 0.4, "text": "Up, and up."}
STAGE = {"report": REPORT, "tool_uses": [{"name": "look", "arguments": "{}", "result": "117.80"}], "degraded": False}
VERDICT = {"stance": "bullish", "strongest_bull_point": "a", "strongest_bear_point": "b", "plan": "Buy."}
PLAN = {
    "action": "BUY",
    "fraction": 0.5,
    "entry": "Now.",
    "stop_loss": "90",
    "take_profit": None,
    "reasoning": "The trend.",
}


def turn(speaker, number, text="I say so."):
    return {"round": number, "speaker": speaker, "text": text}


def taken(*updates):
    transcript = Transcript()
    for update in updates:
        transcript.take(update)
    return transcript


def test_before_anything_is_written_there_is_no_stage():
    assert taken().stages() == Stages()


@pytest.mark.parametrize(
    ("written", "stage"),
    [
        ("market_report", "market"),
        ("news_report", "news"),
        ("fundamentals_report", "fundamentals"),
        ("sentiment_report", "social"),
    ],
)
def test_each_analysts_report_is_its_stage(written, stage):
    stages = taken({"some_analyst": {written: STAGE}}).stages()
    assert getattr(stages, stage).report.summary == "Up."
    assert getattr(stages, stage).tool_uses[0].result == "117.80"
    assert [name for name, value in stages if value is not None] == [stage]


def test_turns_stand_by_round_and_speaker_whoever_finished_first():
    transcript = taken(
        {"bear_researcher": {"investment_debate_state": {"turns": [turn("bear", 1)]}}},
        {"bull_researcher": {"investment_debate_state": {"turns": [turn("bull", 1)]}}},
        {"research_manager_floor": None},
        {
            "bear_researcher": {"investment_debate_state": {"turns": [turn("bear", 2)]}},
            "bull_researcher": {"investment_debate_state": {"turns": [turn("bull", 2)]}},
        },
        *({"r": {"risk_debate_state": {"turns": [turn(who, 1)]}}} for who in ("neutral", "conservative", "aggressive")),
    )
    stages = transcript.stages()
    assert [(t.round, t.speaker) for t in stages.research.turns] == [(1, "bull"), (1, "bear"), (2, "bull"), (2, "bear")]
    assert [t.speaker for t in stages.risk.turns] == ["aggressive", "conservative", "neutral"]
    assert stages.research.verdict is None


def test_the_verdict_joins_the_debate_it_judged():
    stages = taken(
        {"bull_researcher": {"investment_debate_state": {"turns": [turn("bull", 1)]}}},
        {"research_manager": {"investment_plan": VERDICT, "investment_debate_state": {"judge_decision": "Buy."}}},
        {"trader": {"trader_investment_plan": PLAN}},
    ).stages()
    assert stages.research.verdict.plan == "Buy."
    assert len(stages.research.turns) == 1
    assert stages.trader.action == "BUY"


def test_without_a_debate_the_verdict_stands_alone():
    stages = taken({"research_manager": {"investment_plan": VERDICT}}).stages()
    assert stages.research.turns == ()
    assert stages.risk is None


def test_the_decision_is_there_once_the_portfolio_manager_wrote_it():
    transcript = taken({"trader": {"trader_investment_plan": PLAN}})
    with pytest.raises(KeyError, match="final_trade_decision"):
        _ = transcript.decision
    transcript.take({"portfolio_manager": {"final_trade_decision": {"action": "HOLD"}, "risk_debate_state": {}}})
    assert transcript.decision == {"action": "HOLD"}


def test_what_was_learnt_from_past_decisions_is_a_stage():
    stage = ReflectionStage(lessons=(lesson(),), failure="the model refused")
    assert taken({"reflection": {"reflection": dump(stage)}}).stages().reflection == stage
    assert taken({"reflection": {}}).stages() == taken({"reflection": None}).stages() == Stages()


RESEARCHED = (
    *({"a": {name: STAGE}} for name in ("market_report", "news_report", "fundamentals_report", "sentiment_report")),
    {"bear_researcher": {"investment_debate_state": {"turns": [turn("bear", 1)]}}},
    {"bull_researcher": {"investment_debate_state": {"turns": [turn("bull", 1)]}}},
    {"research_manager": {"investment_plan": VERDICT, "investment_debate_state": {"judge_decision": "Buy."}}},
)


@pytest.mark.parametrize("written", range(len(RESEARCHED) + 1))
def test_a_transcript_goes_on_from_the_stages_of_another_wherever_that_ended(written):
    stages = taken(*RESEARCHED[:written]).stages()
    assert Transcript(stages).stages() == stages
    rest = ({"trader": {"trader_investment_plan": PLAN}}, {"r": {"risk_debate_state": {"turns": [turn("neutral", 1)]}}})
    going_on = Transcript(stages)
    for update in (*RESEARCHED[written:], *rest):
        going_on.take(update)
    assert going_on.stages() == taken(*RESEARCHED, *rest).stages()


def test_what_the_state_holds_of_research_is_what_its_nodes_wrote():
    state = research_state(taken(*RESEARCHED).stages())
    written = {name: value for update in RESEARCHED for part in update.values() for name, value in part.items()}
    assert state == {
        **written,
        "investment_debate_state": {"turns": [turn("bull", 1), turn("bear", 1)], "judge_decision": "Buy."},
    } | {
        name: {**STAGE, "tool_uses": [{**STAGE["tool_uses"][0], "failed": False}]}
        for name in written
        if name.endswith("_report")
    }
    assert research_state(Stages()) == {}
