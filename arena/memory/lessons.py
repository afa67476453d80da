"""Past decisions made into lessons, and the reflections that come to them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from arena.memory.prices import NOTHING_KNOWN, Prices, change_of
from arena.records.memory import Lesson, PastDecision, Reflection
from arena.words import clipped

REASONING_WORDS = 60
"""How much of a past decision's reasoning is remembered."""

REFLECTION_WORDS = 60
"""How much of a reflection is, and how long the model is told to make it."""


class Written(NamedTuple):
    """A reflection that was written in an earlier round."""

    text: str
    session: date
    """That round's."""


class Benchmark(NamedTuple):
    """What a season is held against."""

    ticker: str
    prices: Prices


_NONE_WRITTEN: Mapping[tuple[date, date], Written] = MappingProxyType({})


def lessons_of(
    past: Iterable[PastDecision],
    prices: Prices,
    *,
    sessions: Sequence[date],
    horizon: int,
    most: int,
    benchmark: Benchmark | None = None,
    written: Mapping[tuple[date, date], Written] = _NONE_WRITTEN,
) -> tuple[Lesson, ...]:
    """The newest of the decisions whose horizon has passed, at most so many, the newest first.

    `sessions` are those of the ticker's exchange, in order, up to that of the round; `written` are the reflections
    there are, by the sessions of the decision and of its horizon's end: one on another horizon is about something else.
    """
    place = {session: number for number, session in enumerate(sessions)}
    passed = [one for one in past if one.session in place and place[one.session] + horizon < len(sessions)]
    newest = sorted(passed, key=lambda one: one.session, reverse=True)[:most]
    ends = {one.session: sessions[place[one.session] + horizon] for one in newest}
    return tuple(
        _lesson(
            one,
            prices,
            benchmark=benchmark,
            horizon=horizon,
            until=ends[one.session],
            written=written.get((one.session, ends[one.session])),
        )
        for one in newest
    )


def due(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """The lessons to reflect on: nothing has been written about them, and how they turned out is known."""
    return tuple(one for one in lessons if one.reflection is None and one.return_pct is not None)


def reflected(lessons: Sequence[Lesson], reflection: Reflection, session: date) -> tuple[Lesson, ...]:
    """The lessons with what was written at a session about those that were due, each under its number among them.

    What is left out stays without; what is about a number that was not shown is about nothing.
    """
    said = {one.lesson: one.text for one in reversed(reflection.lessons)}
    texts = {one.session: said[number] for number, one in enumerate(due(lessons), 1) if number in said}
    return tuple(
        one.model_copy(update={"reflection": texts[one.session], "reflected": session}) if one.session in texts else one
        for one in lessons
    )


def _lesson(
    one: PastDecision,
    prices: Prices,
    *,
    benchmark: Benchmark | None,
    horizon: int,
    until: date,
    written: Written | None,
) -> Lesson:
    own = change_of(prices, one.session, until)
    against = change_of(benchmark.prices, one.session, until) if benchmark is not None else NOTHING_KNOWN
    return Lesson(
        session=one.session,
        action=one.action,
        fraction=one.fraction,
        confidence=one.confidence,
        reasoning=clipped(one.reasoning, REASONING_WORDS),
        masked=one.masked,
        horizon=horizon,
        until=until,
        close=own.close,
        close_after=own.close_after,
        split=own.split,
        return_pct=own.percent,
        benchmark=benchmark.ticker if benchmark is not None else None,
        benchmark_return_pct=against.percent,
        reflection=clipped(written.text, REFLECTION_WORDS) if written is not None else None,
        reflected=written.session if written is not None else None,
    )
