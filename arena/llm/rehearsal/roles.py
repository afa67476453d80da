"""What a stand-in says in each role, argued from the figures in its prompt."""

from collections.abc import Callable
from typing import Any

from arena.llm.rehearsal import figures
from arena.llm.rehearsal.figures import Digest, Figure, Outcome
from arena.llm.rehearsal.reading import READERS
from arena.llm.rehearsal.styles import STYLES, Style, score

STOP_BELOW = 0.08
TARGET_ABOVE = 0.15

QUIET = 2.0
"""Percent up to which a move is none that anybody missed."""


def report(analyst: str, style: Style, prompt: str, data: list[str]) -> dict[str, Any]:
    """An analyst's report on the data it was given."""
    found, sentiment = READERS[analyst](data, figures.last_close(prompt))
    ticker = figures.ticker_in(prompt)
    lean = "bullish" if sentiment > 0.1 else "bearish" if sentiment < -0.1 else "neutral"
    points = [f"{_spoken(figure)}." for figure in found] or [f"There is no {analyst} data on {ticker}."]
    summary = f"The {analyst} picture of {ticker} is {lean} ({sentiment:+.2f})."
    return {
        "summary": summary,
        "key_points": points,
        "metrics": [figure._asdict() for figure in found],
        "sentiment": sentiment,
        "text": f"{summary} {' '.join(points)} I weigh this knowing that {style.creed}. "
        "This report is a rehearsal: computed by rules, not thought by a model.",
    }


def bull(style: Style, prompt: str) -> str:
    """The best case for owning."""
    return _case(style, prompt, side="bull", other="bear", sign=1)


def bear(style: Style, prompt: str) -> str:
    """The best case against."""
    return _case(style, prompt, side="bear", other="bull", sign=-1)


def verdict(style: Style, prompt: str) -> dict[str, Any]:
    """The judgement of the debate: the weighted sentiment of the analysts decides."""
    leaning = score(style, figures.digests(prompt))
    said = figures.turns(prompt)
    stance = "bullish" if leaning > style.threshold else "bearish" if leaning < -style.threshold else "balanced"
    return {
        "stance": stance,
        "strongest_bull_point": _first_sentence(said.get("bull", "No bull spoke.")),
        "strongest_bear_point": _first_sentence(said.get("bear", "No bear spoke.")),
        "plan": f"The weighted evidence scores {leaning:+.3f}, and acting begins at {style.threshold:g}. "
        f"{_advice(stance)}, since {style.creed}.",
    }


def proposal(style: Style, prompt: str) -> dict[str, Any]:
    """The trader's plan: size in proportion to the score."""
    leaning = score(style, figures.digests(prompt))
    action, fraction = _order(style, leaning, sells=_may_sell(prompt))
    return {
        "action": action,
        "fraction": fraction,
        "entry": "At the price the rules fill at." if action != "HOLD" else "No entry.",
        **_levels(action, figures.last_close(prompt)),
        "reasoning": f"The analysts' weighted sentiment is {leaning:+.3f} and {style.creed}.",
    }


def risk(style: Style, prompt: str, *, side: str) -> str:
    """A risk debater's speech; every one names the size it would take."""
    plan = figures.plan_in(prompt)
    if plan is None or plan.action == "HOLD":
        return f"As the {side} voice: nothing is proposed, so nothing is at risk. I would size it at 0.00."
    factor = {"aggressive": 1.3, "conservative": 0.5, "neutral": 1.0}[side]
    size = min(1.0, plan.fraction * factor)
    ground = _strongest(figures.digests(prompt), sign=1 if side == "aggressive" else -1)
    return (
        f"As the {side} voice on {plan.action} with fraction {plan.fraction:.2f} I point to {ground}. "
        f"I would size it at {size:.2f}, since {style.creed}."
    )


def decision(style: Style, prompt: str) -> dict[str, Any]:
    """The portfolio manager's decision: the trader's action at the size the risk debate came to."""
    plan = figures.plan_in(prompt)
    leaning = score(style, figures.digests(prompt))
    sizes = figures.asked_sizes(prompt)
    action = plan.action if plan else "HOLD"
    sized = sum(sizes.values()) / len(sizes) if sizes else (plan.fraction if plan else 0.0)
    if style is STYLES["cautious"] and sizes:
        sized = min(sizes.values())
    fraction = 0.0 if action == "HOLD" else max(0.01, round(min(1.0, sized), 2))
    return {
        "action": action,
        "fraction": fraction,
        "confidence": _confidence(style, action, leaning),
        "reasoning": f"I hold that {style.creed}, and weighed so the evidence scores {leaning:+.3f}. "
        f"Most of it: {_strongest(figures.digests(prompt), sign=1 if leaning >= 0 else -1)}. "
        f"Asked for in the risk debate: {', '.join(f'{who} {size:.2f}' for who, size in sizes.items()) or 'nothing'}.",
        "key_risks": [
            f"What speaks against it: {_strongest(figures.digests(prompt), sign=-1 if leaning >= 0 else 1)}."
        ],
        "stop_loss": plan.stop if plan else None,
        "take_profit": plan.target if plan else None,
    }


