"""What is doubtful between bars that are sound each for itself, and when a history is past repair.

Pure, and about the bars it is handed alone: handed those up to an instant it cannot look ahead. Jumps are
measured in one share count, by the splits handed in, and with the dividends given back. The promise:

- A bar that lies at least `SPIKE`-fold off both its neighbours, which agree, is left out and named.
- A jump of `BROKEN`-fold or more that does not come back leaves everything before it in another unit or of
  another company: the history is past repair. So does one in the newest bar, of which nobody knows yet.
- A smaller jump that looks like a missed or wrong split stands, and is named as a doubt.
- Sessions without a bar are named. Too many of them, or too long a hole, are past repair.

A spike at the very first bar has one neighbour only; the bar is left out, since the others agree without it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arena.market.calendar import NEW_YORK, sessions_between
from arena.records.market import Bar, Dividend, Split

SPIKE = Decimal(5)
"""How far off its neighbours a whole bar must lie to be taken for an error; no day's news comes and goes like that."""

BROKEN = Decimal(50)
"""The jump from which on no news explains it; errors of unit are hundredfold, less a day's own movement."""

SPLIT_LIKE = Decimal("1.8")
"""The jump from which on a split may be missing or wrong: 2:1, less a day's own movement."""

AGREE = Decimal(2)
"""The most that two bars around a spike may differ, as a ratio."""

_USUAL = (2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50, 100)
"""New shares for one, or one for so many, as companies split."""

LONG_HOLE = 10
"""Sessions in a row without a bar that are more than a halt: who trades after them may be another company."""

FEW_MISSING = 3
MISSING_SHARE = 20
"""More than `FEW_MISSING` sessions without a bar, and more than one in `MISSING_SHARE`, are too many."""


class Judged(NamedTuple):
    """What can be believed of a history, and what is said about it."""

    bars: tuple[Bar, ...]
    doubts: tuple[str, ...]
    """One sentence each."""
    jumps: tuple[str, ...]
    """Those of the doubts that are about jumps inside `bars`: what is computed across them is doubtful, too."""
    broken: str = ""
    """Why the prices cannot be used at all; empty where they can."""
    torn: str = ""
    """Why there are too few of them to be used; empty where there are enough."""
    unconfirmed: bool = False
    """Whether the newest bar lies so far off the one before that only the next one will tell whether it is a spike."""


class _Jump(NamedTuple):
    before: Bar
    after: Bar
    ratio: Decimal
    """The later close over the earlier one, in one share count."""

    @property
    def size(self) -> Decimal:
        return max(self.ratio, 1 / self.ratio)


def judge(
    bars: Sequence[Bar], splits: Sequence[Split], dividends: Sequence[Dividend] = (), exchange: str = NEW_YORK
) -> Judged:
    """The bars without single spikes, every doubt about them, and why they are past repair, if they are."""
    ex_dates = sorted((*(one.ex_date for one in splits), *(one.ex_date for one in dividends)))
    kept, spikes, steps = _without_spikes(bars, splits, ex_dates)
    jumps = [jump for before, after in steps if (jump := _jump(before, after, splits, dividends))]
    worst = next((jump for jump in jumps if jump.size >= BROKEN), None)
    told = tuple(_split_doubt(jump, splits) for jump in jumps)
    missing, torn = _holes(kept, exchange)
    return Judged(
        bars=tuple(kept),
        doubts=(*spikes, *told, *missing),
        jumps=told,
        broken=_broken(worst) if worst else "",
        torn=torn,
        unconfirmed=any(jump.size >= SPIKE for jump in jumps if jump.after is kept[-1]),
    )


def _without_spikes(
    bars: Sequence[Bar], splits: Sequence[Split], ex_dates: Sequence[date]
) -> tuple[list[Bar], list[str], list[tuple[Bar, Bar]]]:
    """The bars that are kept, what is said of the others, and those kept neighbours that may lie a jump apart."""
    kept: list[Bar] = []
    spikes: list[str] = []
    steps: list[tuple[Bar, Bar]] = []
    for place, bar in enumerate(bars):
        if kept and _is_calm(kept[-1], bar, ex_dates):
            kept.append(bar)
            continue
        off = _off(kept, bar, bars[place + 1 : place + 3], splits)
        if off > 1:
            spikes.append(f"the bar of {bar.session} lies {_fold(off)} off those around it; it is left out")
            continue
        if kept:
            steps.append((kept[-1], bar))
        kept.append(bar)
    return kept, spikes, steps


def _is_calm(before: Bar, after: Bar, ex_dates: Sequence[date]) -> bool:
    """Whether their ranges touch and nothing was split or paid between them: most are, and need no reckoning."""
    if after.low > before.high or before.low > after.high:
        return False
    return not ex_dates or bisect_right(ex_dates, before.session) == bisect_right(ex_dates, after.session)


