"""What is stored of a season as its leaderboard and its curves, at any session's close."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from arena.config.model import ArenaConfig
from arena.metrics.equity import equity_curves, equity_points
from arena.records.performance import EquityCurve
from arena.records.standing import Standings
from arena.records.trading import BookOpened, Fill, LedgerEvent, Mark
from arena.rounds.benchmark import benchmark_standing
from arena.standings import standings
from arena.store import Store

_NONE: Mapping[str, date] = MappingProxyType({})


def standings_of(store: Store, season: str, through: date | None = None) -> Standings:
    """A season's leaderboard from what is stored; `through` is the session to show it at the close of."""
    return standings_after(store, season, store.events(season, through), through)


def standings_after(store: Store, season: str, events: Sequence[LedgerEvent], through: date | None = None) -> Standings:
    """The same for a reader that has the season's ledger, up to that session, in hand."""
    table = standings(season, events, store.marks(season, through), store.tallies(season, through))
    return table.model_copy(update={"benchmark": benchmark_standing(store, season, events, through)})


def equity_of(
    store: Store,
    season: str,
    through: date | None = None,
    *,
    most: int | None = None,
    cutoffs: Mapping[str, date] = _NONE,
) -> tuple[EquityCurve, ...]:
    """Every contestant's equity at the closes that are stored, in order of name, at `most` that many.

    Those left out are spread evenly; the first and the last are always there. Sessions are those of which anything is
    stored, so that no calendar is needed; one without a price of a holding has the last price before. `cutoffs` are
    the knowledge cutoffs of the contestants that state one.
    """
    events, marks = store.events(season, through), store.marks(season, through)
    sessions = _spread(_priced(_sessions(events, marks), events, marks), most)
    return tuple(
        EquityCurve(contestant=name, points=equity_points(curve.points, cutoffs.get(name)))
        for name, curve in equity_curves(events, marks, sessions).items()
    )


def cutoffs_of(config: ArenaConfig) -> dict[str, date]:
    """Knowledge cutoffs by contestant, of those who state one."""
    return {c.name: c.knowledge_cutoff for c in config.players if c.knowledge_cutoff is not None}


def _sessions(events: Sequence[LedgerEvent], marks: Sequence[Mark]) -> list[date]:
    """From the first book on."""
    opened = min((event.session for event in events if isinstance(event, BookOpened)), default=None)
    known = {event.session for event in events} | {mark.session for mark in marks}
    return sorted(session for session in known if opened is not None and session >= opened)


def _priced(sessions: Sequence[date], events: Sequence[LedgerEvent], marks: Sequence[Mark]) -> list[date]:
    """Without the sessions at which something was held whose first price came later."""
    bought: dict[str, date] = {}
    for event in events:
        if isinstance(event, Fill):
            bought[event.ticker] = min(event.session, bought.get(event.ticker, event.session))
    priced: dict[str, date] = {}
    for mark in marks:
        priced.setdefault(mark.ticker, mark.session)
    gaps = [(day, priced.get(ticker, date.max)) for ticker, day in bought.items()]
    return [session for session in sessions if not any(begun <= session < known for begun, known in gaps)]


def _spread(sessions: Sequence[date], most: int | None) -> Sequence[date]:
    if most is None or len(sessions) <= most:
        return sessions
    last = len(sessions) - 1
    chosen: Collection[int] = {round(n * last / (most - 1)) for n in range(most)} if most > 1 else {last}
    return [sessions[place] for place in sorted(chosen)]
