"""Vendors' answers around a session, planted with facts from after it, each of which carries a figure or a word of
its own: whoever sees one of these has looked ahead.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from arena.market.calendar import close_of, session_back
from arena.market.simulated import SimulatedVendor
from arena.market.vendor import Vendor
from arena.records.market import (
    Bar,
    Dividend,
    Earnings,
    EarningsReport,
    Fundamentals,
    Identity,
    Insiders,
    InsiderTrade,
    NewsItem,
    PriceHistory,
    PriceNote,
    SocialDay,
    SocialPost,
    Split,
    Statement,
)
from tests.loopback import Reply, Request

TICKER = "ACME"
FIGURE = 98765432
WORD = "zyxwcanary"
_TRACE = re.compile(rb"(?<![0-9a-f])98,?765,?43|zyxwcanary", re.IGNORECASE)
"""The figure in any rounding to six digits or more, not inside a hexadecimal hash; and the word."""

NEW_YORK = ZoneInfo("America/New_York")


def traces(content: bytes) -> list[bytes]:
    """What of the planted facts is in there, with its surroundings."""
    return [content[max(0, found.start() - 60) : found.end() + 40] for found in _TRACE.finditer(content)]


class Planted:
    """What each vendor says of one ticker around the close of `session`, sooner and later."""

    def __init__(self, session: date) -> None:
        self.session = session
        self.as_of = close_of(session)
        self.before = [session_back(session, back) for back in reversed(range(60))]
        self.after = [session_back(session, -ahead) for ahead in (1, 2, 3)]
        self.tomorrow = self.after[0]

    # Yahoo.

    def yahoo(self, request: Request) -> Reply:
        """Yahoo's own shapes: the chart, the profile, statements, the news stream, the page of earnings."""
        places: dict[str, Callable[[Request], Any]] = {
            "/fc.yahoo.com": lambda request: "<html></html>",
            "/getcrumb": lambda request: "crumb",
            "/v8/finance/chart/": self._chart,
            "/quoteSummary/": self._summary,
            "/v7/finance/quote": self._quote,
            "/timeseries/": self._timeseries,
            "/xhr/ncp": self._stream,
            "/calendar/earnings": self._earnings_page,
        }
        answer = next((answer for place, answer in places.items() if place in request.path), None)
        if answer is None:
            return Reply(500, f"nothing is served at {request.path}")
        return Reply(200, answer(request))

    def _chart(self, request: Request) -> dict[str, Any]:
        # A split after the session has already divided every earlier price at Yahoo.
        rows = [(day, (100 + place % 5) / 4, 4000) for place, day in enumerate(self.before)]
        rows += [(day, float(FIGURE), FIGURE) for day in self.after]
        prices = [price for _, price, _ in rows]
        quote = dict.fromkeys(("open", "high", "low", "close"), prices) | {"volume": [row[2] for row in rows]}
        meta = {
            "currency": "USD",
            "symbol": TICKER,
            "longName": "Acme Corp.",
            "fullExchangeName": "NYSE",
            "instrumentType": "EQUITY",
            "exchangeTimezoneName": "America/New_York",
            "regularMarketTime": _seconds(self.after[-1], 16),
            "regularMarketPrice": FIGURE,
            "firstTradeDate": 917015400,
            "validRanges": ["1d", "max"],
        }
        events = {
            "splits": {"1": {"date": _seconds(self.tomorrow, 9), "numerator": 4, "denominator": 1}},
            "dividends": {"1": {"date": _seconds(self.tomorrow, 9), "amount": float(FIGURE)}},
        }
        result = {
            "meta": meta,
            "timestamp": [_seconds(day, 9) for day, _, _ in rows],
            "events": events,
            "indicators": {"quote": [quote], "adjclose": [{"adjclose": prices}]},
        }
        return {"chart": {"result": [result], "error": None}}

    def _summary(self, request: Request) -> dict[str, Any]:
        known, planted = self.session - timedelta(days=30), [self.session, self.tomorrow]
        trades = [self._yahoo_trade(known, "Doe John", 500), *(self._yahoo_trade(day, WORD, FIGURE) for day in planted)]
        modules = {
            "price": {"symbol": TICKER, "quoteType": "EQUITY", "longName": "Acme Corp.", "currency": "USD"},
            "quoteType": {"symbol": TICKER, "quoteType": "EQUITY", "longName": "Acme Corp."},
            "assetProfile": {"sector": "Technology", "longBusinessSummary": WORD},
            "financialData": {"financialCurrency": "USD", "targetMeanPrice": FIGURE},
            "summaryDetail": {"trailingPE": FIGURE, "currency": "USD"},
            "insiderTransactions": {"transactions": trades},
        }
        return {"quoteSummary": {"result": [modules], "error": None}}

    def _yahoo_trade(self, day: date, who: str, shares: int) -> dict[str, Any]:
        return {
            "filerName": who,
            "filerRelation": "Director",
            "transactionText": "Sale at price 10.00 per share.",
            "shares": {"raw": shares},
            "value": {"raw": shares * 10},
            "startDate": {"raw": _midnight(day)},
        }

    def _quote(self, request: Request) -> dict[str, Any]:
        row = {
            "symbol": TICKER,
            "quoteType": "EQUITY",
            "longName": "Acme Corp.",
            "currency": "USD",
            "trailingPE": FIGURE,
        }
        return {"quoteResponse": {"result": [row], "error": None}}

    def _timeseries(self, request: Request) -> dict[str, Any]:
        found = []
        for line in request.query["type"].split(","):
            quarterly = line.startswith("quarterly")
            known, late = (60, 44) if quarterly else (100, 89)  # a day short of the lags
            values = [(self.session - timedelta(days=known), 1000), (self.session - timedelta(days=late), FIGURE)]
            rows = [
                {
                    "asOfDate": str(day),
                    "periodType": "3M" if quarterly else "12M",
                    "currencyCode": "USD",
                    "reportedValue": {"raw": value, "fmt": str(value)},
                }
                for day, value in values
            ]
            stamps = [_midnight(day) for day, _ in values]
            found.append({"meta": {"symbol": [TICKER], "type": [line]}, "timestamp": stamps, line: rows})
        return {"timeseries": {"result": found, "error": None}}

    def _stream(self, request: Request) -> dict[str, Any]:
        entries = [
            {
                "id": str(at),
                "content": {
                    "title": title,
                    "summary": title,
                    "pubDate": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                    "provider": {"displayName": "Wire"},
                    "canonicalUrl": {"url": f"https://example.com/{title}"},
                },
            }
            for at, title in self._articles()
        ]
        return {"data": {"tickerStream": {"stream": entries}}}

    def _earnings_page(self, request: Request) -> str:
        rows = [
            (self.session - timedelta(days=40), "1.10", "1.20", "+9.09"),
            *((day, str(FIGURE), str(FIGURE), f"+{FIGURE}") for day in self.after),
        ]
        names = ("Symbol", "Company", "Earnings Date", "EPS Estimate", "Reported EPS", "Surprise (%)")
        head = "".join(f"<th>{name}</th>" for name in names)
        lines = "".join(
            f"<tr><td>{TICKER}</td><td>Acme</td><td>{day:%B} {day.day}, {day.year} at 4 PM EST</td>"
            f"<td>{estimate}</td><td>{actual}</td><td>{surprise}</td></tr>"
            for day, estimate, actual, surprise in rows
        )
        return f"<html><body><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></body></html>"

    # Alpha Vantage, live and recorded.

    def alpha_vantage(self, request: Request) -> Reply:
        """Its JSON by function; what is not planted here it does not know."""
        return Reply(200, self.bodies().get(request.query["function"], {}))

    def bodies(self) -> dict[str, Any]:
        """Every answer by the name of its function."""
        return {
            "TIME_SERIES_DAILY": {
                "Meta Data": {"2. Symbol": TICKER},
                "Time Series (Daily)": {
                    **{str(day): _row(str(100 + place % 5), "1000") for place, day in enumerate(self.before)},
                    **{str(day): _row(str(FIGURE), str(FIGURE)) for day in self.after},
                },
            },
            "SPLITS": {"symbol": TICKER, "data": [{"effective_date": str(self.tomorrow), "split_factor": str(FIGURE)}]},
            "DIVIDENDS": {"symbol": TICKER, "data": [{"ex_dividend_date": str(self.tomorrow), "amount": str(FIGURE)}]},
            "OVERVIEW": {
                "Symbol": TICKER,
                "Name": "Acme Corp.",
                "Description": WORD,
                "Exchange": "NYSE",
                "Currency": "USD",
                "Sector": "TECHNOLOGY",
                "PERatio": str(FIGURE),
            },
            "INCOME_STATEMENT": self._reports("totalRevenue", "grossProfit", "operatingIncome", "netIncome"),
            "BALANCE_SHEET": self._reports("totalAssets", "totalShareholderEquity", "commonStockSharesOutstanding"),
            "CASH_FLOW": self._reports("operatingCashflow", "capitalExpenditures"),
            "EARNINGS": {"symbol": TICKER, "annualEarnings": [], "quarterlyEarnings": list(self._earnings())},
            "INSIDER_TRANSACTIONS": {
                "data": [
                    self._trade(self.session - timedelta(days=30), "DOE, JOHN", "500"),
                    *(self._trade(day, WORD, str(FIGURE)) for day in (self.session, *self.after)),
                ]
            },
            "NEWS_SENTIMENT": {"feed": [self._scored(at, title) for at, title in self._articles()]},
        }

    def _fiscal_ends(self) -> Iterator[tuple[date, date | None, bool]]:
        """Fiscal ends with the day they were reported, and whether that is too late."""
        for back in range(5):
            end = self.session - timedelta(days=50 + 91 * back)
            yield end, end + timedelta(days=30), False
        yield self.session - timedelta(days=30), self.session, True  # reported that day, after the close
        yield self.session - timedelta(days=20), self.tomorrow, True
        yield self.session - timedelta(days=10), None, True

    def _reports(self, *lines: str) -> dict[str, Any]:
        rows = [
            {
                "fiscalDateEnding": str(end),
                "reportedCurrency": "USD",
                **dict.fromkeys(lines, str(FIGURE if late else 1000)),
            }
            for end, _, late in self._fiscal_ends()
        ]
        return {"symbol": TICKER, "annualReports": rows[5:], "quarterlyReports": rows}

    def _earnings(self) -> Iterator[dict[str, str]]:
        for end, reported, late in self._fiscal_ends():
            if reported is not None:
                eps = str(FIGURE) if late else "1.25"
                yield {
                    "fiscalDateEnding": str(end),
                    "reportedDate": str(reported),
                    "reportedEPS": eps,
                    "estimatedEPS": eps,
                    "surprise": eps,
                    "surprisePercentage": eps,
                    "reportTime": "post-market",
                }

    def _trade(self, day: date, who: str, shares: str) -> dict[str, str]:
        return {
            "transaction_date": str(day),
            "ticker": TICKER,
            "executive": who,
            "executive_title": "Director",
            "security_type": "Common Stock",
            "acquisition_or_disposal": "D",
            "shares": shares,
            "share_price": "10.0",
        }

    def _scored(self, at: datetime, title: str) -> dict[str, Any]:
        score = "0.98765432" if title == WORD else "0.25"
        return {
            "title": title,
            "url": f"https://example.com/{title}/{at:%H%M%S}",
            "time_published": f"{at.astimezone(UTC):%Y%m%dT%H%M%S}",
            "summary": title,
            "source": "Wire",
            "overall_sentiment_score": float(score),
            "ticker_sentiment": [{"ticker": TICKER, "relevance_score": "1", "ticker_sentiment_score": score}],
        }

    def _articles(self) -> list[tuple[datetime, str]]:
        """Articles by the instant they were published: one known, the others within seconds of the close and later."""
        close = self.as_of.replace(microsecond=0)
        late = [close + timedelta(seconds=1), close + timedelta(hours=3), close + timedelta(days=1)]
        return [(close - timedelta(hours=5), "Acme ships"), *((at, WORD) for at in late)]

    # The public feeds.

    def stocktwits(self, request: Request) -> Reply:
        """The one page of a stream."""
        messages = [
            {
                "id": FIGURE if text == WORD else place,
                "body": f"${TICKER} {text}",
                "created_at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "user": {"username": text.split()[0]},
                "entities": {"sentiment": {"basic": "Bullish"}},
                "likes": {"total": FIGURE if text == WORD else 3},
            }
            for place, (at, text) in enumerate(self._articles())
        ]
        return Reply(200, {"messages": messages, "cursor": {"more": False}})

    def reddit(self, request: Request) -> Reply:
        """The same search result in every subreddit."""
        entries = [
            {
                "title": f"${TICKER} {text}",
                "selftext": text,
                "author": text.split()[0],
                "created_utc": at.timestamp(),
                "permalink": f"/r/stocks/comments/{text.replace(' ', '_')}/",
                "score": FIGURE if text == WORD else 3,
            }
            for at, text in self._articles()
        ]
        return Reply(200, {"data": {"children": [{"kind": "t3", "data": entry} for entry in entries]}})

    def write_files(self, folder: Path) -> None:
        """The same answers as recordings of the `files` vendor."""
        names = {
            "TIME_SERIES_DAILY": f"daily_prices_{TICKER}",
            "NEWS_SENTIMENT": f"news_{TICKER}",
            **{
                function: f"{TICKER}_{function.lower()}"
                for function in (
                    "SPLITS",
                    "DIVIDENDS",
                    "OVERVIEW",
                    "INCOME_STATEMENT",
                    "BALANCE_SHEET",
                    "CASH_FLOW",
                    "EARNINGS",
                    "INSIDER_TRANSACTIONS",
                )
            },
        }
        folder.mkdir()
        for function, body in self.bodies().items():
            (folder / f"{names[function]}.json").write_text(json.dumps(body))
        (folder / "market_news.json").write_text(json.dumps(self.bodies()["NEWS_SENTIMENT"]))
        days = [f"{self.session},5,0.25", *(f"{day},{FIGURE},0.98765432" for day in self.after)]
        (folder / f"social_{TICKER}.csv").write_text("\n".join(["day,mentions,sentiment", *days]) + "\n")
        posts = [{"posted": at.isoformat(), "text": text, "author": text} for at, text in self._articles()]
        (folder / f"posts_{TICKER}.jsonl").write_text("".join(f"{json.dumps(post)}\n" for post in posts))

    # The simulated market, or any other: every section of the protocol, planted with records.

    def around(self, vendor: SimulatedVendor) -> "PlantedVendor":
        return PlantedVendor(vendor, self)


