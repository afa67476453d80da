"""Recorded decisions on fresh books, reckoned by hand."""

from decimal import Decimal

import pytest

from arena.config.trading import TradingSettings
from arena.errors import UsageError
from arena.ledger import replay
from arena.market.market import SourcedHistory
from arena.records.market import MarketSnapshot
from arena.records.standing import Round
from arena.season.rescoring.changes import changed_settings, differences, recorded_settings
from arena.season.rescoring.kept import Recorded, pieced_together
from arena.season.rescoring.repricing import reprice
from arena.standings import standings
from tests.arena.desks import facts
from tests.arena.trading import bar, day, decide, decision, history, mark, opened, settings, settled

PRICES = history(bar(0, 100), bar(1, 100, 110), bar(2, 120), bar(3, 120, 90), bar(4, 80))
MARKS = [mark(0, 100), mark(1, 110), mark(2, 120), mark(3, 90)]
SAID = {0: decision("BUY", 0.5), 2: decision("SELL", 1)}
"""By day: half of the cash at 100, and all of it away at 120."""


def ledger(trading):
    """Day 0 buys, day 2 sells; settled through day 3."""
    events = [opened().model_copy(update={"terms": trading.terms})]
    for n, said in SAID.items():
        events = settled(
            decide(events, n, {"NVDA": said}, MARKS[: n + 1], trading), PRICES, through=n + 1, trading=trading
        )
    return events


def a_round(n):
    return Round(
        season="main",
        session=day(n),
        as_of=facts().as_of,
        tickers=("NVDA",),
        contestants=("claude",),
        snapshots={},
        market="m",
        config_hash="c",
        code_version="v",
    )


def recorded(trading=None):
    events = ledger(trading or settings())
    return Recorded(
        season="main",
        rounds=[a_round(n) for n in (0, 2)],
        decided={day(n): {"claude": {"NVDA": (f"chat-{n}", said)}} for n, said in SAID.items()},
        events=events,
        marks=MARKS,
        tallies=(),
        standings=standings("main", events, MARKS, ()),
    )


def repriced(trading=None, **changes):
    season = recorded(trading)
    base, _ = recorded_settings(season.events, trading or settings())
    told = {"NVDA": SourcedHistory(source="files", history=PRICES)}
    return reprice(season, told, changed_settings(base, changes), changes, {})


COSTLY = settings(slippage_bps=Decimal("12.5"), commission_bps=Decimal(3))


@pytest.mark.parametrize(
    "trading", [settings(), COSTLY, settings(fill="next_close"), settings(fractional=True), settings(start_cash=777)]
)
def test_under_the_settings_it_was_played_under_the_ledger_is_the_recorded_one(trading):
    assert sorted(repriced(trading).events, key=lambda event: event.key) == sorted(
        ledger(trading), key=lambda event: event.key
    )


def test_slippage_is_paid_on_every_fill():
    # 100.20 a share: 49 for 5,000 dollars; sold at 120 they bring 5,880 less 11.76.
    after = replay(repriced(slippage_bps=Decimal(20)).events)["claude"]
    assert after.cash == 10_000 - Decimal(49) * Decimal("100.2") + Decimal("5868.24")
    assert [trade.shares for trade in after.closed_trades] == [49]


def test_another_rule_fills_at_its_own_price():
    # 45 at the close of 110; sold at the close of 90.
    after = replay(repriced(fill="next_close").events)["claude"]
    assert after.cash == 10_000 - 45 * 110 + 45 * 90
    # 50 at 100 on the day itself; sold at 120 on its day.
    same = replay(repriced(fill="same_close").events)["claude"]
    assert same.cash == 10_000 - 5_000 + 50 * 120


def test_another_limit_cash_or_kind_of_share_sizes_anew():
    assert replay(repriced(position_limit=Decimal("0.1")).events)["claude"].closed_trades[0].shares == 10
    assert replay(repriced(start_cash=Decimal(500)).events)["claude"].closed_trades[0].shares == 2
    parts = replay(repriced(fractional=True, start_cash=Decimal(501)).events)["claude"]
    assert parts.closed_trades[0].shares == Decimal("2.505")


def test_a_sale_that_had_nothing_to_sell_sells_short_where_that_is_allowed():
    season = recorded()._replace(decided={day(0): {"claude": {"NVDA": ("chat", decision("SELL", 0.2))}}, day(2): {}})
    told = {"NVDA": SourcedHistory(source="files", history=PRICES)}
    changes = {"short_selling": True}
    after = replay(reprice(season, told, changed_settings(settings(), changes), changes, {}).events)["claude"]
    assert (after.shares("NVDA"), after.cash) == (-40, 14_000)


