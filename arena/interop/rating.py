"""The rating that a text says was decided, in its own words, or why none can be read. Nothing is guessed.

A rating counts where it is announced (`Rating: Buy`, `My Recommendation: Sell (Strategically)`, a heading with the
word on the next line), where a JSON object names it, or where the text begins with it. A word that is merely
mentioned, by whomever, does not. Among several the one marked final wins; contradictory ones that are all final, or
none of them, are unreadable.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from arena.interop.rating_words import (
    ABOUT,
    ACTIONS,
    DENIALS,
    FILLERS,
    FINAL_LABELS,
    FINALS,
    LABELS,
    MEANWHILE,
    OR,
    QUALIFIERS,
    TIERS,
    Tier,
)
from arena.records.outcome import Action

SHORT = 3
"""Words of a final announcement that holds no rating, up to which it is taken for the decision itself (PASS)."""

REVIEW = "review"
"""What TradingAgents puts in a rating's place when its own check has taken it back; that is its last word."""

LEGEND = 3
"""Ratings side by side from which on they are the scale, not a decision."""


@dataclass(frozen=True)
class Rating:
    """A decision as its text says it."""

    action: Action
    words: str
    """The rating as it was written."""


@dataclass(frozen=True)
class Unreadable:
    """Why a text holds no decision that can be read."""

    why: str


@dataclass(frozen=True)
class _Said:
    """One announcement: the ratings in it, none where it names something else or takes the rating back."""

    words: tuple[tuple[str, Tier], ...]
    final: bool
    text: str
    denied: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is a decision, if not one of the scale; a sentence behind a label need be none."""
        return bool(self.words) or self.denied or (self.final and self.short)

    @property
    def short(self) -> bool:
        return 0 < len(self.text.split()) <= SHORT

    @property
    def actions(self) -> set[Action]:
        return {ACTIONS[tier] for _, tier in self.words}


def read_rating(text: str) -> Rating | Unreadable:
    """The decision of a text in any of the languages, or why it cannot be read."""
    if not text.strip():
        return Unreadable("the decision is empty")
    content = _json(text)
    said = list(_said_in_json(content)) if content is not None else list(_said_in_text(text))
    counted = [one for one in said if one.counts] or [one for one in said if one.short]
    return _judged([one for one in counted if one.final] or counted)


def _judged(said: list[_Said]) -> Rating | Unreadable:
    rated = [one for one in said if one.words]
    actions = {action for one in rated for action in one.actions}
    if len(actions) == 1 and len(rated) == len(said):
        words = {word.casefold(): word for one in reversed(rated) for word, _ in reversed(one.words)}
        return Rating(actions.pop(), " / ".join(reversed(words.values())))
    if not rated and said:
        told = ", ".join(dict.fromkeys(one.text for one in said))
        return Unreadable(f"it decides on {told!r}, which is none of {', '.join(ACTIONS)}")
    if said:
        marked = "are all marked final" if said[0].final else "none of them marked final"
        told = ", ".join(dict.fromkeys(one.text for one in said))
        return Unreadable(f"it says contradictory things, which {marked}: {told}")
    return Unreadable("it announces no rating: no word of the scale behind a label, and none at its beginning")


def _json(text: str) -> Mapping[str, Any] | None:
    """The JSON object that the text is, fenced or not, or that it encodes twice."""
    fenced = re.fullmatch(r"```(?:json)?\s*(.*?)\s*```", text.strip(), flags=re.DOTALL)
    try:
        content = json.loads(fenced[1] if fenced else text)
    except ValueError:
        return None
    if isinstance(content, str):
        return _json(content)
    return content if isinstance(content, dict) else None


def _said_in_json(content: Mapping[str, Any]) -> Iterator[_Said]:
    for name, value in content.items():
        head = _head(re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name))
        if isinstance(value, dict):
            yield from _said_in_json(value)
        elif isinstance(value, str) and head is not None and (said := _value(_plain(value), final=head)):
            yield said


def _said_in_text(text: str) -> Iterator[_Said]:
    # The traders' closing formula may stand at the end of a paragraph.
    text = re.sub(r"\s(?=[*_]*FINAL TRANSACTION PROPOSAL)", "\n", text)
    lines = [line for line in map(_plain, text.splitlines()) if line]
    if lines and (said := _opening(lines[0])):
        yield said
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        if said := _announcement(line, following):
            yield said


def _plain(line: str) -> str:
    """A line without markdown, numbering and what stands before its first word."""
    line = unicodedata.normalize("NFKC", line)
    line = re.sub(r"[*`~#]|(?<!\w)_+|_+(?!\w)", "", line).strip()
    return re.sub(r"^(?:[\W_]+|(?:\d{1,2}|[ivxIVX]{1,4}|[A-Za-z]|[가-하]|[一二三四五六七八九十])[.)、]\s*)+", "", line)


_SEPARATOR = re.compile(
    r"\s*(?::|\||=>?|→|->)\s*|\s+[-\u2010-\u2015]+\s+|\s+(?:is|ist|est|es|é|has been|remains)\s+"
    r"|(?<=[\u3040-\u30ff\u4e00-\u9fff])[は是为為](?=\s*[^:\s])|(?<=[가-힣])[은는]\s+"
)


def _announcement(line: str, following: str, *, final: bool = False) -> _Said | None:
    """What the line announces, or as a heading the line that follows it."""
    parts = _SEPARATOR.split(line, maxsplit=1)
    head = _head(parts[0])
    if head is None:
        return None
    rest = parts[1].strip() if len(parts) > 1 else ""
    if not rest:
        return _value(following, final=final or head)
    return _announcement(rest, "", final=final or head) or _value(rest, final=final or head)


def _opening(line: str) -> _Said | None:
    """A rating that the text begins with, and that is not the beginning of a sentence about something else."""
    said = _value(line, final=False)
    if said is None or not said.words:
        return None
    behind = line[line.casefold().find(said.words[-1][0].casefold()) + len(said.words[-1][0]) :]
    return said if re.match(r"\s*(?:$|[.,:;!()\[\]\u2010-\u2015-]|。|、)", behind) else None


def _alternatives(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first; those of alphabets with their ends."""
    edge = r"\w\u0900-\u097f"
    patterns = []
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        spaced = r"\s+".join(map(re.escape, word.split()))
        if re.search(r"[\u3040-\u30ff\u4e00-\u9fff가-힣/]|'$", word):
            patterns.append(spaced)
        else:
            patterns.append(rf"(?<![{edge}]){spaced}(?![{edge}]|[-\u2010\u2011][^\W\d_])")
    return "|".join(patterns)


