"""Playing a round on a supervisor graph: what it is asked with, who listens, and what came of it as one record."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from arena.collector import at_rest
from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.records.chat import ModelChat
from arena.records.progress import Progress
from arena.records.standing import RoundResult
from arena.rounds.asked import Asked
from arena.rounds.state import RoundInput
from arena.rounds.turn import Turn, taking, turn_in
from arena.unwatched import UNWATCHED, stands_alone


class Supervising(Protocol):
    """A supervisor graph, as LangGraph compiles it."""

    async def ainvoke(self, input: Any, config: Any) -> Any:  # noqa: A002 -- LangGraph's name
        """Play the round that the input asks for; the graph's last state."""


class Listener:
    """The audience of one round: keeps its ModelChats, and passes on what it hears."""

    def __init__(
        self,
        on_progress: Callable[[Progress], None] | None = None,
        on_chat: Callable[[ModelChat], None] | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._on_chat = on_chat
        self.chats: dict[str, ModelChat] = {}
        """By id."""

    @property
    def listens(self) -> bool:
        """Whether it has anybody to pass progress on to."""
        return self._on_progress is not None

    def progress(self, progress: Progress) -> None:
        """Pass it on."""
        if self._on_progress is not None:
            self._on_progress(progress)

    def chat(self, chat: ModelChat) -> None:
        """Keep it and pass it on."""
        self.chats[chat.id] = chat
        if self._on_chat is not None:
            self._on_chat(chat)


async def play(
    graph: Supervising,
    config: ArenaConfig,
    asked: Asked,
    on_progress: Callable[[Progress], None] | None,
    *,
    keep_abstentions: bool = False,
) -> RoundResult:
    """Play a round in its season's turn. `on_progress` is called on the event loop.

    Desks that decided in an earlier run of the round are not run again; with `keep_abstentions` neither are those
    that abstained. Raises UsageError for a home that is no folder.
    """
    if config.home.exists() and not config.home.is_dir():
        raise UsageError(f"the home {config.home} is not a folder; name another with --home or ARENA_HOME")
    listener = Listener(on_progress)
    turn = turn_in(config)
    names = [contestant.name for contestant in asked.contestants]
    try:
        state = await last_state(
            graph,
            listener,
            turn,
            tickers=asked.tickers,
            session=asked.session,
            contestants=names,
            keep_abstentions=keep_abstentions,
        )
    finally:
        turn.end()
    return _result(state, listener.chats)


async def last_state(
    graph: Supervising,
    listener: Listener,
    turn: Turn,
    *,
    tickers: Sequence[str],
    session: date,
    contestants: Sequence[str],
    keep_abstentions: bool = False,
) -> Mapping[str, Any]:
    """The graph's state when the round is over."""
    asked: RoundInput = {
        "tickers": list(tickers),
        "session": session.isoformat(),
        "contestants": list(contestants),
        "keep_abstentions": keep_abstentions,
    }
    with at_rest(), taking(turn):
        config = {"configurable": {"audience": listener, UNWATCHED: stands_alone()}}
        state: Mapping[str, Any] = await graph.ainvoke(asked, config)
    return state


def _result(state: Mapping[str, Any], chats: Mapping[str, ModelChat]) -> RoundResult:
    trades = state["trades"]
    return RoundResult.model_validate(
        {
            "round": state["round"],
            "chats": tuple(sorted(chats.values(), key=lambda chat: (chat.ticker, chat.contestant))),
            "replayed": state["replayed"],
            "consensus": state["consensus"],
            "orders": [event for event in trades if event["kind"] == "order"],
            "fills": [event for event in trades if event["kind"] == "fill"],
            "rejections": [event for event in trades if event["kind"] == "rejection"],
            "standings": state["standings"],
            "notes": state["notes"],
        }
    )
