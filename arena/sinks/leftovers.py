"""What is still in the outbox when a command ends, in a sentence for each sink of which somebody should know."""

from collections.abc import Mapping
from pathlib import Path

from arena.errors import StoreError
from arena.figures import plural
from arena.store import Store


def leftovers(home: Path, missing: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences on what was refused, and on what waits because of a failure or, as `missing` says, for want of a key.

    What waits for its turn or for the end of quiet hours is no news. Nothing where there is no store.
    """
    if not Store.exists(home):
        return ()
    try:
        return _told(home, missing)
    except StoreError:
        # It says what was done before, which must not fail for it.
        return ()


def _told(home: Path, missing: Mapping[str, str]) -> tuple[str, ...]:
    with Store.open_existing(home) as store:
        counts = store.outbox_counts()
        found = []
        for sink in sorted({sink for sink, _ in counts}):
            waiting, failed = counts.get((sink, "waiting"), 0), counts.get((sink, "failed"), 0)
            if failed:
                (first,) = store.outbox("failed", sink=sink, limit=1)
                found.append(f"{sink} refused {plural(failed, 'delivery', 'deliveries')}: {first.last_error}")
            if waiting:
                (first,) = store.next_deliveries(sink, 1)
                if why := missing.get(sink) or first.last_error:
                    found.append(f"{plural(waiting, 'delivery', 'deliveries')} to {sink} waiting: {why}")
    return tuple(found)
