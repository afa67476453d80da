"""A season's report: figures side by side, how sure they are, and what each of them means."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from rich.console import Group, RenderableType
from rich.text import Text

from arena import figures
from arena.cli.views import tables
from arena.cli.views.labels import banner
from arena.records.performance import Agreement, Comparison, Figure, Placing, Range, SeasonReport
from arena.records.replica import listed

ABREAST = 6
"""Contestants side by side on a wide terminal; on a narrow one half as many."""


TOO_LITTLE = "not enough data"

Pair = TypeVar("Pair", Agreement, Comparison)


def report_view(report: SeasonReport, width: int) -> Group:
    """All of a report but the curves, which `--json` has."""
    return Group(
        *banner({one.contestant: one.labels for one in report.performances}),
        *_standings(report),
        *_figures(report, ABREAST if width >= tables.WIDE else ABREAST // 2),
        *_falls(report),
        *_replicas(report),
        *_masks(report),
        *_apart(report),
        *_agreements(report),
        *_calibration(report),
        *_meanings(report),
        *tables.notes((*report.notes, *_remarks(report))),
    )


def _standings(report: SeasonReport) -> Iterator[RenderableType]:
    span = f", {report.first} to {report.last}" if report.first else ""
    yield tables.heading(f"Standings of the season {report.season}{span}")
    if not report.standings:
        yield Text("Nobody has been through a session yet.")
        return
    yield _places(report.standings)
    if report.chance is not None:
        seeds, middle = len(report.chance.contestants), _percent(report.chance.middle)
        yield Text(f"By chance: {_range(report.chance.band, _percent)}, {middle} in the middle, of {seeds} random ones")
    if report.latest_cutoff is None:
        return
    yield tables.heading(f"Without what a model may have read: sessions after {report.latest_cutoff} alone")
    if report.standings_after_cutoff:
        yield _places(report.standings_after_cutoff)
    else:
        yield Text("No session is left.")


def _places(places: Sequence[Placing]) -> RenderableType:
    numbers = ("Rank", "Return", "Sessions")
    table = tables.table("Rank", "Contestant", "Return", "95% interval", "Sessions", right=numbers, whole=numbers)
    for one in places:
        spread = _range(one.range, _percent) if one.range else TOO_LITTLE
        table.add_row(str(one.rank), one.contestant, _percent(one.total_return), spread, str(one.sessions))
    return table


def _figures(report: SeasonReport, abreast: int) -> Iterator[RenderableType]:
    for start in range(0, len(report.performances), abreast):
        some = report.performances[start : start + abreast]
        yield tables.heading("Figures" if start == 0 else "Figures, continued")
        names = [one.contestant for one in some]
        table = tables.table("Figure", *names, right=names)
        for row in zip(*(one.figures for one in some), strict=True):
            table.add_row(_words(row[0].name), *(_value(figure) for figure in row))
        table.add_row("cost", *(figures.cost(one.cost) for one in some))
        yield table


def _value(figure: Figure) -> str:
    if figure.value is None:
        return TOO_LITTLE if _is_too_little(figure) else figures.UNKNOWN
    if figure.range is not None and figure.unit == "ratio":
        return f"{figure.value:.2f} ({_range(figure.range)})"
    says = {"change": _percent, "part": figures.part, "probability": _probability, "variance": _variance}
    return says.get(figure.unit, _ratio)(figure.value)


def _falls(report: SeasonReport) -> Iterator[RenderableType]:
    fallen = [one for one in report.performances if one.drawdown]
    if fallen:
        yield tables.heading("Maximum drawdowns")
        table = tables.table("Contestant", "Depth", "High", "Low", "Recovered", right=("Depth",))
        for one in fallen:
            if fall := one.drawdown:
                back = str(fall.recovered or "not yet")
                table.add_row(one.contestant, _percent(fall.depth), str(fall.high), str(fall.low), back)
        yield table


def _replicas(report: SeasonReport) -> Iterator[RenderableType]:
    split = report.replicas
    if split is None:
        return
    yield tables.heading(f"Replicas: total returns over {figures.plural(split.sessions, 'session')} that all share")
    numbers = ("Mean", "Spread", "Lowest", "Highest", "Replicas")
    table = tables.table("Contestant", *numbers, right=numbers, whole=numbers)
    for one in split.models:
        spread = figures.UNKNOWN if one.spread is None else f"{one.spread:.2%}"
        mean, low, high = map(_percent, (one.mean, one.low, one.high))
        table.add_row(one.contestant, mean, spread, low, high, str(one.replicas))
    yield table
    yield tables.heading("Variance between models and within a model")
    if split.note:
        yield Text(split.note)
        return
    table = tables.table("Figure", "Value", "95% interval", "Note", right=("Value",), whole=("Value",))
    for figure in split.figures:
        spread = _range(figure.range, figures.part) if figure.range else ""
        table.add_row(_words(figure.name), _value(figure), spread, figure.note)
    yield table


def _masks(report: SeasonReport) -> Iterator[RenderableType]:
    if not report.masks:
        return
    yield tables.heading("With the mask and without: mean a session of the masked less the unmasked")
    numbers = ("Masked", "Unmasked", "Difference", "p", "Sessions")
    table = tables.table("Pair", "Masked", "Unmasked", "Difference", "95% interval", "p", "Sessions", right=numbers)
    for pair in report.masks:
        spread = _range(pair.range, _finely) if pair.range else TOO_LITTLE
        p = figures.UNKNOWN if pair.p is None else f"{pair.p:.3f}"
        totals = map(_percent, (pair.masked_return, pair.unmasked_return))
        name = f"{pair.masked} (masked) and {pair.unmasked}"
        table.add_row(name, *totals, _finely(pair.difference), spread, p, str(pair.sessions))
    yield table
    yield Text(f"{report.masks[0].definition} ({report.masks[0].source})")


def _apart(report: SeasonReport) -> Iterator[RenderableType]:
    if report.groups:
        yield tables.heading("Groups that cannot be told apart, best first")
        yield from tables.bullets([", ".join(group) for group in report.groups], indent=0)
    if differences := (*report.benchmark_differences, *_without_chance(report, report.differences)):
        yield tables.heading("Paired differences, mean a session")
        table = tables.table("One", "Other", "Difference", "95% interval", "p", "Sessions", right=("Difference", "p"))
        for pair in differences:
            spread, gap = _range(pair.range, _finely), _finely(pair.mean)
            table.add_row(pair.one, pair.other, gap, spread, f"{pair.p:.3f}", str(pair.sessions))
        yield table


def _agreements(report: SeasonReport) -> Iterator[RenderableType]:
    if agreements := _without_chance(report, report.agreements):
        yield tables.heading("Agreement")
        table = tables.table("One", "Other", "Alike", "Kappa", "Decided by both", right=("Alike", "Kappa"))
        for pair in agreements:
            kappa = figures.UNKNOWN if pair.kappa is None else f"{pair.kappa:.2f}"
            table.add_row(pair.one, pair.other, figures.part(pair.alike), kappa, str(pair.both))
        yield table


def _without_chance(report: SeasonReport, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs of which none belongs to the band of chance: those would be hundreds of lines that say nothing."""
    lucky = report.chance.contestants if report.chance else ()
    return [pair for pair in pairs if pair.one not in lucky and pair.other not in lucky]


