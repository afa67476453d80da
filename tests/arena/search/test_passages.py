import pytest

from arena.records.chat import Imported, ResearchStage, RiskStage, Stages
from arena.records.desk import (
    AnalystReport,
    AnalystStage,
    Metric,
    ResearchTurn,
    ResearchVerdict,
    RiskTurn,
    ToolUse,
    TraderPlan,
)
from arena.records.outcome import Abstention
from arena.search import Passage, passage_at, passages, said_by
from tests.arena.store.chat import call, make_chat

REPORT = AnalystReport(
    summary="Up.",
    key_points=("Margin.", "Demand."),
    metrics=(Metric(name="pe", value=1, unit="ratio"),),
    sentiment=0,
    text="All of it.",
)
STAGES = Stages(
    news=AnalystStage(report=REPORT, tool_uses=(ToolUse(name="look", arguments="{}", result="vendor"),)),
    research=ResearchStage(
        turns=(
            ResearchTurn(round=1, speaker="bull", text="Buy it."),
            ResearchTurn(round=1, speaker="bear", text="Do not."),
        ),
        verdict=ResearchVerdict(stance="bullish", strongest_bull_point="a", strongest_bear_point="b", plan="c"),
    ),
    trader=TraderPlan(action="BUY", fraction=0.5, entry="now", stop_loss="9", take_profit=None, reasoning="cheap"),
    risk=RiskStage(turns=(RiskTurn(round=1, speaker="neutral", text="Half."),)),
)


def content(**changes):
    return make_chat(stages=STAGES, **changes).model_dump(mode="json")


def test_every_contribution_is_a_passage_and_nothing_that_was_only_shown():
    chat = content()
    assert list(passages(chat)) == [
        Passage("stages/news/report", "Up.\nMargin.\nDemand.\nAll of it."),
        Passage("stages/research/turns/0", "Buy it."),
        Passage("stages/research/turns/1", "Do not."),
        Passage("stages/research/verdict", "a\nb\nc"),
        Passage("stages/trader", "now\ncheap"),
        Passage("stages/risk/turns/0", "Half."),
        Passage("outcome", "because\nrates"),
    ]
    assert all(passage_at(chat, path) == text for path, text in passages(chat))


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("stages/news/report", ("news", "news_analyst")),
        ("stages/research/turns/1", ("research", "bear_researcher")),
        ("stages/research/verdict", ("research", "research_manager")),
        ("stages/trader", ("trader", "trader")),
        ("stages/risk/turns/0", ("risk", "neutral_debater")),
        ("outcome", ("decision", "portfolio_manager")),
    ],
)
def test_a_passage_tells_its_stage_and_its_speaker(path, where):
    assert said_by(content(), path) == where


def test_an_abstention_speaks_for_the_stage_it_happened_in():
    chat = content(outcome=Abstention(reason="timeout", detail="Too slow.", stage="trader"))
    assert list(passages(chat))[-1] == Passage("outcome", "Too slow.")
    assert said_by(chat, "outcome") == ("decision", "trader")


def test_imported_texts_are_passages_of_their_roles():
    texts = {"bull_researcher": "Buy.", "portfolio_manager": "Agreed."}
    chat = content(imported=Imported(project="TradingAgents", source="file", texts=texts), calls=())
    assert list(passages(chat))[-2:] == [
        Passage("imported/texts/bull_researcher", "Buy."),
        Passage("imported/texts/portfolio_manager", "Agreed."),
    ]
    assert said_by(chat, "imported/texts/bull_researcher") == ("research", "bull_researcher")
    assert said_by(chat, "imported/texts/portfolio_manager") == ("risk", "portfolio_manager")
    assert passage_at(chat, "imported/texts/bull_researcher") == "Buy."


def test_of_imported_replies_those_are_passages_that_stand_nowhere_else():
    replies = (call(reply="On the way."), call(reply=""), call(reply="because"))
    chat = content(imported=Imported(project="AI-Trader", source="log"), calls=replies)
    assert list(passages(chat))[-1] == Passage("calls/0/reply", "On the way.")
    assert said_by(chat, "calls/0/reply") == ("calls", "trader")
    assert passage_at(chat, "calls/0/reply") == "On the way."
    assert not [one for one in passages(content(calls=replies)) if one.path.startswith("calls")]


def test_a_stage_that_is_new_is_found_without_being_named():
    chat = content()
    chat["stages"] = {"reflection": {"lessons": [{"text": "Sold too early."}]}}
    assert next(passages(chat)) == Passage("stages/reflection/lessons/0", "Sold too early.")
    assert said_by(chat, "stages/reflection/lessons/0") == ("reflection", "reflection")
