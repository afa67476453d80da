"""Tables that are made of ModelChats: what was asked with, decided, called and said."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from arena.export.columns import Column, Row, Table
from arena.records.chat import ModelCall, ModelChat
from arena.search import passages, said_by


class CallRow(NamedTuple):
    """A call and its chat."""

    chat: ModelChat
    place: int
    call: ModelCall


class TextRow(NamedTuple):
    """A passage and its chat."""

    chat: ModelChat
    place: int
    stage: str
    role: str
    text: str


def chat_rows(chat: ModelChat) -> Iterator[ModelChat]:
    """The one row of a chat."""
    yield chat


def call_rows(chat: ModelChat) -> Iterator[CallRow]:
    """The calls of a chat, in the order they were made."""
    return (CallRow(chat, place, call) for place, call in enumerate(chat.calls, 1))


def text_rows(chat: ModelChat) -> Iterator[TextRow]:
    """What was said in a chat, in the desk's order: then the outcome, then what an import has as texts only."""
    content = chat.model_dump(mode="json")
    for place, (path, text) in enumerate(passages(content), 1):
        yield TextRow(chat, place, *said_by(content, path), text)


def _outcome(name: str) -> Callable[[ModelChat], Any]:
    return lambda chat: getattr(chat.outcome, name, None)


def _told(chat: ModelChat, name: str) -> int | None:
    """Tokens that were told of; None where none were."""
    told = [count for call in chat.calls if (count := getattr(call.tokens, name)) is not None]
    return sum(told) if told else None


def _itself(chat: ModelChat) -> ModelChat:
    return chat


def _chat_of_call(row: CallRow) -> ModelChat:
    return row.chat


def _chat_of_text(row: TextRow) -> ModelChat:
    return row.chat


def _keys(chat_of: Callable[[Row], ModelChat]) -> tuple[Column[Row], ...]:
    return (
        Column("chat_id", "text", "The ModelChat", lambda row: chat_of(row).id),
        Column("season", "text", "The season", lambda row: chat_of(row).season),
        Column("session", "date", "The session it decides at the close of", lambda row: chat_of(row).session),
        Column("ticker", "text", "The ticker; PORTFOLIO for all that is held", lambda row: chat_of(row).ticker),
        Column("contestant", "text", "Whose desk it is", lambda row: chat_of(row).contestant),
    )


CHATS: Table[ModelChat] = Table(
    "chats",
    "A row a desk's run: what it rests on and what it took",
    (
        *_keys(_itself),
        Column("as_of", "instant", "The instant by which all its facts were known", lambda chat: chat.as_of),
        Column("model", "text", "The model of the deep roles", lambda chat: chat.model),
        Column("quick_model", "text", "The model of the quick roles", lambda chat: chat.quick_model),
        Column("labels", "texts", "rehearsal, simulated, baseline, imported: not a real one", lambda chat: chat.labels),
        Column("outcome", "text", "decision, abstention or imported", lambda chat: chat.outcome.kind),
        Column("snapshot_hash", "text", "The facts, by their content", lambda chat: chat.snapshot_hash or None),
        Column("prompts_hash", "text", "The prompts, by their content", lambda chat: chat.prompts_hash or None),
        Column("config_hash", "text", "The settings, by their content", lambda chat: chat.config_hash or None),
        Column("code_version", "text", "The arena's version", lambda chat: chat.code_version),
        Column("started", "instant", "When the desk began", lambda chat: chat.started),
        Column("finished", "instant", "When it ended", lambda chat: chat.finished),
        Column("calls", "integer", "Calls of a model", lambda chat: len(chat.calls)),
        Column("prompt_tokens", "integer", "Tokens of prompts, as far as told", lambda chat: _told(chat, "prompt")),
        Column("answer_tokens", "integer", "Tokens of answers, as far as told", lambda chat: _told(chat, "completion")),
        Column("cost", "decimal", "What its calls cost as far as known, dollars", lambda chat: chat.cost.known),
        Column("unknown_costs", "integer", "Calls whose cost is unknown", lambda chat: chat.cost.unknown_calls),
        Column("unsupported", "integer", "Figures that nothing it was shown bears out", lambda c: len(c.unsupported)),
        Column("errors", "integer", "What went wrong on the way", lambda chat: len(chat.errors)),
    ),
)

