"""What the contestants say together, and where they stand."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from arena.errors import AbstentionReason
from arena.records.base import Money, Record
from arena.records.chat import Cost, Label, ModelChat
from arena.records.desk import PositionView
from arena.records.outcome import Action
from arena.records.trading import Fill, Order, Rejection

Medal = Literal["gold", "silver", "bronze"]


class Consensus(Record):
    """The vote of all contestants that decided on one ticker; abstentions stand aside."""

    ticker: str
    session: date
    action: Action | None
    """The action with the most votes; HOLD on a tie; None when nobody decided."""
    tie: bool
    """Whether two or more actions share the most votes, which makes it a HOLD."""
    level: Annotated[float, Field(ge=0, le=1)] | None
    """The leading action's part of all votes; None when nobody decided."""
    high: bool
    """Whether the level is at least 0.7 and there is no tie."""
    mean_confidence: Annotated[float, Field(ge=0, le=1)] | None
    """The mean over all who decided; None when nobody did."""
    votes: dict[Action, int]
    """How many voted BUY, SELL and HOLD; all three are always there."""
    outliers: tuple[str, ...]
    """Contestants who decided otherwise than the majority; empty on a tie."""
    abstentions: dict[str, AbstentionReason]
    """Contestants who did not decide, and why."""
    notes: tuple[str, ...] = ()
    """Who took part without a vote, and why, in one sentence."""


class Tally(Record):
    """What one contestant's chats come to in a season."""

    contestant: str
    decisions: Annotated[int, Field(ge=0)] = 0
    """Sessions and tickers whose newest chat ended in a decision."""
    abstentions: Annotated[int, Field(ge=0)] = 0
    """Sessions and tickers whose newest chat ended without one."""
    cost: Cost = Cost()
    """All chats together, those run again included: they were paid for too."""
    labels: tuple[Label, ...] = ()
    """Every label any of the chats bears."""


class Standing(Record):
    """One contestant's line on the leaderboard."""

    contestant: str
    rank: Annotated[int, Field(ge=1)]
    """1 is best by equity; equal equity shares a rank."""
    medal: Medal | None
    """For ranks 1 to 3, unless everyone is level or the contestant never decided."""
    labels: tuple[Label, ...]
    equity: Money
    """Cash plus positions at their marks, dollars; shorts count against it, and can take it below zero."""
    cash: Money
    """What short sales brought included, dollars."""
    positions: tuple[PositionView, ...]
    pnl: Money
    """Equity less starting cash, dollars."""
    return_pct: Decimal
    """PnL over starting cash, percent, rounded to four decimals."""
    trades: int
    """Fills."""
    closed_trades: int
    """Sales, each judged against the average cost, and covers of shorts, against what those brought."""
    win_rate: float | None
    """The part of closed trades that gained after fees, 0 to 1; None while there are none."""
    pending_orders: int
    decisions: int
    abstentions: int
    coverage: float | None
    """Decisions over chats, 0 to 1; None before the first chat."""
    cost: Cost


class BenchmarkStanding(Record):
    """What a season's benchmark made, bought and held with its dividends reinvested."""

    ticker: str
    since: date
    """The session of its first close."""
    through: date
    """That of its last one."""
    return_pct: float
    """Percent, rounded to four decimals; a statistic, for dividends are reinvested in no book."""


class Standings(Record):
    """The leaderboard of a season at the close of one session."""

    season: str
    session: date | None
    """The latest session any mark is from; None before the first mark."""
    rows: tuple[Standing, ...]
    notes: tuple[str, ...] = ()
    """What a reader must know before trusting a number, such as an optimistic fill rule."""
    benchmark: BenchmarkStanding | None = None
    """None where the season has none, or fewer than two of its closes."""


class Round(Record):
    """All contestants over all tickers at one `as_of`: what was played."""

    season: str
    session: date
    as_of: AwareDatetime
    tickers: tuple[str, ...]
    contestants: tuple[str, ...]
    snapshots: dict[str, str]
    """The snapshot's hash by ticker."""
    market: str
    """Where the facts came from: the vendors in order, with the seed of an invented market."""
    config_hash: str
    code_version: str


class RoundResult(Record):
    """A round with everything that came of it."""

    round: Round
    chats: tuple[ModelChat, ...]
    """In order of ticker, then contestant."""
    replayed: tuple[str, ...] = ()
    """Ids of chats that had been decided earlier and were not run again."""
    consensus: tuple[Consensus, ...]
    orders: tuple[Order, ...]
    """Orders of this round."""
    fills: tuple[Fill, ...]
    """Fills of this round's orders that have happened."""
    rejections: tuple[Rejection, ...]
    standings: Standings
    notes: tuple[str, ...] = ()
