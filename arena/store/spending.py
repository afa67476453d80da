"""What model calls cost, in the store: the budget's memory."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from arena.records.spending import Spending
from arena.store.database import Database


class SpendingTables(Database):
    """What the store does with spending."""

    def spend(self, spent: Iterable[Spending], released: Iterable[str] = ()) -> None:
        """Keep spending, each in the place of the reservation of its id, and strike out what was released."""
        rows = [
            {
                "id": one.id,
                "at": one.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "season": one.season,
                "session": one.session.isoformat() if one.session else "",
                "contestant": one.contestant,
                "dollars": f"{one.dollars:f}",
                "known": int(one.known),
            }
            for one in spent
        ]
        with self.transaction():
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
    ) -> Decimal:
        """Dollars spent in all that matches; what nobody told the cost of counts as the most it could be."""
        rows = self._rows(
            "SELECT dollars FROM spending WHERE (?1 IS NULL OR season = ?1) AND (?2 IS NULL OR session = ?2) "
            "AND (?3 IS NULL OR contestant = ?3) AND (?4 IS NULL OR at >= ?4)",
            season,
            session.isoformat() if session else None,
            contestant,
            since.astimezone(UTC).isoformat(timespec="microseconds") if since else None,
        )
        return sum((Decimal(row["dollars"]) for row in rows), Decimal(0))
