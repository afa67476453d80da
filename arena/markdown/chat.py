"""The document: what a chat rests on, how it ended, then what everybody said in turn, and what it took."""

from collections.abc import Iterator

from arena import figures
from arena.markdown.escaping import inline, listed, quoted, table
from arena.markdown.stages import stage_markdown
from arena.markdown.words import exit_words, outcome_words
from arena.records.chat import PORTFOLIO, Label, ModelCall, ModelChat, Stages
from arena.records.outcome import Outcome

_LABELS: dict[Label, str] = {
    "rehearsal": "REHEARSAL: the contestant is a rule-driven stand-in, not a model.",
    "simulated": "SIMULATED: the market is invented; no price, figure or article in it is real.",
    "imported": "IMPORTED: another project's record; nobody at a desk of this arena said or decided it.",
    "baseline": "BASELINE: the contestant is a fixed rule to measure models against.",
}


def chat_markdown(chat: ModelChat) -> str:
    """The chat as CommonMark with GitHub's tables. What a model, a vendor or a person wrote is quoted or escaped.

    Prompts, replies and tool results are left out: the chat's JSON has them.
    """
    return "\n\n".join(_blocks(chat)) + "\n"


def _blocks(chat: ModelChat) -> Iterator[str]:
    about = "Portfolio" if chat.ticker == PORTFOLIO else inline(chat.ticker)
    yield f"# {about} at the close of {chat.session}, by {inline(chat.contestant)}: {outcome_words(chat.outcome)}"
    yield from (f"**{_LABELS[label]}**" for label in _LABELS if label in chat.labels)
    yield table(("About", ""), _facts(chat))
    yield from _outcome(chat.outcome)
    texts = dict(chat.imported.texts) if chat.imported is not None else {}
    for name in Stages.model_fields:
        yield from stage_markdown(name, getattr(chat.stages, name), texts)
    yield from _replies(chat)
    yield from _unsupported(chat)
    yield from _errors(chat)
    yield from _calls(chat)


def _facts(chat: ModelChat) -> list[tuple[str, str]]:
    rows = [("Chat", chat.id), ("Season", chat.season), ("As of", f"{chat.as_of:%Y-%m-%d %H:%M %Z}")]
    if chat.imported is not None:
        rows.append(("Imported from", f"{chat.imported.project}: {chat.imported.source}"))
        return [*rows, *(("Note", note) for note in chat.imported.notes)]
    took = figures.seconds((chat.finished - chat.started).total_seconds())
    models = chat.model if chat.model == chat.quick_model else f"{chat.model}, quick roles {chat.quick_model}"
    return [
        *rows,
        ("Model", models),
        ("Snapshot", chat.snapshot_hash),
        ("Prompts", chat.prompts_hash),
        ("Settings", chat.config_hash),
        ("Code", chat.code_version),
        ("Took", f"{took}, {figures.plural(len(chat.calls), 'call')}, cost {figures.cost(chat.cost)}"),
    ]


def _outcome(outcome: Outcome) -> Iterator[str]:
    yield "## Outcome"
    if outcome.kind == "abstention":
        where = f", at the {outcome.stage.replace('_', ' ')}" if outcome.stage else ""
        yield f"**{outcome_words(outcome)}**{inline(where)}"
        yield quoted(outcome.detail)
    elif outcome.kind == "imported":
        yield f"**{outcome_words(outcome)}**, in its words: {inline(outcome.rating)}"
        yield quoted(outcome.reasoning) if outcome.reasoning.strip() else "Its reasons are not known."
    else:
        exits = exit_words(outcome.stop_loss, outcome.take_profit)
        yield f"**{outcome_words(outcome)}**, confidence {outcome.confidence:.2f}{exits}"
        yield quoted(outcome.reasoning)
        if outcome.key_risks:
            yield "Risks:"
            yield listed(outcome.key_risks)


def _replies(chat: ModelChat) -> Iterator[str]:
    """What an imported model said on the way: of our own desks' replies the stages are made."""
    reasoning = getattr(chat.outcome, "reasoning", "")
    said = [call.reply for call in chat.calls if call.reply.strip() and call.reply != reasoning]
    if chat.imported is not None and said:
        yield "## Said on the way"
        for number, reply in enumerate(said, 1):
            yield f"**Reply {number}**"
            yield quoted(reply)


def _unsupported(chat: ModelChat) -> Iterator[str]:
    if chat.unsupported:
        yield "## Figures that nothing it was shown bears out"
        rows = [
            (one.stage, one.text, figures.UNKNOWN if one.nearest is None else f"{one.nearest:,g}", one.nearest_name)
            for one in chat.unsupported
        ]
        yield table(("Stage", "Stated", "Nearest shown", "Which is"), rows)


def _errors(chat: ModelChat) -> Iterator[str]:
    if chat.errors:
        yield "## Errors on the way"
        yield listed([f"{error.node or 'desk'}: {error.message}" for error in chat.errors])


def _calls(chat: ModelChat) -> Iterator[str]:
    if chat.calls:
        yield "## Calls"
        columns = ("Role", "Model", "Status", "Asked by", "Tokens in", "Tokens out", "Seconds", "Dollars", "Tries")
        yield table(columns, [_call(call) for call in chat.calls])


def _call(call: ModelCall) -> tuple[str, ...]:
    more = " or more" if call.cost_at_least else ""
    return (
        call.node.replace("_", " "),
        call.model,
        call.status,
        (call.rung or "text").replace("_", " "),
        figures.count(call.tokens.prompt),
        figures.count(call.tokens.completion),
        figures.UNKNOWN if call.latency is None else f"{call.latency:.1f}",
        figures.UNKNOWN if call.cost is None else f"{call.cost:f}{more}",
        str(1 + len(call.retries)),
    )
