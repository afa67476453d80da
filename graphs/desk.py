"""A contestant's desk: analysts side by side, research debate, trader, risk debate, portfolio manager.

    brief ─┬─ market_analyst ───────┐
           ├─ news_analyst ─────────┤                         ┌─ trader ─────┐  ┌─ aggressive ───┐
           ├─ fundamentals_analyst ─┼─ bull, bear ─ manager ──┤              ├──┼─ conservative ─┼─ portfolio_manager
           └─ social_analyst ───────┘                         └─ reflection ─┘  └─ neutral ──────┘

With `style: parallel` the sides of a debate speak at once; with `turns` one after the other. The reflection looks back
on past decisions, for the portfolio manager alone; where there are none it asks nothing. The same graph runs the
research half alone, up to the manager, and the rest from there on; see `agents.halves`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol, cast

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agents import analysts
from agents.debate import DebateJudge, next_speakers, open_floor
from agents.halves import TRADING, after_research, begin
from agents.house import House
from agents.reflection import reflection
from agents.researchers import RESEARCHERS, research_manager, researcher
from agents.risk import RISK_DEBATERS, portfolio_manager, risk_debater
from agents.routes import Route
from agents.state import DeskInput, DeskRequest, DeskStart, DeskState, LoneDeskState, Node, Reports, dump
from agents.trader import trader
from arena.config.desks import DebateSettings, DeskSettings
from arena.records.desk import AnalystName, Brief, Role
from arena.rounds.context import DeskContext
from arena.unwatched import unwatched

Desk = CompiledStateGraph[DeskState, Any, DeskStart, DeskState]
AnyDesk = CompiledStateGraph[Any, Any, Any, Any]
"""A desk of whatever kind: it takes a brief, and where it has a research half what came of that."""
LoneDesk = CompiledStateGraph[LoneDeskState, DeskContext, DeskRequest, LoneDeskState]


def build_desk(settings: DeskSettings, house: House) -> Desk:
    """Compile the desk. Costs a score of milliseconds: once a process, not once a run or a contestant."""
    graph = StateGraph(DeskState, input_schema=DeskStart)
    reporting = [analysts.ANALYST_ROLES[analyst] for analyst in settings.analysts]
    for analyst, role in zip(settings.analysts, reporting, strict=True):
        graph.add_node(role, analyst_node(analyst, settings.tool_turns, house))
    graph.add_node("reflection", reflection(house))
    graph.add_conditional_edges(START, Route(begin(reporting)), [*reporting, *TRADING])
    graph.add_node("research_manager", research_manager(house))
    graph.add_node("trader", trader(house))
    graph.add_node("portfolio_manager", portfolio_manager(house))
    _wire_debate(
        graph,
        {role: researcher(house, side) for side, role in RESEARCHERS.items()},
        after=reporting,
        judge="research_manager",
        settings=settings.debate,
    )
    graph.add_conditional_edges("research_manager", Route(after_research), [*TRADING, END])
    _wire_debate(
        graph,
        {role: risk_debater(house, side) for side, role in RISK_DEBATERS.items()},
        after=TRADING,
        judge="portfolio_manager",
        settings=settings.risk,
    )
    graph.add_edge("portfolio_manager", END)
    return graph.compile(name="desk")


def own_desk(desk: AnyDesk, contestant: str) -> AnyDesk:
    """A contestant's own desk: a graph under its name, over nodes that all of them share."""
    return desk.copy(update={"name": contestant})


def has_research(desk: AnyDesk) -> bool:
    """Whether a desk has a research half, which may be run before its round."""
    return "research_manager" in desk.nodes


