"""The supervisor graph's state: plain JSON, with snapshots and ModelChats by their ids, not by value."""

from typing import Annotated, Any

from typing_extensions import NotRequired, TypedDict  # noqa: UP035 -- LangGraph reads schemas from these


class DeskOutcome(TypedDict):
    """How one desk ended."""

    chat_id: str
    outcome: dict[str, Any]


def key_of(ticker: str, contestant: str) -> str:
    """The key of one desk in a round's state."""
    return f"{ticker}/{contestant}"


def merge_keyed(before: dict[str, DeskOutcome], after: dict[str, DeskOutcome]) -> dict[str, DeskOutcome]:
    """Both, by key: desks that finish at the same time each add their own."""
    return {**before, **after}


class RoundInput(TypedDict):
    """What a round is asked for with."""

    tickers: NotRequired[list[str]]
    """What to decide on; needed unless the context names it."""
    session: NotRequired[str]
    """The day to decide at the close of, YYYY-MM-DD; the configured or last completed one when left out."""
    contestants: NotRequired[list[str]]
    """Who takes part; every enabled contestant when left out."""
    keep_abstentions: NotRequired[bool]
    """Whether desks that abstained in an earlier run of the round are left alone, as those that decided are."""


class RoundUpdate(TypedDict, total=False):
    """What the steps write."""

    round: dict[str, Any]
    desk: dict[str, Any]
    """The settings its desks are wired by, so that they hold in whatever run goes on with it."""
    briefs: dict[str, dict[str, Any]]
    """The briefs still to be decided on, by `ticker/contestant`."""
    shown: dict[str, dict[str, Any]]
    """What masked contestants are shown in place of their briefs, likewise: a MaskedBrief each."""
    followers: dict[str, dict[str, Any]]
    """The briefs of baselines, which decide after the vote, likewise."""
    ends: float | None
    """When the round must be over, in seconds since 1970, so that it holds in whatever process goes on with it; None
    where rounds take as long as they take."""
    outcomes: Annotated[dict[str, DeskOutcome], merge_keyed]
    """By `ticker/contestant`."""
    replayed: list[str]
    """Ids of the chats that had decided earlier."""
    consensus: list[dict[str, Any]]
    trades: list[dict[str, Any]]
    """The ledger events of this round."""
    standings: dict[str, Any]
    notes: list[str]


class RoundState(RoundInput, RoundUpdate):
    """All a round knows."""


class DeskTask(TypedDict):
    """What one contestant's node is sent: one brief."""

    brief: dict[str, Any]
    desk: NotRequired[dict[str, Any]]
    """The settings its desk is wired by; see RoundUpdate."""
    shown: NotRequired[dict[str, Any] | None]
    """What a masked desk is shown in the brief's place; see RoundUpdate."""
    ends: NotRequired[float | None]
    """When the round must be over; see RoundUpdate."""
