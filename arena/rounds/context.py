"""What a graph may be asked for in its run's context: the forms that LangGraph Studio shows beside the input.

What the input names wins over the context, and the context over the configuration.
"""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from arena.config.desks import DebateStyle, DeskSettings
from arena.errors import UsageError
from arena.records.base import Record
from arena.rounds.state import RoundInput


def _none_for_blank(value: object) -> object:
    """A form sends an empty text for what was not filled in."""
    return None if value == "" else value


AsOf = Annotated[date | None, BeforeValidator(_none_for_blank)]
Rounds = Annotated[Annotated[int, Field(ge=0, le=10)] | None, BeforeValidator(_none_for_blank)]
Style = Annotated[DebateStyle | None, BeforeValidator(_none_for_blank)]


class DebateContext(Record):
    """How debates are held in one run."""

    rounds: Rounds = None
    """How often every side of both debates speaks, 0 to 10; as the configuration has it when left out."""
    style: Style = None
    """parallel: all sides speak at once; turns: one after the other; as the configuration has it when left out."""

    def desk(self, settings: DeskSettings) -> DeskSettings:
        """The desk's settings with what is wished for here."""
        wished = self.model_dump(include={"rounds", "style"}, exclude_none=True)
        debate, risk = (held.model_copy(update=wished) for held in (settings.debate, settings.risk))
        return settings.model_copy(update={"debate": debate, "risk": risk})


class _DeskAsked(Record):
    ticker: str = ""
    """What to decide on, such as NVDA; needed unless the input names it."""
    as_of: AsOf = None
    """The session to decide at the close of, YYYY-MM-DD; the configured or last completed one when left out."""


class _RoundAsked(Record):
    tickers: tuple[str, ...] = ()
    """What to decide on, such as NVDA; needed unless the input names it."""
    as_of: AsOf = None
    """The session to decide at the close of, YYYY-MM-DD; the configured or last completed one when left out."""
    contestants: tuple[str, ...] = ()
    """Who takes part, by name; every enabled contestant when left out."""


# The form shows the fields of the last base first.
class DeskContext(DebateContext, _DeskAsked):
    """What a desk by itself may be asked for with, beside its input."""

    def asked(self, ticker: str | None, session: str | None) -> tuple[str, str | None]:
        """The ticker and the session that are asked for, the input's words first. UsageError without a ticker."""
        wanted = ticker or self.ticker
        if not wanted:
            raise UsageError("name a ticker, such as NVDA, in the input or in the context")
        return wanted, session or (self.as_of.isoformat() if self.as_of else None)


class RoundContext(DebateContext, _RoundAsked):
    """What a round may be asked for with, beside its input."""

    def asked(self, given: RoundInput) -> RoundInput:
        """The round that is asked for, the input's words first."""
        return {
            **given,
            "tickers": given.get("tickers") or list(self.tickers),
            "session": given.get("session") or (self.as_of.isoformat() if self.as_of else ""),
            "contestants": given.get("contestants") or list(self.contestants),
        }
