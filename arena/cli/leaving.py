"""What the commands of `arena outbox` and `arena notify` do."""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import get_args

from arena.cli import screen
from arena.cli.given import loaded
from arena.cli.options import Given
from arena.cli.screen import results, say
from arena.cli.views.outbox import dispatched_view, outbox_view, trials_view
from arena.config.model import ArenaConfig
from arena.errors import UsageError
from arena.figures import plural
from arena.records.outbox import DeliveryState
from arena.sinks.dispatch import dispatch
from arena.sinks.trial import try_out
from arena.store import Store

DONE, SOMETHING_FAILED = 0, 1


def list_outbox(given: Given, *, everything: bool, sink: str | None, limit: int, as_json: bool) -> None:
    """Print what is in the outbox. Raises StoreError where there is no store."""
    states: tuple[DeliveryState, ...] = get_args(DeliveryState) if everything else ("waiting", "failed")
    with Store.open_existing(_config(given).home) as store:
        rows = store.outbox(*states, sink=sink, limit=limit)
        counts = store.outbox_counts()
    held = sum(number for (name, state), number in counts.items() if state in states and sink in (None, name))
    if as_json:
        screen.write_json([row.model_dump(mode="json") for row in rows])
    elif rows:
        results().print(outbox_view(rows))
        if held > len(rows):
            say(f"the first {len(rows):,} of {held:,}; --limit shows more")
    else:
        say("nothing waits to be sent" if not everything else "nothing was ever queued to be sent")


def send_outbox(given: Given, *, at_once: bool, as_json: bool) -> int:
    """Send what is due and print what came of it; returns the exit code. Raises StoreError where there is no store."""
    return sent(_config(given), at_once=at_once, as_json=as_json)


def sent(config: ArenaConfig, *, at_once: bool = False, only: str | None = None, as_json: bool) -> int:
    """Send what is due, to one sink or to all, and print what came of it; returns the exit code."""
    done = asyncio.run(dispatch(config, os.environ, lambda: datetime.now(UTC), at_once=at_once, only=only))
    if as_json:
        screen.write_json([one.model_dump(mode="json") for one in done])
    elif done:
        results().print(dispatched_view(done))
    else:
        say("nothing was ever queued to be sent")
    return SOMETHING_FAILED if any(one.why for one in done) else DONE


def retry_outbox(given: Given, ids: Sequence[int] | None, *, as_json: bool) -> int:
    """Let what was refused wait again, and send it; returns the exit code. Raises UsageError for an id of none."""
    with Store.open_existing(_config(given).home) as store:
        again = store.retry(ids or None)
    _refuse_unknown(ids or (), again, "was refused")
    if not again:
        say("nothing was refused")
        return DONE
    return send_outbox(given, at_once=False, as_json=as_json)


def drop_outbox(given: Given, ids: Sequence[int] | None, sink: str | None) -> None:
    """Give up these deliveries, or all of a sink. Raises UsageError for an id of none that waits or was refused."""
    if bool(ids) == bool(sink):
        raise UsageError("name the ids to give up, or with --sink one sink to give up everything of")
    with Store.open_existing(_config(given).home) as store:
        chosen = ids or [row.id for row in store.outbox(sink=sink, limit=-1)]
        dropped = store.drop(chosen, datetime.now(UTC))
    _refuse_unknown(ids or (), dropped, "waits or was refused")
    say(f"{plural(len(dropped), 'delivery', 'deliveries')} given up")


def try_messages(given: Given, sink: str | None, *, as_json: bool) -> int:
    """Send test messages and print what came of them; returns the exit code. Raises UsageError without any sink."""
    trials = asyncio.run(try_out(_config(given), os.environ, datetime.now(UTC), sink))
    if as_json:
        screen.write_json([trial.model_dump(mode="json") for trial in trials])
    else:
        results().print(trials_view(trials))
    return DONE if all(trial.status == "sent" for trial in trials) else SOMETHING_FAILED


def _refuse_unknown(asked: Sequence[int], found: Sequence[int], what: str) -> None:
    if unknown := sorted(set(asked) - set(found)):
        raise UsageError(f"no delivery {', '.join(map(str, unknown))} {what}; `arena outbox` lists those that do")


def _config(given: Given) -> ArenaConfig:
    found = loaded(given)
    for note in found.notes:
        say(note, "note: ")
    return found.config
