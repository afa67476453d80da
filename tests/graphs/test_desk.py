"""The desk: who speaks when, what each has read, and how long the longest chain of calls is."""

import asyncio
import itertools
import json
import re
from collections import Counter

import pytest
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver

from agents.analysts import ANALYST_ROLES
from agents.lengths import WORDS
from agents.researchers import RESEARCHERS
from agents.risk import RISK_DEBATERS
from agents.state import REPORT_KEYS, DeskState, dump
from arena.config.desks import DebateSettings, DeskSettings
from arena.contest import RECURSION_LIMIT
from arena.records.desk import AnalystReport, AnalystStage, ResearchVerdict, TraderPlan
from arena.records.memory import Reflection, ReflectionStage
from arena.records.outcome import Decision
from graphs.desk import build_desk, build_lone_desk, has_research
from tests.agents.surroundings import (
    FORMS,
    SUBMIT,
    House,
    ScriptedClient,
    VirtualClockLoop,
    altered,
    brief,
    calls,
    lesson,
    looks_then_report,
    research_brief,
    simulated,
    started,
    submission,
)

STYLES = ("parallel", "turns")
ANALYSTS = tuple(ANALYST_ROLES)
DEBATES = [DebateSettings(style=style, rounds=rounds) for style in STYLES for rounds in (0, 1, 2, 3)]


def desk(client, *snapshots, **settings):
    return build_desk(DeskSettings(**settings), House(client, *(snapshots or (simulated(),))))


def run(client, lessons=(), **settings):
    """Run a desk on a virtual clock; returns its state and the seconds of the longest chain of one-second calls."""
    client.seconds = 1
    start = started(simulated(), lessons=lessons)
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        state = runner.run(desk(client, **settings).ainvoke(start, {"recursion_limit": RECURSION_LIMIT}))
        return state, runner.get_loop().time()


def recognisable():
    return ScriptedClient(speech=lambda role, time: f"I said it ({role} {time}).")


def read_by(asked):
    """The speeches in a prompt, as (speaker, round)."""
    found = re.findall(r"\((\w+?)_(?:researcher|debater) (\d+)\)", asked.text)
    return [(speaker, int(number)) for speaker, number in found]


def expected_reading(style, speakers, place, number):
    """Everybody's last turn: the round before's, and by turns this round's of those who came first."""
    latest = {
        speaker: number if style == "turns" and order < place else number - 1 for order, speaker in enumerate(speakers)
    }
    return [(speaker, last) for speaker, last in latest.items() if last]


@pytest.mark.parametrize("kind", ["debate", "risk"])
@pytest.mark.parametrize("settings", DEBATES, ids=lambda s: f"{s.style}-{s.rounds}")
def test_every_debater_speaks_once_a_round_and_has_read_what_was_said_by_then(kind, settings):
    sides = RESEARCHERS if kind == "debate" else RISK_DEBATERS
    other = {"risk" if kind == "debate" else "debate": DebateSettings(rounds=0)}
    client = recognisable()
    state, _ = run(client, **{kind: settings}, **other)
    judge, key = (
        ("research_manager", "investment_debate_state")
        if kind == "debate"
        else ("portfolio_manager", "risk_debate_state")
    )
    rounds = range(1, settings.rounds + 1)
    everything = [(side, number) for number in rounds for side in sides]

    debaters = [asked.role for asked in client.asked if asked.how == "say"]
    if settings.style == "turns":
        assert debaters == [sides[side] for side, _ in everything]
    else:
        for number in rounds:
            spoke = debaters[(number - 1) * len(sides) : number * len(sides)]
            assert sorted(spoke) == sorted(sides.values())
    for place, (side, role) in enumerate(sides.items()):
        for number, asked in enumerate(client.of(role), 1):
            assert read_by(asked) == expected_reading(settings.style, list(sides), place, number), (side, number)
    (judging,) = client.of(judge)
    assert read_by(judging) == everything
    assert [(turn["speaker"], turn["round"]) for turn in state[key]["turns"]] == everything
    assert state[key]["judge_decision"]
    for side, role in sides.items():
        said = "\n\n".join(f"I said it ({role} {number})." for number in rounds)
        assert state[key].get(f"{side}_history", "") == said


def chain(debate, risk):
    """Two calls of an analyst, three of manager, trader and portfolio manager, and the debates'."""
    turns = [
        settings.rounds * (sides if settings.style == "turns" else 1) for settings, sides in ((debate, 2), (risk, 3))
    ]
    return 2 + 3 + sum(turns)


