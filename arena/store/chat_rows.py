"""A chat as a row of its table, and rows as records."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, get_args

from pydantic import AwareDatetime

from arena.errors import AbstentionReason
from arena.records.base import Record
from arena.records.chat import Cost, Label, ModelChat
from arena.records.outcome import Action
from arena.records.standing import Tally

COLUMNS = (
    "id, season, session, ticker, contestant, model, kind, action, fraction, confidence, reason, "
    "cost_known, unknown_calls, labels, started, finished, "
    "coalesce(json_array_length(body, '$.unsupported'), 0) AS unsupported"
)


class ChatRow(Record):
    """A chat without what was said: one line of a list."""

    id: str
    season: str
    session: date
    ticker: str
    contestant: str
    model: str
    kind: Literal["decision", "abstention", "imported"]
    action: Action | None
    """None for an abstention, as are fraction and confidence, which an imported decision has not either."""
    fraction: float | None
    confidence: float | None
    reason: AbstentionReason | None
    """None for a decision."""
    cost: Cost
    labels: tuple[Label, ...]
    started: AwareDatetime
    finished: AwareDatetime
    unsupported: int = 0
    """How many figures its stages state that nothing it was shown bears out."""


class ChatEnding(NamedTuple):
    """How a chat ended, without anything that its body would have to be read for."""

    id: str
    ticker: str
    contestant: str
    said: str
    """BUY, SELL, HOLD, `BUY and SELL` for an import that did both, or abstained."""
    labels: tuple[Label, ...]


def ending_of(row: sqlite3.Row) -> ChatEnding:
    """An ending from a row with id, ticker, contestant, kind, action and labels."""
    said = "abstained" if row["kind"] == "abstention" else row["action"] or "BUY and SELL"
    return ChatEnding(row["id"], row["ticker"], row["contestant"], said, tuple(json.loads(row["labels"])))


def row_of(chat: ModelChat, body: str) -> dict[str, Any]:
    """The row of a chat; `body` is the whole chat as JSON."""
    outcome, cost = chat.outcome, chat.cost
    decision = outcome if outcome.kind == "decision" else None
    action = None if outcome.kind == "abstention" else outcome.action
    return {
        "id": chat.id,
        "season": chat.season,
        "session": chat.session.isoformat(),
        "ticker": chat.ticker,
        "contestant": chat.contestant,
        "model": chat.model,
        "kind": outcome.kind,
        "action": action,
        "fraction": decision.fraction if decision else None,
        "confidence": decision.confidence if decision else None,
        "reason": outcome.reason if outcome.kind == "abstention" else None,
        "cost_known": str(cost.known),
        "unknown_calls": cost.unknown_calls,
        "labels": json.dumps(chat.labels),
        "started": chat.started.isoformat(),
        "finished": chat.finished.isoformat(),
        "body": body,
    }


def chat_of(row: sqlite3.Row) -> ModelChat:
    """The chat in a row's body."""
    # Not model_validate_json: pydantic's parser refuses the escaped half surrogates that json reads.
    return ModelChat.model_validate(json.loads(row["body"]))


def chat_row_of(row: sqlite3.Row) -> ChatRow:
    """One line of a list, from a row with COLUMNS."""
    fields = dict(row)
    cost = _cost(row)
    del fields["cost_known"], fields["unknown_calls"]
    return ChatRow.model_validate({**fields, "cost": cost, "labels": json.loads(row["labels"])})


def _cost(row: sqlite3.Row) -> Cost:
    return Cost(known=Decimal(row["cost_known"]), unknown_calls=row["unknown_calls"])


def tally_of(contestant: str, counted: dict[tuple[str, str], int], paid: Iterable[sqlite3.Row]) -> Tally:
    """A contestant's tally, from counts by contestant and kind, and from what each of its chats cost."""
    total, borne = Cost(), set()
    for row in paid:
        total += _cost(row)
        borne.update(json.loads(row["labels"]))
    return Tally(
        contestant=contestant,
        decisions=counted.get((contestant, "decision"), 0) + counted.get((contestant, "imported"), 0),
        abstentions=counted.get((contestant, "abstention"), 0),
        cost=total,
        labels=tuple(label for label in get_args(Label) if label in borne),
    )