_HEAD = re.compile(
    rf"(?P<label>{_alternatives(LABELS)})|(?P<final_label>{_alternatives(FINAL_LABELS)})"
    rf"|(?P<final>{_alternatives(FINALS)})|(?:{_alternatives(FILLERS)})",
    flags=re.IGNORECASE,
)
_TIER_OF: Mapping[str, Tier] = {
    unicodedata.normalize("NFKC", word).casefold(): tier for tier, words in TIERS.items() for word in words
}
_WORD = _alternatives(_TIER_OF)
_RATING = re.compile(
    rf"[\s\"'\u2018-\u201f«»「」『』【\[(<]*(?:(?:{_alternatives(QUALIFIERS)})\s*)*(?P<word>{_WORD})",
    flags=re.IGNORECASE,
)
_TWIN = re.compile(rf"\s*[(\[]\s*(?P<word>{_WORD})\s*[)\]]", flags=re.IGNORECASE)
_OR = re.compile(rf"\s*(?:{_alternatives(OR)})", flags=re.IGNORECASE)
_BESIDE = re.compile(rf"\s*(?:[|,、،]|{_alternatives(OR)})", flags=re.IGNORECASE)
_DENIED = re.compile(rf"[^.,;:()。、!\n]{{0,8}}?(?:{_alternatives(DENIALS)})", flags=re.IGNORECASE)
_ABOUT = re.compile(
    rf"\s*(?:[?\u061f]|[\"'\u2018-\u201f»」』】]*\s*(?:(?:{_alternatives(MEANWHILE)})\s+)?(?:{_alternatives(ABOUT)}))",
    flags=re.IGNORECASE,
)


def _head(text: str) -> bool | None:
    """Whether a text that is nothing but a label is marked final; None for any other text."""
    text = re.sub(r"[(\[].*?[)\]]", "", text)
    label = final_label = final = False
    place = 0
    while place < len(text):
        if gap := re.match(r"[\s\"'\u2018-\u201f.,&/_-]+", text[place:]):
            place += gap.end()
            continue
        found = _HEAD.match(text, place)
        if found is None:
            return None
        label |= found["label"] is not None
        final_label |= found["final_label"] is not None
        final |= found["final"] is not None
        place = found.end()
    return final if label or (final_label and final) else None


def _value(text: str, *, final: bool) -> _Said | None:
    """What stands behind a label; None for the scale itself, which decides nothing."""
    told = text.strip().strip("\"'\u201c\u201d.,;!。").strip()
    words: list[tuple[str, Tier]] = []
    place = 0
    while found := _RATING.match(text, place):
        words.append((found["word"], _TIER_OF[" ".join(found["word"].casefold().split())]))
        place = found.end()
        if twin := _TWIN.match(text, place):
            words.append((twin["word"], _TIER_OF[" ".join(twin["word"].casefold().split())]))
            place = twin.end()
        another = _OR.match(text, place)
        if another is None:
            break
        place = another.end()
    if _is_scale(text):
        return None
    if words and (_DENIED.match(text, place) or _ABOUT.match(text.replace("\u2019", "'"), place)):
        return _Said((), final, told, denied=True)
    if told.casefold() == REVIEW:
        return _Said((), True, told)
    if len({ACTIONS[tier] for _, tier in words}) > 1 or not words:
        return _Said(tuple(words), final, told)
    return _Said(tuple(words), final, words[0][0])


def _is_scale(text: str) -> bool:
    """Whether a text begins with so many ratings side by side that they are the scale itself."""
    tiers: set[Tier] = set()
    place = 0
    while found := _RATING.match(text, place):
        tiers.add(_TIER_OF[" ".join(found["word"].casefold().split())])
        if (beside := _BESIDE.match(text, found.end())) is None:
            break
        place = beside.end()
    return len(tiers) >= LEGEND
