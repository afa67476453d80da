"""The parts of a chat: analysts, debates, plan, outcome, calls. What models wrote is cleaned before it is shown."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.text import Text

from arena import figures
from arena.cli.text import clean
from arena.cli.views import tables
from arena.cli.views.calls import calls_view
from arena.cli.views.outcome import decided_text, imported_text, outcome_text
from arena.records.chat import ModelCall, ResearchStage, RiskStage
from arena.records.desk import AnalystStage, ResearchTurn, RiskTurn, SingleStage, ToolUse, TraderPlan
from arena.records.memory import Lesson, ReflectionStage
from arena.records.outcome import Abstention, Decision, ImportedDecision

Part = (
    AnalystStage
    | ReflectionStage
    | ResearchStage
    | TraderPlan
    | RiskStage
    | SingleStage
    | Decision
    | Abstention
    | ImportedDecision
    | tuple[ModelCall, ...]
)


def part_view(name: str, part: Part, *, full: bool) -> Iterator[RenderableType]:
    """One part under its heading; in `full` with the analyst's whole report and everything it looked at."""
    match part:
        case AnalystStage():
            yield from _analyst(name, part, full=full)
        case ReflectionStage():
            yield from _reflection(part, full=full)
        case ResearchStage():
            yield from _research(part)
        case TraderPlan():
            yield from _trader(part)
        case RiskStage():
            yield tables.heading("Risk debate")
            yield from _turns(part.turns)
        case SingleStage():
            yield from _single(part, full=full)
        case Decision():
            yield from _decision(part)
        case ImportedDecision() | Abstention():
            yield from _told(part)
        case tuple():
            yield from calls_view(part)


def _analyst(name: str, stage: AnalystStage, *, full: bool) -> Iterator[RenderableType]:
    report = stage.report
    yield tables.heading(f"{name.capitalize()} analyst (sentiment {report.sentiment:+.2f})")
    if stage.degraded:
        yield Text("  reported without its tools: their cap was reached, or the model has none", style="yellow")
    yield tables.paragraph(report.summary)
    yield from tables.bullets(report.key_points)
    if not full:
        return
    yield tables.heading("Report")
    yield tables.paragraph(report.text)
    if report.metrics:
        yield tables.heading("Figures")
        yield from tables.bullets([f"{metric.name}: {metric.value:,} {metric.unit}" for metric in report.metrics])
    for use in stage.tool_uses:
        yield from _look(use)


def _single(stage: SingleStage, *, full: bool) -> Iterator[RenderableType]:
    yield tables.heading("Single agent, shown all at once")
    if full:
        for use in stage.tool_uses:
            yield from _look(use)
    else:
        yield from tables.bullets([f"{use.name} {use.arguments}" for use in stage.tool_uses])


def _look(use: ToolUse) -> Iterator[RenderableType]:
    yield tables.heading(f"{use.name} {use.arguments}{' (refused)' if use.failed else ''}")
    yield tables.paragraph(use.result)


def _reflection(stage: ReflectionStage, *, full: bool) -> Iterator[RenderableType]:
    yield tables.heading("Past decisions, as the desk was shown them")
    if stage.failure is not None:
        yield Text(f"  a reflection that was due is missing: {clean(stage.failure)}", style="yellow")
    for lesson in stage.lessons:
        yield _decided(lesson)
        if full:
            yield tables.paragraph(f"Reasoning: {lesson.reasoning}")
        if lesson.reflection is not None:
            yield tables.paragraph(f"Reflection of {lesson.reflected}: {lesson.reflection}")


def _decided(lesson: Lesson) -> Text:
    """A past decision and how it turned out, in one line."""
    change = "return unknown" if lesson.return_pct is None else f"{lesson.return_pct:+.2f}%"
    against = "" if lesson.excess_pct is None else f", {lesson.excess_pct:+.2f} points against {lesson.benchmark}"
    told = f"  {change} by {lesson.until}, {figures.plural(lesson.horizon, 'session')} later{against}"
    return Text(f"{lesson.session} ", style="bold").append(decided_text(lesson.action, lesson.fraction)).append(told)


def _research(stage: ResearchStage) -> Iterator[RenderableType]:
    yield tables.heading("Research debate")
    yield from _turns(stage.turns)
    if stage.verdict is None:
        return
    yield tables.heading(f"Research manager: {stage.verdict.stance}")
    yield tables.paragraph(stage.verdict.plan)
    yield tables.paragraph(f"Strongest bull point: {stage.verdict.strongest_bull_point}")
    yield tables.paragraph(f"Strongest bear point: {stage.verdict.strongest_bear_point}")


def _turns(turns: Sequence[ResearchTurn | RiskTurn]) -> Iterator[RenderableType]:
    for turn in turns:
        yield Text(f"{turn.speaker}, round {turn.round}", style="bold")
        yield tables.paragraph(turn.text)


def _trader(plan: TraderPlan) -> Iterator[RenderableType]:
    yield tables.heading("Trader")
    yield decided_text(plan.action, plan.fraction)
    yield tables.paragraph(plan.reasoning)
    yield tables.paragraph(f"Entry: {plan.entry}")
    yield from _exits(plan.stop_loss, plan.take_profit)


def _decision(decision: Decision) -> Iterator[RenderableType]:
    yield tables.heading("Decision")
    yield decided_text(decision.action, decision.fraction).append(f" (confidence {decision.confidence:.2f})")
    yield tables.paragraph(decision.reasoning)
    yield from _exits(decision.stop_loss, decision.take_profit)
    if decision.key_risks:
        yield tables.paragraph("Risks:")
        yield from tables.bullets(decision.key_risks)


def _told(outcome: ImportedDecision | Abstention) -> Iterator[RenderableType]:
    """An outcome that is no decision of a desk here."""
    if isinstance(outcome, ImportedDecision):
        yield tables.heading("Decision")
        yield imported_text(outcome.action).append(f" (in its words: {clean(outcome.rating)})")
        yield tables.paragraph(outcome.reasoning)
        return
    where = f" at the {outcome.stage.replace('_', ' ')}" if outcome.stage else ""
    yield tables.heading("Outcome")
    yield outcome_text(outcome)
    yield tables.paragraph(f"{outcome.detail}{where}")


def _exits(stop_loss: Decimal | None, take_profit: Decimal | None) -> Iterator[RenderableType]:
    told = [
        f"{name} {figures.price(at)}"
        for name, at in (("stop loss", stop_loss), ("take profit", take_profit))
        if at is not None
    ]
    if told:
        yield tables.paragraph(", ".join(told))
