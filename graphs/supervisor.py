"""The arena: open the round, every contestant's desk at once, then votes, trades, standings and the word about it.

    open ─┬─ desk of the first contestant ──┬─ vote ─ follow ─ trade ─ rank ─ announce
          ├─ desk of the second ────────────┤
          └─ ... one node a contestant ─────┘

Baselines have no desk: their rules decide in `follow`, when the vote is known.

Each contestant's node is sent one brief a ticker and runs that contestant's own compiled desk. It is
called desk_NAME, since a contestant may bear the name of a step or of a field of the state.
Who follows the round comes in the run's configuration as `audience`. What is asked for may come in the context; a
round whose debates are held otherwise than the arena's own has desks that are wired for it, and its state says so.
Every step waits for the run's turn in the season, since a round that was interrupted goes on in another run.
"""

from collections.abc import Awaitable, Callable, Mapping

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import get_runtime
from langgraph.types import Send

from agents.routes import Route
from arena.config.contestants import ModelContestant
from arena.config.desks import DeskSettings
from arena.contest import Desk
from arena.records.progress import Audience, EmptyHall
from arena.rounds.context import RoundContext
from arena.rounds.referee import Referee
from arena.rounds.state import DeskTask, RoundInput, RoundState, RoundUpdate
from arena.rounds.turn import current_turn

Supervisor = CompiledStateGraph[RoundState, RoundContext, RoundInput, RoundState]
Running = Callable[[DeskSettings], Awaitable[Mapping[str, Desk]]]
"""From how desks are wired to the desks that run so, by contestant."""


def build_supervisor(
    referee: Referee, desks: Mapping[str, tuple[ModelContestant, Desk]], run: Running | None = None
) -> Supervisor:
    """Compile the arena over the contestants' desks, by name.

    `run` gives the desks that run, which may be wired otherwise or be elsewhere; where it is None, these do.
    """
    graph = StateGraph(RoundState, input_schema=RoundInput, context_schema=RoundContext)

    async def open_round(state: RoundInput, config: RunnableConfig) -> RoundUpdate:
        context = get_runtime(RoundContext).context or RoundContext()
        under = referee.under(context.desk(referee.desk))
        return await under.open(context.asked(state), audience_of(config), current_turn())

    async def vote(state: RoundState) -> RoundUpdate:
        await current_turn().begin()
        return await referee.vote(state)

    async def follow(state: RoundState, config: RunnableConfig) -> RoundUpdate:
        await current_turn().begin()
        return await referee.under(desk_of(state, referee)).follow(state, audience_of(config))

    async def trade(state: RoundState) -> RoundUpdate:
        await current_turn().begin()
        return await referee.trade(state)

    async def rank(state: RoundState) -> RoundUpdate:
        await current_turn().begin()
        return await referee.rank(state)

    async def announce(state: RoundState) -> RoundUpdate:
        return await referee.announce(state)

    graph.add_node("open", open_round)
    graph.add_node("vote", vote)
    graph.add_node("follow", follow)
    graph.add_node("trade", trade)
    graph.add_node("rank", rank)
    graph.add_node("announce", announce)
    for name, (contestant, desk) in desks.items():
        graph.add_node(desk_node(name), _seat(referee, contestant, desk, run), input_schema=DeskTask)
        graph.add_edge(desk_node(name), "vote")
    graph.add_edge(START, "open")
    graph.add_conditional_edges("open", Route(_to_desks), [*map(desk_node, desks), "vote"])
    graph.add_edge("vote", "follow")
    graph.add_edge("follow", "trade")
    graph.add_edge("trade", "rank")
    graph.add_edge("rank", "announce")
    graph.add_edge("announce", END)
    return graph.compile(name="arena")


def desk_node(contestant: str) -> str:
    """The name of a contestant's node."""
    return f"desk_{contestant}"


def audience_of(config: RunnableConfig) -> Audience:
    """Who follows the run; nobody, where the configuration names no one."""
    audience: Audience = config.get("configurable", {}).get("audience") or EmptyHall()
    return audience


def desk_of(state: RoundState | DeskTask, referee: Referee) -> DeskSettings:
    """How the round's desks are wired; as the referee's are, where the state does not say."""
    return DeskSettings.model_validate(state["desk"]) if "desk" in state else referee.desk


def _seat(
    referee: Referee, contestant: ModelContestant, desk: Desk, run: Running | None
) -> Callable[..., Awaitable[RoundUpdate]]:
    async def hold(task: DeskTask, config: RunnableConfig) -> RoundUpdate:
        await current_turn().begin()
        settings = desk_of(task, referee)
        # The desk is what a drawing shows, whichever one runs.
        running = desk if run is None else (await run(settings))[contestant.name]
        return await referee.under(settings).hold(task, running, contestant, audience_of(config))

    return hold


async def _to_desks(state: RoundState) -> list[Send | str]:
    """One desk's run for each brief; straight to the vote when everybody has decided before."""
    shared, shown = {"desk": state["desk"], "ends": state.get("ends")}, state.get("shown", {})
    sends: list[Send | str] = [
        Send(desk_node(brief["contestant"]), {"brief": brief, "shown": shown.get(key), **shared})
        for key, brief in state["briefs"].items()
    ]
    return sends or ["vote"]
