"""What the tests of Alpha Vantage share: a window of time, and bodies the vendor is known for."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arena.market.alpha_vantage import AlphaVantageVendor
from tests.arena.market.alpha_vantage.server import (
    KEY,
)
from tests.loopback import Answer, Reply

START, END = datetime(2025, 10, 1, tzinfo=UTC), datetime(2025, 10, 14, 20, 0, tzinfo=UTC)
YEARS_AGO = datetime(2021, 12, 1, 21, 0, tzinfo=UTC)

BURST = {
    "Information": "Thank you for using Alpha Vantage! Please consider spreading out your free API requests more "
    "sparingly (1 request per second). You may subscribe to any of the premium plans at "
    "https://www.alphavantage.co/premium/ to lift the free key rate limit (25 requests per day), raise the "
    "per-second burst limit, and instantly unlock all premium endpoints"
}
QUOTA = {
    "Information": f"We have detected your API key as {KEY} and our standard API rate limit is 25 requests per day. "
    "Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/"
}
PREMIUM = {
    "Information": "Thank you for using Alpha Vantage! The outputsize=full parameter value is a premium feature for "
    "the TIME_SERIES_DAILY endpoint."
}
ARTICLES = "No articles found. Please adjust the time range or refer to the API documentation"


def serve(content: Any, status: int = 200) -> Answer:
    return lambda request: Reply(status, content)


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def all_asks(vendor: AlphaVantageVendor) -> tuple[Any, ...]:
    return (
        lambda: vendor.identity("NVDA", END),
        lambda: vendor.prices("NVDA", START.date(), END.date()),
        lambda: vendor.fundamentals("NVDA", END),
        lambda: vendor.earnings("NVDA", END),
        lambda: vendor.insiders("NVDA", START.date(), END.date()),
        lambda: vendor.news("NVDA", START, END),
        lambda: vendor.social("NVDA", START.date(), END.date()),
        lambda: vendor.market_news(START, END),
    )


EARNINGS = {
    "symbol": "NVDA",
    "quarterlyEarnings": [
        {"fiscalDateEnding": "2025-10-31", "reportedDate": "2025-11-19", "reportedEPS": "None"},
        {
            "fiscalDateEnding": "2025-07-31",
            "reportedDate": "2025-08-27",
            "reportedEPS": "1.04",
            "estimatedEPS": "1.01",
            "surprisePercentage": "2.9703",
        },
        {
            "fiscalDateEnding": "2024-04-30",
            "reportedDate": "2024-05-22",
            "reportedEPS": "0.61",
            "estimatedEPS": "0.55",
            "surprisePercentage": "10.9091",
        },
    ],
}
CALENDAR = (
    "symbol,name,reportDate,fiscalDateEnding,estimate,currency\r\n"
    "NVDA,NVIDIA Corp,2026-02-25,2026-01-31,1.3,USD\r\n"
    "NVDA,NVIDIA Corp,2025-11-19,2025-10-31,1.17,USD\r\n"
)


def splits(*rows: tuple[str, str], ticker: str = "NVDA") -> dict[str, Any]:
    return {"symbol": ticker, "data": [{"effective_date": day, "split_factor": ratio} for day, ratio in rows]}


def daily(*closes: tuple[str, str], ticker: str = "NVDA") -> dict[str, Any]:
    rows = {
        day: {"1. open": close, "2. high": close, "3. low": close, "4. close": close, "5. volume": "1"}
        for day, close in closes
    }
    return {"Meta Data": {"2. Symbol": ticker}, "Time Series (Daily)": rows}


def transaction(day: str, **changed: str) -> dict[str, str]:
    return {
        "transaction_date": day,
        "ticker": "NVDA",
        "executive": "HUANG, JEN HSUN",
        "executive_title": "President and CEO",
        "security_type": "Common Stock",
        "acquisition_or_disposal": "D",
        "shares": "1000.0",
        "share_price": "180.5",
    } | changed


def article(published: str, score: str, title: str = "News", **changed: Any) -> dict[str, Any]:
    return {
        "title": title,
        "url": f"https://example.com/{title}",
        "time_published": published,
        "summary": "",
        "source": "Wire",
        "overall_sentiment_score": score,
        "ticker_sentiment": [{"ticker": "NVDA", "relevance_score": "1", "ticker_sentiment_score": score}],
    } | changed
