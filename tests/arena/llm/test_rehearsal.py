import asyncio
import json
import random
import re
import string
from datetime import date
from decimal import Decimal
from functools import cache
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage, SystemMessage

from arena.config.contestants import RehearsalStyle
from arena.contest import run_desk
from arena.llm.asking import form_tool
from arena.llm.pool import ModelPool
from arena.llm.rehearsal import RehearsalChatModel
from arena.llm.rehearsal.figures import Digest, Figure
from arena.llm.rehearsal.reading import read_fundamentals, read_market, read_news, read_social
from arena.llm.rehearsal.styles import STYLES, score
from arena.records.desk import AnalystReport, PortfolioView, PositionView
from tests.agents.surroundings import lesson
from tests.arena.desks import SESSION, Listeners, brief, clock, config, desk_of, facts, run_desks, stamp

pytestmark = pytest.mark.slow

NAMES = get_args(RehearsalStyle)
DEBATERS = {"bull_researcher", "bear_researcher", "aggressive_debater", "conservative_debater", "neutral_debater"}
REAL_MODELS = re.compile(
    r"\b(gpt|openai|claude|anthropic|gemini|google|llama|qwen|deepseek|mistral|grok)", re.IGNORECASE
)
CITED = re.compile(r"(?:\(|, )([a-z0-9 ]+) (-?[\d.]+(?:e[+-]?\d+)?) (USD|percent|ratio|index|count|score)")

_DRAWN = random.Random(2025)
TICKERS = ["".join(_DRAWN.choices(string.ascii_uppercase, k=_DRAWN.randint(1, 5))) for _ in range(20)]


def rehearse(*styles, tool_turns=4):
    """Chats of these styles' desks on ACME."""
    rows = [{"name": style, "kind": "rehearsal", "style": style} for style in styles]
    arena = config(*rows, desk={"tool_turns": tool_turns})
    return run_desks(arena, ModelPool(arena, {}), labels=("rehearsal", "simulated"))


@cache
def chats():
    """Every style's chat on ACME, in order of name."""
    return rehearse(*NAMES)


def on(ticker, style):
    """A style's chat on a ticker."""
    arena = config({"name": style, "kind": "rehearsal", "style": style})
    desk = desk_of(ModelPool(arena, {}), arena.enabled[0], arena.desk, ticker)
    mine = brief(style, ticker)
    return asyncio.run(run_desk(desk, mine, stamp(), seconds=30, clock=clock, audience=Listeners()))


def assert_valid(chat):
    """Every form was right at the first attempt: 4 reports in two turns each, a verdict, a plan, a decision."""
    assert chat.outcome.kind == "decision", chat.outcome
    assert len(chat.calls) == 4 * 2 + 2 + 1 + 1 + 3 + 1
    assert {call.status for call in chat.calls} == {"ok"}
    looks = [
        use for name in ("market", "news", "fundamentals", "social") for use in getattr(chat.stages, name).tool_uses
    ]
    assert looks
    assert not [use for use in looks if use.failed]


def said_in(chat):
    return [(call.node, call.reply, call.tool_calls) for call in sorted(chat.calls, key=lambda call: call.node)]


def test_every_style_holds_a_whole_desk():
    assert [chat.contestant for chat in chats()] == sorted(NAMES)
    for chat in chats():
        assert_valid(chat)


@pytest.mark.parametrize("place", range(20))
def test_styles_fill_in_valid_forms_whatever_the_ticker(place):
    assert_valid(on(TICKERS[place], NAMES[place % len(NAMES)]))


@pytest.mark.slow
@pytest.mark.parametrize("style", NAMES)
def test_every_style_fills_in_valid_forms_for_every_ticker(style):
    for ticker in TICKERS:
        assert_valid(on(ticker, style))


def test_the_same_facts_get_the_same_words():
    for first, again in zip(chats(), rehearse(*NAMES), strict=True):
        assert said_in(first) == said_in(again)
        assert first.outcome == again.outcome


def test_styles_differ_in_what_they_make_of_the_same_facts():
    assert len({chat.outcome.reasoning for chat in chats()}) == len(NAMES)


def test_every_figure_in_a_debate_stands_in_the_prompt():
    for chat in chats():
        cited = 0
        for call in chat.calls:
            if call.node not in DEBATERS:
                continue
            prompt = "\n".join(message.text for message in call.prompt)
            for name, value, unit in CITED.findall(call.reply):
                assert f"{name.replace(' ', '_')} = {value} {unit}" in prompt
                cited += 1
            for sentiment in re.findall(r"report at ([+-]\d\.\d\d)", call.reply):
                assert f"(sentiment {sentiment})" in prompt
        assert cited >= 5


def test_the_analysts_look_with_their_tools_before_they_report():
    stages = chats()[0].stages
    looks = {name: [use.name for use in getattr(stages, name).tool_uses] for name in ("market", "news", "fundamentals")}
    assert looks == {
        "market": ["price_history", "indicator", "indicator", "indicator"],
        "news": ["news_search"],
        "fundamentals": ["statements", "statements", "ratios", "earnings", "insiders"],
    }
    assert not stages.market.degraded


