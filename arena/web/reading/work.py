"""What takes long: a season's report with its bootstrap, and its audit. Neither is on the way of a page."""

from arena.audit import audit_stored
from arena.errors import UsageError
from arena.metrics.report import season_report
from arena.records.audit import AuditReport
from arena.records.performance import SeasonReport
from arena.rounds.benchmark import own_benchmark
from arena.rounds.measure import NONE
from arena.store import Store
from arena.web.library import Library, Work
from arena.web.reading.board import stored_season
from arena.web.reading.measure import measured_against
from arena.web.reading.seasons import head


def report(library: Library, season: str) -> Work[SeasonReport]:
    """A season's report against its benchmark; nothing is settled. UsageError for a season that is not stored."""
    return _report(library, season, _own(library, season))


def report_against(library: Library, season: str, benchmark: str | None, horizon: int) -> Work[SeasonReport]:
    """The same as `arena board --full` makes it: against its own benchmark, another whose closes are kept, or `none`.

    UsageError for a season that is not stored, and for a benchmark without a close.
    """
    if benchmark is not None and benchmark.lower() == NONE:
        return _report(library, season, None, horizon)
    own = _own(library, season)
    if benchmark is not None and benchmark not in library.kept(
        ("closes", season), lambda store: _marked(store, season)
    ):
        raise UsageError(f"no close of {benchmark} is kept in the season {season}; these pages ask no vendor")
    return _report(library, season, benchmark or own, horizon)


def _report(library: Library, season: str, ticker: str | None, horizon: int = 1) -> Work[SeasonReport]:
    head(library, season)

    def work(store: Store) -> SeasonReport:
        stored, notes = stored_season(library, season)
        against, told = measured_against(store, season, ticker, stored.sessions)
        found = season_report(stored, against, horizon)
        return found.model_copy(update={"notes": (*told, *notes, *found.notes)})

    return library.in_time(("report", season, ticker, horizon), work)


def _own(library: Library, season: str) -> str | None:
    head(library, season)
    return library.kept(("benchmark", season), lambda store: own_benchmark(store, season))


def _marked(store: Store, season: str) -> frozenset[str]:
    return frozenset(mark.ticker for mark in store.marks(season))


def audit(library: Library, season: str) -> Work[AuditReport]:
    """A season's audit. UsageError for a season that is not stored."""
    head(library, season)
    return library.in_time(("audit", season), lambda store: audit_stored(store, season))
