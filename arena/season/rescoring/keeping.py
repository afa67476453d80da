"""Storing re-priced books as a season of their own."""

from pydantic import TypeAdapter, ValidationError

from arena.config.kinds import Name
from arena.errors import UsageError
from arena.records.rescoring import Rescoring
from arena.records.standing import Standings
from arena.rounds.standing import standings_of
from arena.season.rescoring.kept import Recorded
from arena.season.rescoring.repricing import Repriced
from arena.store import Store

_NAME: TypeAdapter[str] = TypeAdapter(Name)


def keep(store: Store, rescoring: Rescoring, recorded: Recorded, new: Repriced) -> Standings:
    """Store the books, all or nothing, and return their standings. UsageError where the name is another season's."""
    with store.transaction():
        refuse_another(store, rescoring, new)
        store.save_rescoring(rescoring)
        store.append_events(rescoring.season, new.events)
        store.save_marks(rescoring.season, new.marks)
        for round_ in recorded.rounds:
            store.save_round(round_.model_copy(update={"season": rescoring.season}))
    return standings_of(store, rescoring.season)


def refuse_another(store: Store, rescoring: Rescoring, new: Repriced) -> None:
    """Raise UsageError where the name is taken by anything but the same."""
    try:
        _NAME.validate_python(rescoring.season)
    except ValidationError:
        raise UsageError(
            f"{rescoring.season!r} names no season: letters, digits, dot, dash and underscore, 64 at most, the first a "
            "letter or digit"
        ) from None
    season = rescoring.season
    if season not in {*store.seasons(), *store.planned_seasons()}:
        return
    if store.rescoring(season) != rescoring or store.events(season) != new.events:
        raise UsageError(f"a season {season} is already stored, and it is another one; name a new one with --into")
