"""Stated figures against held ones: which are borne out by none, and what the nearest true one is.

A figure is borne out by a value that rounds or is cut to it, whatever the sign; a percentage also by the fraction
it is a hundred times of; a figure without a unit also by the value in percent, thousands, millions or billions.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, cached_property

from arena.evidence.facts import Facts, Nearest, facts_of
from arena.evidence.following import distances
from arena.evidence.held import Held, Number, book_figures, computed_figures, lesson_figures, other
from arena.evidence.stated import Stated, figures_in, metric_figure
from arena.records.chat import Stages, UnsupportedFigure
from arena.records.desk import AnalystStage, Brief, Metric
from arena.records.market import MarketSnapshot
from arena.records.outcome import Decision, Outcome
from arena.same import Same


class FigureCheck:
    """The check of one desk's figures, most of which can be done while the desk waits for its next answer."""

    def __init__(self, brief: Brief, snapshot: MarketSnapshot) -> None:
        self._brief = brief
        self._snapshot = snapshot
        self._doubts: dict[str | Same[Metric], tuple[Stated, ...]] = {}
        """By what was said, the figures of it that the snapshot does not bear out."""
        self._shown: _Known | None = None
        """What the desk was shown beside its snapshot, once its analysts are through."""

    def prepare(self) -> None:
        """Reckon what follows from the snapshot, which is done once for all desks that have it."""
        _ = self._facts

    def read(self, stages: Stages) -> None:
        """Read what has been said so far, and not again what was read before."""
        doubtful = [one for _, said in _said(stages, None, self._brief.session) for one in self._doubtful(said)]
        if stages.research is None:
            return
        # The analysts are through: nobody is shown anything more.
        self._shown = shown = self._shown or self._shown_to(stages)
        for one in doubtful:
            if not shown.bear_out(one):
                shown.nearest(one)
                self._facts.nearest(one)

    def unsupported(self, stages: Stages, outcome: Outcome) -> tuple[UnsupportedFigure, ...]:
        """The figures no fact bears out, stage by stage in the order they were stated, each once a stage."""
        stated = dict.fromkeys(
            (name, one) for name, said in _said(stages, outcome, self._brief.session) for one in self._doubtful(said)
        )
        if not stated:
            return ()
        shown = self._shown or self._shown_to(stages)
        unshown = [(name, one) for name, one in stated if not shown.bear_out(one)]
        if not unshown:
            return ()
        proposed = Facts(_proposed(stages, outcome))
        return tuple(
            _flag(name, one, self._facts.nearest(one), (shown.nearest(one), proposed.nearest(one)))
            for name, one in unshown
            if not proposed.bear_out(one)
        )

    def _doubtful(self, said: str | Metric) -> tuple[Stated, ...]:
        key = said if isinstance(said, str) else Same(said)
        if (known := self._doubts.get(key)) is None:
            stated = figures_in(said) if isinstance(said, str) else _figures_of(said)
            known = self._doubts[key] = tuple(one for one in stated if not self._facts.all.bear_out(one))
        return known

    def _shown_to(self, stages: Stages) -> "_Known":
        return _Known(Facts(_shown_beside(stages, self._brief, self._snapshot)))

    @cached_property
    def _facts(self) -> "_Known":
        return _Known(facts_of(self._snapshot))


class _Known:
    """Facts that are asked once what each doubtful figure is to them."""

    def __init__(self, facts: Facts) -> None:
        self.all = facts
        self.bear_out = cache(facts.bear_out)
        self.nearest = cache(facts.nearest)


def _said(stages: Stages, outcome: Outcome | None, session: date) -> Iterator[tuple[str, str | Metric]]:
    """All that was said in this run, stage by stage."""
    for name, stage in _reported(stages).items():
        report = stage.report
        yield from ((name, metric) for metric in report.metrics)
        yield from ((name, text) for text in (report.summary, *report.key_points, report.text))
    for lesson in stages.reflection.lessons if stages.reflection is not None else ():
        # Earlier reflections are on the record of the run they were written in.
        if lesson.reflection is not None and lesson.reflected == session:
            yield "reflection", lesson.reflection
    if stages.research is not None:
        yield from (("research", turn.text) for turn in stages.research.turns)
        if (judged := stages.research.verdict) is not None:
            for text in (judged.strongest_bull_point, judged.strongest_bear_point, judged.plan):
                yield "research", text
    if stages.trader is not None:
        yield "trader", stages.trader.entry
        yield "trader", stages.trader.reasoning
    if stages.risk is not None:
        yield from (("risk", turn.text) for turn in stages.risk.turns)
    if isinstance(outcome, Decision):
        yield from (("decision", text) for text in (outcome.reasoning, *outcome.key_risks))


def _reported(stages: Stages) -> dict[str, AnalystStage]:
    analysts = {"market": stages.market, "news": stages.news, "fundamentals": stages.fundamentals}
    return {name: stage for name, stage in {**analysts, "social": stages.social}.items() if stage is not None}


def _figures_of(metric: Metric) -> Iterable[Stated]:
    figure = metric_figure(metric.value, metric.unit)
    return () if figure is None else (figure,)


def _shown_beside(stages: Stages, brief: Brief, snapshot: MarketSnapshot) -> Iterator[Held]:
    """What the desk was shown beside its snapshot."""
    alone = stages.single.tool_uses if stages.single is not None else ()
    looks = (*(use for stage in _reported(stages).values() for use in stage.tool_uses), *alone)
    yield from book_figures(brief)
    yield from lesson_figures(brief)
    yield from computed_figures(looks)
    yield from distances(snapshot, looks)


def _proposed(stages: Stages, outcome: Outcome) -> Iterator[Held]:
    """What the desk itself proposed: later roles may speak of it."""
    named: dict[str, Number | None] = {}
    if (plan := stages.trader) is not None:
        named |= {"trader: fraction": plan.fraction, "trader: stop": plan.stop_loss, "trader: target": plan.take_profit}
    if isinstance(outcome, Decision):
        named |= {"decision: fraction": outcome.fraction, "decision: confidence": outcome.confidence}
        named |= {"decision: stop": outcome.stop_loss, "decision: target": outcome.take_profit}
    yield from (other(value, name) for name, value in named.items() if value is not None)


def _flag(stage: str, one: Stated, of_snapshot: Nearest | None, of_desk: Iterable[Nearest | None]) -> UnsupportedFigure:
    """With the nearest figure; of those as near one of the snapshot, and then the smaller one."""
    value = float(one.value)
    own = min(filter(None, of_desk), key=lambda near: (abs(near.size - value), near.size), default=None)
    nearest = min(filter(None, (of_snapshot, own)), key=lambda near: abs(near.size - value), default=None)
    return UnsupportedFigure(
        stage=stage,
        text=one.text,
        value=value,
        nearest=nearest.size if nearest else None,
        nearest_name=nearest.name if nearest else "",
    )
