"""What is known of the company, as sections of the snapshot: who it is, what it filed and reported, its insiders."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from arena.market.answers import Answer, Unanswered
from arena.market.calendar import session_back
from arena.market.ratios import ratios
from arena.market.sections.days import start_of
from arena.records.market import (
    Earnings,
    EarningsSection,
    Fundamentals,
    FundamentalsSection,
    Identity,
    IdentitySection,
    Insiders,
    InsiderSection,
    InsiderTrade,
    PriceSection,
    Statement,
)

FILING_DAYS: dict[Literal["quarter", "year"], int] = {"quarter": 45, "year": 90}
"""Days after a fiscal period's end from which on the arena takes an undated statement to be public.

An assumption that holds for most companies filing 10-Q and 10-K with the SEC. Late filers need longer, and so
do foreign ones, who have four months for a 20-F: their undated statements are shown before they were public.
"""

INSIDER_SESSIONS = 2
"""Sessions after a trade from which on the arena takes an undated filing of it to be public.

An officer, director or large holder files a Form 4 before the end of the second business day (17 CFR 240.16a-3(g)).
"""


def identity_section(answer: Answer[Identity], as_of: datetime) -> IdentitySection:
    """Who the company is, as far as the vendor knows."""
    if isinstance(answer, Unanswered):
        return IdentitySection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    found = answer.facts
    known = any((found.name, found.exchange, found.sector, found.currency))
    return IdentitySection(
        status="ok" if known else "no_data",
        source=answer.source,
        observed=as_of if known else None,
        retrieved=answer.retrieved,
        notes=(*answer.notes, *found.notes),
        name=found.name,
        exchange=found.exchange,
        sector=found.sector,
        currency=found.currency,
    )


def fundamentals_section(
    answer: Answer[Fundamentals], session: date, prices: PriceSection, most: int
) -> FundamentalsSection:
    """The statements filed before `session`; one without a filing date when the usual deadline has passed.

    Of several versions of one period's statement it is the one known last; of each kind of statement, by quarter and
    by year, they are of the newest `most` periods: what no desk can look at would only bear out figures that it
    invents. Ratios rest on these alone.
    """
    if isinstance(answer, Unanswered):
        return FundamentalsSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    seen = _first_seen(answer.facts.statements)
    known = _newest_periods(_newest_versions([one for one in seen if one[0] <= session]), most)
    newest = max((statement.filed or day for day, statement in known), default=None)
    statements = tuple(statement for _, statement in known)
    return FundamentalsSection(
        status="ok" if known else "no_data",
        source=answer.source,
        observed=start_of(newest) if newest else None,
        retrieved=answer.retrieved,
        notes=(*answer.notes, *answer.facts.notes, *_filing_doubts(statements)),
        statements=statements,
        ratios=ratios(statements, prices),
    )


def earnings_section(answer: Answer[Earnings], as_of: datetime, session: date, most: int) -> EarningsSection:
    """The newest `most` reports public by `as_of`, and the next one as far as it was announced."""
    if isinstance(answer, Unanswered):
        return EarningsSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    reports = sorted(
        (report for report in answer.facts.reports if report.reported <= as_of),
        key=lambda report: report.reported,
        reverse=True,
    )[:most]
    expected = answer.facts.expected
    return EarningsSection(
        status="ok" if reports else "no_data",
        source=answer.source,
        observed=reports[0].reported if reports else None,
        retrieved=answer.retrieved,
        notes=(*answer.notes, *answer.facts.notes),
        reports=tuple(reports),
        expected=expected if expected is not None and expected > session else None,
    )


def insider_section(answer: Answer[Insiders], session: date, exchange: str) -> InsiderSection:
    """The trades filed before `session`; one without a filing date when the deadline for it has passed."""
    if isinstance(answer, Unanswered):
        return InsiderSection(status=answer.status, retrieved=answer.retrieved, notes=answer.notes)
    latest = session_back(session, INSIDER_SESSIONS, exchange)
    trades = [one for one in answer.facts.trades if _is_filed(one, session, latest)]
    trades.sort(key=lambda one: (one.traded, one.insider, one.side, one.shares), reverse=True)
    return InsiderSection(
        status="ok" if trades else "no_data",
        source=answer.source,
        observed=start_of(trades[0].traded) if trades else None,
        retrieved=answer.retrieved,
        notes=(*answer.notes, *answer.facts.notes, *_insider_doubts(trades)),
        trades=tuple(trades),
    )


def _first_seen(statements: Sequence[Statement]) -> list[tuple[date, Statement]]:
    """Each statement with the first day at whose close it is known, never before its period has ended.

    That is the day after its filing, as most are filed after the close. The figures of a fiscal fourth quarter are
    filed with the year's, so an undated one is not known before a dated year that ends with it.
    """
    years = {one.fiscal_end: _after(one.filed) for one in statements if one.period == "year" and one.filed}
    return [(_seen(one, years), one) for one in statements]


def _seen(statement: Statement, years: Mapping[date, date]) -> date:
    if statement.filed is not None:
        return _after(max(statement.filed, statement.fiscal_end))
    assumed = statement.fiscal_end + timedelta(days=FILING_DAYS[statement.period])
    return max(assumed, years.get(statement.fiscal_end, assumed))


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _newest_versions(known: Sequence[tuple[date, Statement]]) -> list[tuple[date, Statement]]:
    """Of each statement the version filed last, the newest period first; of undated ones nobody knows when."""
    versions: dict[tuple[date, str, str], list[tuple[date, Statement]]] = {}
    for day, one in known:
        versions.setdefault((one.fiscal_end, one.kind, one.period), []).append((day, one))
    return [_last(versions[period]) for period in sorted(versions, reverse=True)]


def _newest_periods(known: Iterable[tuple[date, Statement]], most: int) -> list[tuple[date, Statement]]:
    """Of each kind of statement, by quarter and by year, the first `most`."""
    held = Counter[tuple[str, str]]()
    kept = []
    for day, one in known:
        held[one.kind, one.period] += 1
        if held[one.kind, one.period] <= most:
            kept.append((day, one))
    return kept


def _last(versions: Sequence[tuple[date, Statement]]) -> tuple[date, Statement]:
    """The version filed last; of those of one day always the same, whatever their order."""
    if len(versions) == 1:
        return versions[0]
    return max(versions, key=lambda one: (one[1].filed is not None, one[0], one[1].model_dump_json()))


def _filing_doubts(statements: Sequence[Statement]) -> tuple[str, ...]:
    undated = sum(statement.filed is None for statement in statements)
    if not undated:
        return ()
    return (
        f"{undated} statements have no filing date; a quarter's counts as public {FILING_DAYS['quarter']} days "
        f"after its end, a year's after {FILING_DAYS['year']}",
    )


def _is_filed(trade: InsiderTrade, session: date, latest: date) -> bool:
    """Whether the trade was public at the session's close; `latest` is the last day whose filings are due by then."""
    return trade.filed < session if trade.filed else trade.traded < latest


def _insider_doubts(trades: Sequence[InsiderTrade]) -> tuple[str, ...]:
    undated = sum(trade.filed is None for trade in trades)
    if not undated:
        return ()
    return (
        f"{undated} trades have no filing date; one counts as public {INSIDER_SESSIONS} sessions after it was made",
    )
