"""Figures nothing bears out are flagged with their stage and the nearest true one, and true ones never are."""

import time
from datetime import date
from decimal import Decimal

import pytest

from arena.app import Arena
from arena.evidence import FigureCheck
from arena.evidence.facts import facts_of
from arena.records.chat import ResearchStage, RiskStage, Stages
from arena.records.desk import (
    AnalystReport,
    AnalystStage,
    PortfolioView,
    PositionView,
    ResearchTurn,
    ResearchVerdict,
    RiskTurn,
    SingleStage,
    ToolUse,
    TraderPlan,
)
from arena.records.market import Ratio
from arena.records.memory import ReflectionStage
from arena.records.outcome import Abstention, Decision
from arena.records.terms import Margin, Terms
from bench.competent_model import competent_model
from bench.model_server import ModelServer
from tests.agents.surroundings import SESSION, altered_section, brief, emptied, lesson, mandate, simulated
from tests.arenas import KEYS, NAMES, november, recorded_arena, rehearsal_arena

CENT = Decimal("0.01")
NOBODY = Abstention(reason="timeout", detail="late")


def reported(text="Nothing.", metrics=(), looks=()):
    report = AnalystReport(summary="Short.", key_points=("One.",), metrics=metrics, sentiment=0, text=text)
    return AnalystStage(report=report, tool_uses=looks)


def unsupported_figures(stages, outcome, asked, snapshot):
    return FigureCheck(asked, snapshot).unsupported(stages, outcome)


def flags(stages=None, outcome=NOBODY, snapshot=None, lessons=()):
    snapshot = snapshot or simulated()
    return unsupported_figures(stages or Stages(), outcome, brief(snapshot, lessons=lessons), snapshot)


def said(text, snapshot=None):
    return [one.text for one in flags(Stages(market=reported(text)), snapshot=snapshot)]


def only_one_bar():
    lone = altered_section(simulated(), "prices", bars=simulated().prices.bars[-1:], dividends=(), splits=(), notes=())
    for name in lone.sections().keys() - {"identity", "prices"}:
        lone = emptied(lone, name, "no_data")
    return lone


def newest(kind="income", place=0):
    held = [s for s in simulated().fundamentals.statements if (s.kind, s.period) == (kind, "quarter")]
    return held[place]


def test_what_the_snapshot_holds_is_borne_out_however_it_is_written():
    snapshot, bar = simulated(), simulated().prices.bars[-1]
    revenue = int(newest().items["total_revenue"])
    rsi = snapshot.indicators.series["rsi_14"][-1]
    surprise = snapshot.earnings.reports[0].surprise
    for text in (
        f"Close {bar.close}, or ${bar.close:.1f}, or {bar.close:.0f}; volume {bar.volume:,}, {bar.volume / 1e6:.1f}M.",
        f"RSI {rsi}, {rsi:.2f}, {rsi:.1f}.",
        f"Revenue ${revenue}, ${revenue:,}, ${revenue / 1e9:.2f} billion, ${revenue / 1e6:,.1f} million.",
        f"In millions of dollars {revenue / 1e6:,.0f}.",
        f"It beat by {surprise}% and earned ${snapshot.earnings.reports[0].eps_actual}.",
        f"A score of {100 * snapshot.social.days[0].sentiment:.0f}% or so.",
    ):
        assert said(text) == [], text


def test_the_next_figure_up_or_down_is_another_one():
    lone = only_one_bar()
    bar = lone.prices.bars[0]
    assert said(f"High {bar.high}.", lone) == []
    assert said(f"High {bar.high + CENT}.", lone) == [f"{bar.high + CENT}"]
    assert said(f"Low {bar.low - CENT}.", lone) == [f"{bar.low - CENT}"]


def test_what_follows_plainly_is_borne_out():
    bars, income, before = simulated().prices.bars, newest().items, newest(place=4).items
    change = 100 * (bars[-1].close / bars[-21].close - 1)
    growth = 100 * (income["total_revenue"] / before["total_revenue"] - 1)
    margin = 100 * income["net_income"] / income["total_revenue"]
    four = sum(newest(place=place).items["diluted_eps"] for place in range(4))
    assert said(f"{change:+.2f}% in 20 sessions; revenue {growth:.1f}% above the year before.") == []
    assert said(f"Net margin {margin:.2f}%, {bars[-1].close / four:.1f} times earnings of ${four}.") == []


