"""Prices and what is computed from them, as sections of the snapshot."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from arena.market.answers import Answer, Answered, Unanswered
from arena.market.calendar import close_of, is_session, session_back, sessions_between
from arena.market.doubts import judge
from arena.market.indicators import SETTLED, standard
from arena.market.listings import listing_of
from arena.records.market import Bar, IndicatorSection, PriceHistory, PriceSection

INDICATOR_SESSIONS = 30
"""How many of the newest sessions the indicators are shown for."""

LONG_STALE = 3
"""Sessions behind up to which a missing bar is a late one; prices that end earlier are stale."""

NOTES_SHOWN = 6
"""How many rows that were left out are named one by one, the newest; the others are counted."""


def price_section(answer: Answer[PriceHistory], session: date, most: int) -> tuple[PriceSection, tuple[str, ...]]:
    """The newest `most` bars up to `session` that can be believed, with the dividends and splits since the first.

    Beside it those of its doubts that are about jumps between the bars: what is computed across them is doubtful, too.

    `stale` when they end more than `LONG_STALE` sessions before `session`; `error`, and without bars, when they are
    past repair: a change of unit or company among them, too many sessions without a bar, no sound row at all.
    """
    if isinstance(answer, Unanswered):
        return PriceSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes), ()
    exchange = listing_of(answer.facts.ticker).calendar
    past = answer.facts.between(date.min, session)
    recent = tuple(bar for bar in past.bars if is_session(bar.session, exchange))[-most:]
    if not recent:
        unsound = any(note.day for note in past.notes)
        return _without_bars(answer, "error" if unsound else "no_data", _texts(past)), ()
    # A vendor answers for more days than are shown; how many more depends on who asked first.
    shown = past.between(recent[0].session, session)
    found = judge(recent, shown.splits, shown.dividends, exchange)
    last = found.bars[-1].session
    behind = len(sessions_between(last, session, exchange)) - 1
    doubts = (
        *_staleness(last, session, behind),
        *_texts(shown),
        *_odd_days(shown.bars, recent),
        *_beginning(recent[0].session, session_back(session, most - 1, exchange)),
        *found.doubts,
    )
    # A listing that has ended is told as such: what is missing before its end matters less.
    if why := found.broken or (found.torn if behind <= LONG_STALE else ""):
        return _without_bars(answer, "error", (f"the prices cannot be used: {why}", *doubts)), ()
    section = PriceSection(
        status="ok" if behind <= LONG_STALE else "stale",
        source=answer.source,
        observed=close_of(last, exchange),
        retrieved=answer.retrieved,
        notes=(*answer.notes, *doubts),
        currency=shown.currency,
        bars=found.bars,
        dividends=shown.dividends,
        splits=shown.splits,
    )
    return section, found.jumps


def indicator_section(prices: PriceSection, jumps: Sequence[str]) -> IndicatorSection:
    """The standard indicators of the bars the snapshot shows, so that anyone can compute them again.

    `jumps` are the doubts about jumps between those bars, one sentence each.
    """
    if not prices.bars:
        return IndicatorSection(status=prices.status, source=prices.source, notes=("there are no prices",))
    series = standard(prices.bars, prices.splits, INDICATOR_SESSIONS)
    few = f"computed from {len(prices.bars)} sessions; {SETTLED} are wanted before long windows have settled"
    return IndicatorSection(
        status=prices.status,
        source=prices.source,
        observed=prices.observed,
        retrieved=prices.retrieved,
        notes=(
            *((few,) if len(prices.bars) < SETTLED else ()),
            *(f"computed across a doubt: {jump}" for jump in jumps),
        ),
        sessions=tuple(bar.session for bar in prices.bars[-INDICATOR_SESSIONS:]),
        series=series,
    )


def _without_bars(
    answer: Answered[PriceHistory], status: Literal["error", "no_data"], notes: tuple[str, ...]
) -> PriceSection:
    return PriceSection(status=status, source=answer.source, retrieved=answer.retrieved, notes=(*answer.notes, *notes))


def _texts(history: PriceHistory) -> tuple[str, ...]:
    """The vendor's doubts: all that are about no day, and the newest of those about one."""
    general = [note.text for note in history.notes if note.day is None]
    dated = sorted((note for note in history.notes if note.day), key=lambda note: note.day or date.min)
    earlier = len(dated) - NOTES_SHOWN
    more = (f"{earlier} earlier notes on single days are not shown",) if earlier > 0 else ()
    return (*general, *more, *(note.text for note in dated[-NOTES_SHOWN:]))


def _odd_days(bars: Sequence[Bar], of_sessions: Sequence[Bar]) -> tuple[str, ...]:
    sessions = {bar.session for bar in of_sessions}
    odd = [bar.session for bar in bars if bar.session not in sessions]
    return (f"{len(odd)} bars on days without a session are left out, the newest of {odd[-1]}",) if odd else ()


def _beginning(first: date, wanted: date) -> tuple[str, ...]:
    """A word on a history that begins later than wanted."""
    if first <= wanted:
        return ()
    return (
        f"the prices begin on {first}, later than asked: the vendor has no more, the listing is new, "
        "or the ticker was another company's before",
    )


def _staleness(last: date, session: date, behind: int) -> tuple[str, ...]:
    if behind == 0:
        return ()
    late = f"the newest bar is of {last}, not of {session}"
    if behind <= LONG_STALE:
        return (late,)
    return (late, f"that is {behind} sessions behind: trading may be halted, or the ticker no longer listed")
