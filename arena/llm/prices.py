"""What a model's answers cost, from prices: the configuration's own, else those of its endpoint's catalogue.

All arithmetic is Decimal and exact. A model without a price costs an unknown amount, never nothing.
Prompt tokens that a provider served from its cache are counted in full, so the cost may be above what is billed.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from arena.config.model import TokenPrices
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

    def cost(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        """Dollars for one request."""
        tokens = (prompt_tokens * self.prompt + completion_tokens * self.completion).scaleb(-_MILLION)
        return plain(tokens + self.request)


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
            return Rates(prompt=own.prompt, completion=own.completion), "config"
        if "/" in model and model.endswith(_FREE_SUFFIX):
            return FREE, "free"
        listed = self._catalogue().get(model)
        return None if listed is None else (listed, "catalogue")

    def cost(self, model: str, usage: Mapping[str, object]) -> tuple[Decimal, CostSource] | None:
        """Dollars for an answer whose endpoint told its tokens but no cost; None where either is unknown.

        `usage` holds `prompt_tokens` and `completion_tokens` as the endpoint wrote them.
        """
        known = self.of(model)
        prompt, completion = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
        if known is None:
            return None
        rates, source = known
        if rates == FREE:
            return Decimal(0), source
        if prompt is None or completion is None:
            return None
        return rates.cost(prompt, completion), source

    def most(self, model: str, prompt_bytes: int, max_tokens: int) -> Decimal | None:
        """The most a request may cost in dollars, every byte of its prompt a token; None where no price is known."""
        known = self.of(model)
        return None if known is None else known[0].cost(prompt_bytes, max_tokens)


def _count(told: object) -> int | None:
    """A token count that can be one; endpoints send null, text and negative numbers too."""
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None