def _calibration(report: SeasonReport) -> Iterator[RenderableType]:
    judged = [one for one in report.performances if one.reliability]
    if judged:
        yield tables.heading(f"Confidence against the price {figures.plural(report.horizon, 'session')} later")
        table = tables.table("Contestant", "Confidence", "Mean", "Right", "Decisions", right=("Mean", "Right"))
        for one in judged:
            for place in one.reliability:
                span = f"{place.low:.1f} to {place.high:.1f}"
                right = figures.part(place.right)
                table.add_row(one.contestant, span, f"{place.confidence:.2f}", right, str(place.forecasts))
        yield table


def _meanings(report: SeasonReport) -> Iterator[RenderableType]:
    if report.performances:
        yield tables.heading("What the figures mean")
        table = tables.table("Figure", "Definition", "Source")
        split = report.replicas.figures if report.replicas else ()
        for figure in (*report.performances[0].figures, *split):
            table.add_row(_words(figure.name), figure.definition, figure.source)
        yield table


def _remarks(report: SeasonReport) -> Iterator[str]:
    """Why figures are missing and what they leave out, each remark once."""
    whose: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in report.performances:
        for figure in one.figures:
            if figure.note and figure.name not in {"alpha", "beta"} and not _is_too_little(figure):
                whose[_words(figure.name), figure.note].append(one.contestant)
    yield from (f"{name} of {listed(names)}: {note}" for (name, note), names in whose.items())
    if report.chance is not None:
        yield "agreement with random contestants and paired differences from them are left out here; --json has them"


def _is_too_little(figure: Figure) -> bool:
    return figure.note.startswith(TOO_LITTLE)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _percent(part: float) -> str:
    return f"{part:+.2%}"


def _finely(part: float) -> str:
    return f"{part:+.3%}"


def _ratio(number: float) -> str:
    return f"{number:.2f}"


def _probability(number: float) -> str:
    return f"{number:.2f}" if number >= 0.005 or number == 0 else f"{number:.1g}"


def _variance(square: float) -> str:
    return f"{square:.3g} ({square**0.5:.2%} squared)"


def _range(spread: Range, say: Callable[[float], str] = _ratio) -> str:
    return f"{say(spread.low)} to {say(spread.high)}"
