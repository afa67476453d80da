"""What a model's answers cost, from prices: the configuration's own, else those of its endpoint's catalogue.

All arithmetic is Decimal and exact. A model without a price costs an unknown amount, never nothing.
Prompt tokens that a provider served from its cache cost what is asked for those, where that is known, else the full
price: then the cost may be above what is billed.

The most a request may cost rests on one token a byte. Tokenisers work on bytes, and none is known to make two tokens
of one; of the request's JSON all bytes are counted, whose names and quotes are more than what a provider's template
puts round each message. Ordinary text has some four bytes a token, so most requests cost a good deal less, but
nothing tighter holds for every model: which tokeniser stands behind an id is nowhere told.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from arena.config.contestants import TokenPrices
from arena.records.base import Record, plain
from arena.records.chat import CostSource

_MILLION = 6
"""Decimal places between dollars a token and dollars per million."""

_FREE_SUFFIX = ":free"
"""How routers mark the variant of a model that costs nothing."""


class Rates(Record):
    """What a model charges."""

    prompt: Decimal
    """Dollars per million prompt tokens."""
    completion: Decimal
    """Dollars per million completion tokens, thinking included."""
    request: Decimal = Decimal(0)
    """Dollars a request, beside its tokens."""
    cached: Decimal | None = None
    """Dollars per million prompt tokens that are read from the provider's cache; None where that is not told."""
    cache_write: Decimal | None = None
    """Dollars per million prompt tokens that are written to it; None where that is not told."""

    def cost(self, prompt_tokens: int, completion_tokens: int, cached_tokens: int = 0) -> Decimal:
        """Dollars for one request; `cached_tokens` are part of the prompt's."""
        cheap = self.prompt if self.cached is None else self.cached
        prompt = (prompt_tokens - cached_tokens) * self.prompt + cached_tokens * cheap
        return plain((prompt + completion_tokens * self.completion).scaleb(-_MILLION) + self.request)

    @property
    def dearest(self) -> "Rates":
        """The same, with the dearest that a prompt token can be as the price of all."""
        known = [price for price in (self.prompt, self.cached, self.cache_write) if price is not None]
        return self.model_copy(update={"prompt": max(known), "cached": None, "cache_write": None})

    @property
    def free(self) -> bool:
        """Whether no request costs anything."""
        return self.dearest == FREE


class Most(NamedTuple):
    """The most a request may cost, with what that rests on."""

    rates: Rates
    source: CostSource
    prompt_bytes: int
    max_tokens: int

    @property
    def dollars(self) -> Decimal:
        """Every byte of the prompt a token, at the dearest price."""
        return self.rates.dearest.cost(self.prompt_bytes, self.max_tokens)

    def __str__(self) -> str:
        """The dollars and how they were reckoned, for people."""
        dearest = self.rates.dearest
        extra = f" and ${plain(self.rates.request)} a request" if self.rates.request else ""
        return (
            f"${self.dollars} (at most {self.prompt_bytes:,} prompt tokens, one for each byte sent, at "
            f"${plain(dearest.prompt)} a million, and max_tokens of {self.max_tokens:,} at "
            f"${plain(dearest.completion)} a million{extra}, as the {_TOLD_BY[self.source]})"
        )


_TOLD_BY: Mapping[CostSource, str] = {
    "config": "configuration says",
    "catalogue": "endpoint's catalogue says",
    "endpoint": "endpoint says",
    "free": "model's name says",
}

FREE = Rates(prompt=Decimal(0), completion=Decimal(0))


class PriceList:
    """The prices of the models behind one endpoint."""

    def __init__(self, given: Mapping[str, TokenPrices], catalogue: Callable[[], Mapping[str, Rates]] = dict) -> None:
        """`given` are the configuration's prices; `catalogue` gives those the endpoint lists, by model id."""
        self._given = given
        self._catalogue = catalogue

    def of(self, model: str) -> tuple[Rates, CostSource] | None:
        """The model's rates and who told them; None where nobody did."""
        if (own := self._given.get(model)) is not None:
            return Rates(prompt=own.prompt, completion=own.completion, cached=own.cached), "config"
        if "/" in model and model.endswith(_FREE_SUFFIX):
            return FREE, "free"
        listed = self._catalogue().get(model)
        return None if listed is None else (listed, "catalogue")

    def cost(self, model: str, usage: Mapping[str, object]) -> tuple[Decimal, CostSource] | None:
        """Dollars for an answer whose endpoint told its tokens but no cost; None where either is unknown.

        `usage` holds `prompt_tokens`, `completion_tokens` and, in `prompt_tokens_details`, `cached_tokens` as the
        endpoint wrote them.
        """
        known = self.of(model)
        prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
        if known is None:
            return None
        rates, source = known
        if rates.free:
            return Decimal(0), source
        if prompt is None or completion is None:
            return None
        return rates.cost(prompt, completion, _cached(usage, prompt)), source

    def most(self, model: str, prompt_bytes: int, max_tokens: int) -> Most | None:
        """The most a request may cost; None where no price is known."""
        known = self.of(model)
        return None if known is None else Most(*known, prompt_bytes, max_tokens)


def _cached(usage: Mapping[str, object], prompt: int) -> int:
    """How many of the prompt's tokens came from the cache; 0 where the endpoint says nothing that can be."""
    details = usage.get("prompt_tokens_details")
    told = _count(details.get("cached_tokens")) if isinstance(details, Mapping) else None
    return told if told is not None and told <= prompt else 0


def _count(told: object) -> int | None:
    """A token count that can be one; endpoints send null, text and negative numbers too."""
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None
