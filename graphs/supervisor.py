"""The arena: open the round, every contestant's desk at once, then votes, trades and standings.

    open ─┬─ desk of the first contestant ──┬─ vote ─ follow ─ trade ─ rank
          ├─ desk of the second ────────────┤
          └─ ... one node a contestant ─────┘

Baselines have no desk: their rules decide in `follow`, when the vote is known.

Each contestant's node is sent one brief a ticker and runs that contestant's own compiled desk. It is
called desk_NAME, since a contestant may bear the name of a step or of a field of the state.
Who follows the round comes in the run's configuration as `audience`, its turn to play as `turn`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Send

from arena.config.model import ModelContestant
from arena.contest import Desk
from arena.records.progress import Audience, EmptyHall
from arena.rounds.referee import Referee
from arena.rounds.state import DeskTask, RoundInput, RoundState, RoundUpdate
from arena.rounds.turn import OpenFloor, Turn

Supervisor = CompiledStateGraph[RoundState, Any, RoundInput, RoundState]


def build_supervisor(referee: Referee, desks: Mapping[str, tuple[ModelContestant, Desk]]) -> Supervisor:
    """Compile the arena over the contestants' desks, by name."""
    graph = StateGraph(RoundState, input_schema=RoundInput)

    async def open_round(state: RoundInput, config: RunnableConfig) -> RoundUpdate:
        return await referee.open(state, audience_of(config), turn_of(config))

    async def vote(state: RoundState) -> RoundUpdate:
        return await referee.vote(state)

    async def follow(state: RoundState, config: RunnableConfig) -> RoundUpdate:
        return await referee.follow(state, audience_of(config))

    async def trade(state: RoundState) -> RoundUpdate:
        return await referee.trade(state)

    async def rank(state: RoundState) -> RoundUpdate:
        return await referee.rank(state)

    graph.add_node("open", open_round)
    graph.add_node("vote", vote)
    graph.add_node("follow", follow)
    graph.add_node("trade", trade)
    graph.add_node("rank", rank)
    for name, (contestant, desk) in desks.items():
        graph.add_node(desk_node(name), _seat(referee, contestant, desk), input_schema=DeskTask)
        graph.add_edge(desk_node(name), "vote")
    graph.add_edge(START, "open")
    graph.add_conditional_edges("open", _to_desks, [*map(desk_node, desks), "vote"])
    graph.add_edge("vote", "follow")
    graph.add_edge("follow", "trade")
    graph.add_edge("trade", "rank")
    graph.add_edge("rank", END)
    return graph.compile(name="arena")


def desk_node(contestant: str) -> str:
    """The name of a contestant's node."""
    return f"desk_{contestant}"


def audience_of(config: RunnableConfig) -> Audience:
    """Who follows the run; nobody, where the configuration names no one."""
    audience: Audience = config.get("configurable", {}).get("audience") or EmptyHall()
    return audience


def turn_of(config: RunnableConfig) -> Turn:
    """The run's turn in its season; none is waited for where the configuration names none."""
    turn: Turn = config.get("configurable", {}).get("turn") or OpenFloor()
    return turn


def _seat(referee: Referee, contestant: ModelContestant, desk: Desk) -> Callable[..., Awaitable[RoundUpdate]]:
    async def hold(task: DeskTask, config: RunnableConfig) -> RoundUpdate:
        return await referee.hold(task, desk, contestant, audience_of(config))

    return hold


async def _to_desks(state: RoundState) -> list[Send | str]:
    """One desk's run for each brief; straight to the vote when everybody has decided before."""
    shown = state.get("shown", {})
    sends: list[Send | str] = [
        Send(desk_node(brief["contestant"]), {"brief": brief, "shown": shown.get(key), "ends": state.get("ends")})
        for key, brief in state["briefs"].items()
    ]
    return sends or ["vote"]
