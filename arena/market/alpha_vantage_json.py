"""Alpha Vantage's JSON answers, read into records: pure functions for the live adapter and for recorded files.

`check_body` comes first: this vendor answers its errors with HTTP 200. What it lets through, the `parse_*`
functions read; a body they cannot read is a VendorError that names the row and the field, never a gap.
Numbers are strings here, and "None" and "-" mean that there is none.

`reportedEPS` of EARNINGS is left out: the vendor restates it for later splits, so it looks ahead.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pydantic import ValidationError

from arena.errors import NotCoveredError, TickerError, VendorError
from arena.records.market import Bar, Identity, NewsItem, PriceHistory, Statement

Body = Mapping[str, Any]
StatementKind = Literal["income", "balance_sheet", "cash_flow"]

NO_ACTIONS = "Alpha Vantage's daily prices list no dividends and no splits, so none are known"

ITEM_NAMES = {
    "capitalExpenditures": "capital_expenditure",
    "cashAndCashEquivalentsAtCarryingValue": "cash_and_equivalents",
    "cashflowFromFinancing": "financing_cash_flow",
    "cashflowFromInvestment": "investing_cash_flow",
    "commonStockSharesOutstanding": "shares_outstanding",
    "costofGoodsAndServicesSold": "cost_of_goods_and_services_sold",
    "operatingCashflow": "operating_cash_flow",
    "otherNonCurrrentAssets": "other_non_current_assets",
    "shortLongTermDebtTotal": "total_debt",
    "totalShareholderEquity": "shareholder_equity",
}
"""The vendor's names that snake_case alone would not turn into the terms all vendors share."""

_FISCAL_END_SLACK = 7
"""Days by which a fiscal end may differ between EARNINGS, which rounds to month ends, and the statements."""

_MESSAGES = ("Error Message", "Information", "Note")


class BurstLimitError(VendorError):
    """Too many requests within one second: the same request may be sent again a second later."""


def redact(text: str, key: str = "") -> str:
    """The text without `key` and without anything that stands where a key usually stands."""
    shown = text.replace(key, "[key]") if key else text
    shown = re.sub(r"(?i)(api ?key as )\S+", r"\1[key]", shown)
    return re.sub(r"(?i)(apikey=)[^&\s'\"]+", r"\1[key]", shown)


def check_body(body: Body, ticker: str, key: str = "") -> None:
    """Raise what an answer without data says: nothing for a body with data or for "No articles found".

    TickerError for an unknown symbol, NotCoveredError for a premium endpoint, BurstLimitError for two
    requests within a second, VendorError for quotas, a bad key and every other message.
    """
    if not body or body == {"Global Quote": {}}:
        raise TickerError(f"alpha_vantage knows no {ticker!r}: its answer is empty")
    message = _message(body)
    if message is None or "no articles found" in message.lower():
        return
    text, said = message.lower(), redact(message, key)
    if "1 request per second" in text:  # names the daily limit too, so it is asked about first
        raise BurstLimitError(f"alpha_vantage wants requests a second apart: {said}")
    if "premium endpoint" in text or "premium feature" in text:
        raise NotCoveredError(f"alpha_vantage keeps this for premium keys: {said}")
    if "requests per day" in text or "calls per minute" in text:
        raise VendorError(f"alpha_vantage's request limit is reached: {said}")
    if "apikey is invalid or missing" in text:
        raise VendorError(f"alpha_vantage refuses the key: {said}")
    if "invalid api call" in text:
        raise TickerError(f"alpha_vantage knows no {ticker!r}: {said}")
    raise VendorError(f"alpha_vantage answered: {said}")


def parse_daily(body: Body, ticker: str) -> PriceHistory:
    """TIME_SERIES_DAILY: bars as traded, oldest first. It holds no corporate actions, and a note says so."""
    symbol = _mapping(body.get("Meta Data"), "Meta Data").get("2. Symbol")
    if symbol != ticker:
        raise VendorError(f"the daily prices are of {symbol!r}, not of {ticker!r}")
    rows = _mapping(body.get("Time Series (Daily)"), "Time Series (Daily)")
    bars = tuple(_bar(day, _mapping(row, day)) for day, row in sorted(rows.items()))
    return PriceHistory(ticker=ticker, bars=bars, notes=(NO_ACTIONS,))


def parse_news(body: Body, ticker: str) -> tuple[NewsItem, ...]:
    """NEWS_SENTIMENT: the articles that score the ticker, newest first; times are UTC."""
    message = _message(body)
    if message is not None and "no articles found" in message.lower():
        return ()
    feed = (_mapping(entry, "feed") for entry in _rows(body, "feed"))
    items = [item for entry in feed if (item := _news_item(entry, ticker)) is not None]
    return tuple(sorted(items, key=lambda item: (item.published, item.title), reverse=True))


def parse_statements(
    income: Body | None, balance_sheet: Body | None, cash_flow: Body | None, earnings: Body | None
) -> tuple[Statement, ...]:
    """INCOME_STATEMENT, BALANCE_SHEET and CASH_FLOW, newest first; None for one that was not asked.

    `filed` is EARNINGS' reportedDate of the fiscal period that ends within a week of the statement's (the
    two round month ends differently), and None where it has no such period. Lines the vendor leaves open
    are absent; the rest keep the vendor's signs (capital_expenditure is positive).
    """
    reported = _reported_dates(earnings)
    bodies: tuple[tuple[StatementKind, Body | None], ...] = (
        ("income", income),
        ("balance_sheet", balance_sheet),
        ("cash_flow", cash_flow),
    )
    statements = [
        statement for kind, body in bodies if body is not None for statement in _statements(kind, body, reported)
    ]
    return tuple(sorted(statements, key=lambda found: (found.fiscal_end, found.kind, found.period), reverse=True))


