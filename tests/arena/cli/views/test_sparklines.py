from decimal import Decimal

import pytest

from arena.cli.views.sparklines import DIGITS, equity_view, sparkline
from arena.records.performance import EquityCurve, EquityPoint
from tests.arena.trading import day


def curve(name, *amounts):
    points = [EquityPoint(session=day(n), equity=a, invested=0, carried=0, known=False) for n, a in enumerate(amounts)]
    return EquityCurve(contestant=name, points=tuple(points))


@pytest.mark.parametrize(
    ("amounts", "line"),
    [((0, 7), "▁█"), ((0, 1, 2, 3, 4, 5, 6, 7), "▁▂▃▄▅▆▇█"), ((5, 5, 5), "▅▅▅"), ((Decimal("0.4"), 0, 7), "▁▁█")],
)
def test_the_lowest_is_the_lowest_mark_and_the_highest_the_highest(amounts, line):
    assert sparkline(list(map(Decimal, amounts)), min(amounts), max(amounts)) == line


def test_equal_heights_are_equal_dollars_for_all():
    assert sparkline([Decimal(100)], Decimal(0), Decimal(100), DIGITS) == "8"
    assert sparkline([Decimal(50), Decimal(51)], Decimal(0), Decimal(100), DIGITS) == "55"


def test_below_two_points_nothing_is_drawn():
    assert list(equity_view(["a", "b"], [curve("a", 10_000)])) == []
    _, table, scale = equity_view(["a", "b"], [curve("a", 10_000), curve("b", 10_000, 10_000)])
    assert (table.row_count, str(scale)) == (1, "2025-10-13 to 2025-10-14, level at $10,000.00")
