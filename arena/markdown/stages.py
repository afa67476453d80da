"""The stages of a chat, each under its heading; those this module has no words for are shown field by field."""

from collections.abc import Iterator, Sequence

from arena.comparing import flattened
from arena.markdown.escaping import inline, listed, quoted, table
from arena.markdown.words import decided_words, exit_words
from arena.records.base import Record
from arena.records.chat import ResearchStage, RiskStage
from arena.records.desk import AnalystStage, ResearchTurn, RiskTurn, Role, TraderPlan

_DEBATES = {"research": "Research debate", "risk": "Risk debate"}
_IMPORTED: dict[str, tuple[Role, ...]] = {
    "market": ("market_analyst",),
    "news": ("news_analyst",),
    "fundamentals": ("fundamentals_analyst",),
    "social": ("social_analyst",),
    "research": ("bull_researcher", "bear_researcher", "research_manager"),
    "trader": ("trader",),
    "risk": ("aggressive_debater", "conservative_debater", "neutral_debater", "portfolio_manager"),
}
"""The roles whose texts belong to a stage, in chats of which only the texts are known."""


def stage_markdown(name: str, stage: Record | None, texts: dict[Role, str]) -> Iterator[str]:
    """The blocks of one stage, with what an import has of it as texts only; none where there is neither."""
    said = {role: texts[role] for role in _IMPORTED.get(name, ()) if texts.get(role, "").strip()}
    if stage is None and not said:
        return
    yield f"## {_title(name)}"
    match stage:
        case AnalystStage():
            yield from _analyst(stage)
        case ResearchStage():
            yield from _turns(stage.turns)
            yield from _verdict(stage)
        case RiskStage():
            yield from _turns(stage.turns)
        case TraderPlan():
            yield from _trader(stage)
        case Record():
            yield from _plainly(stage)
    for role, text in said.items():
        if len(_IMPORTED[name]) > 1:
            yield f"**{role.replace('_', ' ').capitalize()}**"
        yield quoted(text)


def _title(name: str) -> str:
    if name in _DEBATES:
        return _DEBATES[name]
    analyst = " analyst" if name in {"market", "news", "fundamentals", "social"} else ""
    return f"{name.replace('_', ' ').capitalize()}{analyst}"


def _analyst(stage: AnalystStage) -> Iterator[str]:
    report = stage.report
    yield f"Sentiment {report.sentiment:+.2f}"
    if stage.degraded:
        yield "Reported without its tools: their cap was reached, or the model has none."
    yield quoted(report.summary)
    yield listed(report.key_points)
    if report.metrics:
        yield table(("Figure", "Value", "Unit"), [(one.name, f"{one.value:,g}", one.unit) for one in report.metrics])
    yield quoted(report.text)
    if stage.tool_uses:
        yield "It looked at:"
        looks = [f"{use.name} {use.arguments}{' (refused)' if use.failed else ''}" for use in stage.tool_uses]
        yield listed(looks)


def _turns(turns: Sequence[ResearchTurn | RiskTurn]) -> Iterator[str]:
    for turn in turns:
        yield f"**{turn.speaker.capitalize()}, round {turn.round}**"
        yield quoted(turn.text)


def _verdict(stage: ResearchStage) -> Iterator[str]:
    if (verdict := stage.verdict) is not None:
        yield f"**Research manager: {verdict.stance}**"
        yield quoted(verdict.plan)
        yield listed(
            [
                f"Strongest bull point: {verdict.strongest_bull_point}",
                f"Strongest bear point: {verdict.strongest_bear_point}",
            ]
        )


def _trader(plan: TraderPlan) -> Iterator[str]:
    yield f"**{decided_words(plan.action, plan.fraction)}**{exit_words(plan.stop_loss, plan.take_profit)}"
    yield quoted(plan.reasoning)
    if plan.entry.strip():
        yield f"Entry: {inline(plan.entry)}"


def _plainly(stage: Record) -> Iterator[str]:
    flat = flattened(stage.model_dump(mode="json"))
    values = [f"{name}: {value}" for name, value in flat.values.items() if value is not None]
    if values:
        yield listed(values)
    for name, points in flat.texts.items():
        if points:
            yield f"**{inline(name.capitalize())}**"
            yield quoted(points[0]) if len(points) == 1 else listed(points)
