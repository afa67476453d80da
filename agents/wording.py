"""Records as the text other roles read: short, figures unchanged, the same input always the same words."""

from collections.abc import Iterable
from datetime import datetime

from langchain_core.messages import AnyMessage, HumanMessage, SystemMessage

from agents.state import REPORT_KEYS, DebateState, DeskState, Turn
from arena.records.desk import AnalystStage, Brief, Mandate, PortfolioView, ResearchVerdict, Role, TraderPlan
from arena.records.market import MarketSnapshot
from prompts.loader import render

_FILLS = {
    "next_open": "orders fill at the next session's open",
    "next_close": "orders fill at the next session's close",
    "same_close": "orders fill at this close",
}


def prompt(role: Role, brief: Brief, snapshot: MarketSnapshot, **values: str) -> list[AnyMessage]:
    """A role's prompt. What all calls share comes first and unchanged, for the providers' prompt caches."""
    shared = render(
        "brief",
        ticker=brief.ticker,
        company=_company(snapshot),
        session=str(brief.session),
        last_close=_last_close(snapshot),
        sections="\n".join(_sections(snapshot)),
        book=book(brief.portfolio),
        mandate=_mandate(brief.mandate),
    )
    task = render(role, ticker=brief.ticker, **values)
    return [SystemMessage(render("house")), HumanMessage(f"{shared}\n\n{task}")]


def report_digests(state: DeskState) -> str:
    """Each analyst's summary, points and figures, without the full text."""
    return "\n\n".join(_digest(name, stage) for name, stage in _stages(state))


def full_reports(state: DeskState) -> str:
    """Each analyst's figures and full text."""
    return "\n\n".join(
        f"{_heading(name, stage)}\n{stage.report.text}\n{_figures(stage)}" for name, stage in _stages(state)
    )


def debate(turns: Iterable[Turn]) -> str:
    """Speeches under their speaker's name; a plain sentence when nobody has spoken."""
    said = [f"**{turn['speaker']} (round {turn['round']})**: {turn['text']}" for turn in turns]
    return "\n\n".join(said) or "Nobody has spoken yet."


def last_turns(state: DebateState) -> list[Turn]:
    """Everybody's latest speech."""
    latest = {turn["speaker"]: turn for turn in state.get("turns", [])}
    return list(latest.values())


def verdict(state: DeskState) -> str:
    """The research manager's judgement."""
    judged = ResearchVerdict.model_validate(state["investment_plan"])
    return (
        f"Stance: {judged.stance}\nBull's best point: {judged.strongest_bull_point}\n"
        f"Bear's best point: {judged.strongest_bear_point}\nPlan: {judged.plan}"
    )


def plan(state: DeskState) -> str:
    """The trader's proposal."""
    proposal = TraderPlan.model_validate(state["trader_investment_plan"])
    levels = f"stop {proposal.stop_loss or 'none'}, target {proposal.take_profit or 'none'}"
    return f"{proposal.action}, fraction {proposal.fraction:g}, {levels}\nEntry: {proposal.entry}\n{proposal.reasoning}"


def book(portfolio: PortfolioView) -> str:
    """A contestant's book in one paragraph."""
    held = [
        f"{p.shares} {p.ticker} at an average cost of ${p.average_cost:.2f}, worth ${p.value:,.2f} on {p.marked}"
        for p in portfolio.positions
    ]
    cash = f"${portfolio.available:,.2f} available cash, equity ${portfolio.equity:,.2f}"
    return f"{cash}; holding {'; '.join(held)}." if held else f"{cash}; no shares held."


def _stages(state: DeskState) -> list[tuple[str, AnalystStage]]:
    return [
        (name, AnalystStage.model_validate(state[key]))  # type: ignore[literal-required]  # keys of DeskState
        for name, key in REPORT_KEYS.items()
        if key in state
    ]


def _digest(name: str, stage: AnalystStage) -> str:
    points = "\n".join(f"- {point}" for point in stage.report.key_points)
    return f"{_heading(name, stage)}\n{stage.report.summary}\n{points}\n{_figures(stage)}"


def _heading(name: str, stage: AnalystStage) -> str:
    return f"## {name} (sentiment {stage.report.sentiment:+.2f})"


def _figures(stage: AnalystStage) -> str:
    metrics = "; ".join(f"{metric.name} = {metric.value:g} {metric.unit}" for metric in stage.report.metrics)
    return f"Figures: {metrics or 'none'}"


def _company(snapshot: MarketSnapshot) -> str:
    identity = snapshot.identity
    parts = [identity.name or "name unknown", identity.exchange, identity.sector, identity.currency]
    label = " SIMULATED DATA, not a real company or market." if snapshot.simulated else ""
    return f"{', '.join(part for part in parts if part)}.{label}"


def _last_close(snapshot: MarketSnapshot) -> str:
    bars = snapshot.prices.bars
    return f"{bars[-1].close} on {bars[-1].session}" if bars else "unknown"


def _sections(snapshot: MarketSnapshot) -> list[str]:
    return [
        f"- {name}: {section.status} from {section.source or 'no vendor'}{_latest(section.observed)}"
        + "".join(f" ({note})" for note in section.notes)
        for name, section in snapshot.sections().items()
    ]


def _latest(observed: datetime | None) -> str:
    return f", newest {observed:%Y-%m-%d %H:%M} UTC" if observed is not None else ""


def _mandate(mandate: Mandate) -> str:
    limits = f"at most {mandate.position_limit:.0%} of equity in one ticker"
    costs = f"slippage {mandate.slippage_bps:g} bp, commission {mandate.commission_bps:g} bp"
    return f"{_FILLS[mandate.fill]}; {limits}; {costs}."