@pytest.mark.parametrize(("style", "seconds"), [("parallel", 7), ("turns", 10)])
def test_the_longest_chain_of_calls_of_one_round(style, seconds):
    one = DebateSettings(style=style)
    client = ScriptedClient()
    assert run(client, debate=one, risk=one)[1] == seconds == chain(one, one)
    assert len(client.asked) == 16


@pytest.mark.parametrize(("debate", "risk"), list(itertools.product(DEBATES, DEBATES)))
def test_the_longest_chain_of_calls_of_every_setting(debate, risk):
    client = ScriptedClient()
    _, seconds = run(client, debate=debate, risk=risk)
    assert seconds == chain(debate, risk)
    assert len(client.asked) == 8 + 3 + 2 * debate.rounds + 3 * risk.rounds


@pytest.mark.parametrize(
    "analysts", [chosen for size in range(1, 5) for chosen in itertools.combinations(ANALYSTS, size)]
)
def test_any_analysts_may_be_left_out(analysts):
    client = ScriptedClient()
    state, seconds = run(client, analysts=analysts)
    assert {name for name in ANALYSTS if REPORT_KEYS[name] in state} == set(analysts)
    assert all(AnalystStage.model_validate(state[REPORT_KEYS[name]]).tool_uses for name in analysts)
    headings = re.findall(r"^## (\w+) \(sentiment", client.of("trader")[0].text, re.MULTILINE)
    assert headings == list(analysts)
    assert seconds == 7
    assert len(client.asked) == 2 * len(analysts) + 2 + 1 + 1 + 3 + 1


def test_the_analysts_of_uneven_length_are_waited_for_and_the_debate_is_held_once():
    def slow_market(conversation, tools):
        offered = {tool["function"]["name"] for tool in tools}
        if "indicator" in offered and len(conversation) < 8:
            return calls(("price_history", {"sessions": len(conversation) + 1}))
        return AIMessage("Prose.")

    client = ScriptedClient(consults=slow_market)
    _, seconds = run(client)
    assert Counter(asked.role for asked in client.asked)["bull_researcher"] == 1
    assert len(client.of("market_analyst")) == 5
    assert seconds == 5 + 5


def test_the_state_holds_the_whole_run_under_the_names_tradingagents_users_know():
    state, _ = run(ScriptedClient(), lessons=[lesson()])
    assert set(state) == set(DeskState.__annotations__)
    assert ReflectionStage.model_validate(state["reflection"]).lessons[0].reflection == "It did persist."
    for key in REPORT_KEYS.values():
        assert AnalystStage.model_validate(state[key]).report.summary == "It goes up."
    assert {"bull_history", "bear_history", "judge_decision"} <= set(state["investment_debate_state"])
    assert {"aggressive_history", "conservative_history", "neutral_history", "judge_decision"} <= set(
        state["risk_debate_state"]
    )
    assert ResearchVerdict.model_validate(state["investment_plan"]).stance == "bullish"
    assert TraderPlan.model_validate(state["trader_investment_plan"]).action == "BUY"
    assert Decision.model_validate(state["final_trade_decision"]).fraction == 0.3


@pytest.mark.parametrize("style", STYLES)
def test_the_state_is_plain_json_at_every_step_and_holds_no_market_data(style):
    two = DebateSettings(style=style, rounds=2)
    graph = desk(ScriptedClient(), debate=two, risk=two)

    async def stream():
        return [part async for part in graph.astream(started(simulated()), stream_mode=["values", "updates"])]

    parts = asyncio.run(stream())
    values = [part for mode, part in parts if mode == "values"]
    assert len(values) > 8
    for _, part in parts:
        assert json.loads(json.dumps(part, allow_nan=False)) == part
    assert values[0]["brief"] == started(simulated())["brief"]
    assert values[-1]["brief"]["snapshot_hash"] == simulated().hash
    assert not {"snapshot", "bars", "items"} & set(values[-1])


