"""What sets the five stand-ins apart: whom they listen to, and how boldly they act."""

from typing import NamedTuple

from arena.llm.rehearsal.figures import Digest


class Style(NamedTuple):
    """A temperament in numbers."""

    weights: dict[str, float]
    """How much each analyst's sentiment counts; negative is leaning against it."""
    threshold: float
    """The score, either way, from which it acts."""
    size: float
    """The fraction it commits at a score of 1."""
    creed: str
    """How it explains itself."""


STYLES: dict[str, Style] = {
    "momentum": Style(
        {"market": 0.8, "news": 0.1, "social": 0.1, "fundamentals": 0.0}, 0.12, 0.9, "strength tends to persist"
    ),
    "value": Style(
        {"fundamentals": 0.9, "news": 0.1, "market": 0.0, "social": 0.0}, 0.15, 0.7, "price follows earnings in the end"
    ),
    "contrarian": Style(
        {"market": -0.6, "social": -0.3, "news": -0.1, "fundamentals": 0.0}, 0.15, 0.6, "crowded moves revert"
    ),
    "cautious": Style(
        {"market": 0.25, "fundamentals": 0.25, "news": 0.25, "social": 0.25}, 0.3, 0.4, "only agreement is worth money"
    ),
    "newsreader": Style(
        {"news": 0.7, "social": 0.3, "market": 0.0, "fundamentals": 0.0}, 0.1, 0.6, "what is new moves the price"
    ),
}


def score(style: Style, reports: dict[str, Digest]) -> float:
    """The weighted sentiment of the reports there are, -1 to 1; 0 when none of them counts."""
    weights = {name: style.weights.get(name, 0.0) for name in reports}
    total = sum(abs(weight) for weight in weights.values())
    if total == 0:
        return 0.0
    return round(sum(weights[name] * reports[name].sentiment for name in reports) / total, 3)
