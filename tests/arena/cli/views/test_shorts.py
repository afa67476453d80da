"""Parts of a share, shorts and old marks as a terminal shows them."""

from decimal import Decimal

from rich.console import Console, Group

from arena import figures
from arena.cli.views.leaderboard import board_view
from arena.cli.views.season import settled_view
from arena.cli.views.trades import trades_table
from arena.records.season import SettledSeason
from arena.standings import standings
from tests.arena.test_ledger_margin_calls import FULL, new
from tests.arena.test_ledger_short import SHORT, short
from tests.arena.trading import bar, day, decide, decision, history, mark, settled


def shown(*parts, width=130):
    console = Console(width=width, no_color=True, force_terminal=False, markup=False)
    with console.capture() as captured:
        console.print(Group(*parts))
    return captured.get()


def row_of(text, *words):
    (line,) = [line for line in text.splitlines() if line.split()[: len(words)] == list(words)]
    return line.split()


def test_counts_of_shares_have_the_decimals_they_have():
    counts = [None, Decimal(4), Decimal("1234.5"), Decimal("-0.000003"), Decimal("1E+3")]
    assert [figures.shares(count) for count in counts] == ["—", "4", "1,234.5", "-0.000003", "1,000"]


def test_a_short_is_negative_on_the_board_and_an_old_mark_says_so():
    table = standings("main", short(), [mark(1, 100), mark(3, 10, "AAPL")], ())
    text = shown(board_view(table, 130))
    assert row_of(text, "claude", "NVDA") == (
        ["claude", "NVDA", "-40", "$100.00", "$100.00", "-$4,000.00", "2025-10-14,", "its", "last"]
    )
    assert "NVDA is marked at 2025-10-14's close, its last" in text


def test_a_mark_of_the_boards_own_session_is_only_a_date():
    table = standings("main", short(), [mark(1, 100)], ())
    assert row_of(shown(board_view(table, 130)), "claude", "NVDA")[-1] == "2025-10-14"


def test_an_order_to_sell_short_says_what_it_commits():
    (order,) = decide(short(), 1, {"AAPL": decision("SELL", 0.1)}, [mark(1, 110)], SHORT)[-1:]
    assert "SELL short for up to $740.00 of margin" in shown(trades_table([order], (), ()))


def test_what_settling_forced_is_counted_by_its_name():
    events = tuple(new(FULL, history(bar(1, 100), bar(2, 160), bar(3, 170))))
    table = standings("main", [*FULL, *events], [mark(3, 170)], ())
    found = SettledSeason(season="main", through=day(3), events=events, standings=table)
    assert "Settled through 2025-10-16: 1 fill, 1 margin call" in shown(*settled_view(found, 130))


def test_an_empty_season_settles_to_nothing():
    table = standings("main", settled(short(), trading=SHORT), [mark(1, 100)], ())
    found = SettledSeason(season="main", through=day(1), events=(), standings=table)
    assert "nothing was due" in shown(*settled_view(found, 130))