def test_the_figures_are_the_snapshots_own():
    bars = facts().prices.bars
    told = {metric.name: metric.value for metric in chats()[0].stages.market.report.metrics}
    assert told["last_close"] == float(bars[-1].close)
    change = 100 * (float(bars[-1].close) / float(bars[-21].close) - 1)
    assert told["change_20_sessions"] == pytest.approx(change, abs=0.005)


def test_without_tool_turns_it_reads_the_data_in_its_prompt():
    (chat,) = rehearse("momentum", tool_turns=0)
    assert chat.outcome.kind == "decision"
    assert chat.stages.market.degraded
    assert "change_20_sessions" in {metric.name for metric in chat.stages.market.report.metrics}
    assert {call.rung for call in chat.calls} == {"json_schema", None}


def test_it_costs_nothing_and_bears_no_real_models_name():
    for chat in chats():
        assert (chat.cost.known, chat.cost.unknown_calls) == (0, 0)
        assert {call.model for call in chat.calls} == {f"rehearsal/{chat.contestant}"}
        assert {call.tokens.prompt for call in chat.calls} == {None}
        words = [call.reply for call in chat.calls] + [t.arguments for call in chat.calls for t in call.tool_calls]
        assert not [text for text in words if REAL_MODELS.search(text)]
        assert "This report is a rehearsal" in chat.stages.market.report.text


def test_it_sells_only_what_it_holds():
    prompt = (
        "Ticker ACME: Acme Corp.\nYour book: {book}\n\n# Your role: trader\n\n"
        "## market (sentiment -0.90)\nDown.\n- Down.\nFigures: change_20_sessions = -18 percent"
    )
    held = "$10.00 available cash, equity $1,000.00; holding 9 ACME at an average cost of $100.00, worth $990.00."
    plans = {}
    for name, book in {"held": held, "other": held.replace("ACME", "OTHER"), "none": "no shares held."}.items():
        reply = RehearsalChatModel(style="momentum").invoke([HumanMessage(prompt.replace("{book}", book))])
        plans[name] = json.loads(reply.text)
    assert {name: plan["action"] for name, plan in plans.items()} == {"held": "SELL", "other": "HOLD", "none": "HOLD"}
    # The weighted sentiment is -0.90, so it sells 0.5 + 0.5 x 0.90 of the holding.
    assert plans["held"]["fraction"] == 0.95


def test_the_book_of_a_real_brief_is_read():
    shares = PositionView(
        ticker="ACME",
        shares=9,
        average_cost=Decimal(100),
        mark=Decimal("118.53"),
        marked=SESSION,
        value=Decimal("1066.77"),
    )
    book = PortfolioView(cash=Decimal(10), available=Decimal(10), equity=Decimal("1076.77"), positions=(shares,))
    arena = config({"name": "contrarian", "kind": "rehearsal", "style": "contrarian"})
    desk, mine = desk_of(ModelPool(arena, {}), arena.enabled[0], arena.desk), brief("contrarian", portfolio=book)
    chat = asyncio.run(run_desk(desk, mine, stamp(), seconds=30, clock=clock, audience=Listeners()))
    prompt = chat.calls[0].prompt[1].text
    assert "holding 9 ACME at an average cost of $100.00, worth $1,066.77" in prompt
    assert chat.outcome.kind == "decision"


def test_a_role_it_does_not_know_is_an_error():
    with pytest.raises(ValueError, match="knows no role 'astrologer'"):
        RehearsalChatModel(style="value").invoke([SystemMessage("x"), HumanMessage("# Your role: astrologer")])


def test_it_hands_its_report_in_through_the_forms_tool():
    model = RehearsalChatModel(style="value").bind_tools([form_tool(AnalystReport)])
    (call,) = model.invoke([HumanMessage("# Your role: social analyst")]).tool_calls
    assert call["name"] == "submit_analystreport"
    assert AnalystReport.model_validate(call["args"]).sentiment == 0


def csv(*rows):
    return "\n".join(rows)


def test_the_market_is_read_as_worked_out_by_hand():
    closes = [100.0] * 21
    closes[-1] = 110.0
    prices = csv(
        "session,open,high,low,close,volume", *(f"2025-09-{d:02},1,1,1,{c},9" for d, c in enumerate(closes, 1))
    )
    average = csv("session,sma_50", "2025-09-20,", "2025-09-21,100.0000")
    macd = csv("session,macd,macd_signal,macd_hist", "2025-09-21,1,0.5,0.5")
    figures, sentiment = read_market([prices, average, macd], 110.0)
    assert figures == (
        Figure("last_close", 110.0, "USD"),
        Figure("change_20_sessions", 10.0, "percent"),
        Figure("distance_to_sma_50", 10.0, "percent"),
        Figure("macd_hist", 0.5, "USD"),
    )
    assert sentiment == 0.94  # tanh(10/10 + 10/20 + 0.2) = tanh(1.7) = 0.9354


