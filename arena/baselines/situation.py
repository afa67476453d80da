"""What a baseline decides on: the facts of one ticker, its own book, and how the others voted."""

from decimal import Decimal
from typing import NamedTuple

from arena.records.desk import Brief, PositionView
from arena.records.market import MarketSnapshot
from arena.records.outcome import Action, Decision
from arena.records.standing import Consensus

CONFIDENCE = 0.5
"""A rule does not know how sure it is: a coin's."""


class NoGroundsError(Exception):
    """What a rule rests on is not there; the message says what, in one sentence."""


class Situation(NamedTuple):
    """One ticker at one close."""

    brief: Brief
    snapshot: MarketSnapshot
    tickers: int
    """How many the round has: a rule's share of each is one over that."""
    vote: Consensus | None
    """How those with a vote decided on the ticker; None where nobody was asked."""

    @property
    def position(self) -> PositionView | None:
        """What is held of the ticker."""
        return next((held for held in self.brief.portfolio.positions if held.ticker == self.brief.ticker), None)

    @property
    def share(self) -> Decimal:
        """Dollars that an equal share of equity in the ticker is, within the position limit."""
        part = min(Decimal(1) / self.tickers, self.brief.mandate.position_limit)
        return part * self.brief.portfolio.equity

    @property
    def close(self) -> Decimal:
        """The newest close, dollars a share."""
        return self.snapshot.prices.bars[-1].close

    @property
    def least(self) -> Decimal:
        """What the smallest number of shares that can be traded is worth, dollars."""
        return self.brief.mandate.terms.step * self.close


def hold(why: str) -> Decision:
    """Do nothing."""
    return _decision("HOLD", 0.0, why)


def sell(part: float, why: str) -> Decision:
    """Sell a part of what is held, above 0 to 1."""
    return _decision("SELL", part, why)


def buy(situation: Situation, dollars: Decimal, why: str) -> Decision:
    """Buy for so many dollars, as far as cash is available; nothing where that is less than can be bought."""
    available = situation.brief.portfolio.available
    spent = min(dollars, available)
    if spent < situation.least:
        least = situation.brief.mandate.terms.least
        return hold(f"{why}; {spent:,.2f} dollars are less than {least} at {situation.close:,.2f}")
    return _decision("BUY", min(1.0, float(spent / available)), why)


def enter_or_leave(situation: Situation, signal: Action, why: str) -> Decision:
    """Be in the ticker with its share after a BUY signal, out of it after a SELL; a HOLD changes nothing."""
    held = situation.position
    if signal == "BUY" and held is None:
        return buy(situation, situation.share, why)
    if signal == "SELL" and held is not None:
        return sell(1.0, why)
    return hold(f"{why}; {'in' if held else 'out of'} the ticker already" if signal != "HOLD" else why)


def _decision(action: Action, fraction: float, why: str) -> Decision:
    return Decision(action=action, fraction=fraction, confidence=CONFIDENCE, reasoning=why, key_risks=())
