"""The live view of a round, on stderr: a table that moves on a terminal, a line a desk elsewhere.

Where answers are streamed, what is being said follows below the table, a line for each desk that runs.
Told of progress on the event loop's thread, drawn from rich's. Drawing takes a copy of what is known
first, so neither waits for the other.
"""

import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from arena import figures
from arena.cli.text import one_line
from arena.cli.views.outcome import outcome_text
from arena.cli.views.saying import Sayings
from arena.records.chat import Cost
from arena.records.progress import Progress

FRAMES_A_SECOND = 8
_AROUND = 4
"""Lines of the view that are no desk: the summary, the head and the rule below it, the line of those left out."""


@contextmanager
def following(console: Console) -> Iterator[Callable[[Progress], None]]:
    """What to tell a round's progress to while it runs."""
    if not console.is_terminal:
        yield Lines(console).progress
        return
    view = LiveTable()
    with Live(
        console=console,
        get_renderable=lambda: view.drawn(console.height),
        refresh_per_second=FRAMES_A_SECOND,
        transient=True,
    ):
        yield view.progress


class Lines:
    """A plain line when a desk starts and one when it ends."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started: set[tuple[str, str]] = set()

    def progress(self, progress: Progress) -> None:
        """Print the line if there is one to print."""
        desk = (progress.ticker, progress.contestant)
        if progress.outcome is not None:
            self._console.print(ended(progress), soft_wrap=True)
        elif desk not in self._started:
            self._started.add(desk)
            self._console.print(f"{progress.ticker} {progress.contestant}: started", soft_wrap=True)


def ended(progress: Progress) -> str:
    """One line on how a desk ended and what it took."""
    outcome = progress.outcome
    if outcome is None:
        raise ValueError(f"the desk of {progress.contestant} on {progress.ticker} has not ended")
    told = outcome_text(outcome).plain
    why = ""
    if outcome.kind == "decision":
        told += f" (confidence {outcome.confidence:.2f})"
    elif outcome.kind == "abstention":
        why = f": {one_line(outcome.detail, 200)}"
    took = (
        f"{figures.seconds(progress.seconds)}, {figures.plural(progress.calls, 'call')}, "
        f"cost {figures.cost(progress.cost)}"
    )
    return f"{progress.ticker} {progress.contestant}: {told} after {took}{why}"


@dataclass(frozen=True)
class _Seen:
    progress: Progress
    at: float

    @property
    def running(self) -> bool:
        return self.progress.outcome is None


class LiveTable:
    """A row for each desk that was started."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, str], _Seen] = {}
        self._heard = False

    def progress(self, progress: Progress) -> None:
        """Take note of where a desk stands."""
        self._seen[progress.ticker, progress.contestant] = _Seen(progress, self._clock())
        self._heard = self._heard or progress.said is not None

    def drawn(self, height: int) -> Group:
        """The view in at most `height` lines: running desks first, then those that ended last."""
        seen = list(self._seen.values())
        if not seen:
            return Group(Text("gathering facts", style="dim"))
        room = max(1, height - _AROUND)
        chosen, left_out = _chosen(seen, room, lines=2 if self._heard else 1)
        now = self._clock()
        table = _table()
        for desk in chosen:
            table.add_row(*_cells(desk, now))
        spoken = [Sayings([desk.progress for desk in chosen if desk.running])] if self._heard else []
        return Group(_summary(seen), table, *_left_out(left_out), *spoken)


def _chosen(seen: list[_Seen], room: int, lines: int) -> tuple[list[_Seen], list[_Seen]]:
    """The desks that get a row, in order of ticker and contestant, and those that get none.

    Each takes one line of the room, and one that runs takes `lines`. Which running desks have a row does not
    depend on what they do, so that rows stay where they are.
    """
    ordered = sorted(seen, key=lambda desk: (desk.progress.ticker, desk.progress.contestant))
    urgent = sorted(ordered, key=lambda desk: (not desk.running, 0.0 if desk.running else -desk.at))
    ends = list(accumulate(lines if desk.running else 1 for desk in urgent))
    fit = max(1, bisect_right(ends, room))
    kept = {id(desk) for desk in urgent[:fit]}
    return [desk for desk in ordered if id(desk) in kept], urgent[fit:]


def _table() -> Table:
    """Names and stages give way where the terminal is narrow; numbers are never cut."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Ticker", "Contestant", "Stage or outcome"):
        table.add_column(_giving_way(Text(name)))
    for name in ("Calls", "Tokens", "Cost", "Time"):
        table.add_column(name, no_wrap=True, justify="right")
    return table


def _cells(desk: _Seen, now: float) -> tuple[str | Text, ...]:
    progress = desk.progress
    running = progress.seconds + (now - desk.at if desk.running else 0)
    stage = Text(progress.stage.replace("_", " ") or "starting", style="dim")
    return (
        _giving_way(Text(progress.ticker)),
        _giving_way(Text(progress.contestant)),
        _giving_way(stage if progress.outcome is None else outcome_text(progress.outcome)),
        figures.count(progress.calls),
        figures.count(progress.tokens),
        _cost(progress.cost, progress.calls),
        figures.seconds(running),
    )


def _giving_way(text: Text) -> Text:
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _summary(seen: list[_Seen]) -> Text:
    running = sum(desk.running for desk in seen)
    abstained = sum(desk.progress.outcome is not None and desk.progress.outcome.kind == "abstention" for desk in seen)
    spent = sum((desk.progress.cost for desk in seen), Cost())
    calls = sum(desk.progress.calls for desk in seen)
    told = [f"{figures.plural(running, 'desk')} running", f"{len(seen) - running} done"]
    if abstained:
        told.append(f"{abstained} of them abstained")
    return Text(", ".join([*told, f"cost {_cost(spent, calls)}"]), style="bold")


def _cost(spent: Cost, calls: int) -> str:
    """What has been spent; before the first call has ended nobody knows."""
    return figures.cost(spent) if calls else figures.UNKNOWN


def _left_out(desks: list[_Seen]) -> tuple[Text, ...]:
    if not desks:
        return ()
    running = sum(desk.running for desk in desks)
    return (Text(f"and {len(desks)} more: {running} running, {len(desks) - running} done", style="dim"),)