def test_a_planted_figure_is_found_with_its_stage_and_the_nearest_true_one():
    close = simulated().prices.bars[-1].close
    highest = max(bar.high for bar in simulated().prices.bars)
    assert close == pytest.approx(highest, rel=1)
    wrong = highest + 1000
    text = f"It trades at {wrong}, says the RSI of 97.31."
    market = reported(metrics=({"name": "net_margin", "value": 151.37, "unit": "percent"},))
    stages = Stages(
        market=market,
        news=reported(text),
        research=ResearchStage(
            turns=(ResearchTurn(round=1, speaker="bull", text=text),),
            verdict=ResearchVerdict(
                stance="bullish", strongest_bull_point=text, strongest_bear_point="No.", plan="Go."
            ),
        ),
        trader=TraderPlan(action="BUY", fraction=0.3, entry="Open.", stop_loss=None, take_profit=None, reasoning=text),
        risk=RiskStage(turns=(RiskTurn(round=1, speaker="neutral", text=text),)),
    )
    decided = Decision(action="BUY", fraction=0.3, confidence=0.7, reasoning="Yes.", key_risks=(text,))
    found = flags(stages, decided)
    both = [str(wrong), "97.31"]
    assert [(one.stage, one.text) for one in found] == [
        ("market", "151.37 percent"),
        *((stage, text) for stage in ("news", "research", "trader", "risk", "decision") for text in both),
    ]
    assert found[1].value == float(wrong)
    # Dollars, not shares: the nearest price, statement line or the like, whichever is nearest.
    assert found[1].nearest is not None
    assert abs(found[1].nearest - float(wrong)) <= 1000
    assert found[1].nearest_name


def test_the_nearest_figure_is_named():
    lone = only_one_bar()
    bar = lone.prices.bars[0]
    (one,) = flags(Stages(market=reported(f"It closed at {bar.high + 2}.")), snapshot=lone)
    assert (one.nearest, one.nearest_name) == (float(bar.high), f"prices: high of {bar.session}")


def test_a_percentage_is_no_price_and_a_figure_with_a_multiple_no_plain_one():
    bar = simulated().prices.bars[-1]
    assert said(f"It is at {bar.close}%.") == [f"{bar.close}%"]
    assert said(f"It is at {bar.close} million.") == [f"{bar.close} million"]


def test_what_a_tool_computed_bears_out_and_only_for_the_desk_it_was_shown():
    text = "The average over 37 sessions is 9876.54."
    looks = (ToolUse(name="indicator", arguments='{"window": 37}', result="session,sma_37\n2025-10-14,9876.543"),)
    assert [one.text for one in flags(Stages(market=reported(text)))] == ["9876.54"]
    assert flags(Stages(market=reported(text, looks=looks))) == ()


def test_what_was_computed_for_a_desk_of_one_agent_bears_out_its_decision():
    look = ToolUse(name="indicator", arguments='{"name":"sma"}', result="session,sma_17\n2025-10-14,123.4567")
    alone = Decision(action="HOLD", fraction=0, confidence=0.5, reasoning="The mean is 123.4567.", key_risks=())
    assert [one.text for one in flags(Stages(), alone)] == ["123.4567"]
    assert flags(Stages(single=SingleStage(tool_uses=(look,))), alone) == ()


def test_ratios_and_the_book_bear_out():
    ratios = (Ratio(name="price_to_sales", value=Decimal("8765.43"), basis="year", fiscal_ends=(date(2025, 6, 30),)),)
    snapshot = altered_section(simulated(), "fundamentals", ratios=ratios)
    text = "EV/EBITDA is 8765.4; we hold $10,000.00."
    assert said(text, snapshot) == []
    assert said(text) == ["8765.4"]


def test_a_desk_may_speak_of_the_levels_it_proposed():
    plan = TraderPlan(
        action="BUY",
        fraction=0.3,
        entry="Open.",
        stop_loss="9315.31",
        take_profit=None,
        reasoning="Below 9315.31 it ends.",
    )
    assert flags(Stages(trader=plan)) == ()


@pytest.mark.parametrize("day", [date(2025, 3, 14), date(2025, 10, 14)])
def test_no_rehearsal_desk_states_what_it_was_not_shown(tmp_path, day):
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=november) as arena:
        chats = arena.run(["NVDA", "KO"], as_of=day).chats
    assert len(chats) == 10
    assert [chat.unsupported for chat in chats] == [()] * 10
    assert all(chat.stages.market.report.metrics for chat in chats)


