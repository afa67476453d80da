"""TradingAgents' final states (full_states_log), read from their files: what each stage said, under old names and new.

A file holds one state, or several by date. Old versions call the risk debaters risky and safe; forks write one
argument in place of a history, or debate a prediction market with yes and no. Empty stages are absent, and said to
be; fields that are not known here are named, never dropped in silence.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from arena.errors import TickerError, UsageError
from arena.market.tickers import check_ticker
from arena.records.base import Record
from arena.records.desk import ResearchSpeaker, ResearchTurn, RiskSpeaker, RiskTurn, Role

RESEARCHERS: Mapping[ResearchSpeaker, tuple[str, ...]] = MappingProxyType(
    {"bull": ("bull", "yes"), "bear": ("bear", "no")}
)
DEBATERS: Mapping[RiskSpeaker, tuple[str, ...]] = MappingProxyType(
    {"aggressive": ("aggressive", "risky"), "conservative": ("conservative", "safe"), "neutral": ("neutral",)}
)
REPORTS: Mapping[Role, tuple[str, ...]] = MappingProxyType(
    {
        "market_analyst": ("market_report", "odds_report"),
        "news_analyst": ("news_report", "information_report"),
        "fundamentals_analyst": ("fundamentals_report", "event_report"),
        "social_analyst": ("sentiment_report", "social_report"),
        "trader": ("trader_investment_decision", "trader_investment_plan"),
    }
)
DECISION, PLAN, RESEARCH, RISK = (
    "final_trade_decision",
    "investment_plan",
    "investment_debate_state",
    "risk_debate_state",
)

_ABOUT = ("company_of_interest", "market_id", "market_question", "trade_date")
_KNOWN = {*_ABOUT, DECISION, PLAN, RESEARCH, RISK, *(name for names in REPORTS.values() for name in names)}
_RETOLD = {"history", "current_response", "judge_decision", "count", "latest_speaker", "current_aggressive_response"}
_RETOLD |= {f"current_{side}_response" for sides in DEBATERS.values() for side in sides}
"""What a debate's state holds beside the speeches: the same again, and the judge's word, which is read by itself."""


class State(Record):
    """One run of TradingAgents, as its file holds it."""

    source: str
    """The file's name, and the date in it where it has several."""
    day: date
    ticker: str
    decision: str
    """The text of the final decision, empty where there is none."""
    texts: dict[Role, str]
    """What the analysts, the research manager and the trader wrote; the risk judge where it said more."""
    research: tuple[ResearchTurn, ...]
    risk: tuple[RiskTurn, ...]
    notes: tuple[str, ...]


def read_states(path: Path) -> tuple[State, ...]:
    """Every state of a file, in its order. UsageError where it holds none, or one without a day or a ticker."""
    cut: list[str] = []
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), object_hook=partial(_whole, cut=cut))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not JSON: {error}") from None
    by_day = {"": content} if isinstance(content, dict) and DECISION in content else content
    if not isinstance(by_day, dict) or not by_day or not all(_is_state(state) for state in by_day.values()):
        raise UsageError(f"{path} holds no TradingAgents state: an object with {DECISION}, or such objects by date")
    several = len(by_day) > 1
    states = (_state(path, f"{path.name}, {key}" if several else path.name, key, s) for key, s in by_day.items())
    halves = (f"half a character in the file's {', '.join(dict.fromkeys(cut))} is shown as \ufffd",) if cut else ()
    return tuple(state.model_copy(update={"notes": (*state.notes, *halves)}) for state in states)


def _whole(content: dict[str, Any], cut: list[str]) -> dict[str, Any]:
    """An object whose texts are whole: of one that was cut in the middle of a character JSON can keep a half.

    The names of those that were are added to `cut`.
    """
    told = {
        _characters(name): _characters(value) if isinstance(value, str) else value for name, value in content.items()
    }
    cut += [name for name, value in zip(told, content.values(), strict=False) if told[name] != value]
    return told


