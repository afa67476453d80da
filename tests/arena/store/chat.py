"""Builders of chats for the store's tests."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from arena.records.chat import Message, ModelCall, ModelChat, Stages
from arena.records.outcome import Abstention, Decision

SESSION = date(2025, 10, 14)
CLOSE = datetime(2025, 10, 14, 20, tzinfo=UTC)
TIMEOUT = Abstention(reason="timeout", detail="took too long")


def decided(action="BUY", confidence=0.6):
    fraction = 0 if action == "HOLD" else 0.5
    return Decision(action=action, fraction=fraction, confidence=confidence, reasoning="because", key_risks=("rates",))


def call(cost="0.01", reply="text"):
    return ModelCall(
        id="c1",
        node="trader",
        model="anthropic/claude",
        status="ok",
        started=CLOSE,
        latency=1.5,
        prompt=(Message(role="user", text="NVDA?"),),
        reply=reply,
        cost=None if cost is None else Decimal(cost),
    )


def make_chat(suffix="3f9a2c", **changes):
    fields = {
        "season": "main",
        "session": SESSION,
        "as_of": CLOSE,
        "ticker": "NVDA",
        "contestant": "claude",
        "model": "anthropic/claude",
        "quick_model": "anthropic/claude",
        "labels": (),
        "snapshot_hash": "a" * 64,
        "prompts_hash": "b" * 64,
        "config_hash": "c" * 64,
        "code_version": "0.1.0",
        "started": CLOSE,
        "finished": CLOSE + timedelta(seconds=90),
        "stages": Stages(),
        "calls": (call(),),
        "errors": (),
        "outcome": decided(),
        **changes,
    }
    chat_id = f"{fields['season']}.{fields['session']}.{fields['ticker']}.{fields['contestant']}.{suffix}"
    return ModelChat(**{"id": chat_id, **fields})
