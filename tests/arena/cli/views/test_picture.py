import io
from datetime import date, timedelta

import pytest
from rich.console import Console

from arena.cli.views.picture import Picture

FIRST = date(2025, 1, 1)


def drawn(values, width=40, encoding="utf-8", height=4):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=width)
    console.print(Picture([FIRST + timedelta(days=n) for n in range(len(values))], values, height))
    stream.flush()
    return stream.buffer.getvalue().decode(encoding).splitlines()


def test_each_value_stands_as_high_as_it_is_between_the_lowest_and_the_highest():
    assert drawn([10.0, 20.0, 30.0, 26.0], height=2, width=24) == [
        "30.00     ▁▁▁▁████▅▅▅▅",
        "10.00 ▁▁▁▁████████████",
        "      2025-01-01",
    ]


@pytest.mark.parametrize("count", [1, 2, 33, 34, 35, 500])
@pytest.mark.parametrize("width", [20, 40, 120])
def test_it_is_never_wider_than_the_room(count, width):
    lines = drawn([float(n % 7 + 1) for n in range(count)], width)
    assert len(lines) == 5
    assert max(map(len, lines)) <= width


def test_the_first_and_last_day_stand_under_their_ends():
    lines = drawn([1.0, 2.0, 3.0] * 20)
    assert lines[-1].split() == ["2025-01-01", "2025-03-01"]
    assert len(lines[-1]) == max(map(len, lines[:-1]))


def test_where_nothing_moves_it_stands_half_high():
    assert drawn([5.0] * 3)[1:4] == ["", "     ████████████", "5.00 ████████████"]


def test_one_value_a_column_ends_with_the_last():
    assert drawn([1.0] * 999 + [2.0])[0] == "2.00" + " " * 34 + "█"


def test_a_locale_without_block_characters_gets_signs_it_has():
    assert drawn([1.0, 2.0], encoding="ascii")[0] == "2.00     ####"
