"""How a desk's run ends: a Decision, or an Abstention that says why there is none; or what an import tells of it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from arena.errors import AbstentionReason
from arena.records.base import FormRecord, Price, Record

Action = Literal["BUY", "SELL", "HOLD"]

UnitFloat = Annotated[float, Field(ge=0, le=1)]


class Decision(FormRecord):
    """What the portfolio manager decided. Code sizes the order; the model only says how much of what it has."""

    kind: Literal["decision"] = "decision"
    action: Action
    """BUY spends cash, SELL sells shares held, HOLD does nothing."""
    fraction: UnitFloat
    """The part of the available cash to spend (BUY) or of the shares held to sell (SELL), 0 to 1; 0 for HOLD."""
    confidence: UnitFloat
    """How sure the model is of the action, 0 to 1."""
    reasoning: Annotated[str, Field(min_length=1)]
    """Why, in the model's own words."""
    key_risks: tuple[str, ...]
    """What could prove it wrong, the gravest first."""
    stop_loss: Annotated[Price, Field(gt=0)] | None = None
    """The price at which the model would give the idea up, or null."""
    take_profit: Annotated[Price, Field(gt=0)] | None = None
    """The price the model expects to take its gain at, or null."""

    @model_validator(mode="after")
    def _an_order_has_a_size(self) -> Self:
        if self.action != "HOLD" and self.fraction == 0:
            raise ValueError(f"{self.action} needs a fraction above 0; to do nothing answer HOLD")
        if self.action == "HOLD" and self.fraction != 0:
            raise ValueError("HOLD moves nothing, so its fraction is 0; to trade answer BUY or SELL")
        return self


class MarginDecision(Decision):
    """What the portfolio manager decided in a book that may sell short. Code sizes the order and keeps the margin."""

    action: Action
    """BUY spends cash, or covers while short; SELL sells shares held, or sells short without any; HOLD does nothing."""
    fraction: UnitFloat
    """The part of the available cash to spend (BUY), of the short to cover (BUY while short), of the shares held to
    sell (SELL) or of what margin allows to be sold short (SELL without shares), 0 to 1; 0 for HOLD."""


class Abstention(Record):
    """Why there is no decision. It is counted as missing coverage, never as a HOLD."""

    kind: Literal["abstention"] = "abstention"
    reason: AbstentionReason
    detail: str
    """One sentence for people: what happened and where."""
    stage: str | None = None
    """The desk's node in which it happened, where that is known."""


class ImportedDecision(Record):
    """A decision that was made elsewhere, as the file tells it. Size and confidence are not told, so there are none."""

    kind: Literal["imported"] = "imported"
    action: Action | None
    """None where it bought one thing and sold another."""
    rating: Annotated[str, Field(min_length=1)]
    """The words it was given by, such as Overweight, 卖出, or sell 1 WBD."""
    reasoning: str
    """The text it stands in; empty where only the trades are known."""


Outcome = Annotated[Decision | Abstention | ImportedDecision, Field(discriminator="kind")]
