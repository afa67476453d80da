"""Records as the text other roles read: short, figures unchanged, the same input always the same words."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from langchain_core.messages import AnyMessage, HumanMessage, SystemMessage

from agents.figures import dollars, figure, signed
from agents.quoting import one_line
from agents.state import REPORT_KEYS, DebateState, DeskState, Turn
from arena.records.desk import AnalystStage, Brief, Mandate, PortfolioView, ResearchVerdict, Role, TraderPlan
from arena.records.market import MarketSnapshot
from prompts.loader import render

_FILLS = {
    "next_open": "orders fill at the next session's open",
    "next_close": "orders fill at the next session's close",
    "same_close": "orders fill at this close",
}


def prompt(role: Role, brief: Brief, snapshot: MarketSnapshot, *, closing: str = "", **values: str) -> list[AnyMessage]:
    """A role's prompt, `closing` at its end. What all calls share comes first, for the providers' prompt caches.

    One message of each role: the templates of some local models refuse two of the same in a row.
    """
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
    return [SystemMessage(render("house")), HumanMessage("\n\n".join(filter(None, [shared, task, closing])))]


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
    levels = f"stop {_level(proposal.stop_loss)}, target {_level(proposal.take_profit)}"
    size = f"{proposal.action}, fraction {figure(proposal.fraction)}, {levels}"
    return f"{size}\nEntry: {proposal.entry}\n{proposal.reasoning}"


def book(portfolio: PortfolioView) -> str:
    """A contestant's book in one paragraph."""
    held = [
        f"{p.shares} {p.ticker} at an average cost of {dollars(p.average_cost)}, worth {dollars(p.value)} on {p.marked}"
        for p in portfolio.positions
    ]
    cash = f"{dollars(portfolio.available)} available cash, equity {dollars(portfolio.equity)}"
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
    return f"## {name} (sentiment {signed(stage.report.sentiment)})"


def _figures(stage: AnalystStage) -> str:
    metrics = "; ".join(f"{metric.name} = {figure(metric.value)} {metric.unit}" for metric in stage.report.metrics)
    return f"Figures: {metrics or 'none'}"


def _level(price: Decimal | None) -> str:
    return "none" if price is None else figure(price)


def _company(snapshot: MarketSnapshot) -> str:
    identity = snapshot.identity
    parts = [identity.name or "name unknown", identity.exchange, identity.sector, identity.currency]
    label = " SIMULATED DATA, not a real company or market." if snapshot.simulated else ""
    return f"{', '.join(one_line(part) for part in parts if part)}.{label}"


def _last_close(snapshot: MarketSnapshot) -> str:
    bars = snapshot.prices.bars
    return f"{figure(bars[-1].close)} on {bars[-1].session}" if bars else "unknown"


def _sections(snapshot: MarketSnapshot) -> list[str]:
    return [
        f"- {name}: {section.status} from {section.source or 'no vendor'}{_latest(section.observed)}"
        + "".join(f" ({one_line(note)})" for note in section.notes)
        for name, section in snapshot.sections().items()
    ]


def _latest(observed: datetime | None) -> str:
    return f", up to {observed.astimezone(UTC):%Y-%m-%d}" if observed is not None else ""


def _mandate(mandate: Mandate) -> str:
    limits = f"at most {figure(100 * mandate.position_limit)}% of equity in one ticker"
    costs = f"slippage {figure(mandate.slippage_bps)} bp, commission {figure(mandate.commission_bps)} bp"
    return f"{_FILLS[mandate.fill]}; {limits}; {costs}."