def test_one_compiled_desk_runs_twenty_times_at_once_without_crosstalk():
    snapshots = [altered(simulated(), ticker=f"T{number:02}") for number in range(20)]

    class Echo(ScriptedClient):
        """Names the ticker it was asked about wherever it writes, at its own pace."""

        async def say(self, role, prompt):
            return await self._about(role, prompt)

        async def answer(self, role, prompt, form):
            about = await self._about(role, prompt)
            field = {AnalystReport: "text", ResearchVerdict: "plan"}.get(form, "reasoning")
            return form.model_validate({**FORMS[form], field: about})

        async def consult(self, role, conversation, tools):
            about = await self._about(role, conversation)
            reply = looks_then_report(conversation, tools)
            return submission(text=about) if reply.tool_calls[0]["name"] == SUBMIT else reply

        async def _about(self, role, prompt):
            ticker = re.search(r"^Ticker (\S+):", prompt[1].text, re.MULTILINE)[1]
            await asyncio.sleep(int(ticker[1:]) * len(role) % 7 / 1_000)
            return f"On {ticker}."

    graph = desk(Echo(), *snapshots)

    async def all_at_once():
        return await asyncio.gather(*(graph.ainvoke(started(snapshot)) for snapshot in snapshots))

    for snapshot, state in zip(snapshots, asyncio.run(all_at_once()), strict=True):
        assert state["brief"]["ticker"] == snapshot.ticker
        written = {key: value for key, value in state.items() if key != "brief"}
        said = Counter(re.findall(r"On (T\d+)\.", json.dumps(written)))
        assert set(said) == {snapshot.ticker}
        assert said.total() >= 4 + 2 + 1 + 1 + 3 + 1
        assert len(state["investment_debate_state"]["turns"]) == 2
        assert len(state["risk_debate_state"]["turns"]) == 3


@pytest.mark.parametrize("style", STYLES)
def test_the_recursion_limit_suffices_for_the_largest_legal_settings(style):
    most = DebateSettings(rounds=10, style=style)
    client = ScriptedClient(
        # Another look each time: the same one again would end the looks.
        consults=lambda conversation, tools: calls(("price_history", {"sessions": len(conversation) + 1}))
    )
    state, seconds = run(client, tool_turns=50, debate=most, risk=most)
    assert state["final_trade_decision"]["action"] == "BUY"
    assert seconds == 52 + 3 + (50 if style == "turns" else 20)


def test_a_desk_by_itself_writes_its_own_brief():
    wanted = []

    async def brief_for(ticker, session):
        wanted.append((ticker, session))
        return brief(simulated())

    async def rewired(settings):
        return desk(ScriptedClient(), **dict(settings))

    graph = build_lone_desk("claude", desk(ScriptedClient()), brief_for, DeskSettings(), rewired)
    state = asyncio.run(graph.ainvoke({"ticker": "NVDA", "session": "2025-10-14"}))
    assert wanted == [("NVDA", "2025-10-14")]
    assert state["brief"] == started(simulated())["brief"]
    assert Decision.model_validate(state["final_trade_decision"]).action == "BUY"
    asyncio.run(graph.ainvoke({"ticker": "NVDA"}))
    assert wanted[1] == ("NVDA", None)
    state = asyncio.run(graph.ainvoke({}, context={"ticker": "AAPL", "rounds": 2}))
    assert wanted[2] == ("AAPL", None)
    assert len(state["risk_debate_state"]["turns"]) == 6


RESEARCH = {*ANALYST_ROLES.values(), *RESEARCHERS.values(), "research_manager"}
PLANTED = {"cash": "7654321.25", "available": "6543210.75", "equity": "8765432.5"}
PLANTED_POSITION = {"shares": 31337, "average_cost": "271.8281", "mark": "35.45", "value": "1110896.65"}
PLANTED_RULES = {"position_limit": "0.4242", "slippage_bps": "17.29", "commission_bps": "13.37"}
TOLD = [
    "$7,654,321.25",
    "$6,543,210.75",
    "$8,765,432.50",
    "31337",
    "$271.8281",
    "$1,110,896.65",
    "42.42%",
    "17.29",
    "13.37",
]


def planted_brief():
    """A brief whose book and rules hold figures that stand nowhere else."""
    held = {"ticker": "NVDA", "marked": "2025-10-14", **PLANTED_POSITION}
    return brief(
        simulated(), portfolio={**PLANTED, "positions": [held]}, mandate={"fill": "next_close", **PLANTED_RULES}
    )


