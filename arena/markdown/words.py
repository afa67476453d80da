"""How decisions and prices are written in a document."""

from decimal import Decimal

from arena import figures
from arena.records.outcome import Action, Outcome


def outcome_words(outcome: Outcome) -> str:
    """`BUY 0.63`, `HOLD`, `abstained, timeout`, or an imported decision's action."""
    if outcome.kind == "abstention":
        return f"abstained, {outcome.reason}"
    if outcome.kind == "imported":
        return outcome.action or "BUY and SELL"
    return decided_words(outcome.action, outcome.fraction)


def decided_words(action: Action, fraction: float) -> str:
    """An action with its size, where it has one."""
    return action if action == "HOLD" else f"{action} {fraction:.2f}"


def exit_words(stop_loss: Decimal | None, take_profit: Decimal | None) -> str:
    """Where the idea ends, as the rest of a sentence; empty where it is not said."""
    exits = (("stop loss", stop_loss), ("take profit", take_profit))
    return "".join(f", {name} \\{figures.price(at)}" for name, at in exits if at is not None)
