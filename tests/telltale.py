"""A company whose every section names it and dates itself in every way English knows, and what of that is still seen.

Its figures are chosen so that none of them looks like a year of its time.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from arena.market.calendar import sessions_between
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
from tests.arena.market.scripted import ScriptedVendor

SESSION = date(2025, 10, 14)
COMPANIES = {"QZMX": "Quazimax Dynamics, Inc.", "BRVO": "Bravolux Foundries Corporation"}
INSIDER = "GROUNDRUNNER WILMA E"

TEXT = (
    "{name} ({ticker}) rose on Oct. 14, 2025. {short}'s chief said on 13 October that {short} will grow in 2026; "
    "NASDAQ:{ticker}, ${lower} and #{ticker}moon led on 2025-10-13 and 10/10/2025. Q3 2025 beat FY24, {upper} said. "
    "See https://www.{lower}.com/2025/10/14/news and ir@{lower}.com; Wilma E. Groundrunner bought in September 2025, "
    "{ticker}251017C00200000 expires Oct 17th. Since mid-2024 {short}-made goods, 2023-24 or 3Q25, led in 2025's third "
    "quarter."
)

_DATES = re.compile(
    r"(?<![\d.,])(?:199\d|20[0-4]\d)(?![\d])|\b(?:13|14|17) Oct|\bOct\w*\.? 1[0347]\b|\b10/1[0-4]\b|25101\d"
    r"|\bFY24\b|3Q25"
)


def told(ticker: str) -> str:
    """The text about a ticker's company."""
    name = COMPANIES[ticker]
    short = name.split()[0]
    return TEXT.format(name=name, ticker=ticker, short=short, lower=ticker.lower(), upper=short.upper())


def traces(text: str, *tickers: str) -> list[str]:
    """What in the text tells a real ticker of these, its name, an insider, a day or a year, with its surroundings."""
    words = [word for ticker in tickers or COMPANIES for word in (ticker, COMPANIES[ticker].split()[0])]
    names = re.compile("|".join([*words, "Groundrunner", r"www\.", "Tell Tale Author"]), re.IGNORECASE)
    found = [*names.finditer(text), *_DATES.finditer(text)]
    return [text[max(0, one.start() - 40) : one.end() + 20] for one in sorted(found, key=lambda one: one.start())]


def vendor() -> ScriptedVendor:
    """A vendor that knows both companies, and prices up to the session after."""
    return ScriptedVendor(
        identity=_identity,
        prices=_prices,
        fundamentals=_fundamentals,
        earnings=_earnings,
        insiders=_insiders,
        news=lambda ticker, start, end: _articles(ticker),
        market_news=lambda start, end: _articles("QZMX"),
        social=lambda ticker, start, end: tuple(
            SocialDay(day=SESSION - timedelta(days=back), mentions=310 + back, sentiment=0.25) for back in range(5)
        ),
        posts=lambda ticker, start, end: (
            SocialPost(posted=_at(13), text=told(ticker), author="Tell Tale Author", url=f"https://x.com/{ticker}"),
        ),
    )


def _at(day: int) -> datetime:
    return datetime(2025, 10, day, 15, tzinfo=UTC)


def _note(ticker: str) -> str:
    return f"{COMPANIES[ticker]} ({ticker}) is as of 2025-10-14"


def _identity(ticker: str, as_of: datetime) -> Identity:
    return Identity(
        ticker=ticker,
        name=COMPANIES[ticker],
        exchange="NMS",
        sector="Technology",
        currency="USD",
        notes=(_note(ticker),),
    )


def _prices(ticker: str, start: date, end: date) -> PriceHistory:
    days = sessions_between(date(2025, 1, 2), date(2025, 10, 31))
    price = {"QZMX": 410, "BRVO": 130}[ticker]
    traded = [
        Bar(
            session=day,
            open=Decimal(price),
            high=Decimal(price + 3),
            low=Decimal(price - 3),
            close=Decimal(price + place % 3),
            volume=700_000 + place,
        )
        for place, day in enumerate(days)
    ]
    history = PriceHistory(
        ticker=ticker,
        bars=tuple(traded),
        dividends=(Dividend(ex_date=date(2025, 9, 15), amount=Decimal("0.25")),),
        splits=(Split(ex_date=date(2025, 1, 6), ratio=Decimal(1)),),
        notes=(PriceNote(text=_note(ticker)),),
    )
    return history.between(start, end)


def _fundamentals(ticker: str, as_of: datetime) -> Fundamentals:
    ends = [date(2025, 6, 30), date(2025, 3, 31), date(2024, 12, 31), date(2024, 9, 30), date(2024, 6, 30)]
    items = {"total_revenue": Decimal(81_500), "net_income": Decimal(9_700), "diluted_eps": Decimal("3.5")}
    return Fundamentals(
        statements=tuple(
            Statement(
                kind=kind,
                period="quarter",
                fiscal_end=end,
                filed=end + timedelta(days=30),
                currency="USD",
                items=items,
            )
            for kind in ("income", "cash_flow", "balance_sheet")
            for end in ends
        ),
        notes=(_note(ticker),),
    )


def _earnings(ticker: str, as_of: datetime) -> Earnings:
    report = EarningsReport(
        reported=datetime(2025, 7, 30, 20, 30, tzinfo=UTC),
        fiscal_end=date(2025, 6, 30),
        eps_estimate=Decimal("3.1"),
        eps_actual=Decimal("3.5"),
        surprise=12.9,
    )
    return Earnings(reports=(report,), expected=date(2025, 10, 29), notes=(_note(ticker),))


def _insiders(ticker: str, start: date, end: date) -> Insiders:
    trade = InsiderTrade(
        traded=date(2025, 9, 3),
        filed=date(2025, 9, 5),
        insider=INSIDER,
        role=f"Chief Executive Officer of {COMPANIES[ticker]}",
        side="buy",
        shares=Decimal(5_300),
        price=Decimal("401.5"),
    )
    return Insiders(trades=(trade,), notes=(_note(ticker),))


def _articles(ticker: str) -> tuple[NewsItem, ...]:
    return tuple(
        NewsItem(
            published=_at(day),
            title=f"{COMPANIES[ticker]} on Oct {day}",
            summary=told(ticker),
            publisher=f"{COMPANIES[ticker].split()[0]} Newsroom",
            url=f"https://www.{ticker.lower()}.com/{day}",
            sentiment=0.25,
            doubt=_note(ticker),
        )
        for day in (14, 13)
    )
