"""The mask of a season: the same invented ticker for a real one, and the same move of its dates, all season long.

Whoever knows the season's name and the tickers can make the same mask again: nothing of it needs to be kept.
"""

from collections.abc import Iterable, Mapping

from arena.masking.names import Alias, is_plain_word
from arena.masking.shift import Shift
from arena.masking.tickers import invented, suffix_of
from arena.records.market import MarketSnapshot
from arena.records.masking import MaskedAs

UNHIDDEN = (
    "not hidden: products, brands, people and other companies that texts name, events that everybody knows, years "
    "before 1990, the level of prices, sector, exchange and currency"
)
_NAMELESS = "the company's name is not known, so texts may hold it"
_WORD = "the ticker is a word too, so it is hidden only where a text writes it as a ticker"


class Mask:
    """How real tickers and dates are told to masked desks."""

    def __init__(self, season: str, shift: Shift, tickers: Mapping[str, str]) -> None:
        """`tickers` are invented ones by the real ones; for others one is invented when it is asked for."""
        self.shift = shift
        self._season = season
        self._tickers = dict(tickers)

    @classmethod
    def of(cls, season: str, tickers: Iterable[str]) -> "Mask":
        """The season's mask for these tickers, none of which is given to another one."""
        mask, real = cls(season, Shift.of(season), {}), sorted(set(tickers))
        for ticker in real:
            mask._tickers[ticker] = invented(ticker, season, {*real, *mask._tickers.values()})
        return mask

    @classmethod
    def told(cls, season: str, ticker: str, mask: MaskedAs) -> "Mask":
        """The mask as a chat on one ticker tells it."""
        return cls(season, Shift(mask.weeks), {ticker: mask.ticker})

    def ticker(self, real: str) -> str:
        """The ticker that stands for a real one."""
        if real not in self._tickers:
            self._tickers[real] = invented(real, self._season, {*self._tickers, *self._tickers.values()})
        return self._tickers[real]

    def alias(self, real: str) -> Alias:
        """What a ticker and its company are called."""
        told = self.ticker(real)
        return Alias(told, f"Company {told.removesuffix(suffix_of(real))}")

    def masked_as(self, original: MarketSnapshot) -> MaskedAs:
        """What a chat says of the mask."""
        alias = self.alias(original.ticker)
        doubts = [
            *([_WORD] if is_plain_word(original.ticker) else []),
            *([] if original.identity.name else [_NAMELESS]),
        ]
        return MaskedAs(
            ticker=alias.ticker,
            name=alias.name,
            weeks=self.shift.weeks,
            original=original.hash,
            notes=(UNHIDDEN, *doubts),
        )
