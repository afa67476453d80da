"""Prices and what is computed from them, as sections of the snapshot."""

from collections.abc import Sequence
from datetime import date

from arena.market.answers import Answer, Unanswered
from arena.market.calendar import close_of, is_session, sessions_between
from arena.market.indicators import SETTLED, standard
from arena.records.market import Bar, IndicatorSection, PriceHistory, PriceSection

INDICATOR_SESSIONS = 30
"""How many of the newest sessions the indicators are shown for."""

LONG_STALE = 3
"""Sessions behind from which on a missing bar is more than a late one."""


def price_section(answer: Answer[PriceHistory], session: date, most: int) -> PriceSection:
    """The newest `most` bars up to `session`, with the dividends and splits since the first of them."""
    if isinstance(answer, Unanswered):
        return PriceSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    past = answer.facts.between(date.min, session)
    bars = tuple(bar for bar in past.bars if is_session(bar.session))[-most:]
    if not bars:
        notes = (*answer.notes, *_texts(past))
        return PriceSection(status="no_data", source=answer.source, retrieved=answer.retrieved, notes=notes)
    first, last = bars[0].session, bars[-1].session
    # A vendor answers for more days than are shown; how many more depends on who asked first.
    shown = past.between(first, session)
    return PriceSection(
        status="ok" if last == session else "stale",
        source=answer.source,
        observed=close_of(last),
        retrieved=answer.retrieved,
        notes=(*answer.notes, *_texts(shown), *_odd_days(shown.bars), *_gaps(bars), *_staleness(last, session)),
        currency=shown.currency,
        bars=bars,
        dividends=shown.dividends,
        splits=shown.splits,
    )


def indicator_section(prices: PriceSection) -> IndicatorSection:
    """The standard indicators of the bars the snapshot shows, so that anyone can compute them again."""
    if not prices.bars:
        return IndicatorSection(status=prices.status, source=prices.source, notes=("there are no prices",))
    series = standard(prices.bars, prices.splits)
    few = f"computed from {len(prices.bars)} sessions; {SETTLED} are wanted before long windows have settled"
    return IndicatorSection(
        status=prices.status,
        source=prices.source,
        observed=prices.observed,
        retrieved=prices.retrieved,
        notes=(few,) if len(prices.bars) < SETTLED else (),
        sessions=tuple(bar.session for bar in prices.bars[-INDICATOR_SESSIONS:]),
        series={name: values[-INDICATOR_SESSIONS:] for name, values in series.items()},
    )


def _texts(history: PriceHistory) -> tuple[str, ...]:
    return tuple(note.text for note in history.notes)


def _odd_days(bars: Sequence[Bar]) -> tuple[str, ...]:
    odd = [bar.session for bar in bars if not is_session(bar.session)]
    return (f"{len(odd)} bars on days without a session are left out, the newest of {odd[-1]}",) if odd else ()


def _gaps(bars: Sequence[Bar]) -> tuple[str, ...]:
    there = {bar.session for bar in bars}
    missing = [day for day in sessions_between(bars[0].session, bars[-1].session) if day not in there]
    return (f"{len(missing)} sessions in between have no bar, the newest of them {missing[-1]}",) if missing else ()


def _staleness(last: date, session: date) -> tuple[str, ...]:
    if last == session:
        return ()
    behind = len(sessions_between(last, session)) - 1
    late = f"the newest bar is of {last}, not of {session}"
    if behind <= LONG_STALE:
        return (late,)
    return (late, f"that is {behind} sessions behind: trading may be halted, or the ticker no longer listed")
