"""What a round's message is made of: what was played, what came of it, and how things stood the round before."""

from datetime import date

from arena.records.base import Record
from arena.records.chat import Label
from arena.records.outcome import Outcome
from arena.records.standing import Consensus, Round, Standings
from arena.records.trading import Fill, Order, Rejection


class DeskNews(Record):
    """How one desk of the round ended."""

    ticker: str
    contestant: str
    chat_id: str
    outcome: Outcome
    labels: tuple[Label, ...]


class RoundBefore(Record):
    """The season's round before this one, as far as a message compares with it."""

    session: date
    said: dict[str, str]
    """BUY, SELL, HOLD or abstained, by `ticker/contestant`."""
    consensus: tuple[Consensus, ...]
    standings: Standings
    """As they were announced then."""


class RoundNews(Record):
    """A round that is over."""

    round: Round
    desks: tuple[DeskNews, ...]
    """In order of ticker, then contestant; baselines among them."""
    consensus: tuple[Consensus, ...]
    orders: tuple[Order, ...]
    """Of this round."""
    fills: tuple[Fill, ...]
    """Of this round's orders, and of earlier ones since the round before."""
    rejections: tuple[Rejection, ...]
    """Likewise."""
    standings: Standings
    before: RoundBefore | None
    """None for the first of a season."""
    notes: tuple[str, ...] = ()


def said(outcome: Outcome) -> str:
    """An outcome in a word: its action, or that it is none."""
    if outcome.kind == "abstention":
        return "abstained"
    return outcome.action or "BUY and SELL"