def test_interest_is_paid_to_the_session_the_recorded_books_stand_at():
    paid = [event for event in repriced(cash_rate=Decimal("0.0365")).events if event.kind == "interest"]
    assert [(event.since, event.amount) for event in paid] == [
        (day(0), Decimal(1)),
        (day(1), Decimal("0.5001")),
        (day(2), Decimal("0.50015")),
    ]


def test_an_order_whose_price_lies_beyond_the_recorded_season_waits():
    season = recorded()
    late = season._replace(standings=season.standings.model_copy(update={"session": day(2)}))
    told = {"NVDA": SourcedHistory(source="files", history=PRICES)}
    new = reprice(late, told, settings(), {}, {})
    assert [order.side for order in replay(new.events)["claude"].pending] == ["SELL"]


def test_what_no_book_can_hold_is_rejected_again():
    new = reprice(recorded(), {}, settings(), {}, {"NVDA": "NVDA trades in EUR"})
    assert [event.reason for event in new.events if event.kind == "rejection"] == ["NVDA trades in EUR"] * 2


@pytest.mark.parametrize("trading", [settings(), COSTLY, settings(slippage_bps=20), settings(commission_bps="0.0625")])
def test_the_settings_of_a_season_are_read_off_its_ledger(trading):
    configured = settings(slippage_bps=99, commission_bps=98, start_cash=5, fill="same_close", fractional=True)
    found, notes = recorded_settings(ledger(trading), configured)
    assert found == trading
    assert notes == ()


def test_what_a_ledger_does_not_tell_is_the_configurations_and_told():
    first, *rest = ledger(COSTLY)
    odd = [event.model_copy(update={"fee": Decimal(7)}) if event.kind == "fill" else event for event in rest]
    found, notes = recorded_settings([first, *odd], settings(commission_bps=98, position_limit=Decimal("0.3")))
    assert (found.commission_bps, found.slippage_bps, found.position_limit) == (98, Decimal("12.5"), Decimal("0.3"))
    assert notes == ("the fills do not agree on one commission_bps, so the configuration's is taken",)
    nothing, notes = recorded_settings([first], settings(slippage_bps=5))
    assert (nothing.slippage_bps, notes) == (5, ())


def test_only_what_differs_is_called_changed():
    base = settings()
    assert differences(base, base) == ()
    (changed,) = differences(base, changed_settings(base, {"slippage_bps": "20.0"}))
    assert (changed.name, changed.recorded, changed.rescored) == ("slippage_bps", "0", "20")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slippage_bps": -1}, "trading.slippage_bps cannot be -1: input should be greater than or equal to 0"),
        ({"fill": "yesterday"}, "trading.fill cannot be 'yesterday': input should be 'next_open'"),
        ({"leverage": 2}, "leverage is no setting of trading; those that are: start_cash, fill,"),
        ({"initial_margin": "1.1"}, "the maintenance margin of 1.3 is above the initial one of 1.1"),
    ],
)
def test_what_cannot_be_a_setting_is_refused(changes, said):
    with pytest.raises(UsageError) as caught:
        changed_settings(TradingSettings(), changes)
    assert said in str(caught.value)


def showing(*bars, **actions):
    """A snapshot of these prices."""
    shown = history(*bars, **actions)
    prices = facts().prices.model_copy(
        update={"bars": shown.bars, "dividends": shown.dividends, "splits": shown.splits, "currency": "USD"}
    )
    fields = {name: getattr(facts(), name) for name in MarketSnapshot.model_fields}
    return MarketSnapshot.model_construct(**{**fields, "prices": prices})


def test_prices_are_the_first_word_on_each_day_and_snapshots_fill_the_gaps():
    told = [
        SourcedHistory(source="files", history=history(bar(1, 100), dividends=[(1, 1)])),
        SourcedHistory(source="files", history=history(bar(1, 101), bar(3, 103), dividends=[(1, 2)], splits=[(3, 2)])),
    ]
    shown = showing(bar(-1, 9), bar(1, 999), bar(2, 102), bar(4, 104), dividends=[(2, 5)])
    found = pieced_together(told, [shown], day(0))
    # Day 4 is the snapshot's newest, which only a later one could confirm.
    assert [(known.session, known.close) for known in found.bars] == [(day(1), 100), (day(2), 102), (day(3), 103)]
    assert [paid.amount for paid in found.dividends] == [1, 5]
    assert [split.ratio for split in found.splits] == [2]