def reflection(style: Style, prompt: str) -> dict[str, Any]:
    """What the figures teach of each past decision."""
    return {"lessons": [{"lesson": one.number, "text": _lesson(style, one)} for one in figures.past_decisions(prompt)]}


def single(style: Style, prompt: str) -> dict[str, Any]:
    """The decision of a desk of one: every analyst's reading of the data it is shown, weighed and sized at once."""
    data, close = figures.written_out(prompt), figures.last_close(prompt)
    readings = {name: read(data, close) for name, read in READERS.items()}
    reports = {name: Digest(sentiment, found) for name, (found, sentiment) in readings.items()}
    leaning = score(style, reports)
    action, fraction = _order(style, leaning, sells=_may_sell(prompt))
    return {
        "action": action,
        "fraction": fraction,
        "confidence": _confidence(style, action, leaning),
        "reasoning": f"I hold that {style.creed}, and weighed so the evidence scores {leaning:+.3f}. "
        f"Most of it: {_strongest(reports, sign=1 if leaning >= 0 else -1)}. I decide alone.",
        "key_risks": [f"What speaks against it: {_strongest(reports, sign=-1 if leaning >= 0 else 1)}."],
        **_levels(action, close),
    }


SPEECHES: dict[str, Callable[[Style, str], str]] = {
    "bull researcher": bull,
    "bear researcher": bear,
    "aggressive risk debater": lambda style, prompt: risk(style, prompt, side="aggressive"),
    "conservative risk debater": lambda style, prompt: risk(style, prompt, side="conservative"),
    "neutral risk debater": lambda style, prompt: risk(style, prompt, side="neutral"),
}

FORMS: dict[str, Callable[[Style, str], dict[str, Any]]] = {
    "research manager": verdict,
    "trader": proposal,
    "portfolio manager": decision,
    "reflection": reflection,
    "single agent": single,
}


def _case(style: Style, prompt: str, *, side: str, other: str, sign: int) -> str:
    reports = figures.digests(prompt)
    ticker = figures.ticker_in(prompt)
    opening = f"The case {'for' if sign > 0 else 'against'} {ticker} is {_strongest(reports, sign=sign)}."
    reply = figures.turns(prompt).get(other)
    answer = f" The {other} says: {_first_sentence(reply)} I weigh that less." if reply else ""
    return f"{opening}{answer} All in all I lean {score(style, reports):+.3f}; as the {side} I say that {style.creed}."


def _lesson(style: Style, one: Outcome) -> str:
    against = "" if one.excess is None else f", {one.excess:+g} points against the benchmark"
    said = f"The price moved {one.change:+g}%{against}"
    if one.action == "HOLD":
        kept_out = abs(one.change) <= QUIET
        held = "standing aside cost nothing" if kept_out else "standing aside missed a move"
        return f"{said}: {held}. {'I would wait again.' if kept_out else 'I would act on weaker evidence.'}"
    if one.change * (1 if one.action == "BUY" else -1) > 0:
        return f"{said}, as the {one.action} wanted: it held that {style.creed}. I would do the same again."
    doubt = "I would be less sure of it" if one.confidence > 0.6 else "I would ask for more agreement"
    return f"{said}, against the {one.action}: it did not hold that {style.creed}. {doubt}."


def _strongest(reports: dict[str, Digest], *, sign: int) -> str:
    """The report that speaks loudest for one side, with its figures."""
    if not reports:
        return "no analyst has reported"
    name = max(sorted(reports), key=lambda analyst: sign * reports[analyst].sentiment)
    digest = reports[name]
    cited = ", ".join(_spoken(figure) for figure in digest.figures[:3]) or "no figures"
    return f"the {name} report at {digest.sentiment:+.2f} ({cited})"


def _spoken(figure: Figure) -> str:
    return f"{figure.name.replace('_', ' ')} {figure.value:g} {figure.unit}"


def _may_sell(prompt: str) -> bool:
    return figures.may_short(prompt) or figures.holds(prompt, figures.ticker_in(prompt))


def _order(style: Style, leaning: float, *, sells: bool) -> tuple[str, float]:
    if leaning >= style.threshold:
        return "BUY", round(min(1.0, style.size * (0.4 + 0.6 * leaning)), 2)
    if leaning <= -style.threshold and sells:
        return "SELL", round(min(1.0, 0.5 + 0.5 * -leaning), 2)
    return "HOLD", 0.0


def _levels(action: str, close: float | None) -> dict[str, float | None]:
    """Where a purchase would be given up, and where its gain taken; None without one, or without a close."""
    if action != "BUY" or not close:
        return {"stop_loss": None, "take_profit": None}
    return {"stop_loss": round(close * (1 - STOP_BELOW), 2), "take_profit": round(close * (1 + TARGET_ABOVE), 2)}


def _confidence(style: Style, action: str, leaning: float) -> float:
    sure = 0.5 + 0.45 * abs(leaning) if action != "HOLD" else 0.5 + 0.4 * max(0.0, style.threshold - abs(leaning))
    return round(min(0.95, sure), 2)


def _advice(stance: str) -> str:
    return {"bullish": "Buy", "bearish": "Sell what is held", "balanced": "Stand aside"}[stance]


def _first_sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].rstrip(".") + "."
