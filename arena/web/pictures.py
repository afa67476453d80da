"""Small pictures that the server draws itself: they need no script and print as they are."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from arena.records.outcome import Action

_POINTS = 80
"""Points a line has at most: it is a hundred pixels wide."""

COLOURS, DASHES = 10, 4


def identity(place: int) -> Markup:
    """The classes that give a contestant its colour and its dash; twenty in a row differ."""
    return Markup("k{} d{}").format(place % COLOURS, place % DASHES)


def swatch(place: int) -> Markup:
    """A piece of a contestant's line, as its curve is drawn."""
    return Markup(
        '<svg class="swatch {}" viewBox="0 0 28 8" aria-hidden="true"><line x1="1" y1="4" x2="27" y2="4"/></svg>'
    ).format(identity(place))


def sparkline(values: Sequence[float | None], place: int, start: float | None = None) -> Markup:
    """A line through the values, with a dotted one at `start`; empty for fewer than two."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Markup()
    thinned = _thinned(known)
    low, high = min([*known, *([start] if start else [])]), max([*known, *([start] if start else [])])
    span = (high - low) or 1.0
    step = 100 / (len(thinned) - 1)
    line = " ".join(f"{step * at:.1f},{22 - (value - low) / span * 20:.1f}" for at, value in enumerate(thinned))
    base = (
        ""
        if start is None
        else Markup('<line class="base" x1="0" x2="100" y1="{0}" y2="{0}"/>').format(
            f"{22 - (start - low) / span * 20:.1f}"
        )
    )
    return Markup(
        '<svg class="spark {}" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">{}'
        '<polyline points="{}"/></svg>'
    ).format(identity(place), base, line)


def bar(part: float) -> Markup:
    """How much of one, as a bar of 100."""
    return Markup(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="trough" width="100" height="6"/><rect width="{}" height="6"/></svg>'
    ).format(f"{min(1.0, max(0.0, part)) * 100:.1f}")


def leaning(value: float) -> Markup:
    """From -1, on the left, to 1, on the right of the middle."""
    bounded = min(1.0, max(-1.0, value))
    return Markup(
        '<svg class="leaning {}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="trough" y="1" width="100" height="6"/><rect x="{}" y="1" width="{}" height="6"/>'
        '<line x1="50" x2="50" y1="0" y2="8"/></svg>'
    ).format("up" if bounded >= 0 else "down", f"{50 + min(0.0, bounded) * 50:.1f}", f"{abs(bounded) * 50:.1f}")


def votes(counts: Mapping[Action, int]) -> Markup:
    """Votes for buying, holding and selling, as parts of one bar; their numbers stand beside it."""
    total, at = sum(counts.values()) or 1, 0.0
    parts = []
    for action in ("BUY", "HOLD", "SELL"):
        width = counts.get(action, 0) / total * 100
        parts.append(
            Markup('<rect class="{}" x="{}" width="{}" height="8"/>').format(action, f"{at:.1f}", f"{width:.1f}")
        )
        at += width
    return Markup(
        '<svg class="votes-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(Markup().join(parts))


def interval(low: float, high: float, middle: float, least: float, most: float) -> Markup:
    """A range with its middle on a scale from `least` to `most`, with a line at nought."""
    span = (most - least) or 1.0

    def x(value: float) -> str:
        return f"{(value - least) / span * 100:.2f}"

    return Markup(
        '<svg class="interval" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="nought" x1="{0}" x2="{0}" y1="0" y2="10"/><line class="range" x1="{1}" x2="{2}" y1="5" y2="5"/>'
        '<line class="middle" x1="{3}" x2="{3}" y1="1.5" y2="8.5"/></svg>'
    ).format(x(min(max(0.0, least), most)), x(low), x(high), x(middle))


def _thinned(values: Sequence[float]) -> list[float]:
    if len(values) <= _POINTS:
        return list(values)
    last = len(values) - 1
    return [values[round(at * last / (_POINTS - 1))] for at in range(_POINTS)]
