"""An outcome in a few words. What it is stands in words; colour only adds to it."""

from rich.text import Text

from arena.errors import AbstentionReason
from arena.records.outcome import Action, Outcome

STYLES: dict[Action, str] = {"BUY": "bold green", "SELL": "bold red", "HOLD": "bold yellow"}


def outcome_text(outcome: Outcome) -> Text:
    """`BUY 0.63`, `HOLD` or `abstained, timeout`."""
    if outcome.kind == "abstention":
        return abstained_text(outcome.reason)
    if outcome.kind == "imported":
        return imported_text(outcome.action)
    return decided_text(outcome.action, outcome.fraction)


def decided_text(action: Action, fraction: float) -> Text:
    """The action, and the part of the cash or of the holding it commits."""
    size = "" if action == "HOLD" else f" {fraction:.2f}"
    return Text(f"{action}{size}", style=STYLES[action])


def imported_text(action: Action | None) -> Text:
    """The action of a decision that was made elsewhere; its size is not told."""
    return Text("BUY and SELL", style="bold") if action is None else Text(action, style=STYLES[action])


def abstained_text(reason: AbstentionReason) -> Text:
    """That there is no decision, and of which kind the failure was."""
    return Text(f"abstained, {reason}", style="bold magenta")
