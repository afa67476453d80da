"""Snapshots assembled from what one vendor answers, about ACME at one session's close."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from arena.config.market import MarketSettings
from arena.market.answers import Answered, Answers, Unanswered
from arena.market.calendar import close_of, next_session
from arena.market.snapshot import assemble
from arena.records.market import (
    Earnings,
    EarningsReport,
    Insiders,
    InsiderTrade,
    MarketSnapshot,
    NewsItem,
    SocialDay,
    SocialPost,
)
from tests.arena.market.scripted import acme, company, history

SESSION = date(2025, 10, 14)
AS_OF = close_of(SESSION)
TOMORROW = next_session(SESSION)
RETRIEVED = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)
SETTINGS = MarketSettings(vendors=("yahoo",))


def answers(**sections: Any) -> Answers:
    facts = {
        "identity": acme(),
        "prices": history(date(2024, 6, 3), SESSION),
        "fundamentals": company(),
        "earnings": Earnings(reports=()),
        "insiders": Insiders(trades=()),
        "news": (),
        "market_news": (),
        "social": (),
        "posts": (),
    } | sections
    return Answers(
        **{
            name: answer if isinstance(answer, Answered | Unanswered) else Answered("yahoo", answer, RETRIEVED)
            for name, answer in facts.items()
        }
    )


def snapshot(settings: MarketSettings = SETTINGS, **sections: Any) -> MarketSnapshot:
    return assemble("ACME", SESSION, AS_OF, answers(**sections), settings)


def news_item(published: datetime, title: str = "Acme") -> NewsItem:
    return NewsItem(published=published, title=title)


def social_day(day: date) -> SocialDay:
    return SocialDay(day=day, mentions=3, sentiment=0.5)


def report(reported: datetime, eps: str = "1.25") -> EarningsReport:
    return EarningsReport(reported=reported, fiscal_end=date(2025, 6, 30), eps_actual=Decimal(eps))


def trade(traded: date, filed: date | None, insider: str = "J. Doe") -> InsiderTrade:
    return InsiderTrade(traded=traded, filed=filed, insider=insider, side="sell", shares=Decimal(100))


def post(posted: datetime, text: str = "to the moon") -> SocialPost:
    return SocialPost(posted=posted, text=text)
