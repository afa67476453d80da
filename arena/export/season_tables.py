"""Tables that are made of a season as a whole: curves, standings, holdings and votes."""

from typing import NamedTuple

from arena.export.columns import Column, Table
from arena.records.desk import PositionView
from arena.records.performance import EquityPoint
from arena.records.standing import Consensus, Standing, Standings


class EquityRow(NamedTuple):
    """A book at a close."""

    season: str
    contestant: str
    point: EquityPoint


class StandingRow(NamedTuple):
    """A line of a leaderboard."""

    standings: Standings
    standing: Standing


class PositionRow(NamedTuple):
    """A holding behind a line of a leaderboard."""

    standings: Standings
    standing: Standing
    position: PositionView


class VoteRow(NamedTuple):
    """What the contestants said together."""

    season: str
    vote: Consensus


EQUITY: Table[EquityRow] = Table(
    "equity",
    "A row a contestant and close that is stored, from the starting cash on",
    (
        Column("season", "text", "The season", lambda row: row.season),
        Column("contestant", "text", "Whose book it is", lambda row: row.contestant),
        Column("session", "date", "The session", lambda row: row.point.session),
        Column("equity", "dollars", "Cash and holdings at the close, dollars", lambda row: row.point.equity),
        Column("invested", "dollars", "Holdings and shorts, both as positive, dollars", lambda row: row.point.invested),
        Column("carried", "integer", "Holdings at the price of an earlier session", lambda row: row.point.carried),
        Column("known", "boolean", "Whether its model may have read of that day", lambda row: row.point.known),
    ),
)

STANDINGS: Table[StandingRow] = Table(
    "standings",
    "A row a contestant, at the newest close that is stored",
    (
        Column("season", "text", "The season", lambda row: row.standings.season),
        Column("session", "date", "The newest close", lambda row: row.standings.session),
        Column("contestant", "text", "The contestant", lambda row: row.standing.contestant),
        Column("rank", "integer", "1 is best by equity; equal equity shares a rank", lambda row: row.standing.rank),
        Column("medal", "text", "gold, silver or bronze", lambda row: row.standing.medal),
        Column(
            "labels", "texts", "rehearsal, simulated, baseline, imported: not a real one", lambda r: r.standing.labels
        ),
        Column("equity", "dollars", "Cash and holdings, dollars", lambda row: row.standing.equity),
        Column("cash", "dollars", "Cash, dollars", lambda row: row.standing.cash),
        Column("pnl", "dollars", "Equity less starting cash, dollars", lambda row: row.standing.pnl),
        Column("return_pct", "decimal", "The same over starting cash, percent", lambda row: row.standing.return_pct),
        Column("trades", "integer", "Fills", lambda row: row.standing.trades),
        Column("closed_trades", "integer", "Sales, each against its average cost", lambda r: r.standing.closed_trades),
        Column("win_rate", "number", "Part of them that gained after fees, 0 to 1", lambda row: row.standing.win_rate),
        Column("pending_orders", "integer", "Orders that wait", lambda row: row.standing.pending_orders),
        Column("decisions", "integer", "Sessions and tickers it decided on", lambda row: row.standing.decisions),
        Column("abstentions", "integer", "Those it did not", lambda row: row.standing.abstentions),
        Column("coverage", "number", "Part it decided on, 0 to 1", lambda row: row.standing.coverage),
        Column("cost", "decimal", "What its calls cost as far as known, dollars", lambda row: row.standing.cost.known),
        Column("unknown_costs", "integer", "Calls whose cost is unknown", lambda row: row.standing.cost.unknown_calls),
    ),
)

POSITIONS: Table[PositionRow] = Table(
    "positions",
    "A row a holding, at the newest close that is stored",
    (
        Column("season", "text", "The season", lambda row: row.standings.season),
        Column("contestant", "text", "Who holds it", lambda row: row.standing.contestant),
        Column("ticker", "text", "The ticker", lambda row: row.position.ticker),
        Column("shares", "decimal", "Shares, negative where short", lambda row: row.position.shares),
        Column("average_cost", "decimal", "Dollars a share, fees included", lambda row: row.position.average_cost),
        Column("mark", "decimal", "The close it is valued at, dollars", lambda row: row.position.mark),
        Column("marked", "date", "The session of that close", lambda row: row.position.marked),
        Column("value", "dollars", "Shares times close, dollars", lambda row: row.position.value),
        Column("carried", "boolean", "Whether that close is older than the rest", lambda row: row.position.carried),
    ),
)

CONSENSUS: Table[VoteRow] = Table(
    "consensus",
    "A row a session and ticker: what the contestants said together",
    (
        Column("season", "text", "The season", lambda row: row.season),
        Column("session", "date", "The session", lambda row: row.vote.session),
        Column("ticker", "text", "The ticker", lambda row: row.vote.ticker),
        Column("action", "text", "The action with the most votes; HOLD on a tie", lambda row: row.vote.action),
        Column("tie", "boolean", "Whether several actions share the most votes", lambda row: row.vote.tie),
        Column("level", "number", "The leading action's part of all votes, 0 to 1", lambda row: row.vote.level),
        Column("high", "boolean", "Whether that is 0.7 or more without a tie", lambda row: row.vote.high),
        Column("mean_confidence", "number", "Over all who decided, 0 to 1", lambda row: row.vote.mean_confidence),
        Column("buy", "integer", "Votes for BUY", lambda row: row.vote.votes.get("BUY", 0)),
        Column("sell", "integer", "Votes for SELL", lambda row: row.vote.votes.get("SELL", 0)),
        Column("hold", "integer", "Votes for HOLD", lambda row: row.vote.votes.get("HOLD", 0)),
        Column("outliers", "texts", "Who decided otherwise than the majority", lambda row: row.vote.outliers),
        Column("abstained", "texts", "Who did not decide", lambda row: tuple(sorted(row.vote.abstentions))),
    ),
)
