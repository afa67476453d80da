"""TradingAgents' runs as ModelChats: what was said at every stage, and the decision as its text says it.

The files keep no calls, no times, no model names and no portfolio, so the chats have none and nothing is traded. A
day on which New York does not trade stays the day it is, and a note says so.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from arena.interop.rating import Rating, read_rating
from arena.interop.states import State, read_states
from arena.market import calendar
from arena.records.base import Record, content_hash
from arena.records.chat import Imported, ModelChat, ResearchStage, RiskStage, Stages
from arena.records.outcome import Abstention, ImportedDecision, Outcome
from arena.store import Store

UNKNOWN = "unknown"

_CLOSE = time(16, tzinfo=ZoneInfo("America/New_York"))


class ImportedStates(Record):
    """What importing files came to."""

    season: str
    chats: tuple[ModelChat, ...]
    """One a state, in the order of files and states."""
    new: tuple[str, ...]
    """The ids that were not stored before."""


def import_states(store: Store, paths: Iterable[Path], season: str, contestant: str) -> ImportedStates:
    """Store every state of the files as a ModelChat, all or none; importing again changes nothing.

    UsageError, before anything is written, where a file holds no state.
    """
    chats = tuple(chat_of(state, season, contestant) for path in paths for state in read_states(path))
    with store.transaction():
        known = {row.id for row in store.chat_rows(season=season, limit=-1)}
        for chat in chats:
            store.save_chat(chat)
    return ImportedStates(season=season, chats=chats, new=tuple(chat.id for chat in chats if chat.id not in known))


def chat_of(state: State, season: str, contestant: str) -> ModelChat:
    """The state as a chat; its id depends on file name and content, so the same state has the same one."""
    content = content_hash(state.model_dump(mode="json", exclude={"notes"}))
    as_of = _as_of(state.day)
    return ModelChat(
        id=f"{season}.{state.day}.{state.ticker}.{contestant}.{content[:8]}",
        season=season,
        session=state.day,
        as_of=as_of,
        ticker=state.ticker,
        contestant=contestant,
        model=UNKNOWN,
        quick_model=UNKNOWN,
        labels=("imported",),
        snapshot_hash="",
        prompts_hash="",
        config_hash="",
        code_version="",
        started=as_of,
        finished=as_of,
        stages=Stages(
            research=ResearchStage(turns=state.research) if state.research else None,
            risk=RiskStage(turns=state.risk) if state.risk else None,
        ),
        calls=(),
        errors=(),
        outcome=_outcome(state),
        imported=Imported(
            project="TradingAgents",
            source=state.source,
            texts=state.texts,
            notes=(*_no_session(state.day), *state.notes),
        ),
    )


def _outcome(state: State) -> Outcome:
    rating = read_rating(state.decision)
    if isinstance(rating, Rating):
        return ImportedDecision(action=rating.action, rating=rating.words, reasoning=state.decision)
    reason = "unparseable" if state.decision else "no_data"
    return Abstention(reason=reason, detail=rating.why, stage="portfolio_manager")


def _no_session(day: date) -> tuple[str, ...]:
    return () if calendar.is_session(day) else (f"New York does not trade on {day:%A}, {day}",)


def _as_of(day: date) -> datetime:
    """The close of the day, or four in the afternoon in New York where it is no session."""
    return calendar.close_of(day) if calendar.is_session(day) else datetime.combine(day, _CLOSE)
