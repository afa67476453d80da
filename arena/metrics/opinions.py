"""What contestants said, held against each other and against what prices did next."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

from arena.records.market import Split
from arena.records.outcome import Action
from arena.records.performance import Agreement
from arena.records.trading import Mark

_ALWAYS: Mapping[str, date] = MappingProxyType({})


class Opinion(NamedTuple):
    """One decision: what a contestant said of a ticker at the close of a session."""

    contestant: str
    session: date
    ticker: str
    action: Action
    confidence: float | None
    """0 to 1; None where nobody stated one, as of a rule."""


class Judgement(NamedTuple):
    """A contestant's decisions to buy or sell against the price that came."""

    forecasts: tuple[tuple[float, bool], ...]
    """Confidence, and whether the price went its way."""
    unjudged: int
    """Decisions whose horizon has not passed, or for which there is no price at either end, or splits are not known."""


def mean_confidence(opinions: Sequence[Opinion]) -> float | None:
    """The mean over all decisions that state one, HOLD included; None without any."""
    stated = [one.confidence for one in opinions if one.confidence is not None]
    return sum(stated) / len(stated) if stated else None


class Closes:
    """Closes by ticker and session, comparable across splits."""

    def __init__(
        self,
        marks: Iterable[Mark],
        splits: Mapping[str, Iterable[Split]],
        told_since: Mapping[str, date] = _ALWAYS,
    ) -> None:
        """`told_since` is the session by ticker from which on every split is told of; always by default."""
        self._closes = {(mark.ticker, mark.session): mark.close for mark in marks}
        self._splits = {ticker: tuple(known) for ticker, known in splits.items()}
        self._told_since = told_since

    def change(self, ticker: str, start: date, end: date) -> Decimal | None:
        """The part by which the price changed from close to close, without dividends; None where one is missing.

        So it is where nobody can tell whether the ticker has split in between.
        """
        before, after = self._closes.get((ticker, start)), self._closes.get((ticker, end))
        if before is None or after is None or start < self._told_since.get(ticker, start):
            return None
        for split in self._splits.get(ticker, ()):
            if start < split.ex_date <= end:
                after *= split.ratio
        return after / before - 1


def judge(opinions: Iterable[Opinion], closes: Closes, sessions: Sequence[date], horizon: int) -> Judgement:
    """Whether prices went the way decisions said, `horizon` sessions later: up after BUY, down after SELL.

    A HOLD says nothing of where the price will go and is no forecast; a price that has not moved proves both wrong.
    A decision without a confidence forecasts nothing either.
    """
    place = {session: n for n, session in enumerate(sessions)}
    forecasts, unjudged = [], 0
    for one in opinions:
        if one.action == "HOLD" or one.confidence is None:
            continue
        at = place.get(one.session)
        judged = None if at is None or at + horizon >= len(sessions) else sessions[at + horizon]
        change = closes.change(one.ticker, one.session, judged) if judged else None
        if change is None:
            unjudged += 1
        else:
            forecasts.append((one.confidence, change > 0 if one.action == "BUY" else change < 0))
    return Judgement(tuple(forecasts), unjudged)


def agreements(opinions: Iterable[Opinion]) -> tuple[Agreement, ...]:
    """Every pair of contestants that both decided on something, in order of name.

    Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological Measurement 20(1), 1960:
    kappa = (observed - expected) / (1 - expected), with the agreement expected of two that decide as often as these
    on each action, but independently.
    """
    said: defaultdict[str, dict[tuple[date, str], Action]] = defaultdict(dict)
    for opinion in opinions:
        said[opinion.contestant][opinion.session, opinion.ticker] = opinion.action
    found = []
    for one, other in combinations(sorted(said), 2):
        both = [(said[one][key], said[other][key]) for key in sorted(said[one].keys() & said[other].keys())]
        if both:
            found.append(_agreement(one, other, both))
    return tuple(found)


def _agreement(one: str, other: str, both: Sequence[tuple[Action, Action]]) -> Agreement:
    alike = sum(first == second for first, second in both)
    firsts, seconds = Counter(first for first, _ in both), Counter(second for _, second in both)
    # In whole counts, so that certain agreement by chance is exactly that.
    expected, total = sum(firsts[action] * seconds[action] for action in firsts), len(both) ** 2
    kappa = None if expected == total else (alike * len(both) - expected) / (total - expected)
    return Agreement(one=one, other=other, both=len(both), alike=alike / len(both), kappa=kappa)
