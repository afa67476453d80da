"""A model's day as a ModelChat: what its log holds, and what its position lines say it did.

The day is about the whole portfolio, so the chat is too. The logs keep no times: all instants are the open's, at
which the day's prices were read. What was said after the last reply stands in a call that has none.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from arena.interop.ai_trader.logs import Log
from arena.interop.ai_trader.positions import Line
from arena.records.base import content_hash
from arena.records.chat import PORTFOLIO, Imported, Message, ModelCall, ModelChat, Stages
from arena.records.outcome import Abstention, Action, ImportedDecision, Outcome

_OPEN = time(9, 30, tzinfo=ZoneInfo("America/New_York"))
_ACTIONS: dict[str, Action] = {"buy": "BUY", "sell": "SELL"}


def opening_of(day: date) -> datetime:
    """When New York opens on a day."""
    return datetime.combine(day, _OPEN)


def chat_of(season: str, model: str, day: date, lines: Sequence[Line], log: Log | None) -> ModelChat:
    """A day's chat; its id depends on its content alone."""
    source = f"agent_data/{model}/log/{day}/log.jsonl"
    name = (log.signature if log else "") or model
    calls = tuple(_calls(name, opening_of(day), log.messages if log else ()))
    outcome = _outcome(day, lines, calls)
    notes = (*(log.notes if log else ("the log of that day is not there",)),)
    content = {
        "calls": [call.model_dump(mode="json") for call in calls],
        "outcome": outcome.model_dump(mode="json"),
        "lines": [line.where for line in lines],
    }
    return ModelChat(
        id=f"{season}.{day}.{PORTFOLIO}.{model}.{content_hash(content)[:8]}",
        season=season,
        session=day,
        as_of=opening_of(day),
        ticker=PORTFOLIO,
        contestant=model,
        model=name,
        quick_model=name,
        labels=("imported",),
        snapshot_hash="",
        prompts_hash="",
        config_hash="",
        code_version="",
        started=opening_of(day),
        finished=opening_of(day),
        stages=Stages(),
        calls=calls,
        errors=(),
        outcome=outcome,
        imported=Imported(project="AI-Trader", source=source, notes=notes),
    )


def _calls(model: str, at: datetime, messages: Sequence[Message]) -> Iterator[ModelCall]:
    """A call a reply, each with what was said since the one before."""
    heard: list[Message] = []
    number = 0
    for message in messages:
        if message.role != "assistant":
            heard.append(message)
            continue
        number += 1
        yield _call(number, model, at, heard, message.text)
        heard = []
    if heard:
        yield _call(number + 1, model, at, heard, None)


def _call(number: int, model: str, at: datetime, heard: Sequence[Message], reply: str | None) -> ModelCall:
    return ModelCall(
        id=f"call-{number}",
        node="portfolio_manager",
        model=model,
        status="ok" if reply is not None else "cancelled",
        started=at,
        latency=None,
        prompt=tuple(heard),
        reply=reply or "",
        error=None if reply is not None else "the log holds no reply to this",
    )


def _outcome(day: date, lines: Sequence[Line], calls: Sequence[ModelCall]) -> Outcome:
    if not lines:
        return Abstention(reason="no_data", detail=f"position.jsonl has no line of what was done on {day}")
    traded = {_ACTIONS[line.action] for line in lines if line.trades and line.amount}
    said = [call.reply for call in calls if call.status == "ok"]
    words = [f"{line.action} {line.amount} {line.symbol}" if line.trades else line.action or "none" for line in lines]
    return ImportedDecision(
        action=None if len(traded) > 1 else next(iter(traded), "HOLD"),
        rating=", ".join(words),
        reasoning=said[-1] if said else "",
    )
