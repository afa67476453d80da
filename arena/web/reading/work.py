"""What takes long: a season's report with its bootstrap, and its audit. Neither is on the way of a page."""

from arena.audit import audit_stored
from arena.errors import UsageError
from arena.metrics.report import season_report
from arena.records.audit import AuditReport
from arena.records.performance import SeasonReport
from arena.store import Store
from arena.web.library import Library, Work
from arena.web.reading.board import stored_season
from arena.web.reading.measure import benchmark_of_season, kept_benchmark
from arena.web.reading.seasons import head


def report(library: Library, season: str, benchmark: str | None = None, horizon: int = 1) -> Work[SeasonReport]:
    """A season's report; nothing is settled for it. UsageError for a season or a benchmark that is not stored.

    `benchmark` is any ticker whose closes are kept, the season's own by default.
    """
    head(library, season)
    if horizon < 1:
        raise UsageError(f"a horizon of {horizon} sessions is none; 1 is the next session")
    stored, notes = stored_season(library, season)
    if benchmark is not None and kept_benchmark(stored, benchmark) is None:
        raise UsageError(f"no close of {benchmark} is kept in the season {season}; these pages ask no vendor")

    def work(store: Store) -> SeasonReport:
        against = kept_benchmark(stored, benchmark) if benchmark else benchmark_of_season(store, stored)
        found = season_report(stored, against, horizon)
        return found.model_copy(update={"notes": (*notes, *found.notes)})

    return library.in_time(("report", season, benchmark, horizon), work)


def audit(library: Library, season: str) -> Work[AuditReport]:
    """A season's audit. UsageError for a season that is not stored."""
    head(library, season)
    return library.in_time(("audit", season), lambda store: audit_stored(store, season))
