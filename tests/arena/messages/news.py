"""Builders of a round's news."""

from datetime import UTC, date, datetime
from decimal import Decimal

from arena.consensus import consensus
from arena.records.chat import Cost
from arena.records.news import DeskNews, RoundBefore, RoundNews, said
from arena.records.outcome import Abstention, Decision
from arena.records.standing import Round, Standing, Standings
from arena.records.trading import Fill, Order, Rejection

SESSION = date(2025, 10, 14)
NEXT = date(2025, 10, 15)
EARLIER = date(2025, 10, 13)
TIMEOUT = Abstention(reason="timeout", detail="the call took more than 180 s")


def decided(action="BUY", confidence=0.7, reasoning="strength tends to persist"):
    fraction = 0 if action == "HOLD" else 0.5
    return Decision(action=action, fraction=fraction, confidence=confidence, reasoning=reasoning, key_risks=())


def row(contestant, rank, equity, **changes):
    fields = {
        "contestant": contestant,
        "rank": rank,
        "medal": {1: "gold", 2: "silver", 3: "bronze"}.get(rank),
        "labels": (),
        "equity": Decimal(equity),
        "cash": Decimal(equity),
        "positions": (),
        "pnl": Decimal(equity) - 10_000,
        "return_pct": (Decimal(equity) - 10_000) / 100,
        "trades": 1,
        "closed_trades": 0,
        "win_rate": None,
        "pending_orders": 0,
        "decisions": 1,
        "abstentions": 0,
        "coverage": 1.0,
        "cost": Cost(),
    }
    return Standing(**{**fields, **changes})


def table(*rows, season="main", session=NEXT, notes=()):
    return Standings(season=season, session=session, rows=rows, notes=notes)


def order(contestant, ticker="NVDA", side="BUY", session=SESSION, fills_on=NEXT):
    return Order(
        key=f"order:{contestant}:{ticker}:{session}",
        contestant=contestant,
        session=session,
        ticker=ticker,
        chat_id="c",
        side=side,
        budget=Decimal(5000) if side == "BUY" else None,
        shares=None if side == "BUY" else 3,
        rule="next_open",
        fills_on=fills_on,
    )


def fill(of, shares=18, price="343.91"):
    return Fill(
        key=f"fill:{of.key}",
        contestant=of.contestant,
        session=of.fills_on,
        order_key=of.key,
        ticker=of.ticker,
        side=of.side,
        shares=shares,
        price=Decimal(price),
        slippage=Decimal(0),
        fee=Decimal(0),
        rule=of.rule,
    )


def rejection(of, reason="no cash for a single share"):
    return Rejection(
        key=f"rejection:{of.key}",
        contestant=of.contestant,
        session=of.fills_on,
        order_key=of.key,
        ticker=of.ticker,
        reason=reason,
    )


def news(outcomes=None, *, season="main", session=SESSION, labels=(), **changes):
    """A round; `outcomes` are by ticker and contestant."""
    outcomes = outcomes or {"NVDA": {"claude": decided(), "gpt": decided("HOLD", 0.5), "qwen": TIMEOUT}}
    desks = tuple(
        DeskNews(ticker=ticker, contestant=name, chat_id=f"{ticker}.{name}", outcome=outcome, labels=labels)
        for ticker, said in sorted(outcomes.items())
        for name, outcome in sorted(said.items())
    )
    round_ = Round(
        season=season,
        session=session,
        as_of=datetime(2025, 10, 14, 20, tzinfo=UTC),
        tickers=tuple(sorted(outcomes)),
        contestants=tuple(sorted({desk.contestant for desk in desks})),
        snapshots={},
        market="files",
        config_hash="c",
        code_version="v",
    )
    fields = {
        "round": round_,
        "desks": desks,
        "consensus": tuple(consensus(ticker, session, said) for ticker, said in sorted(outcomes.items())),
        "orders": (),
        "fills": (),
        "rejections": (),
        "standings": table(row("claude", 1, "10032.22"), row("gpt", 2, "10000"), season=season),
        "before": None,
    }
    return RoundNews(**{**fields, **changes})


def before(of, standings=None, session=EARLIER, **changes):
    """How things stood the round before, equal to a round's own but for what is given."""
    fields = {
        "session": session,
        "said": {f"{desk.ticker}/{desk.contestant}": said(desk.outcome) for desk in of.desks},
        "consensus": of.consensus,
        "standings": standings or of.standings,
    }
    return RoundBefore(**{**fields, **changes})
