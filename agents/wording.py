"""Records as the text other roles read: short, figures unchanged, the same input always the same words."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from agents.figures import figure, signed
from agents.lengths import POINT_WORDS, SPEECH_WORDS, SUMMARY_WORDS, WORDS
from agents.quoting import one_line
from agents.state import REPORT_KEYS, DebateState, DeskState, Turn
from arena.records.desk import (
    AnalystReport,
    ResearchVerdict,
    ToolUse,
    TraderPlan,
)
from arena.records.memory import Lesson, ReflectionStage
from arena.same import once_for_each
from arena.words import clipped
from prompts.loader import render

_REPORTS = 2048
"""Reports that are remembered: each is read by everybody who speaks after the analysts."""


def written_out(looks: Iterable[ToolUse]) -> str:
    """Looks at the snapshot with what they showed, each under a heading of its own."""
    return "\n\n".join(f"## {look.name} {look.arguments}\n\n{look.result}" for look in looks)


def report_summaries(state: DeskState) -> str:
    """Each analyst's summary and figures."""
    return _reports(state, lambda report: [_summary(report)])


def report_digests(state: DeskState) -> str:
    """Each analyst's summary, points and figures, without the full text."""
    return _reports(state, lambda report: [_summary(report), *_points(report)])


def full_reports(state: DeskState) -> str:
    """Each analyst's figures and full text."""
    return _reports(state, lambda report: [clipped(report.text, WORDS["market_analyst"])])


def debate(turns: Iterable[Turn]) -> str:
    """Speeches under their speaker's name; a plain sentence when nobody has spoken."""
    said = [f"**{turn['speaker']} (round {turn['round']})**: {_speech(turn)}" for turn in turns]
    return "\n\n".join(said) or "Nobody has spoken yet."


def last_turns(state: DebateState) -> list[Turn]:
    """Everybody's latest speech."""
    latest = {turn["speaker"]: turn for turn in state.get("turns", [])}
    return list(latest.values())


def verdict(state: DeskState) -> str:
    """The research manager's judgement."""
    judged = ResearchVerdict.model_validate(state["investment_plan"])
    bull, bear = (clipped(text, POINT_WORDS) for text in (judged.strongest_bull_point, judged.strongest_bear_point))
    return (
        f"Stance: {judged.stance}\nBull's best point: {bull}\nBear's best point: {bear}\n"
        f"Plan: {clipped(judged.plan, WORDS['research_manager'])}"
    )


def plan(state: DeskState) -> str:
    """The trader's proposal."""
    proposal = TraderPlan.model_validate(state["trader_investment_plan"])
    levels = f"stop {_level(proposal.stop_loss)}, target {_level(proposal.take_profit)}"
    size = f"{proposal.action}, fraction {figure(proposal.fraction)}, {levels}"
    return f"{size}\nEntry: {clipped(proposal.entry, POINT_WORDS)}\n{clipped(proposal.reasoning, WORDS['trader'])}"


def memory(state: DeskState) -> str:
    """Past decisions with what was learnt from them, as the reflection left them; empty where there are none."""
    if "reflection" not in state:
        return ""
    return past_decisions(state["brief"]["ticker"], ReflectionStage.model_validate(state["reflection"]).lessons)


def past_decisions(ticker: str, lessons: Sequence[Lesson]) -> str:
    """Past decisions on a ticker with what was learnt from them, under their heading; empty where there are none."""
    if not lessons:
        return ""
    decisions = "\n\n".join(f"{_turned_out(one)}\n{_learnt(one)}" for one in lessons)
    return render("past_decisions", ticker=ticker, decisions=decisions)


def numbered_decisions(lessons: Iterable[Lesson]) -> str:
    """Past decisions to reflect on, each under its number from 1."""
    return "\n\n".join(f"{number}. {_turned_out(one)}" for number, one in enumerate(lessons, 1))


def _turned_out(lesson: Lesson) -> str:
    """A past decision, what the price did then, and why it was made. Own words on one line, so that they forge none."""
    size = "" if lesson.action == "HOLD" else f", fraction {figure(lesson.fraction)}"
    decided = f"On {lesson.session}: {lesson.action}{size}, confidence {figure(lesson.confidence)}."
    return f"{decided} {_return(lesson)} {_against(lesson)}\nReasoning: {one_line(lesson.reasoning)}"


def _return(lesson: Lesson) -> str:
    closes = ["unknown" if price is None else figure(price) for price in (lesson.close, lesson.close_after)]
    split = f", {figure(lesson.split)} new shares for one in between" if lesson.split not in (None, 1) else ""
    change = "unknown" if lesson.return_pct is None else f"{_signed(lesson.return_pct)}%, without dividends"
    sessions = "session" if lesson.horizon == 1 else "sessions"
    return f"Close {closes[0]}, {lesson.horizon} {sessions} later ({lesson.until}) {closes[1]}{split}: return {change}."


def _against(lesson: Lesson) -> str:
    if lesson.benchmark is None:
        return "No benchmark is kept."
    if lesson.benchmark_return_pct is None:
        return f"Return of {lesson.benchmark} unknown."
    told = f"{lesson.benchmark} {_signed(lesson.benchmark_return_pct)}%"
    return f"{told}." if lesson.excess_pct is None else f"{told}, difference {_signed(lesson.excess_pct)} points."


def _learnt(lesson: Lesson) -> str:
    if lesson.reflection is None:
        return "Reflection: none was written."
    return f"Reflection ({lesson.reflected}): {one_line(clipped(lesson.reflection, WORDS['reflection']))}"


def _signed(change: Decimal) -> str:
    return f"{change:+f}"


def _reports(state: DeskState, wanted: Callable[[AnalystReport], list[str]]) -> str:
    written = [(name, _report(state[key])) for name, key in REPORT_KEYS.items() if key in state]  # type: ignore[literal-required]  # keys of DeskState
    return "\n\n".join("\n".join([_heading(name, one), *wanted(one), _figures(one)]) for name, one in written)


@once_for_each(most=_REPORTS)
def _report(stage: dict[str, Any]) -> AnalystReport:
    return AnalystReport.model_validate(stage["report"])


def _summary(report: AnalystReport) -> str:
    return clipped(report.summary, SUMMARY_WORDS)


def _points(report: AnalystReport) -> list[str]:
    return [f"- {clipped(point, POINT_WORDS)}" for point in report.key_points]


def _speech(turn: Turn) -> str:
    return clipped(turn["text"], SPEECH_WORDS[turn["speaker"]])


def _heading(name: str, report: AnalystReport) -> str:
    return f"## {name} (sentiment {signed(report.sentiment)})"


def _figures(report: AnalystReport) -> str:
    metrics = "; ".join(f"{metric.name} = {figure(metric.value)} {metric.unit}" for metric in report.metrics)
    return f"Figures: {metrics or 'none'}"


def _level(price: Decimal | None) -> str:
    return "none" if price is None else figure(price)