def test_the_fundamentals_are_read_as_worked_out_by_hand():
    income = csv(
        "item,2025-09-30 (filed 2025-10-30),q,q,q,q",
        "total_revenue,110,105,103,101,100",
        "net_income,11,9,9,9,9",
        "diluted_eps,1.25,1.25,1.25,1.25,1",
    )
    figures, sentiment = read_fundamentals([income], 100.0)
    assert figures == (
        Figure("revenue_growth_yoy", 10.0, "percent"),
        Figure("net_margin", 10.0, "percent"),
        Figure("price_to_earnings", 20.0, "ratio"),
    )
    assert sentiment == 0.5  # tanh(10/25 + (10 - 8)/30 + (22 - 20)/25) = tanh(0.5467) = 0.498
    reports = csv(
        "reported,fiscal_end,eps_estimate,eps_actual,surprise_percent",
        "2025-10-30,2025-09-30,1.3,1.25,-3.85",
        "2025-07-30,2025-06-30,1.2,1.25,4.17",
        "Next report: day unknown.",
    )
    figures, sentiment = read_fundamentals([income, reports], 100.0)
    assert figures[-1] == Figure("last_earnings_surprise", -3.85, "percent")
    assert sentiment == 0.47  # tanh(0.5467 - 3.85/100) = tanh(0.5082) = 0.469


def test_news_and_mood_are_read_as_worked_out_by_hand():
    articles = (
        "a | x | vendor sentiment +0.30 | t\nb | x | vendor sentiment none | t\nc | x | vendor sentiment -0.10 | t"
    )
    figures, sentiment = read_news([articles], None)
    assert figures == (Figure("articles", 3.0, "count"), Figure("mean_news_sentiment", 0.1, "score"))
    assert sentiment == 0.2  # tanh(2 x 0.1) = 0.197
    days = csv(
        "day,mentions,sentiment", *(f"2025-10-{d},100,{s}" for d, s in ((14, 0.4), (13, 0.4), (10, 0.4), (9, 0.0)))
    )
    figures, sentiment = read_social([days], None)
    assert figures[1:] == (Figure("mean_social_sentiment", 0.3, "score"), Figure("social_turn_3_days", 0.1, "score"))
    assert sentiment == 0.5  # tanh(1.5 x 0.3 + (0.4 - 0.3)) = tanh(0.55) = 0.5005


@pytest.mark.parametrize("read", [read_market, read_fundamentals, read_news, read_social])
def test_without_data_nothing_is_read_into_it(read):
    figures, sentiment = read(["No news (no_data)."], None)
    assert sentiment == 0
    assert [figure.value for figure in figures if figure.value] == []


def test_a_score_is_the_weighted_mean_of_the_reports_there_are():
    reports = {"market": Digest(0.5, ()), "news": Digest(-0.5, ())}
    assert score(STYLES["momentum"], reports) == 0.389  # (0.8 x 0.5 - 0.1 x 0.5) / 0.9
    assert score(STYLES["contrarian"], reports) == -0.357  # (-0.6 x 0.5 + 0.1 x 0.5) / 0.7
    assert score(STYLES["value"], {"market": Digest(0.9, ())}) == 0  # it does not listen to the market


@given(
    style=st.sampled_from(NAMES),
    sentiments=st.dictionaries(st.sampled_from(["market", "news", "fundamentals", "social"]), st.floats(-1, 1)),
)
def test_a_score_never_leaves_its_bounds(style, sentiments):
    assert -1 <= score(STYLES[style], {name: Digest(value, ()) for name, value in sentiments.items()}) <= 1


HELD = {"session": date(2025, 10, 6)}


@pytest.mark.parametrize(
    ("past", "told"),
    [
        ({}, "The price moved +4%, +2.75 points against the benchmark, as the BUY wanted: it held that strength"),
        ({"action": "SELL"}, "against the SELL: it did not hold that strength tends to persist. I would be less sure"),
        ({"action": "SELL", "confidence": 0.5}, "I would ask for more agreement."),
        ({"action": "HOLD", "fraction": 0}, "standing aside missed a move. I would act on weaker evidence."),
        ({"action": "HOLD", "fraction": 0, "return_pct": -1}, "standing aside cost nothing. I would wait again."),
        ({"benchmark": None, "benchmark_return_pct": None}, "The price moved +4%, as the BUY wanted"),
        ({"split": 4}, "The price moved +4%, +2.75 points against the benchmark, as"),
    ],
)
def test_a_stand_in_learns_from_the_figures_of_its_past_decisions(past, told):
    arena = config({"name": "momentum", "kind": "rehearsal", "style": "momentum"})
    (chat,) = run_desks(arena, ModelPool(arena, {}), lessons=[lesson(**past), lesson(**HELD)], labels=("rehearsal",))
    assert (chat.outcome.kind, chat.errors, chat.stages.reflection.failure) == ("decision", (), None)
    first, second = chat.stages.reflection.lessons
    assert told in first.reflection
    assert second.reflection.startswith("The price moved +4%")
    assert [one for one in chat.unsupported if one.stage == "reflection"] == []