@pytest.mark.real_data
def test_no_competent_model_states_what_it_was_not_shown(recorded, tmp_path):
    with ModelServer(competent_model) as server:
        config = recorded_arena(tmp_path, recorded / "ai-trader-2025-10", dict.fromkeys(NAMES, server.base_url))
        with Arena(config, environ=KEYS, clock=november) as arena:
            chats = arena.run(["NVDA"], as_of=date(2025, 10, 14)).chats
    assert [chat.unsupported for chat in chats] == [()] * len(NAMES)


def test_a_second_desk_on_the_same_facts_takes_next_to_no_time():
    facts_of(simulated())
    started = time.perf_counter()
    assert said("It trades at 342.73.") == []
    assert time.perf_counter() - started < 0.1  # 0.003 s on an idle machine; the first desk takes 0.04 s


def looked_back(text, reflected=SESSION):
    return Stages(reflection=ReflectionStage(lessons=(lesson(reflection=text, reflected=reflected),)))


def test_what_was_shown_of_past_decisions_is_borne_out():
    told = "180.25 became $187.46: +4%; SPY rose 1.25%, so 2.75% more, with RSI at 71.62 then."
    shown = lesson(reasoning="The RSI is at 71.62.")
    lone = only_one_bar()
    market = Stages(market=reported(told))
    assert [one.text for one in flags(market, snapshot=lone)] == ["180.25", "$187.46", "1.25%", "2.75%", "71.62"]
    assert flags(market, snapshot=lone, lessons=[shown]) == ()


def test_an_invented_figure_in_a_reflection_of_this_run_is_flagged_and_one_of_an_earlier_run_is_not_again():
    (flag,) = flags(looked_back("It fell to 98765.43."), lessons=[lesson()])
    assert (flag.stage, flag.text) == ("reflection", "98765.43")
    earlier = looked_back("It fell to 98765.43.", reflected=date(2025, 10, 13))
    assert flags(earlier, lessons=[lesson()]) == ()


def test_what_a_book_with_margin_was_told_is_borne_out_and_what_it_was_not_is_flagged():
    margin = Margin(initial=Decimal("1.55"), maintenance=Decimal("1.37"), borrow_rate=Decimal("0.0275"))
    short = PositionView(
        ticker="NVDA",
        shares=Decimal("-40.5"),
        average_cost=Decimal("612.25"),
        mark=Decimal("633.75"),
        marked=simulated().session,
        value=Decimal("-25666.875"),
    )
    book = PortfolioView(
        cash=Decimal(34_796),
        available=Decimal(-4_988),
        equity=Decimal(9_130),
        positions=(short,),
        margin=Decimal(39_784),
    )
    told = Terms(margin=margin, cash_rate=Decimal("0.0425"))
    text = "We are short at $612.25, worth $25,666.88; margin 155% and 137%, $39,784; 2.75% to borrow, 4.25% on cash."
    asked = brief(simulated(), portfolio=book, mandate=mandate(terms=told))
    stages = Stages(market=reported(text))
    assert unsupported_figures(stages, NOBODY, asked, simulated()) == ()
    plain = brief(simulated())
    assert len(unsupported_figures(stages, NOBODY, plain, simulated())) > 3


def test_what_is_read_while_a_desk_runs_comes_to_the_same_as_what_is_read_at_its_end():
    text = "It trades at 98765.43, and its margin is 151.37%."
    snapshot, turn = simulated(), ResearchTurn(round=1, speaker="bull", text=text)
    plan = TraderPlan(
        action="BUY", fraction=0.3, entry="Open.", stop_loss="98765.43", take_profit=None, reasoning="Below 54321.98."
    )
    early = Stages(market=reported(text), research=ResearchStage(turns=(turn,)))
    late = early.model_copy(update={"news": reported(text), "trader": plan})
    check = FigureCheck(brief(snapshot), snapshot)
    check.read(early)
    found = check.unsupported(late, NOBODY)
    assert found == unsupported_figures(late, NOBODY, brief(snapshot), snapshot)
    # What only the trader proposed bears out what was said, and read, before.
    assert [(one.stage, one.text) for one in found] == [
        *((stage, "151.37%") for stage in ("market", "news", "research")),
        ("trader", "54321.98"),
    ]


def test_of_two_figures_of_the_desk_that_are_as_near_the_smaller_one_is_named():
    looked = ToolUse(name="indicator", arguments="{}", result="session value\n2025-10-14 98766.5", failed=False)
    plan = TraderPlan(
        action="BUY", fraction=0.3, entry="Open.", stop_loss="98764.5", take_profit=None, reasoning="Near 98765.5."
    )
    (found,) = flags(Stages(market=reported(looks=(looked,)), trader=plan))
    assert (found.text, found.nearest, found.nearest_name) == ("98765.5", 98764.5, "trader: stop")
