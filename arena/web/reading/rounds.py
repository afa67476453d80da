"""The rounds of a season, and one of them: who decided what, and who is still at it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from arena.errors import UsageError
from arena.records.outcome import Outcome
from arena.records.season import SeasonSummary
from arena.records.standing import Consensus, Round, RoundResult
from arena.rounds.standing import standings_of
from arena.season.looking import summary
from arena.store import ChatRow, Store
from arena.web.reader import Reader
from arena.web.reading.board import newest_of_session
from arena.web.reading.effects import Effect, effects_of
from arena.web.reading.seasons import SeasonHead, head


class RoundLine(NamedTuple):
    """A round in a line of the list."""

    round: Round
    counts: Mapping[str, int]
    """How often each action was decided, and `abstained`."""
    votes: tuple[Consensus, ...]
    desks: int
    """How many it has."""

    @property
    def ended(self) -> int:
        """How many of its desks have ended."""
        return sum(self.counts.values())


class Rounds(NamedTuple):
    """All rounds of a season."""

    head: SeasonHead
    summary: SeasonSummary
    lines: tuple[RoundLine, ...]
    """The newest first."""


class Desk(NamedTuple):
    """One contestant on one ticker: its newest chat of the session, or none while it is at work."""

    contestant: str
    row: ChatRow | None
    outcome: Outcome | None
    outlier: bool
    effects: tuple[Effect, ...]


class Table(NamedTuple):
    """One ticker of a round."""

    ticker: str
    vote: Consensus | None
    """None before the desks have voted, and in an import."""
    snapshot: str | None
    desks: tuple[Desk, ...]
    """By contestant."""
    has_snapshot: bool
    """Whether what they saw is kept."""

    def of(self, contestant: str) -> Desk | None:
        """A contestant's desk on it; None where it has none."""
        return next((desk for desk in self.desks if desk.contestant == contestant), None)


MOST = 150
"""Desks of a round whose reasons its page quotes; of a larger one it shows who decided what."""


class RoundView(NamedTuple):
    """A round as it stands."""

    head: SeasonHead
    round: Round
    tables: tuple[Table, ...]
    """By ticker."""
    quoted: bool
    """Whether the desks' reasons are there."""
    before: date | None
    after: date | None
    """The rounds beside it."""
    written: datetime | None
    """When the store was written to last."""

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody with a desk, in order."""
        return tuple(sorted({desk.contestant for table in self.tables for desk in table.desks}))

    @property
    def desks(self) -> int:
        """How many desks it has."""
        return sum(len(table.desks) for table in self.tables)

    @property
    def waiting(self) -> int:
        """How many of its desks have not ended."""
        return sum(desk.row is None for table in self.tables for desk in table.desks)


def rounds(reader: Reader, season: str) -> Rounds:
    """A season's rounds. UsageError for a season that nothing is stored of."""
    about = head(reader, season)

    def read(store: Store) -> Rounds:
        chats = store.season_of_chats(season)
        counts = store.decision_counts(chats)
        lines = [
            RoundLine(
                one,
                counts.get(one.session, {}),
                store.consensus(chats, one.session),
                len(one.tickers) * len(one.contestants),
            )
            for one in store.rounds(season)
        ]
        return Rounds(about, summary(store, season), tuple(reversed(lines)))

    return reader.kept(("rounds", season), read)


def round_view(reader: Reader, season: str, session: date) -> RoundView:
    """One round. UsageError where none was played at that session."""
    about = head(reader, season)

    def read(store: Store) -> RoundView:
        played = store.rounds(season)
        sessions = [one.session for one in played]
        if session not in sessions:
            raise UsageError(f"the season {season} has no round at {session}")
        place = sessions.index(session)
        rows = newest_of_session(store, season, session)
        here = played[place]
        # A chat's outcome is read out of all of it: for hundreds of them that takes seconds.
        quoted = len(here.tickers) * len(here.contestants) <= MOST
        outcomes = store.outcomes([row.id for row in rows]) if quoted else {}
        votes = {vote.ticker: vote for vote in store.consensus(store.season_of_chats(season), session)}
        return RoundView(
            head=about,
            round=here,
            quoted=quoted,
            tables=tuple(
                table._replace(has_snapshot=(reader.home / "snapshots" / f"{table.snapshot}.json").exists())
                for table in _tables(here, rows, outcomes, votes, effects_of(store, season, session))
            ),
            before=sessions[place - 1] if place else None,
            after=sessions[place + 1] if place + 1 < len(sessions) else None,
            written=None,
        )

    return reader.kept(("round", season, session), read)._replace(written=reader.written())


def _tables(
    played: Round,
    rows: tuple[ChatRow, ...],
    outcomes: Mapping[str, Outcome],
    votes: Mapping[str, Consensus],
    by_chat: Mapping[str, tuple[Effect, ...]],
) -> tuple[Table, ...]:
    found = {(row.ticker, row.contestant): row for row in rows}
    made = []
    for ticker in sorted({*played.tickers, *(row.ticker for row in rows)}):
        names = sorted({*played.contestants, *(row.contestant for row in rows if row.ticker == ticker)})
        vote = votes.get(ticker)
        desks = [_desk(name, found.get((ticker, name)), outcomes, vote, by_chat) for name in names]
        made.append(Table(ticker, vote, played.snapshots.get(ticker), tuple(desks), has_snapshot=False))
    return tuple(made)


def _desk(
    name: str,
    row: ChatRow | None,
    outcomes: Mapping[str, Outcome],
    vote: Consensus | None,
    by_chat: Mapping[str, tuple[Effect, ...]],
) -> Desk:
    if row is None:
        return Desk(name, None, None, outlier=False, effects=())
    outlier = vote is not None and name in vote.outliers
    return Desk(name, row, outcomes.get(row.id), outlier, by_chat.get(row.id, ()))


def round_result(reader: Reader, season: str, session: date) -> RoundResult:
    """A round with everything that came of it, as `arena run --json` prints it; the leaderboard is today's."""
    view = round_view(reader, season, session)
    rows = [desk.row for table in view.tables for desk in table.desks if desk.row is not None]
    made = [effect for table in view.tables for desk in table.desks for effect in desk.effects]

    def read(store: Store) -> RoundResult:
        return RoundResult(
            round=view.round,
            chats=tuple(store.chat(row.id) for row in rows),
            consensus=tuple(table.vote for table in view.tables if table.vote is not None),
            orders=tuple(effect.order for effect in made),
            fills=tuple(effect.fill for effect in made if effect.fill is not None),
            rejections=tuple(effect.rejection for effect in made if effect.rejection is not None),
            standings=standings_of(store, season),
        )

    return reader.kept(("result", season, session), read)
