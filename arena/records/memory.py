"""What a contestant remembers: its past decisions on a ticker, how they turned out, and what it learnt from them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from arena.records.base import FormRecord, Price, Record, plain
from arena.records.outcome import Action, UnitFloat

Percent = Annotated[Decimal, AfterValidator(plain)]
"""A change in percent, to two decimals."""

Text = Annotated[str, Field(min_length=1)]


class PastDecision(Record):
    """A decision as it was made, before anybody knew how it would turn out."""

    session: date
    """The session it was made at the close of."""
    action: Action
    fraction: UnitFloat
    """The part of the available cash (BUY) or of the shares held (SELL); 0 for HOLD."""
    confidence: UnitFloat
    reasoning: Text
    masked: Annotated[bool, Field(exclude_if=lambda masked: not masked)] = False
    """Whether it was made under a mask, so that its words are about the invented ticker and the moved dates."""


class Lesson(PastDecision):
    """A past decision of the same contestant on the same ticker, and what the price did in the sessions after it.

    Returns are those of the price from close to close, whatever the decision was: splits undone, without dividends.
    """

    reasoning: Text
    """Why, in its own words, shortened."""
    horizon: Annotated[int, Field(ge=1)]
    """Sessions after which the decision is judged."""
    until: date
    """The session that ends the horizon; never after that of the brief."""
    close: Price | None
    """The close of `session`, as traded; None where nobody knows it."""
    close_after: Price | None
    """The close of `until`, as traded; None where nobody knows it."""
    split: Price | None
    """New shares at `until` for one at `session`, 1 without a split; None where nobody knows."""
    return_pct: Percent | None
    """The change of the price over the horizon; None where one of the three before is."""
    benchmark: str | None
    """The ticker it is held against; None where the season keeps no benchmark's closes."""
    benchmark_return_pct: Percent | None
    """The benchmark's change over the same sessions; None where a close of it is missing."""
    reflection: Text | None = None
    """What was learnt from it, in the contestant's own words; None while nothing has been written."""
    reflected: date | None = None
    """The session of the round in which that was written."""

    @property
    def excess_pct(self) -> Decimal | None:
        """The return less the benchmark's, in percentage points; None where either is unknown."""
        if self.return_pct is None or self.benchmark_return_pct is None:
            return None
        return plain(self.return_pct - self.benchmark_return_pct)


class LessonReflection(FormRecord):
    """What one past decision teaches."""

    lesson: Annotated[int, Field(ge=1)]
    """The decision's number, as it is shown."""
    text: Text
    """What held, what did not, and what to do otherwise, in two or three sentences."""


class Reflection(FormRecord):
    """What past decisions teach now that it is known how they turned out."""

    lessons: Annotated[tuple[LessonReflection, ...], Field(min_length=1)]
    """One for each decision that is shown."""


class ReflectionStage(Record):
    """The past decisions that a portfolio manager or a single agent was shown, with what has been learnt from them."""

    lessons: Annotated[tuple[Lesson, ...], Field(min_length=1)]
    """The newest first. What was written in this very run has the chat's own session as `reflected`."""
    failure: str | None = None
    """Why reflections that were due are missing: the portfolio manager went without them. None where none is."""
