"""The words and signs of the pages. What something is stands in words or a sign; colour only adds to it."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType

from arena import figures
from arena.records.chat import PORTFOLIO, Label
from arena.records.market import SectionStatus
from arena.records.outcome import Action, Outcome
from arena.records.standing import Consensus
from arena.records.terms import Terms
from arena.records.trading import Fill, Order, RecordedRule

__all__ = [
    "PORTFOLIO",
    "PRICE_OF",
    "SIGNS",
    "SPEAKERS",
    "STATUS",
    "consensus_sentence",
    "did",
    "label_sentence",
    "ordinal",
    "percent",
    "plain_number",
    "role",
    "sign",
    "terms_sentence",
    "tone",
    "wanted",
    "why",
]

SIGNS: Mapping[str, str] = MappingProxyType({"BUY": "▲", "SELL": "▼", "HOLD": "●", "abstained": "○", "": "◆"})

SPEAKERS: Mapping[str, str] = MappingProxyType(
    {"bull": "▲", "bear": "▼", "aggressive": "▲", "conservative": "▼", "neutral": "●"}
)
"""The signs of those who debate."""

STATUS: Mapping[SectionStatus, str] = MappingProxyType({"ok": "✓", "stale": "◷", "no_data": "∅", "error": "✗"})
"""The signs of a section's status."""

_ALL: Mapping[str, str] = MappingProxyType(
    {
        "rehearsal": "The contestants are rule-driven stand-ins, not models.",
        "simulated": "The market is invented; no price, figure or article in it is real.",
        "imported": "Another project's record; nobody at a desk of this arena said or decided it.",
        "baseline": "The contestants are fixed rules to measure models against.",
        "single": "At each desk one agent decides in one call, without a debate and without a vote.",
        "masked": "The desks were shown an invented ticker, company and dates in the place of the real ones.",
        "rescored": "Recorded decisions under other settings; nobody decided on these books.",
    }
)
_SOME: Mapping[str, str] = MappingProxyType(
    {
        "rehearsal": "Rule-driven stand-ins, not models:",
        "simulated": "Chats on an invented market are among those of",
        "imported": "Chats of another project's record are among those of",
        "baseline": "Fixed rules to measure models against, without a vote:",
        "single": "Desks of one agent, which decides in one call without a debate and without a vote:",
        "masked": "Shown an invented ticker, company and dates in the place of the real ones:",
        "rescored": "Recorded decisions under other settings:",
    }
)
PRICE_OF: Mapping[RecordedRule, str] = MappingProxyType(
    {"next_open": "open", "next_close": "close", "same_close": "close", "same_open": "open"}
)


def label_sentence(label: Label, bearers: Collection[str], all_contestants: Collection[str]) -> str:
    """What a label says of those who bear it; they are named where others do not."""
    names = ", ".join(sorted(bearers))
    if len(bearers) == len(all_contestants) or not bearers:
        return _ALL.get(label, "")
    return f"{_SOME.get(label, f'{label}:')} {names}"


def sign(action: Action | None) -> str:
    """The sign of an action; an abstention has one of its own."""
    return SIGNS["abstained" if action is None else action]


def consensus_sentence(vote: Consensus) -> str:
    """How large the majority is; what it is for stands beside it."""
    if vote.action is None:
        return "Nobody decided."
    if vote.tie:
        return f"A tie, which counts as {vote.action}."
    return f"{figures.part(vote.level)} agree, a {'high' if vote.high else 'low'} consensus."


def role(name: str) -> str:
    """A role or a node of a desk in words."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def why(outcome: Outcome | None) -> str:
    """Why it was decided so, in the words of the desk or of the record; empty where nothing is told."""
    if outcome is None:
        return ""
    if outcome.kind == "abstention":
        return outcome.detail
    return outcome.reasoning or (outcome.rating if outcome.kind == "imported" else "")


def did(order: Order, fill: Fill) -> str:
    """What a fill did: an order with shares closes a position, a sale with a budget opens a short one."""
    if fill.side == "BUY":
        return "Covered" if order.shares is not None else "Bought"
    return "Sold short" if order.budget is not None else "Sold"


def wanted(order: Order) -> str:
    """What an order asks for, without its ticker."""
    if order.budget is None:
        return f"{order.side} {figures.shares(order.shares)}"
    budget = f"for up to {figures.dollars(order.budget)}"
    return f"BUY {budget}" if order.side == "BUY" else f"SELL short {budget} of margin"


def terms_sentence(terms: Terms) -> str:
    """The terms a book is kept under, in a line."""
    told = [
        f"{'fractional' if terms.fractional else 'whole'} shares, {'long and short' if terms.margin else 'long only'}"
    ]
    if (margin := terms.margin) is not None:
        told.append(f"initial margin {margin.initial}, maintenance {margin.maintenance}")
        if margin.borrow_rate:
            told.append(f"borrowing costs {margin.borrow_rate:.2%} a year")
    if terms.cash_rate:
        told.append(f"cash earns {terms.cash_rate:.2%} a year")
    return "; ".join(told)


def ordinal(rank: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    ending = "th" if rank % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def percent(part: float) -> str:
    """A change, given as a part of one, in percent with its sign: +0.32%, -1.00%, 0.00%."""
    told = f"{part:+.2%}"
    return "0.00%" if told in {"+0.00%", "-0.00%"} else told


def tone(text: str, change: Decimal | float) -> str:
    """The class that colours a change as it is written: what is written as nothing is neither up nor down."""
    if not re.search("[1-9]", text):
        return ""
    return "up" if change > 0 else "down"


def plain_number(value: float) -> str:
    """A figure with thousands separators and no zeros at its end."""
    told = f"{value:,.6f}".rstrip("0").rstrip(".")
    return f"{value:.6g}" if told in {"0", "-0"} and value else told
