"""A company's names in texts: its ticker, its name with the common short forms, its insiders; and addresses.

What can be told from the name and the ticker is replaced. A name that is plain English too (Target, META, ON) is
replaced only where it is written as a name, a ticker of one or two letters only where it is marked as one ($T,
NYSE: T, (T)). Products, brands, people and other companies are not known to be the company's, and stay.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import takewhile
from typing import NamedTuple

from arena.masking.rewriting import Found, rewritten
from arena.masking.tickers import suffix_of
from arena.masking.words import COMMON, GENERIC, LEGAL, OTHER_NAMES, SISTERS

LINK = "[link]"
"""What stands in the place of an address."""

_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.[\w.-]+|\b(?:[\w-]+\.)+(?:com|net|org|io|co|gov)/\S*", re.IGNORECASE
)
_KEEP = "(?P<keep>)"
_LEFT, _RIGHT = r"(?<![A-Za-z])(?<!\d(?=\d))", r"(?![A-Za-z])"
_EXCHANGE = r"(?:NYSE|NASDAQ|Nasdaq\w*|AMEX|OTC\w*|LSE|TSX|TSE|HKEX|XETRA|ETR|FRA|EPA|CRYPTO)(?:\s?American)?"
_SHARE_CLASS = re.compile(
    r"[\s,(-]+(?:class [a-c]\b|common stock|ordinary shares|american depositary|sponsored adr).*", re.IGNORECASE
)


class Alias(NamedTuple):
    """What the company and its ticker are called instead."""

    ticker: str
    name: str


class Names:
    """Replaces the names of one company."""

    def __init__(self, ticker: str, name: str | None, people: Iterable[str], alias: Alias) -> None:
        """`name` is the company's full name, None where nobody told it; `people` are its insiders, in order."""
        self._people = dict(_people(people))
        company = _core(_SHARE_CLASS.sub("", name or "").strip())
        told = [(pattern, new) for person, new in self._people.items() for pattern in _of_person(person)]
        for one in (ticker, *SISTERS.get(ticker, ())):
            told += [(pattern, alias.ticker) for pattern in _marked_ticker(one)]
        told += [(pattern, alias.ticker) for pattern in _marked_company(company)]
        told += [(pattern, alias.name) for pattern in _of_company(name or "", company)]
        for one in (ticker, *SISTERS.get(ticker, ())):
            told += [(pattern, alias.ticker) for pattern in _bare_ticker(one)]
        links: Found = (_ADDRESS, lambda _: LINK)
        self._forms: list[Found] = [
            links,
            *((re.compile(pattern), partial(_renamed, new=new)) for pattern, new in told),
        ]

    def person(self, insider: str) -> str:
        """What an insider is called instead."""
        return self._people.get(insider, "")

    def masked(self, text: str) -> str:
        """The text without the names, and without addresses."""
        return rewritten(text, self._forms)


def _renamed(found: re.Match[str], new: str) -> str:
    """The new name behind what marks it as a name."""
    return f"{found['keep']}{new}"


def bare(ticker: str) -> str:
    """A ticker without what says where it is listed, and without its class."""
    stem = ticker.removesuffix(suffix_of(ticker)) if suffix_of(ticker) else ticker
    return re.split(r"[.-]", stem)[0]


def is_plain_word(ticker: str) -> bool:
    """Whether the ticker alone cannot be told from a word of the text."""
    stem = bare(ticker)
    return len(stem) < 3 or stem.lower() in COMMON


def _people(insiders: Iterable[str]) -> Iterator[tuple[str, str]]:
    for number, insider in enumerate(dict.fromkeys(filter(None, insiders)), 1):
        yield insider, f"Insider {number}"


def _of_person(name: str) -> Iterator[str]:
    """A name as it is told, with its last word first or its first word last, with any single letters or none."""
    words = [word for word in re.split(r"[\s,]+", name) if word]
    orders = [words, [*words[1:], *words[:1]], [*words[-1:], *words[:-1]]]
    letters = r"[\s,\-]+(?:[a-z]\.?\s+)*"
    for order in orders:
        full = [_word(word) for word in order if len(word.strip(".")) > 1]
        if len(full) > 1:
            yield f"{_KEEP}(?i:{_LEFT}{letters.join(full)}(?:\\s+[a-z]\\b\\.?)?{_RIGHT})"


def _forms_of(core: list[str]) -> list[list[str]]:
    """The name without its legal words, and its short forms, the longest first, in words."""
    forms = dict.fromkeys((" ".join(core), *_short_forms(core))) if core else {}
    return [form.split() for form in sorted(forms, key=len, reverse=True)]