def _characters(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_state(content: object) -> bool:
    return isinstance(content, dict) and DECISION in content


def _state(path: Path, source: str, key: str, content: Mapping[str, Any]) -> State:
    notes: list[str] = []
    told = str(content.get("trade_date") or key)
    if key and told != key:
        notes.append(f"it stands under {key} and says {told} of itself")
    texts = {role: text for role, names in REPORTS.items() if (text := _first(content, names, notes))}
    research, risk = _debate(content, RESEARCH, notes), _debate(content, RISK, notes)
    plan = _distinct(_text(research.get("judge_decision")), _text(content.get(PLAN)))
    if plan:
        texts["research_manager"] = plan
    decision, judged = _text(content[DECISION]), _text(risk.get("judge_decision"))
    if judged and judged != decision:
        texts["portfolio_manager"] = judged
    if question := content.get("market_question"):
        notes.append(f"it is about a prediction market: {question}")
    notes += [f"its {name} is not known to this import and was left out" for name in sorted(content.keys() - _KNOWN)]
    return State(
        source=source,
        day=_day(path, told),
        ticker=_ticker(path, content),
        decision=decision,
        texts=texts,
        research=tuple(
            ResearchTurn(round=number, speaker=speaker, text=text)
            for number, speaker, text in _turns(research, RESEARCHERS)
        ),
        risk=tuple(
            RiskTurn(round=number, speaker=speaker, text=text) for number, speaker, text in _turns(risk, DEBATERS)
        ),
        notes=tuple(notes),
    )


def _day(path: Path, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{path} has a state of {text[:40]!r}, which is not a date") from None


def _ticker(path: Path, content: Mapping[str, Any]) -> str:
    named = content.get("company_of_interest") or content.get("market_id")
    try:
        return check_ticker(str(named))
    except TickerError as error:
        raise UsageError(f"{path}: {error}") from None


def _first(content: Mapping[str, Any], names: tuple[str, ...], notes: list[str]) -> str:
    """The text under the first of the names that has one; a note where a name is there and empty."""
    text = next((text for name in names if (text := _text(content.get(name)))), "")
    if not text:
        notes += [f"its {name} is empty" for name in names if name in content]
    return text


def _debate(content: Mapping[str, Any], name: str, notes: list[str]) -> Mapping[str, Any]:
    debate = content.get(name)
    if not isinstance(debate, Mapping):
        notes.append(f"it has no {name}")
        return {}
    sides = RESEARCHERS if name == RESEARCH else DEBATERS
    known = {f"{alias}_{kind}" for aliases in sides.values() for alias in aliases for kind in ("history", "argument")}
    strange = sorted(debate.keys() - known - _RETOLD)
    notes += [f"its {name}'s {field} is not known to this import and was left out" for field in strange]
    for side, aliases in sides.items():
        if not _speeches(debate, aliases):
            notes.append(f"its {name} has nothing of the {side} side")
    return debate


def _turns(debate: Mapping[str, Any], sides: Mapping[Any, tuple[str, ...]]) -> Iterator[tuple[int, Any, str]]:
    """Round, speaker and text of every speech, in the order of the rounds."""
    spoken = {side: _speeches(debate, aliases) for side, aliases in sides.items()}
    for number in range(max((len(speeches) for speeches in spoken.values()), default=0)):
        for side, speeches in spoken.items():
            if number < len(speeches):
                yield number + 1, side, speeches[number]


def _speeches(debate: Mapping[str, Any], aliases: tuple[str, ...]) -> list[str]:
    """A side's speeches: a history is all of them, each begun with the speaker's name."""
    told = next(
        (t for alias in aliases for kind in ("history", "argument") if (t := _text(debate.get(f"{alias}_{kind}")))), ""
    )
    begun = rf"^(?:{'|'.join(aliases)}) (?:analyst|researcher|debater):"
    speeches = re.split(begun, told, flags=re.IGNORECASE | re.MULTILINE)
    return [speech.strip() for speech in speeches if speech.strip()]


def _text(value: object) -> str:
    """A text as it is; what is no text as the JSON it is."""
    if value is None or value == "":
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return text.strip()


def _distinct(*texts: str) -> str:
    return "\n\n".join(dict.fromkeys(filter(None, texts)))
