"""The pages of what takes long: how sure a leaderboard is, every figure with its definition, and the audit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from arena import figures
from arena.records.audit import AuditReport
from arena.records.performance import Agreement, Comparison, Figure, SeasonReport
from arena.records.replica import listed
from arena.web.reader import Reader
from arena.web.reading.seasons import head
from arena.web.rendering import Page

TOO_LITTLE = "not enough data"

Pair = TypeVar("Pair", Agreement, Comparison)


def uncertainty_part(reader: Reader, season: str, report: SeasonReport) -> Page:
    """The part of the leaderboard that says how far it can be trusted."""
    return Page("uncertainty.html", "", uncertainty(report, on_board=True), head(reader, season))


def figures_page(reader: Reader, season: str, report: SeasonReport | None) -> Page:
    """Every figure of a season; without a report, the place where it will stand."""
    content: dict[str, Any] = {"report": None} if report is None else figures_content(report)
    return Page("figures.html", f"{season}: figures", content, head(reader, season), "figures")


def figures_part(reader: Reader, season: str, report: SeasonReport) -> Page:
    """The figures alone."""
    return Page("report.html", "", figures_content(report), head(reader, season))


def audit_page(reader: Reader, season: str, audit: AuditReport | None) -> Page:
    """The audit of a season; without one, the place where it will stand."""
    return Page("audit.html", f"{season}: audit", {"audit": audit}, head(reader, season), "audit")


def audit_part(reader: Reader, season: str, audit: AuditReport) -> Page:
    """The audit alone."""
    return Page("findings.html", "", {"audit": audit}, head(reader, season))


def uncertainty(report: SeasonReport, *, on_board: bool) -> dict[str, Any]:
    """What `uncertainty.html` shows; `on_board` it leads on to all figures."""
    ends = [end for one in report.standings if one.range for end in (one.range.low, one.range.high)]
    return {
        "report": report,
        "on_board": on_board,
        "least": min([*ends, *(one.total_return for one in report.standings), 0.0]),
        "most": max([*ends, *(one.total_return for one in report.standings), 0.0]),
        "verdict": _verdict(report),
    }


def figures_content(report: SeasonReport) -> dict[str, Any]:
    """What `report.html` shows."""
    return {
        **uncertainty(report, on_board=False),
        "value": _value,
        "say": {"finely": finely, "part": figures.part},
        "differences": (*report.benchmark_differences, *_without_chance(report, report.differences)),
        "agreements": _without_chance(report, report.agreements),
        "meanings": _meanings(report),
        "remarks": tuple(_remarks(report)),
    }


def finely(part: float) -> str:
    """A change a session, with three decimals of a percent."""
    told = f"{part:+.3%}"
    return "0.000%" if told in {"+0.000%", "-0.000%"} else told


def _meanings(report: SeasonReport) -> tuple[Figure, ...]:
    told = report.performances[0].figures if report.performances else ()
    return (*told, *(report.replicas.figures if report.replicas else ()))


def _without_chance(report: SeasonReport, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs of which none belongs to the band of chance: those would be hundreds of lines that say nothing."""
    lucky = report.chance.contestants if report.chance else ()
    return [pair for pair in pairs if pair.one not in lucky and pair.other not in lucky]


def _verdict(report: SeasonReport) -> str:
    """Who can be told apart, in a sentence."""
    shortest = min((one.sessions for one in report.standings), default=0)
    if not report.groups:
        return (
            f"Not enough data to tell skill from luck: {figures.plural(shortest, 'session')}, and estimates begin at "
            f"{report.least_sessions}."
        )
    if len(report.groups) == 1:
        return "Nobody can be told from anybody else: the differences may be luck."
    return (
        f"The contestants fall into {len(report.groups)} groups; inside a group nobody can be told from anybody else."
    )


def _value(figure: Figure) -> str:
    if figure.value is None:
        return TOO_LITTLE if figure.note.startswith(TOO_LITTLE) else figures.UNKNOWN
    match figure.unit:
        case "change":
            return f"{figure.value:+.2%}"
        case "part":
            return figures.part(figure.value)
        case "ratio":
            return f"{figure.value:.2f}"
        case "probability":
            return f"{figure.value:.2f}" if figure.value >= 0.005 or figure.value == 0 else f"{figure.value:.1g}"
        case "variance":
            return f"{figure.value:.3g} ({figure.value**0.5:.2%} squared)"


def _remarks(report: SeasonReport) -> Iterator[str]:
    """Why figures are missing and what they leave out, each remark once."""
    against = report.benchmark or "nothing: no benchmark's closes are kept"
    yield f"alpha and beta are against {against}"
    whose: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in report.performances:
        for figure in one.figures:
            if figure.note and figure.name not in {"alpha", "beta"} and not figure.note.startswith(TOO_LITTLE):
                whose[figure.name.replace("_", " "), figure.note].append(one.contestant)
    yield from (f"{name} of {listed(names)}: {note}" for (name, note), names in whose.items())
    if report.chance is not None:
        yield "agreement with random contestants and paired differences from them are left out here; the JSON has them"