def build_lone_desk(
    name: str,
    desk: AnyDesk,
    brief_for: Callable[[str, str | None], Awaitable[Brief]],
    settings: DeskSettings,
    rewired: Callable[[DeskSettings], Awaitable[AnyDesk]],
) -> LoneDesk:
    """Compile a desk that writes its own brief for a ticker, to be run by itself in Studio.

    `desk` is wired by `settings`; where a run's context wishes for other debates, `rewired` gives the desk for them.
    """
    graph = StateGraph(LoneDeskState, input_schema=DeskRequest, context_schema=DeskContext)

    async def write_brief(state: DeskRequest, runtime: Runtime[DeskContext]) -> DeskInput:
        context = runtime.context or DeskContext()
        return {"brief": dump(await brief_for(*context.asked(state.get("ticker"), state.get("session"))))}

    async def run(state: DeskInput, runtime: Runtime[DeskContext]) -> DeskState:
        wished = (runtime.context or DeskContext()).desk(settings)
        chosen = desk if wished == settings else await rewired(wished)
        # The brief alone: in a thread that was used before, the state still holds the research of the last run.
        return cast("DeskState", await chosen.ainvoke({"brief": state["brief"]}))

    graph.add_node("write_brief", write_brief)
    graph.add_node("desk", run)
    graph.add_edge(START, "write_brief")
    graph.add_edge("write_brief", "desk")
    graph.add_edge("desk", END)
    return graph.compile(name=name)


class Analysing(Protocol):
    """An analyst's node at a desk."""

    async def __call__(self, state: DeskInput, config: RunnableConfig) -> Reports:
        """Read the brief, return the report."""


def analyst_node(analyst: AnalystName, tool_turns: int, house: House) -> Analysing:
    """An analyst at its desk: step by step for whoever looks into it, in one go where nobody does."""
    steps, in_one_go = build_analyst(analyst, tool_turns, house), analysts.conversation(house, analyst, tool_turns)

    async def analyse(state: DeskInput, config: RunnableConfig) -> Reports:
        # The brief alone, either way: the conversation is the analyst's own.
        begun: analysts.AnalystState = {"brief": state["brief"]}
        return cast("Reports", await (in_one_go(begun) if unwatched(config) else steps.ainvoke(begun)))

    return analyse


def build_analyst(analyst: AnalystName, tool_turns: int, house: House) -> Any:
    """Compile one analyst's conversation."""
    graph = StateGraph(analysts.AnalystState, input_schema=DeskInput, output_schema=Reports)
    graph.add_node("ask", analysts.ask(house, analyst, tool_turns))
    graph.add_node("look", analysts.look(house, analyst))
    graph.add_node("report", analysts.report(house, analyst))
    graph.add_edge(START, "ask")
    graph.add_conditional_edges(
        "ask", Route(analysts.after_ask(analyst, tool_turns)), {"look": "look", "report": "report", "done": END}
    )
    graph.add_edge("look", "ask")
    graph.add_edge("report", END)
    return graph.compile(name=analysts.ANALYST_ROLES[analyst])


def _wire_debate(
    graph: StateGraph[DeskState, Any, DeskStart, DeskState],
    speakers: Mapping[Role, Node],
    *,
    after: Sequence[str],
    judge: DebateJudge,
    settings: DebateSettings,
) -> None:
    """Wire the debaters between what comes before them and their judge."""
    if settings.rounds == 0:
        graph.add_edge([*after], judge)
        return
    for role, node in speakers.items():
        graph.add_node(role, node)
    roles: list[str] = list(speakers)
    if settings.style == "turns":
        graph.add_edge([*after], roles[0])
        for speaker, following in pairwise(roles):
            graph.add_edge(speaker, following)
        again = Route(next_speakers(judge, roles[:1], settings.rounds))
        graph.add_conditional_edges(roles[-1], again, [roles[0], judge])
        return
    for speaker in roles:
        graph.add_edge([*after], speaker)
    if settings.rounds == 1:
        graph.add_edge(roles, judge)
        return
    # Sides that speak at once need one place to meet before the next round.
    floor = f"{judge}_floor"
    graph.add_node(floor, open_floor)
    graph.add_edge(roles, floor)
    graph.add_conditional_edges(floor, Route(next_speakers(judge, roles, settings.rounds)), [*roles, judge])