def _marked_company(core: list[str]) -> Iterator[str]:
    """The name behind #, $ or @, where its words are joined, and others may follow."""
    yield from (f"(?P<keep>[#@$])(?i:{_joined(words)})" for words in _forms_of(core))


def _of_company(name: str, core: list[str]) -> Iterator[str]:
    """The name with the legal words that follow it or none, its short forms, and its first letters."""
    legal = r"(?:[\s,]+(?:(?i:" + "|".join(sorted(LEGAL)) + r")\b\.?(?:\s[A-C]\b)?|&\s+Co\b\.?))*"
    for words in _forms_of(core):
        plain = len(words) == 1 and words[0].lower().removesuffix(".com") in COMMON
        written = f"(?:{_capital(words[0])})" if plain else f"(?i:{_joined(words)})"
        yield f"{_KEEP}{_LEFT}{written}{legal}{_RIGHT}"
    yield from (f"{_KEEP}{_LEFT}{acronym}{_RIGHT}" for acronym in _acronyms(name, core))


def _core(name: str) -> list[str]:
    """The words of a name without its article and its legal words."""
    words = name.replace(",", " ").split()
    if len(words) > 1 and words[0].lower() == "the":
        words = words[1:]
    legal = list(takewhile(lambda word: _is_legal(word) or word == "&", reversed(words[1:])))
    return words[: len(words) - len(legal)]


def _is_legal(word: str) -> bool:
    return word.lower().strip("().").replace(".", "") in LEGAL


def _short_forms(core: list[str]) -> Iterator[str]:
    """What the company is called beside its whole name."""
    first = core[0]
    yield from OTHER_NAMES.get(" ".join(core).lower(), ())
    if first.lower().endswith(".com"):
        yield first[: -len(".com")]
    if len(core) > 1 and len(first) > 3 and first.lower() not in GENERIC:
        yield first
    if len(core) > 2 and core[1].lower() not in COMMON | GENERIC | {"&", "of", "and"}:
        yield " ".join(core[:2])


def _acronyms(whole: str, core: list[str]) -> Iterator[str]:
    """The first letters of three or more words, with the legal ones and without."""
    for words in (_SHARE_CLASS.sub("", whole).replace(",", " ").split(), core):
        letters = "".join(word[0] for word in words if word[0].isalpha() and word.lower() not in {"the", "of", "and"})
        if len(letters) > 2 and letters.lower() not in COMMON:
            yield letters.upper()


def _marked_ticker(ticker: str) -> Iterator[str]:
    """The ticker behind #, $ or @, behind an exchange's name, and in brackets."""
    stem = bare(ticker)
    end = "" if len(stem) > 2 else _RIGHT
    for form in dict.fromkeys((_whole(ticker), re.escape(stem))):
        yield rf"(?P<keep>[#@$])(?i:{form}){end}"
        yield rf"(?P<keep>\b{_EXCHANGE}\s?:\s?)(?i:{form})(?![A-Za-z0-9])"
        yield rf"(?P<keep>[(\[]){form}(?=[)\],;])"
    if re.escape(stem) != _whole(ticker):
        yield f"{_KEEP}(?i:{_LEFT}{_whole(ticker)}{_RIGHT})"


def _bare_ticker(ticker: str) -> Iterator[str]:
    """The ticker by itself, as far as it cannot be a word or a number."""
    stem = bare(ticker)
    if stem.isdigit() or (len(stem) < 3 and stem.lower() in COMMON):
        return
    if is_plain_word(ticker):
        yield f"{_KEEP}{_LEFT}{re.escape(stem)}(?![A-Za-z0-9])"
    else:
        yield f"{_KEEP}(?i:{_LEFT}{re.escape(stem)}{_RIGHT})"


def _whole(ticker: str) -> str:
    """The ticker with its class or exchange, however that is set off."""
    return r"[.\-/ ]?".join(map(re.escape, re.split(r"[.\-]", ticker)))


def _joined(words: list[str]) -> str:
    """Words as a pattern that takes them apart, joined or hyphened, with `and` for `&`, and either apostrophe."""
    told = [r"(?:&|and)" if word.lower() in {"&", "and"} else _word(word) for word in words]
    return r"[\s\-]*".join(told)


def _word(word: str) -> str:
    return re.escape(word).replace("'", "['\u2019]").replace("\u2019", "['\u2019]").replace(r"\-", r"[\s\-]?")


def _capital(word: str) -> str:
    """A word that is plain English too: with a capital, or in capitals."""
    return "|".join(dict.fromkeys((_word(word[0].upper() + word[1:]), _word(word.upper()))))
