"""Stated figures against held ones: which are borne out by none, and what the nearest true one is.

A figure is borne out by a value that rounds or is cut to it, whatever the sign; a percentage also by the fraction
it is a hundred times of; a figure without a unit also by the value in percent, thousands, millions or billions.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from arena.evidence.following import following_figures
from arena.evidence.held import Held, Number, other, shown_figures
from arena.evidence.stated import Stated, figures_in, metric_figure
from arena.records.chat import Stages, UnsupportedFigure
from arena.records.desk import AnalystStage, Brief
from arena.records.market import MarketSnapshot
from arena.records.outcome import Decision, Outcome

ANALYSTS = ("market", "news", "fundamentals", "social")
MOST_OF_A_FRACTION = 10
"""Above it a value is not told as a hundred times itself in percent."""
ULP = 1e-9
"""The relative error of a value that went through floats."""


def unsupported_figures(
    stages: Stages, outcome: Outcome, brief: Brief, snapshot: MarketSnapshot
) -> tuple[UnsupportedFigure, ...]:
    """The figures no fact bears out, stage by stage in the order they were stated, each once a stage."""
    stated = list(dict.fromkeys(_stated(stages, outcome)))
    if not stated:
        return ()
    analysts = [stage for name in ANALYSTS if (stage := getattr(stages, name)) is not None]
    shown = shown_figures(snapshot, brief, analysts)
    facts = _Facts([*shown, *following_figures(snapshot, analysts), *_proposed(stages, outcome)])
    return tuple(_flag(stage, one, facts) for stage, one in stated if not facts.bear_out(one))


class _Facts:
    """Held values in order of size, to be looked up by size."""

    def __init__(self, held: Sequence[Held]) -> None:
        plain = [one._replace(value=abs(one.value)) for one in held if one.value]
        relative = [one for one in plain if not one.is_amount]
        fractions = [one._replace(value=100 * one.value) for one in relative if one.value <= MOST_OF_A_FRACTION]
        large = [one._replace(value=one.value / part) for one in plain if one.value >= 1e6 for part in (1e3, 1e6, 1e9)]
        parts = [one._replace(value=one.value / 100) for one in relative]
        self._plain = _Ordered(plain)
        self._as_percent = _Ordered([*relative, *fractions])
        self._bare = _Ordered([*plain, *fractions, *parts, *large])

    def bear_out(self, one: Stated) -> bool:
        value, step = float(one.value), float(one.step)
        low, high = value - step / 2, value + step
        slack = ULP * value
        return self._for(one).any_between(low - slack, high + slack)

    def nearest(self, one: Stated) -> Held | None:
        return (self._as_percent if one.is_percent else self._plain).nearest(float(one.value))

    def _for(self, one: Stated) -> "_Ordered":
        if one.is_percent:
            return self._as_percent
        return self._bare if one.is_bare else self._plain


class _Ordered:
    def __init__(self, held: Sequence[Held]) -> None:
        # Sorting is stable: of equal values the one with the plainest name comes first.
        self._held = sorted(held, key=lambda one: one.value)
        self._values = [one.value for one in self._held]

    def any_between(self, low: float, high: float) -> bool:
        """Whether a value lies in the span, its upper end excluded."""
        place = bisect_left(self._values, low)
        return place < len(self._values) and self._values[place] < high

    def nearest(self, value: float) -> Held | None:
        place = bisect_left(self._values, value)
        around = self._held[max(0, place - 1) : place + 1]
        if not around:
            return None
        found = min(around, key=lambda one: abs(one.value - value)).value
        return self._held[bisect_left(self._values, found)]


def _stated(stages: Stages, outcome: Outcome) -> Iterator[tuple[str, Stated]]:
    for name in ANALYSTS:
        stage: AnalystStage | None = getattr(stages, name)
        if stage is None:
            continue
        for metric in stage.report.metrics:
            found = metric_figure(metric.value, metric.unit)
            if found is not None:
                yield name, found
        for text in (stage.report.summary, *stage.report.key_points, stage.report.text):
            yield from ((name, one) for one in figures_in(text))
    for name, texts in _texts(stages, outcome):
        for text in texts:
            yield from ((name, one) for one in figures_in(text))


def _texts(stages: Stages, outcome: Outcome) -> Iterator[tuple[str, list[str]]]:
    if stages.research is not None:
        yield "research", [turn.text for turn in stages.research.turns]
        if (judged := stages.research.verdict) is not None:
            yield "research", [judged.strongest_bull_point, judged.strongest_bear_point, judged.plan]
    if stages.trader is not None:
        yield "trader", [stages.trader.entry, stages.trader.reasoning]
    if stages.risk is not None:
        yield "risk", [turn.text for turn in stages.risk.turns]
    if isinstance(outcome, Decision):
        yield "decision", [outcome.reasoning, *outcome.key_risks]


def _proposed(stages: Stages, outcome: Outcome) -> Iterator[Held]:
    """What the desk itself proposed: later roles may speak of it."""
    if stages.trader is not None:
        plan = stages.trader
        named: dict[str, Number | None] = {
            "fraction": plan.fraction,
            "stop": plan.stop_loss,
            "target": plan.take_profit,
        }
        yield from (other(value, f"trader: {name}") for name, value in named.items() if value is not None)
    if isinstance(outcome, Decision):
        named = {"fraction": outcome.fraction, "stop": outcome.stop_loss, "target": outcome.take_profit}
        named["confidence"] = outcome.confidence
        yield from (other(value, f"decision: {name}") for name, value in named.items() if value is not None)


def _flag(stage: str, one: Stated, facts: _Facts) -> UnsupportedFigure:
    nearest = facts.nearest(one)
    return UnsupportedFigure(
        stage=stage,
        text=one.text,
        value=float(one.value),
        nearest=nearest.value if nearest else None,
        nearest_name=nearest.name if nearest else "",
    )
