"""The words that keep a rehearsal, a simulated market and an import from being mistaken for our own real thing."""

from collections.abc import Collection, Mapping

from rich.text import Text

from arena.records.chat import Label
from arena.records.replica import listed

STYLE = "bold black on yellow"

_ALL: Mapping[Label, str] = {
    "rehearsal": "REHEARSAL: the contestants are rule-driven stand-ins, not models.",
    "simulated": "SIMULATED: the market is invented; no price, figure or article in it is real.",
    "imported": "IMPORTED: another project's record; nobody at a desk of this arena said or decided it.",
    "baseline": "BASELINE: the contestants are fixed rules to measure models against.",
    "single": "SINGLE: at each desk one agent decides in one call, without a debate and without a vote.",
    "masked": "MASKED: the desks were shown an invented ticker, company and dates in the place of the real ones.",
    "rescored": "RESCORED: recorded decisions under other settings; nobody decided on these books.",
}
_SOME: Mapping[Label, str] = {
    "rehearsal": "REHEARSAL: rule-driven stand-ins, not models, are:",
    "simulated": "SIMULATED: chats on an invented market are among those of:",
    "imported": "IMPORTED: chats of another project's record are among those of:",
    "baseline": "BASELINE: fixed rules to measure models against, without a vote, are:",
    "single": "SINGLE: desks of one agent, which decides in one call without a debate and without a vote, are:",
    "masked": "MASKED: shown an invented ticker, company and dates in the place of the real ones are:",
    "rescored": "RESCORED: recorded decisions under other settings are those of:",
}


def banner(labels: Mapping[str, Collection[Label]]) -> tuple[Text, ...]:
    """One line for each label that any contestant bears; it names them where others do not bear it."""
    lines: list[Text] = []
    for label, sentence in _ALL.items():
        bearers = [contestant for contestant, borne in labels.items() if label in borne]
        if bearers:
            told = sentence if len(bearers) == len(labels) else f"{_SOME[label]} {listed(bearers)}"
            lines.append(Text(told, style=STYLE))
    return tuple(lines)
