"""What the store holds of a season that is to be re-priced."""

from collections import defaultdict
from datetime import date

from arena.errors import UsageError
from arena.records.outcome import Decision
from arena.rounds.standing import standings_of
from arena.season.rescoring.kept import Decided, Recorded
from arena.store import Store


def recorded_of(store: Store, season: str) -> Recorded:
    """All of it. UsageError for a season that is not there, that has no decision with a size, or that is rescored."""
    if season not in (known := store.seasons()):
        raise UsageError(f"no season {season} is stored; those that are: {', '.join(known) or 'none'}")
    if (rescoring := store.rescoring(season)) is not None:
        raise UsageError(f"the season {season} is itself rescored; re-price {rescoring.origin}, whose decisions it has")
    rounds = store.rounds(season)
    decided = {round_.session: _decided(store, season, round_.session) for round_ in rounds}
    if not any(decided.values()):
        raise UsageError(_why_nothing(store, season))
    return Recorded(
        season=season,
        rounds=rounds,
        decided=decided,
        events=store.events(season),
        marks=store.marks(season),
        tallies=store.tallies(season),
        standings=standings_of(store, season),
    )


def _decided(store: Store, season: str, session: date) -> Decided:
    found: defaultdict[str, dict[str, tuple[str, Decision]]] = defaultdict(dict)
    for chat in store.decided_chats(season, session):
        if isinstance(chat.outcome, Decision):
            found[chat.contestant][chat.ticker] = (chat.id, chat.outcome)
    return found


def _why_nothing(store: Store, season: str) -> str:
    if any(row.kind == "imported" for row in store.chat_rows(season=season, limit=-1)):
        return (
            f"the season {season} was imported, and its decisions carry no size: there is nothing to re-price; "
            "`arena audit` and `arena board` serve it as it is"
        )
    return f"nobody decided anything in the season {season}, so there is nothing to re-price"
