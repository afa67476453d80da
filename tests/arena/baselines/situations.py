"""Situations made by hand: a price path, a book, a vote."""

from datetime import timedelta
from decimal import Decimal

from arena.baselines import Situation, decide
from arena.config.contestants import BaselineContestant
from arena.records.desk import PortfolioView, PositionView
from arena.records.market import Bar
from arena.records.standing import Consensus
from tests.arena.desks import SESSION, brief, facts


def bars(*closes):
    """A bar a day that ends at the session, each without any range."""
    first = SESSION - timedelta(days=len(closes) - 1)
    return tuple(
        Bar(
            session=first + timedelta(days=n),
            volume=1,
            **dict.fromkeys(("open", "high", "low", "close"), Decimal(str(c))),
        )
        for n, c in enumerate(closes)
    )


def situation(*closes, held=0, cash=10_000, tickers=2, votes=None, splits=(), session=SESSION, limit=1):
    """ACME at the last of `closes`, with so many shares of it held."""
    snapshot = facts()
    prices = snapshot.prices.model_copy(update={"bars": bars(*closes), "splits": splits})
    close, dollars = Decimal(str(closes[-1])) if closes else Decimal(1), Decimal(cash)
    value = held * close
    position = PositionView(
        ticker="ACME", shares=held or 1, average_cost=close, mark=close, marked=SESSION, value=value
    )
    portfolio = PortfolioView(
        cash=dollars, available=dollars, equity=dollars + value, positions=(position,) if held else ()
    )
    asked = brief("rule", portfolio=portfolio)
    mandate = asked.mandate.model_copy(update={"position_limit": Decimal(str(limit))})
    return Situation(
        asked.model_copy(update={"session": session, "mandate": mandate}),
        snapshot.model_copy(update={"prices": prices}),
        tickers,
        vote(**votes) if votes is not None else None,
    )


def vote(buy=0, sell=0, hold=0, action=None):
    counted = {"BUY": buy, "SELL": sell, "HOLD": hold}
    return Consensus(
        ticker="ACME",
        session=SESSION,
        action=action,
        tie=False,
        level=None,
        high=False,
        mean_confidence=None,
        votes=counted,
        outliers=(),
        abstentions={},
    )


def decided(rule, place, **settings):
    """What a rule came to: the action and the fraction, or the reason of an abstention."""
    outcome = decide(BaselineContestant(name="rule", kind="baseline", rule=rule, **settings), place)
    return (outcome.action, outcome.fraction) if outcome.kind == "decision" else outcome.detail