def parse_overview(body: Body, ticker: str) -> Identity:
    """OVERVIEW: who the company is. Its ratios are today's and therefore not read."""
    if body.get("Symbol") != ticker:
        raise VendorError(f"the overview is of {body.get('Symbol')!r}, not of {ticker!r}")
    return Identity(
        ticker=ticker,
        name=_optional_text(body.get("Name")),
        exchange=_optional_text(body.get("Exchange")),
        sector=_optional_text(body.get("Sector")),
        currency=_optional_text(body.get("Currency")),
    )


def _message(body: Body) -> str | None:
    """The vendor's message where it stands in place of data; NEWS_SENTIMENT sends one beside data, too."""
    if "feed" in body or "Meta Data" in body:
        return None
    return next((str(body[name]) for name in _MESSAGES if name in body), None)


def _bar(day: str, row: Body) -> Bar:
    try:
        return Bar(
            session=date.fromisoformat(day),
            open=_number(row, "1. open"),
            high=_number(row, "2. high"),
            low=_number(row, "3. low"),
            close=_number(row, "4. close"),
            volume=_number(row, "5. volume"),
        )
    except ValueError as error:
        raise VendorError(f"the daily prices of {day} cannot be read: {_reason(error)}") from error


def _news_item(entry: Body, ticker: str) -> NewsItem | None:
    scores = [_mapping(score, "ticker_sentiment") for score in entry.get("ticker_sentiment", ())]
    own = next((score for score in scores if score.get("ticker") == ticker), None)
    if own is None:
        return None
    try:
        return NewsItem(
            published=_instant(str(entry["time_published"])),
            title=_text(entry["title"]),
            summary=_text(entry.get("summary", "")),
            publisher=_text(entry.get("source", "")),
            url=_text(entry.get("url", "")),
            sentiment=float(_number(own, "ticker_sentiment_score")),
        )
    except (KeyError, ValueError) as error:
        raise VendorError(f"the article {entry.get('title')!r} cannot be read: {_reason(error)}") from error


def _statements(kind: StatementKind, body: Body, reported: Sequence[tuple[date, date]]) -> list[Statement]:
    quarters = [_statement(kind, "quarter", row, reported) for row in _rows(body, "quarterlyReports")]
    return quarters + [_statement(kind, "year", row, reported) for row in _rows(body, "annualReports")]


def _statement(
    kind: StatementKind, period: Literal["quarter", "year"], row: Body, reported: Sequence[tuple[date, date]]
) -> Statement:
    try:
        fiscal_end = date.fromisoformat(row["fiscalDateEnding"])
        lines = {name: value for name, value in row.items() if name not in ("fiscalDateEnding", "reportedCurrency")}
        return Statement(
            kind=kind,
            period=period,
            fiscal_end=fiscal_end,
            filed=_filed(fiscal_end, reported),
            currency=_optional_text(row.get("reportedCurrency")),
            items={_item_name(name): _number(lines, name) for name in lines if _optional_text(lines[name])},
        )
    except (KeyError, TypeError, ValueError) as error:
        shown = f"{kind} statement of {row.get('fiscalDateEnding')}"
        raise VendorError(f"the {shown} cannot be read: {_reason(error)}") from error


def _reported_dates(earnings: Body | None) -> list[tuple[date, date]]:
    """Fiscal end and reported date of every quarter that has both."""
    if earnings is None:
        return []
    try:
        return [
            (date.fromisoformat(row["fiscalDateEnding"]), date.fromisoformat(row["reportedDate"]))
            for row in _rows(earnings, "quarterlyEarnings")
            if _optional_text(row.get("reportedDate"))
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise VendorError(f"the earnings cannot be read: {_reason(error)}") from error


def _filed(fiscal_end: date, reported: Sequence[tuple[date, date]]) -> date | None:
    near = [
        (abs((fiscal_end - end).days), day)
        for end, day in reported
        if abs((fiscal_end - end).days) <= _FISCAL_END_SLACK and day > fiscal_end
    ]
    return min(near)[1] if near else None


def _item_name(name: str) -> str:
    return ITEM_NAMES.get(name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _number(row: Body, name: str) -> Decimal:
    """The number under `name`; a ValueError that quotes what stands there instead."""
    value = row.get(name)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{name!r} is {value!r}, not a number") from None
    if not number.is_finite():
        raise ValueError(f"{name!r} is {value!r}, not a number")
    return number


def _instant(text: str) -> datetime:
    """YYYYMMDDTHHMMSS, or without the seconds, in UTC."""
    return datetime.strptime(text, "%Y%m%dT%H%M%S" if len(text) == 15 else "%Y%m%dT%H%M").replace(tzinfo=UTC)


def _text(value: object) -> str:
    """Text with lone surrogates (halves of a cut emoji) replaced, which no UTF-8 can carry."""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _optional_text(value: object) -> str | None:
    """The text, or None for what the vendor writes where it has nothing."""
    return None if value is None or str(value).strip() in ("", "-", "None") else _text(value)


def _mapping(value: object, name: str) -> Body:
    if not isinstance(value, Mapping):
        raise VendorError(f"alpha_vantage's answer has no {name!r}")
    return value


def _rows(body: Body, name: str) -> list[Body]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise VendorError(f"alpha_vantage's answer has no list {name!r}")
    return value


def _reason(error: Exception) -> str:
    """What was wrong, in one line; pydantic's own text spans several and links to its website."""
    if isinstance(error, ValidationError):
        return "; ".join(
            ": ".join([*(str(part) for part in problem["loc"]), problem["msg"]]) for problem in error.errors()
        )
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)
