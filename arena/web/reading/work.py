"""What takes long: a season's report with its bootstrap, and its audit. Neither is on the way of a page."""

from arena.audit import audit_stored
from arena.errors import UsageError
from arena.metrics.report import season_report
from arena.records.audit import AuditReport
from arena.records.performance import SeasonReport
from arena.rounds.benchmark import own_benchmark
from arena.rounds.measure import NONE
from arena.store import Store
from arena.web.reader import Reader, Work
from arena.web.reading.board import stored_season
from arena.web.reading.measure import measured_against
from arena.web.reading.seasons import head


def report(reader: Reader, season: str) -> Work[SeasonReport]:
    """A season's report against its benchmark; nothing is settled. UsageError for a season that is not stored."""
    return _report(reader, season, _own(reader, season))


def report_against(reader: Reader, season: str, benchmark: str | None, horizon: int) -> Work[SeasonReport]:
    """The same as `arena board --full` makes it: against its own benchmark, another whose closes are kept, or `none`.

    UsageError for a season that is not stored, and for a benchmark without a close.
    """
    if benchmark is not None and benchmark.lower() == NONE:
        return _report(reader, season, None, horizon)
    own = _own(reader, season)
    if benchmark is not None and benchmark not in reader.kept(("closes", season), lambda store: _marked(store, season)):
        raise UsageError(f"no close of {benchmark} is kept in the season {season}; these pages ask no vendor")
    return _report(reader, season, benchmark or own, horizon)


def _report(reader: Reader, season: str, ticker: str | None, horizon: int = 1) -> Work[SeasonReport]:
    head(reader, season)

    def work(store: Store) -> SeasonReport:
        stored, notes = stored_season(reader, season)
        against, told = measured_against(store, season, ticker, stored.sessions)
        found = season_report(stored, against, horizon)
        return found.model_copy(update={"notes": (*told, *notes, *found.notes)})

    return reader.in_time(("report", season, ticker, horizon), work)


def _own(reader: Reader, season: str) -> str | None:
    head(reader, season)
    return reader.kept(("benchmark", season), lambda store: own_benchmark(store, season))


def _marked(store: Store, season: str) -> frozenset[str]:
    return frozenset(mark.ticker for mark in store.marks(season))


def audit(reader: Reader, season: str) -> Work[AuditReport]:
    """A season's audit. UsageError for a season that is not stored."""
    head(reader, season)
    return reader.in_time(("audit", season), lambda store: audit_stored(store, season))