@pytest.mark.parametrize("tools", [True, False])
def test_no_role_of_the_research_is_shown_what_its_contestant_owns_or_may_do(tools):
    client = ScriptedClient(has_tools=tools)
    two = DebateSettings(rounds=2)
    planted = planted_brief().model_copy(update={"lessons": (lesson(),)})
    asyncio.run(desk(client, debate=two, risk=two).ainvoke({"brief": dump(planted)}))
    roles = {asked.role for asked in client.asked}
    assert roles == WORDS.keys() - {"single_agent"}
    shown = {role: {told for told in TOLD if any(told in asked.text for asked in client.of(role))} for role in roles}
    assert {role for role, figures in shown.items() if not figures} == RESEARCH
    # Cash is told as what is available of it, and a position by its worth.
    assert {frozenset(figures) for role, figures in shown.items() if role not in RESEARCH} == {
        frozenset(TOLD) - {"$7,654,321.25"}
    }


def halves(settings, *, tools=True):
    """A desk run in two halves and one run in one go: the states, and what was asked."""
    states, asked = [], []
    whole, part = dump(brief(simulated(), lessons=[lesson()])), dump(research_brief(simulated()))
    for starts in ([part, whole], [whole]):
        client = ScriptedClient(has_tools=tools, speech=lambda role, time: f"I said it ({role} {time}).")
        graph, state = desk(client, **settings), {}
        for start in starts:
            state = asyncio.run(graph.ainvoke({**state, "brief": start}))
            asked.append([(a.role, a.text) for a in client.asked])
        states.append(state)
    return states, asked


@pytest.mark.parametrize("rounds", [0, 1, 2])
@pytest.mark.parametrize("style", STYLES)
def test_a_desk_run_in_halves_asks_and_comes_to_what_it_does_in_one_go(style, rounds):
    debate = DebateSettings(style=style, rounds=rounds)
    (in_halves, in_one_go), (research, both, whole) = halves({"debate": debate, "risk": debate})
    assert {role for role, _ in research} == (RESEARCH if rounds else RESEARCH - set(RESEARCHERS.values()))
    assert both[: len(research)] == research
    assert not {role for role, _ in both[len(research) :]} & RESEARCH
    assert sorted(both) == sorted(whole)
    assert in_halves == in_one_go


def test_a_desk_with_one_analyst_is_halved_all_the_same():
    (in_halves, in_one_go), (research, both, _) = halves({"analysts": ["news"]}, tools=False)
    assert [role for role, _ in research][-1] == "research_manager"
    assert {role for role, _ in both[len(research) :][:2]} == {"trader", "reflection"}
    assert in_halves == in_one_go


def test_a_desk_by_itself_does_all_of_it_again_in_a_thread_that_was_used_before():
    async def brief_for(ticker, session):
        return brief(simulated())

    client = ScriptedClient()

    async def rewired(settings):
        raise AssertionError("nobody wished for other debates")

    graph = build_lone_desk("claude", desk(client), brief_for, DeskSettings(), rewired)
    graph.checkpointer = InMemorySaver()
    thread = {"configurable": {"thread_id": "1"}}
    for _ in range(2):
        asyncio.run(graph.ainvoke({"ticker": "NVDA"}, thread))
    assert Counter(asked.role for asked in client.asked)["market_analyst"] == 4


def test_the_drawing_shows_where_a_half_begins_and_ends():
    drawn = desk(ScriptedClient()).get_graph()
    ways = {(edge.source, edge.target) for edge in drawn.edges if edge.conditional}
    trading = ("trader", "reflection")
    assert ways == {("__start__", role) for role in (*ANALYST_ROLES.values(), *trading)} | {
        ("research_manager", following) for following in (*trading, "__end__")
    }
    assert has_research(desk(ScriptedClient()))


def long_winded(long):
    """A client that answers every request with so many characters."""

    def filled(content, field):
        room = long - len(json.dumps({**content, field: ""}))
        return {**content, field: ("figure " * long)[:room]}

    points = [f"{number}. {'A finding with its figure. ' * 6}".strip() for number in range(4)]
    metrics = [{"name": f"figure_{number}", "value": 12345.678 + number, "unit": "USD"} for number in range(6)]
    written = filled(
        {**FORMS[AnalystReport], "summary": "A sentence. " * 25, "key_points": points, "metrics": metrics}, "text"
    )
    forms = {
        AnalystReport: written,
        ResearchVerdict: filled(FORMS[ResearchVerdict], "plan"),
        TraderPlan: filled(FORMS[TraderPlan], "reasoning"),
        Decision: filled(FORMS[Decision], "reasoning"),
        Reflection: {"lessons": [{"lesson": number, "text": ("word " * long)[:long]} for number in range(1, 6)]},
    }
    assert {len(json.dumps(form)) for kind, form in forms.items() if kind is not Reflection} == {long}

    class LongWinded(ScriptedClient):
        async def consult(self, role, conversation, tools):
            reply = await super().consult(role, conversation, tools)
            return submission(**written) if reply.tool_calls[0]["name"] == SUBMIT else reply

    return LongWinded(speech=lambda role, time: ("word " * long)[:long], forms=forms)


