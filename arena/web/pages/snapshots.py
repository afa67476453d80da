"""What the desks were shown: a snapshot's page."""

from datetime import date, timedelta
from typing import Any

from arena.errors import UsageError
from arena.market import snapshot as snapshots
from arena.records.market import MarketSnapshot
from arena.web.reader import Reader
from arena.web.rendering import Page

_NEWEST = 40
"""Articles and posts that the page shows of each kind."""


def snapshot_page(reader: Reader, name: str) -> Page:
    """A kept snapshot, by its hash or a beginning that only one has. UsageError where there is none."""
    found = reader.snapshot(whole_hash(reader, name))
    behind = found.masks is not None and reader.snapshot_or_none(found.masks) is not None
    content = {
        "snapshot": found,
        "behind": behind,
        "candles": _candles(found),
        "newest": _NEWEST,
        "holds": _holds(found),
    }
    return Page("snapshot.html", f"{found.ticker} at {found.session}", content, None, "snapshot", charts=True)


def whole_hash(reader: Reader, name: str) -> str:
    """The hash that begins so. UsageError where there is none, or several."""
    found = snapshots.beginning_with(name, reader.home / "snapshots")
    if len(found) != 1:
        told = "several snapshots begin" if found else "no snapshot is kept whose hash begins"
        raise UsageError(f"{told} with {name[:70]}")
    return found[0]


def _candles(snapshot: MarketSnapshot) -> dict[str, Any] | None:
    bars = snapshot.prices.bars
    if not bars:
        return None
    return {
        "sessions": [bar.session.isoformat() for bar in bars],
        **{name: [float(getattr(bar, name)) for bar in bars] for name in ("open", "high", "low", "close")},
        "volume": [bar.volume for bar in bars],
        "breaks": [day.isoformat() for day in _days_without({bar.session for bar in bars})],
    }


def _days_without(sessions: set[date]) -> list[date]:
    """The days between the sessions, which a chart leaves out."""
    first, last = min(sessions), max(sessions)
    days = (first + timedelta(days=n) for n in range((last - first).days))
    return [day for day in days if day not in sessions]


def _holds(snapshot: MarketSnapshot) -> dict[str, int]:
    return {
        "prices": len(snapshot.prices.bars),
        "indicators": len(snapshot.indicators.series),
        "fundamentals": len(snapshot.fundamentals.statements),
        "earnings": len(snapshot.earnings.reports),
        "insiders": len(snapshot.insiders.trades),
        "news": len(snapshot.news.items),
        "market_news": len(snapshot.market_news.items),
        "social": len(snapshot.social.days),
        "posts": len(snapshot.posts.posts),
    }
