"""Stated figures against held ones: which are borne out by none, and what the nearest true one is.

A figure is borne out by a value that rounds or is cut to it, whatever the sign; a percentage also by the fraction
it is a hundred times of; a figure without a unit also by the value in percent, thousands, millions or billions.
"""

from collections.abc import Iterator

from arena.evidence.facts import Facts, facts_of, nearest_of
from arena.evidence.following import distances
from arena.evidence.held import Held, Number, book_figures, computed_figures, lesson_figures, other
from arena.evidence.stated import Stated, figures_in, metric_figure
from arena.records.chat import Stages, UnsupportedFigure
from arena.records.desk import AnalystStage, Brief
from arena.records.market import MarketSnapshot
from arena.records.outcome import Decision, Outcome


def unsupported_figures(
    stages: Stages, outcome: Outcome, brief: Brief, snapshot: MarketSnapshot
) -> tuple[UnsupportedFigure, ...]:
    """The figures no fact bears out, stage by stage in the order they were stated, each once a stage."""
    analysts = {"market": stages.market, "news": stages.news, "fundamentals": stages.fundamentals}
    reported = {name: stage for name, stage in {**analysts, "social": stages.social}.items() if stage is not None}
    alone = stages.single.tool_uses if stages.single is not None else ()
    looks = (*(use for stage in reported.values() for use in stage.tool_uses), *alone)
    shown = [*book_figures(brief), *lesson_figures(brief), *computed_figures(looks), *distances(snapshot, looks)]
    own = [*shown, *_proposed(stages, outcome)]
    facts = (facts_of(snapshot), Facts(own))
    stated = dict.fromkeys([*_reported(reported), *_learnt(stages, brief), *_said(stages, outcome)])
    return tuple(_flag(name, one, facts) for name, one in stated if not any(some.bear_out(one) for some in facts))


def _reported(stages: dict[str, AnalystStage]) -> Iterator[tuple[str, Stated]]:
    for name, stage in stages.items():
        for metric in stage.report.metrics:
            found = metric_figure(metric.value, metric.unit)
            if found is not None:
                yield name, found
        for text in (stage.report.summary, *stage.report.key_points, stage.report.text):
            yield from ((name, one) for one in figures_in(text))


def _learnt(stages: Stages, brief: Brief) -> Iterator[tuple[str, Stated]]:
    """What was written in this run; earlier reflections are on the record of theirs."""
    for lesson in stages.reflection.lessons if stages.reflection is not None else ():
        if lesson.reflection is not None and lesson.reflected == brief.session:
            yield from (("reflection", one) for one in figures_in(lesson.reflection))


def _said(stages: Stages, outcome: Outcome) -> Iterator[tuple[str, Stated]]:
    for name, text in _texts(stages, outcome):
        yield from ((name, one) for one in figures_in(text))


def _texts(stages: Stages, outcome: Outcome) -> Iterator[tuple[str, str]]:
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


def _proposed(stages: Stages, outcome: Outcome) -> Iterator[Held]:
    """What the desk itself proposed: later roles may speak of it."""
    named: dict[str, Number | None] = {}
    if (plan := stages.trader) is not None:
        named |= {"trader: fraction": plan.fraction, "trader: stop": plan.stop_loss, "trader: target": plan.take_profit}
    if isinstance(outcome, Decision):
        named |= {"decision: fraction": outcome.fraction, "decision: confidence": outcome.confidence}
        named |= {"decision: stop": outcome.stop_loss, "decision: target": outcome.take_profit}
    yield from (other(value, name) for name, value in named.items() if value is not None)


def _flag(stage: str, one: Stated, facts: tuple[Facts, ...]) -> UnsupportedFigure:
    value = float(one.value)
    nearest = nearest_of([some.nearest(one) for some in facts], value)
    return UnsupportedFigure(
        stage=stage,
        text=one.text,
        value=value,
        nearest=nearest.value if nearest else None,
        nearest_name=nearest.name if nearest else "",
    )
