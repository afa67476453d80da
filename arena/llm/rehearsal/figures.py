"""Reading the figures in prompts and tool results, as a careful person would: by heading and column."""

import re
from collections.abc import Iterable
from typing import NamedTuple

_ROLE = re.compile(r"^# Your role: (.+)$", re.MULTILINE)
_HEADING = re.compile(r"^## (\w+) \(sentiment ([+-]\d+\.\d+)\)$", re.MULTILINE)
_FIGURES = re.compile(r"^Figures: (.+)$", re.MULTILINE)
_FIGURE = re.compile(r"(\w+) = (-?[\d.]+(?:e[+-]?\d+)?) (\w+)")
_TURN = re.compile(r"^\*\*(\w+) \(round \d+\)\*\*: (.+)$", re.MULTILINE)
_LAST_CLOSE = re.compile(r"Last close: ([\d.]+) ")
_PLAN = re.compile(r"^(BUY|SELL|HOLD), fraction ([\d.]+), stop (\S+), target (\S+)$", re.MULTILINE)
_ASKED_SIZE = re.compile(r"I would size it at (\d+\.\d+)")
_DECIDED = re.compile(
    r"^(\d+)\. On (\S+): (BUY|SELL|HOLD)(?:, fraction [\d.]+)?, confidence ([\d.]+)\. .*: return ([+-][\d.]+)%"
    r".*?(?:difference ([+-][\d.]+) points\.)?$",
    re.MULTILINE,
)
_VENDOR_SENTIMENT = re.compile(r" \| vendor sentiment ([+-]\d+\.\d+|none) \| ")


class Figure(NamedTuple):
    """One named number with its unit."""

    name: str
    value: float
    unit: str


class Digest(NamedTuple):
    """What another role reads of an analyst's report."""

    sentiment: float
    figures: tuple[Figure, ...]


class Outcome(NamedTuple):
    """A past decision to reflect on, and how it turned out."""

    number: int
    session: str
    action: str
    confidence: float
    change: float
    """The price's, in percent."""
    excess: float | None
    """The same less the benchmark's, in points; None where it is not told."""


class Plan(NamedTuple):
    """The trader's proposal."""

    action: str
    fraction: float
    stop: float | None
    target: float | None


def role_in(prompt: str) -> str:
    """Who the prompt asks to speak, in lower case; empty when it does not say."""
    found = _ROLE.findall(prompt)
    return str(found[-1]).lower() if found else ""


def table(texts: Iterable[str], *columns: str) -> list[dict[str, float]]:
    """The rows of the first comma-separated table that has these columns; cells that are not numbers are left out."""
    for text in texts:
        header, *rows = text.splitlines() or [""]
        names = header.split(",")
        if set(columns) <= set(names):
            return [_numbers(names, row.split(",")) for row in rows]
    return []


def statement(texts: Iterable[str], item: str) -> list[float]:
    """A line item over the periods of a statement, newest first; empty when no statement has it."""
    for text in texts:
        if not text.startswith("item,"):
            continue
        for row in text.splitlines()[1:]:
            name, *cells = row.split(",")
            if name == item:
                return [float(cell) for cell in cells if _is_number(cell)]
    return []


def vendor_sentiments(texts: Iterable[str]) -> tuple[int, list[float]]:
    """How many articles there are, and the scores of those that have one."""
    found = [score for text in texts for score in _VENDOR_SENTIMENT.findall(text)]
    return len(found), [float(score) for score in found if score != "none"]


def digests(prompt: str) -> dict[str, Digest]:
    """Every analyst's sentiment and figures, by the analyst's name."""
    headings = list(_HEADING.finditer(prompt))
    found = {}
    for number, heading in enumerate(headings):
        end = headings[number + 1].start() if number + 1 < len(headings) else len(prompt)
        line = _FIGURES.search(prompt, heading.end(), end)
        figures = tuple(Figure(n, float(v), u) for n, v, u in _FIGURE.findall(line[1])) if line else ()
        found[heading[1]] = Digest(float(heading[2]), figures)
    return found


def written_out(prompt: str) -> list[str]:
    """The tool results a prompt carries as text, each under its own heading."""
    _, _, data = prompt.partition("# The data")
    return [block.partition("\n\n")[2].strip() for block in data.split("\n## ")[1:]]


def turns(prompt: str) -> dict[str, str]:
    """Everybody's latest speech by speaker."""
    return dict(_TURN.findall(prompt))


def asked_sizes(prompt: str) -> dict[str, float]:
    """The size each risk debater asked for."""
    return {speaker: float(size[1]) for speaker, text in turns(prompt).items() if (size := _ASKED_SIZE.search(text))}


def plan_in(prompt: str) -> Plan | None:
    """The trader's proposal, where the prompt holds one."""
    found = _PLAN.search(prompt)
    return Plan(found[1], float(found[2]), _level(found[3]), _level(found[4])) if found else None


def past_decisions(prompt: str) -> list[Outcome]:
    """The numbered decisions of the past that the prompt holds."""
    return [
        Outcome(int(number), session, action, float(sure), float(change), float(excess) if excess else None)
        for number, session, action, sure, change, excess in _DECIDED.findall(prompt)
    ]


def last_close(prompt: str) -> float | None:
    """The close the brief names."""
    found = _LAST_CLOSE.search(prompt)
    return float(found[1]) if found else None


def holds(prompt: str, ticker: str) -> bool:
    """Whether the brief's book holds the ticker."""
    return re.search(rf"holding .*\b\d+ {re.escape(ticker)} at ", prompt) is not None


def may_short(prompt: str) -> bool:
    """Whether the brief's rules let a SELL without shares sell short."""
    return re.search(r"^Rules: long or short", prompt, re.MULTILINE) is not None


def ticker_in(prompt: str) -> str:
    """The ticker the brief is about."""
    found = re.search(r"^Ticker (\S+):", prompt, re.MULTILINE)
    return found[1] if found else "the stock"


def _numbers(names: list[str], cells: list[str]) -> dict[str, float]:
    return {name: float(cell) for name, cell in zip(names, cells, strict=False) if _is_number(cell)}


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?(E[+-]?\d+)?", text) is not None


def _level(text: str) -> float | None:
    return float(text) if _is_number(text) else None
