"""From a vendor's answer to a section of the snapshot: what is later than `as_of` is cut away, doubts are noted.

Pure. What was cut leaves no trace, not even a note: that there will be a fact is a fact, too.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Literal
from zoneinfo import ZoneInfo

from arena.market.answers import Answer, Unanswered
from arena.market.calendar import close_of, is_session, sessions_between
from arena.market.indicators import SETTLED, standard
from arena.records.market import (
    Bar,
    Fundamentals,
    FundamentalsSection,
    IndicatorSection,
    NewsItem,
    NewsSection,
    PriceHistory,
    PriceSection,
    SocialDay,
    SocialSection,
    Statement,
)

INDICATOR_SESSIONS = 30
"""How many of the newest sessions the indicators are shown for."""

LONG_STALE = 3
"""Sessions behind from which on a missing bar is more than a late one."""

FILING_DAYS: dict[Literal["quarter", "year"], int] = {"quarter": 45, "year": 90}
"""Days after a fiscal period's end from which on the arena takes an undated statement to be public.

An assumption that holds for most companies filing 10-Q and 10-K with the SEC. Late filers need longer, and so
do foreign ones, who have four months for a 20-F: their undated statements are shown before they were public.
"""

_NEW_YORK = ZoneInfo("America/New_York")


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


def fundamentals_section(answer: Answer[Fundamentals], session: date) -> FundamentalsSection:
    """The statements filed before `session`; one without a filing date when the usual deadline has passed."""
    if isinstance(answer, Unanswered):
        return FundamentalsSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    known = [statement for statement in answer.facts.statements if _known(statement, session)]
    known.sort(key=lambda statement: (statement.fiscal_end, statement.kind, statement.period), reverse=True)
    newest = max((_public(statement) for statement in known), default=None)
    return FundamentalsSection(
        status="ok" if known else "no_data",
        source=answer.source,
        observed=_start_of(newest) if newest else None,
        retrieved=answer.retrieved,
        notes=(*answer.notes, *answer.facts.notes, *_filing_doubts(known)),
        statements=tuple(known),
    )


def news_section(answer: Answer[tuple[NewsItem, ...]], as_of: datetime, days: int) -> NewsSection:
    """The articles of the last `days` days before `as_of`, newest first."""
    if isinstance(answer, Unanswered):
        return NewsSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    items = [item for item in answer.facts if as_of - timedelta(days=days) <= item.published <= as_of]
    items.sort(key=lambda item: (item.published, item.title, item.url), reverse=True)
    return NewsSection(
        status="ok" if items else "no_data",
        source=answer.source,
        observed=items[0].published if items else None,
        retrieved=answer.retrieved,
        notes=answer.notes,
        items=tuple(items),
    )


def social_section(answer: Answer[tuple[SocialDay, ...]], session: date, days: int) -> SocialSection:
    """The daily aggregates of the last `days` days up to `session`, newest first."""
    if isinstance(answer, Unanswered):
        return SocialSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    found = [day for day in answer.facts if session - timedelta(days=days) <= day.day <= session]
    found.sort(key=lambda day: day.day, reverse=True)
    return SocialSection(
        status="ok" if found else "no_data",
        source=answer.source,
        observed=_start_of(found[0].day) if found else None,
        retrieved=answer.retrieved,
        notes=answer.notes,
        days=tuple(found),
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


def _public(statement: Statement) -> date:
    """The day from which on the statement is known, never before its period has ended."""
    assumed = statement.fiscal_end + timedelta(days=FILING_DAYS[statement.period])
    return max(statement.filed or assumed, statement.fiscal_end)


def _known(statement: Statement, session: date) -> bool:
    """Whether the statement was public at the session's close; most that are dated that day come out after it."""
    return _public(statement) < session if statement.filed else _public(statement) <= session


def _filing_doubts(statements: Sequence[Statement]) -> tuple[str, ...]:
    undated = sum(statement.filed is None for statement in statements)
    if not undated:
        return ()
    return (
        f"{undated} statements have no filing date; a quarter's counts as public {FILING_DAYS['quarter']} days "
        f"after its end, a year's after {FILING_DAYS['year']}",
    )


def _start_of(day: date) -> datetime:
    """The first instant of the day in New York: facts known by their day alone are no older than that."""
    return datetime.combine(day, time_of_day(0), _NEW_YORK).astimezone(UTC)