@pytest.mark.parametrize(("characters", "most", "largest"), [(2_400, 80_000, 12_500), (6_000, 90_000, 16_500)])
def test_a_desk_with_long_answers_keeps_its_prompts_small(characters, most, largest):
    client = long_winded(characters)
    run(client)
    sizes = [asked.size for asked in client.asked]
    assert len(sizes) == 16
    assert sum(sizes) <= most
    assert max(sizes) <= largest


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_looking_back_adds_a_call_and_no_time(style, rounds):
    settings = DebateSettings(style=style, rounds=rounds)
    client = ScriptedClient()
    state, seconds = run(client, lessons=[lesson()], debate=settings, risk=settings)
    assert seconds == chain(settings, settings)
    assert Counter(asked.role for asked in client.asked)["reflection"] == 1
    assert Counter(asked.role for asked in client.asked)["portfolio_manager"] == 1
    assert state["final_trade_decision"]["action"] == "BUY"


def test_past_decisions_are_shown_to_the_reflection_and_the_portfolio_manager_alone():
    two = DebateSettings(rounds=2)
    client = ScriptedClient()
    run(client, lessons=[lesson(reasoning="A secret of mine.")], debate=two, risk=two)
    told = {asked.role for asked in client.asked if "A secret of mine." in asked.text}
    assert told == {"reflection", "portfolio_manager"}
    learnt = {asked.role for asked in client.asked if "It did persist." in asked.text}
    assert learnt == {"portfolio_manager"}


def test_without_past_decisions_nobody_is_asked_anything_else_than_before():
    with_some, without = ScriptedClient(), ScriptedClient()
    run(with_some, lessons=[lesson()])
    state, _ = run(without)
    assert "reflection" not in state
    assert without.of("reflection") == []
    others = [asked for asked in with_some.asked if asked.role not in ("reflection", "portfolio_manager")]
    assert sorted(others, key=str) == sorted((a for a in without.asked if a.role != "portfolio_manager"), key=str)
    (deciding,), (without_memory,) = with_some.of("portfolio_manager"), without.of("portfolio_manager")
    assert deciding.text.startswith(f"{without_memory.text}\n\n# Your past decisions on NVDA\n\n")


def test_what_is_remembered_takes_no_more_than_its_share_of_the_prompts():
    """At most 1,400 characters a past decision at the portfolio manager, and one call of a reflection more."""
    remembered = [
        lesson(session=f"2025-09-{number:02}", fraction=0.123456789, reasoning="word " * 96, split=3)
        for number in range(1, 6)
    ]
    client, without = long_winded(2_400), long_winded(2_400)
    run(client, lessons=remembered)
    run(without)
    (reflecting,), (deciding,), (before,) = (
        client.of("reflection"),
        client.of("portfolio_manager"),
        without.of("portfolio_manager"),
    )
    assert deciding.size - before.size <= 300 + 5 * 1_400
    assert reflecting.size <= 2_500 + 5 * 900
    others = [sum(asked.size for asked in one.asked) for one in (client, without)]
    assert others[0] - others[1] == deciding.size - before.size + reflecting.size
    assert others[1] <= 80_000


@pytest.mark.parametrize("rounds", [0, 1])
def test_the_drawing_shows_the_reflection_beside_the_trader(rounds):
    drawn = desk(ScriptedClient(), risk=DebateSettings(rounds=rounds)).get_graph()
    ways = {
        role: (
            {edge.source for edge in drawn.edges if edge.target == role},
            {edge.target for edge in drawn.edges if edge.source == role},
        )
        for role in ("trader", "reflection")
    }
    assert ways["reflection"] == ways["trader"]
    assert ways["trader"][0] == {"__start__", "research_manager"}
    assert ways["trader"][1] == ({*RISK_DEBATERS.values()} if rounds else {"portfolio_manager"})
