"""What a season is held against, at the closes that are kept of it."""

import pytest

from arena.records.market import Dividend, Split
from arena.records.season import KeptActions
from arena.records.standing import BenchmarkStanding
from arena.rounds.benchmark import benchmark_standing, own_benchmark
from arena.rounds.standing import standings_of
from arena.store import Store
from tests.arena.trading import bar, day, decide, decision, history, mark, opened, settings, settled


@pytest.fixture
def store(tmp_path):
    """An import, as it were: a book with NVDA, and closes of it and of one ticker nobody touched."""
    with Store.open(tmp_path / "home") as made:
        made.append_events("main", settled(decide([opened()], 0, {"NVDA": decision("BUY", 0.1)}), history(bar(1, 100))))
        made.save_marks("main", [mark(n, price) for n, price in enumerate((100, 101, 102))])
        made.save_marks("main", [mark(n, price, "QQQ") for n, price in enumerate((400, 420, 210))])
        yield made


def test_an_import_is_held_against_the_ticker_that_nobody_touched(store):
    assert own_benchmark(store, "main") == "QQQ"
    told = BenchmarkStanding(ticker="QQQ", since=day(0), through=day(1), return_pct=5)
    assert standings_of(store, "main", day(1)).benchmark == told


def test_of_two_tickers_that_nobody_touched_neither_is_the_benchmark(store):
    store.save_marks("main", [mark(0, 10, "SPY")])
    assert own_benchmark(store, "main") is None
    assert standings_of(store, "main").benchmark is None


def test_dividends_are_reinvested_and_splits_undone_where_they_are_kept(store):
    actions = KeptActions(
        ticker="QQQ",
        through=day(2),
        dividends=(Dividend(ex_date=day(2), amount=1),),
        splits=(Split(ex_date=day(2), ratio=2),),
    )
    store.keep_actions("main", actions)
    # 400 to 420, then 211 with its dividend for each of two shares: 1.05 x 422/420 is 1.055.
    assert benchmark_standing(store, "main", store.events("main")).return_pct == pytest.approx(5.5)


def test_one_close_makes_no_return(store):
    assert benchmark_standing(store, "main", store.events("main"), day(0)) is None


def test_it_starts_at_the_close_at_which_books_were_their_starting_cash(store):
    store.save_marks("main", [mark(-1, 200, "QQQ")])
    at_once = settled(
        decide([opened()], 0, {"NVDA": decision("BUY", 0.1)}, [mark(0, 100)], settings(fill="same_close"), fills_on=0),
        history(bar(0, 100)),
        trading=settings(fill="same_close"),
    )
    told = [benchmark_standing(store, "main", events, day(1)) for events in (store.events("main"), at_once)]
    assert [(held.since, held.return_pct) for held in told] == [(day(0), 5), (day(-1), 110)]