class PlantedVendor:
    """The simulated market, whose every answer goes on past the session and is told at the first asking."""

    name = "simulated"

    def __init__(self, vendor: Vendor, planted: Planted) -> None:
        self._vendor = vendor
        self._at = planted

    def identity(self, ticker: str, as_of: datetime) -> Identity:
        return Identity(ticker=ticker, name="Acme Corp.", currency="USD")

    def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
        known = self._vendor.prices(ticker, start, self._at.session)
        price, later = Decimal(FIGURE), self._at.tomorrow
        return known.model_copy(
            update={
                "bars": (
                    *known.bars,
                    *(
                        Bar(session=day, open=price, high=price, low=price, close=price, volume=FIGURE)
                        for day in self._at.after
                    ),
                ),
                "dividends": (*known.dividends, Dividend(ex_date=later, amount=price)),
                "splits": (*known.splits, Split(ex_date=later, ratio=price)),
                "notes": (*known.notes, PriceNote(text=f"{WORD} on {later}", day=later)),
            }
        )

    def fundamentals(self, ticker: str, as_of: datetime) -> Fundamentals:
        known = self._vendor.fundamentals(ticker, as_of)
        late = Statement(
            kind="income",
            period="quarter",
            fiscal_end=self._at.session - timedelta(days=20),
            filed=self._at.tomorrow,
            items={"net_income": Decimal(FIGURE), WORD: Decimal(1)},
        )
        restated = (
            one.model_copy(update={"filed": self._at.tomorrow, "items": late.items}) for one in known.statements
        )
        return known.model_copy(update={"statements": (*known.statements, *restated, late)})

    def earnings(self, ticker: str, as_of: datetime) -> Earnings:
        known = self._vendor.earnings(ticker, as_of)
        late = EarningsReport(reported=self._at.as_of + timedelta(seconds=1), eps_actual=Decimal(FIGURE))
        return known.model_copy(update={"reports": (late, *known.reports)})

    def insiders(self, ticker: str, start: date, end: date) -> Insiders:
        at, known = self._at, self._vendor.insiders(ticker, start, self._at.session)
        days: list[tuple[date, date | None]] = [(at.session, None), (at.before[-4], at.session), (at.tomorrow, None)]
        late = [
            InsiderTrade(traded=day, filed=filed, insider=WORD, side="buy", shares=Decimal(FIGURE))
            for day, filed in days
        ]
        return known.model_copy(update={"trades": (*late, *known.trades)})

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        return (*self._vendor.news(ticker, start, end), self._late_article())

    def market_news(self, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        return (*self._vendor.market_news(start, end), self._late_article())

    def social(self, ticker: str, start: date, end: date) -> tuple[SocialDay, ...]:
        late = SocialDay(day=self._at.session + timedelta(days=1), mentions=FIGURE, sentiment=0.98765432)
        return (*self._vendor.social(ticker, start, end), late)

    def posts(self, ticker: str, start: datetime, end: datetime) -> tuple[SocialPost, ...]:
        late = SocialPost(posted=self._at.as_of + timedelta(seconds=1), text=WORD, author=WORD, score=FIGURE)
        return (late, *self._vendor.posts(ticker, start, end))

    def _late_article(self) -> NewsItem:
        return NewsItem(
            published=self._at.as_of + timedelta(seconds=1), title=WORD, summary=str(FIGURE), sentiment=0.25
        )


def _row(price: str, volume: str) -> dict[str, str]:
    return {"1. open": price, "2. high": price, "3. low": price, "4. close": price, "5. volume": volume}


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time_of_day(0), UTC).timestamp())


def _seconds(day: date, hour: int) -> int:
    return int(datetime.combine(day, time_of_day(hour, 30 if hour == 9 else 0), NEW_YORK).timestamp())
