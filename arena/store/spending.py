"""What model calls cost, in the store: the budget's memory, shared by every process that spends from one home.

A reservation is open while its request is under way. It belongs to the connection that made it, its spender,
which holds a lock file for as long as it lives: the reservations of one that was killed are found out by that,
and stay counted as the most their requests could have cost. What is settled is numbered in order of settling,
so that others can ask what was new since they looked last.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from arena.records.spending import Scope, Spending
from arena.store.database import Database

if TYPE_CHECKING:
    from filelock import FileLock


class Elsewhere(NamedTuple):
    """What other spenders did."""

    settled: tuple[Spending, ...]
    """Since the number that was asked for."""
    open: tuple[Spending, ...]
    """All their reservations that are open now."""
    number: int
    """To ask with the next time."""


class SpendingTables(Database):
    """What the store does with spending."""

    def reserve(self, reservations: Iterable[Spending]) -> None:
        """Keep reservations as open ones of this connection."""
        rows = [self._spending_row(one, is_open=True) for one in reservations]
        if rows:
            self._stake_out()
            self._insert("spending", rows, replace=True)

    def spend(self, spent: Iterable[Spending], released: Iterable[str] = ()) -> None:
        """Keep spending, each in the place of the reservation of its id, and strike out what was released."""
        with self.transaction():
            number = self.spending_number()
            rows = [self._spending_row(one, number=number + n) for n, one in enumerate(spent, 1)]
            if rows:
                self._insert("spending", rows, replace=True)
            for spending_id in released:
                self._rows("DELETE FROM spending WHERE id = ?", spending_id)

    def spent(
        self,
        *,
        season: str | None = None,
        session: date | None = None,
        contestant: str | None = None,
        since: datetime | None = None,
        settled: bool = False,
    ) -> Decimal:
        """Dollars spent in all that matches; what nobody told the cost of counts as the most it could be.

        With `settled` what is still under way is left out.
        """
        rows = self._rows(
            "SELECT dollars FROM spending WHERE (?1 IS NULL OR season = ?1) AND (?2 IS NULL OR session = ?2) "
            "AND (?3 IS NULL OR contestant = ?3) AND (?4 IS NULL OR at >= ?4) AND (NOT ?5 OR open = 0)",
            season,
            session.isoformat() if session else None,
            contestant,
            _instant(since) if since else None,
            settled,
        )
        return sum((Decimal(row["dollars"]) for row in rows), Decimal(0))

    def spent_elsewhere(self, scope: Scope) -> Decimal:
        """Dollars that other spenders have settled for a scope, ever."""
        where, values = _matching(scope)
        sql = f"SELECT dollars FROM spending WHERE open = 0 AND spender <> ? AND {where}"  # noqa: S608  constant texts
        return sum((Decimal(row["dollars"]) for row in self._rows(sql, self._spender, *values)), Decimal(0))

    def spending_elsewhere(self, number: int) -> Elsewhere:
        """What other spenders have settled since they were at this number, and what they have reserved."""
        newest = self.spending_number()
        sql = "SELECT * FROM spending WHERE number > ? AND number <= ? AND spender <> ?"
        settled = self._rows(sql, number, newest, self._spender)
        reserved = self._rows("SELECT * FROM spending WHERE open = 1 AND spender <> ?", self._spender)
        return Elsewhere(tuple(map(_spending, settled)), tuple(map(_spending, reserved)), newest)

    def spending_number(self) -> int:
        """The number of what was settled last; 0 before anything was."""
        return int(self._rows("SELECT coalesce(max(number), 0) AS newest FROM spending")[0]["newest"])

    def changes(self) -> int:
        """A number that is another one once another connection, of any process, has written to the store."""
        return int(self._rows("PRAGMA data_version")[0][0])

    def bury_spenders(self) -> int:
        """Settle what spenders that are no more had reserved, as the most it could have cost; how many they were."""
        from filelock import Timeout  # noqa: PLC0415  as above

        buried = 0
        sql = "SELECT DISTINCT spender FROM spending WHERE open = 1 AND spender <> ?"
        for spender in [row["spender"] for row in self._rows(sql, self._spender)]:
            lock = self._lock_of(spender)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            try:
                self._settle_all_of(spender)
            finally:
                lock.release()
            Path(lock.lock_file).unlink(missing_ok=True)
            buried += 1
        return buried

    def close(self) -> None:
        """Close the connection, and be no spender any more."""
        super().close()
        if self._lock.is_locked:
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)

    def _settle_all_of(self, spender: str) -> None:
        with self.transaction():
            left = self._rows("SELECT * FROM spending WHERE open = 1 AND spender = ?", spender)
            number = self.spending_number()
            rows = [{**dict(row), "open": 0, "number": number + n} for n, row in enumerate(left, 1)]
            self._insert("spending", rows, replace=True)

    @cached_property
    def _spender(self) -> str:
        return uuid4().hex

    @cached_property
    def _lock(self) -> "FileLock":
        return self._lock_of(self._spender)

    def _lock_of(self, spender: str) -> "FileLock":
        from filelock import FileLock  # noqa: PLC0415  who only reads does without

        return FileLock(self.home / "spenders" / f"{spender}.lock")

    def _stake_out(self) -> None:
        """Show that this spender lives; before its first reservation is written."""
        if not self._lock.is_locked:
            Path(self._lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)

    def _spending_row(self, one: Spending, *, is_open: bool = False, number: int = 0) -> dict[str, Any]:
        return {
            "id": one.id,
            "at": _instant(one.at),
            "season": one.season,
            "session": one.session.isoformat() if one.session else "",
            "contestant": one.contestant,
            "dollars": f"{one.dollars:f}",
            "known": int(one.known),
            "spender": self._spender,
            "open": int(is_open),
            "number": number,
        }


def _spending(row: Any) -> Spending:
    return Spending(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        season=row["season"],
        session=date.fromisoformat(row["session"]) if row["session"] else None,
        contestant=row["contestant"],
        dollars=Decimal(row["dollars"]),
        known=bool(row["known"]),
    )


def _matching(scope: Scope) -> tuple[str, tuple[str, ...]]:
    """The condition on a row that belongs to a scope, and its values."""
    if scope.day is not None:
        midnight = datetime.combine(scope.day, time(), UTC)
        return "at >= ? AND at < ?", (_instant(midnight), _instant(midnight + timedelta(days=1)))
    session = scope.session.isoformat() if scope.session else ""
    if scope.limit == "season":
        return "season = ?", (scope.season,)
    if scope.limit == "round":
        return "season = ? AND session = ?", (scope.season, session)
    return "season = ? AND session = ? AND contestant = ?", (scope.season, session, scope.contestant)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