def _off(kept: Sequence[Bar], bar: Bar, later: Sequence[Bar], splits: Sequence[Split]) -> Decimal:
    """How far the bar lies off the last one kept and the next, or, as the first, off the next two; 1 for no spike."""
    if kept and later:
        return _off_both(kept[-1], bar, later[0], splits)
    if not kept and len(later) == 2:
        return _off_at_first(bar, later[0], later[1], splits)
    return Decimal(1)


def _off_both(before: Bar, bar: Bar, after: Bar, splits: Sequence[Split]) -> Decimal:
    """How far the bar lies off both its neighbours; 1 where it is no spike."""
    off = _apart(before, bar, splits)
    if off < SPIKE:
        return Decimal(1)
    off = min(off, _apart(bar, after, splits))
    agree = 1 / AGREE <= _ratio(before, after, splits) <= AGREE
    return off if off >= SPIKE and agree else Decimal(1)


def _off_at_first(bar: Bar, after: Bar, next_but_one: Bar, splits: Sequence[Split]) -> Decimal:
    """How far the first bar lies off the two that follow and agree; 1 where it is no error of unit."""
    off = _apart(bar, after, splits)
    agree = 1 / AGREE <= _ratio(after, next_but_one, splits) <= AGREE
    return off if off >= BROKEN and agree else Decimal(1)


def _jump(before: Bar, after: Bar, splits: Sequence[Split], dividends: Sequence[Dividend]) -> _Jump | None:
    """The jump between two bars whose ranges do not even touch, if it is as large as a split's."""
    paid = sum((one.amount for one in dividends if before.session < one.ex_date <= after.session), Decimal(0))
    jump = _Jump(before, after, _ratio(before, after, splits, paid))
    return jump if jump.size >= SPLIT_LIKE and _apart(before, after, splits, paid) > 1 else None


def _ratio(before: Bar, after: Bar, splits: Sequence[Split], paid: Decimal = Decimal(0)) -> Decimal:
    """The later close and what was paid since, over the earlier close, in one share count."""
    return (after.close + paid) * _shares(before, after, splits) / before.close


def _apart(one: Bar, later: Bar, splits: Sequence[Split], paid: Decimal = Decimal(0)) -> Decimal:
    """How many times the higher bar's low is the lower bar's high, in one share count; 1 or less where they touch."""
    shares = _shares(one, later, splits)
    return max((later.low + paid) * shares / one.high, one.low / ((later.high + paid) * shares))


def _shares(before: Bar, after: Bar, splits: Sequence[Split]) -> Decimal:
    """How many of the later bar's shares were one of the earlier bar's."""
    ratio = Decimal(1)
    for split in splits:
        if before.session < split.ex_date <= after.session:
            ratio *= split.ratio
    return ratio


def _split_doubt(jump: _Jump, splits: Sequence[Split]) -> str:
    day = jump.after.session
    told = f"the price {'fell' if jump.ratio < 1 else 'rose'} {_fold(jump.size)} on {day}"
    if any(jump.before.session < split.ex_date <= day for split in splits):
        return f"{told} against the split that is listed for it: the split or the prices may be wrong"
    nearest = min(_USUAL, key=lambda times: abs(jump.size - times) / times)
    like = ""
    if abs(jump.size - nearest) * 10 <= nearest:
        like = f", close to one of {nearest}:1" if jump.ratio < 1 else f", close to one of 1:{nearest}"
    return f"{told} and no split is known{like}: it may be news, or a split that is missing or misapplied"


def _broken(jump: _Jump) -> str:
    return (
        f"the price jumps {_fold(jump.size)} between {jump.before.session} and {jump.after.session} without a split "
        "and does not come back: the unit changed, or the company"
    )


def _fold(ratio: Decimal) -> str:
    return f"{ratio:.2f}-fold" if ratio < 10 else f"{ratio:.0f}-fold"


def _holes(bars: Sequence[Bar], exchange: str) -> tuple[tuple[str, ...], str]:
    """What is missing between the first and the last bar, and why that is too much, if it is."""
    if not bars:
        return (), ""
    there = {bar.session for bar in bars}
    expected = sessions_between(bars[0].session, bars[-1].session, exchange)
    missing = [day for day in expected if day not in there]
    if not missing:
        return (), ""
    told = (f"{len(missing)} sessions in between have no bar, the newest of them {missing[-1]}",)
    length, ended = _longest(expected, there)
    if length > LONG_HOLE:
        return told, f"{length} sessions in a row up to {ended} have no bar"
    if len(missing) > FEW_MISSING and len(missing) * MISSING_SHARE > len(expected):
        return told, f"{len(missing)} of {len(expected)} sessions have no bar"
    return told, ""


def _longest(expected: Sequence[date], there: set[date]) -> tuple[int, date]:
    """The longest run of sessions without a bar, and its last day."""
    best, run, ended = 0, 0, expected[0]
    for day in expected:
        run = 0 if day in there else run + 1
        if run > best:
            best, ended = run, day
    return best, ended