DECISIONS: Table[ModelChat] = Table(
    "decisions",
    "A row a desk's run: how it ended; an abstention has no action",
    (
        *_keys(_itself),
        Column("kind", "text", "decision, abstention or imported", _outcome("kind")),
        Column("action", "text", "BUY, SELL or HOLD", _outcome("action")),
        Column("fraction", "number", "Part of the cash (BUY) or the holding (SELL), 0 to 1", _outcome("fraction")),
        Column("confidence", "number", "How sure it was, 0 to 1", _outcome("confidence")),
        Column("stop_loss", "decimal", "The price to give up at, dollars", _outcome("stop_loss")),
        Column("take_profit", "decimal", "The price to take the gain at, dollars", _outcome("take_profit")),
        Column("reasoning", "text", "Why, in its own words", _outcome("reasoning")),
        Column("key_risks", "texts", "What could prove it wrong, the gravest first", _outcome("key_risks")),
        Column("rating", "text", "The words an imported decision was given by", _outcome("rating")),
        Column("reason", "text", "The kind of failure behind an abstention", _outcome("reason")),
        Column("detail", "text", "What happened then, in one sentence", _outcome("detail")),
        Column("failed_stage", "text", "Where it happened", _outcome("stage")),
    ),
)

CALLS: Table[CallRow] = Table(
    "calls",
    "A row a call of a model, without prompt and answer",
    (
        *_keys(_chat_of_call),
        Column("call", "integer", "Its place in the chat, from 1", lambda row: row.place),
        Column("role", "text", "Who called", lambda row: row.call.node),
        Column("model", "text", "The model that was asked for", lambda row: row.call.model),
        Column("provider", "text", "Who served it, where a router says", lambda row: row.call.provider),
        Column("status", "text", "ok, failed or cancelled", lambda row: row.call.status),
        Column("started", "instant", "When it began", lambda row: row.call.started),
        Column("latency", "number", "Seconds, retries included", lambda row: row.call.latency),
        Column("rung", "text", "How a form was asked for; none for plain text", lambda row: row.call.rung),
        Column("prompt_tokens", "integer", "Tokens of the prompt", lambda row: row.call.tokens.prompt),
        Column("answer_tokens", "integer", "Tokens of the answer", lambda row: row.call.tokens.completion),
        Column("thinking_tokens", "integer", "Those of them that were thinking", lambda r: r.call.tokens.reasoning),
        Column("cached_tokens", "integer", "Prompt tokens from a cache", lambda row: row.call.tokens.cached),
        Column("cost", "decimal", "Dollars, failed attempts included", lambda row: row.call.cost),
        Column("cost_at_least", "boolean", "Whether it may have cost more", lambda row: row.call.cost_at_least),
        Column("retries", "integer", "Attempts that failed before", lambda row: len(row.call.retries)),
        Column("finish_reason", "text", "Why the answer ended, in the endpoint's word", lambda r: r.call.finish_reason),
        Column("error", "text", "What went wrong", lambda row: row.call.error),
    ),
)

TEXTS: Table[TextRow] = Table(
    "texts",
    "A row a report, speech, verdict, plan or outcome: everything that was said",
    (
        *_keys(_chat_of_text),
        Column("place", "integer", "Its place in the chat, from 1", lambda row: row.place),
        Column("stage", "text", "Where it was said", lambda row: row.stage),
        Column("role", "text", "Who said it", lambda row: row.role),
        Column("text", "text", "What was said; a report's parts are lines of it", lambda row: row.text),
    ),
)
