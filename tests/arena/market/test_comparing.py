from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.market.calendar import close_of
from arena.market.comparing import compare
from arena.records.market import (
    SECTIONS,
    EarningsReport,
    EarningsSection,
    FundamentalsSection,
    IdentitySection,
    IndicatorSection,
    InsiderSection,
    InsiderTrade,
    MarketSnapshot,
    NewsItem,
    NewsSection,
    PostSection,
    PriceSection,
    SocialDay,
    SocialPost,
    SocialSection,
    Split,
    Statement,
)
from tests.arena.market.scripted import bar

SESSION = date(2025, 10, 14)
AS_OF = close_of(SESSION)


def snapshot(**sections: Any) -> MarketSnapshot:
    kinds = {name: MarketSnapshot.model_fields[name].annotation for name in SECTIONS}
    empty = {name: kind(status="no_data") for name, kind in kinds.items()}
    return MarketSnapshot(ticker="ACME", as_of=AS_OF, session=SESSION, **(empty | sections))


def statement(**items: Any) -> Statement:
    return Statement(
        kind="income",
        period="year",
        fiscal_end=date(2025, 6, 30),
        filed=None,
        items={name: Decimal(value) for name, value in items.items()},
    )


def article(title: str, **fields: Any) -> NewsItem:
    return NewsItem(published=AS_OF, title=title, **fields)


def changes(before: MarketSnapshot, after: MarketSnapshot) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.section, one.what, one.before, one.after) for one in compare(before, after).changes]


def test_equal_facts_asked_for_at_other_times_are_equal():
    later = AS_OF + timedelta(hours=1)
    asked = [snapshot(prices=PriceSection(status="ok", retrieved=at)) for at in (AS_OF, later)]
    found = compare(*asked)
    assert found.equal
    assert found.before == found.after == asked[0].hash


def test_status_source_and_notes_are_told():
    before = snapshot(news=NewsSection(status="ok", source="yahoo", observed=AS_OF))
    after = snapshot(news=NewsSection(status="error", notes=("yahoo: HTTP 500",)))
    assert changes(before, after) == [
        ("news", "status", "ok", "error"),
        ("news", "source", "yahoo", None),
        ("news", "observed", "2025-10-14T20:00:00Z", None),
        ("news", "notes yahoo: HTTP 500", None, "yahoo: HTTP 500"),
    ]


def test_bars_are_compared_by_session_and_only_what_differs_is_told():
    days = [date(2025, 10, day) for day in (10, 13, 14)]
    before = snapshot(prices=PriceSection(status="ok", bars=(bar(days[0]), bar(days[1]))))
    changed = bar(days[1]).model_copy(update={"volume": 7})
    after = snapshot(
        prices=PriceSection(status="ok", bars=(changed, bar(days[2])), splits=(Split(ex_date=SESSION, ratio=2),))
    )
    whole = "open 100, high 101, low 99, close 100, volume 1000"
    assert changes(before, after) == [
        ("prices", "bars 2025-10-10", f"session 2025-10-10, {whole}", None),
        ("prices", "bars 2025-10-13", "volume 1000", "volume 7"),
        ("prices", "bars 2025-10-14", None, f"session 2025-10-14, {whole}"),
        ("prices", "splits 2025-10-14", None, "ex_date 2025-10-14, ratio 2"),
    ]


def test_of_a_restated_statement_only_the_lines_that_differ_are_told():
    before = snapshot(fundamentals=FundamentalsSection(status="ok", statements=(statement(ebit=1, net_income=2),)))
    after = snapshot(
        fundamentals=FundamentalsSection(status="ok", statements=(statement(ebit=1, net_income=3, tax=4),))
    )
    name = "statements income year 2025-06-30"
    assert changes(before, after) == [
        ("fundamentals", name, "items net_income 2", "items net_income 3, tax 4"),
    ]


def test_two_articles_of_one_name_are_two():
    before = snapshot(news=NewsSection(status="ok", items=(article("A"),)))
    after = snapshot(news=NewsSection(status="ok", items=(article("A"), article("A"))))
    ((_, what, gone, new),) = changes(before, after)
    assert what == "items 2025-10-14T20:00:00Z A (2)"
    assert (gone, new is None) == (None, False)


def test_another_order_is_a_difference():
    before = snapshot(news=NewsSection(status="ok", items=(article("A"), article("B"))))
    after = snapshot(news=NewsSection(status="ok", items=(article("B"), article("A"))))
    assert changes(before, after) == [("news", "items", "in this order", "in another order")]


def test_snapshots_of_two_tickers_differ_in_the_ticker():
    after = snapshot().model_copy(update={"ticker": "OTHER"})
    assert changes(snapshot(), after) == [("snapshot", "ticker", "ACME", "OTHER")]


_TRADE = InsiderTrade(traded=SESSION, filed=None, insider="N.", side="buy", shares=Decimal(1))
_REPORT = EarningsReport(reported=AS_OF)
_DAY = SocialDay(day=SESSION, mentions=1, sentiment=0.5)
_POST = SocialPost(posted=AS_OF, text="up")
PARTS = [
    ("identity", IdentitySection(status="ok", name="Acme")),
    ("identity", IdentitySection(status="ok", name="")),
    ("indicators", IndicatorSection(status="ok", sessions=(SESSION,), series={"rsi_14": (None,)})),
    ("indicators", IndicatorSection(status="ok", sessions=(SESSION,), series={"rsi_14": (50.0,), "sma_20": (1.0,)})),
    ("earnings", EarningsSection(status="ok", reports=(_REPORT,))),
    (
        "earnings",
        EarningsSection(status="ok", reports=(_REPORT.model_copy(update={"surprise": 1.0}),), expected=SESSION),
    ),
    ("insiders", InsiderSection(status="ok", trades=(_TRADE,))),
    ("insiders", InsiderSection(status="ok", trades=(_TRADE, _TRADE))),
    ("social", SocialSection(status="ok", days=(_DAY,))),
    ("posts", PostSection(status="ok", posts=(_POST, _POST.model_copy(update={"text": "down"})))),
    ("posts", PostSection(status="ok", posts=(_POST.model_copy(update={"text": "down"}), _POST))),
    ("market_news", NewsSection(status="ok", items=(article("A", sentiment=0.1),))),
]


@given(st.lists(st.sampled_from(PARTS)), st.lists(st.sampled_from(PARTS)))
@settings(max_examples=80, deadline=None)
def test_there_is_a_change_exactly_where_the_hashes_differ(one, other):
    before, after = snapshot(**dict(one)), snapshot(**dict(other))
    assert compare(before, after).equal == (before.hash == after.hash)
    told, back = compare(before, after).changes, compare(after, before).changes
    assert [(change.section, change.what) for change in told] == [(change.section, change.what) for change in back]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part[0])
def test_a_section_that_is_new_is_told_whole(part):
    name, section = part
    told = compare(snapshot(), snapshot(**{name: section})).changes
    assert {change.section for change in told} == {name}
    assert ("status", "no_data", "ok") in {(change.what, change.before, change.after) for change in told}


def test_a_masked_twin_is_told_by_what_it_is_the_twin_of():
    original = snapshot()
    twin = MarketSnapshot.model_validate({**dict(original), "masks": original.hash})
    for before, after, told in ((original, twin, (None, original.hash)), (twin, original, (original.hash, None))):
        (change,) = compare(before, after).changes
        assert (change.section, change.what, change.before, change.after) == ("snapshot", "masks", *told)
