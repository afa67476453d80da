import io
from decimal import Decimal

import pytest
from rich.console import Console

from arena.cli.live import Lines, LiveTable, following
from arena.records.chat import Cost
from arena.records.outcome import Abstention, Decision
from arena.records.progress import Progress, Saying

BUY = Decision(action="BUY", fraction=0.63, confidence=0.77, reasoning="because", key_risks=())
LATE = Abstention(reason="timeout", detail="the desk did not finish\nwithin \x1b[31m5 s")


def progress(contestant="momentum", ticker="NVDA", **changes):
    fields = {"stage": "", "calls": 0, "tokens": None, "cost": Cost(), "seconds": 0, **changes}
    return Progress(contestant=contestant, ticker=ticker, **fields)


def ended(contestant="momentum", ticker="NVDA", outcome=BUY, **changes):
    fields = {"stage": "trader", "calls": 16, "seconds": 1.24, "cost": Cost(known=Decimal("0.0123")), **changes}
    return progress(contestant, ticker, outcome=outcome, **fields)


def drawn(view, width=80, height=24):
    console = Console(file=io.StringIO(), width=width, markup=False)
    console.print(view.drawn(height))
    return console.file.getvalue().splitlines()


def told(*steps):
    console = Console(file=io.StringIO(), width=80, markup=False, emoji=False, highlight=False)
    with following(console) as on_progress:
        for step in steps:
            on_progress(step)
    return console.file.getvalue()


def test_elsewhere_than_on_a_terminal_a_desk_is_a_line_at_its_start_and_one_at_its_end():
    steps = [progress(), progress(stage="trader", calls=3), ended()]
    assert told(*steps) == (
        "NVDA momentum: started\nNVDA momentum: BUY 0.63 (confidence 0.77) after 1.2 s, 16 calls, cost $0.0123\n"
    )


def test_an_abstention_says_its_kind_and_why_on_one_line():
    assert told(ended(outcome=LATE, calls=1, cost=Cost(unknown_calls=1))) == (
        "NVDA momentum: abstained, timeout after 1.2 s, 1 call, cost unknown: the desk did not finish within 5 s\n"
    )


def test_on_a_terminal_the_view_moves_and_leaves_nothing_behind():
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, markup=False)
    with following(console) as on_progress:
        on_progress(progress(stage="trader"))
    text = console.file.getvalue()
    assert "1 desk running, 0 done" in text
    assert "started" not in text
    assert text.endswith("\x1b[2K")


def test_before_the_first_desk_starts_facts_are_gathered():
    assert drawn(LiveTable()) == ["gathering facts"]


def test_a_row_says_stage_calls_tokens_cost_and_time():
    view = LiveTable(clock=lambda: 0)
    spent = Cost(known=Decimal("0.01"), unknown_calls=3)
    view.progress(progress(stage="bull_researcher", calls=4, tokens=12345, cost=spent))
    row = " ".join(drawn(view, width=100)[2].split())
    assert row == "NVDA momentum bull researcher 4 12,345 $0.0100 + 3 calls unknown 0.0 s"
    narrow = " ".join(drawn(view, width=70)[2].split())
    assert narrow.endswith(" 4 12,345 $0.0100 + 3 calls unknown 0.0 s")


def test_what_nobody_told_is_unknown_and_never_nothing():
    view = LiveTable(clock=lambda: 0)
    view.progress(progress(stage="trader", calls=2, cost=Cost(unknown_calls=2)))
    view.progress(progress("fresh"))
    fresh, old = (" ".join(line.split()) for line in drawn(view)[2:])
    assert old == "NVDA momentum trader 2 — unknown 0.0 s"
    assert fresh == "NVDA fresh starting 0 — — 0.0 s"


def test_time_goes_on_while_a_desk_runs_and_stops_when_it_ends():
    now = [0.0]
    view = LiveTable(clock=lambda: now[0])
    view.progress(progress("running", seconds=2))
    view.progress(ended("stopped", seconds=3))
    now[0] = 10.0
    running, stopped = drawn(view)[2:]
    assert running.endswith("12.0 s")
    assert stopped.endswith(" 3.0 s")
    assert "BUY 0.63" in stopped


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (80, 8)])
def test_fifty_desks_fit_a_terminal_and_the_rest_is_counted(width, height):
    view = LiveTable(clock=lambda: 0)
    for ticker in range(10):
        for contestant in range(5):
            view.progress(progress(f"c{contestant}", f"T{ticker}", stage="fundamentals_analyst"))
    for contestant in range(5):
        view.progress(ended(f"c{contestant}", "T0", outcome=LATE))
    lines = drawn(view, width, height)
    assert len(lines) < height
    assert all(len(line) <= width for line in lines)
    assert lines[0].startswith("45 desks running, 5 done, 5 of them abstained, cost ")
    shown = height - 4
    assert lines[-1] == f"and {50 - shown} more: {45 - shown} running, 5 done"


def test_rows_stay_where_they_are_while_desks_work():
    view = LiveTable(clock=lambda: 0)
    for contestant in range(9):
        view.progress(progress(f"c{contestant}"))
    before = [line.split()[1] for line in drawn(view, height=8)[2:6]]
    view.progress(progress("c8", calls=1))
    assert [line.split()[1] for line in drawn(view, height=8)[2:6]] == before


def test_a_desk_that_has_not_ended_has_no_last_line():
    console = Console(file=io.StringIO())
    lines = Lines(console)
    lines.progress(progress(calls=1))
    lines.progress(progress(calls=2))
    assert console.file.getvalue() == "NVDA momentum: started\n"


def saying(contestant, words, **changes):
    return progress(contestant, said=Saying(speaker="bear_researcher", words=words), **changes)


def test_below_the_table_every_running_desk_says_its_newest_words():
    view = LiveTable(clock=lambda: 0)
    view.progress(saying("momentum", "Margins cannot last."))
    view.progress(progress("value"))
    view.progress(ended("cautious"))
    lines = drawn(view)
    assert [line.split()[1] for line in lines[2:5]] == ["cautious", "momentum", "value"]
    assert lines[5:] == ["NVDA momentum, bear researcher: Margins cannot last.", ""]


def test_where_nothing_is_streamed_no_line_is_kept_for_words():
    view = LiveTable(clock=lambda: 0)
    view.progress(progress("value"))
    assert len(drawn(view)) == 3


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (40, 9)])
def test_fifty_desks_that_speak_fit_a_terminal_too(width, height):
    view = LiveTable(clock=lambda: 0)
    for ticker in range(10):
        for contestant in range(5):
            view.progress(saying(f"c{contestant}", f"T{ticker}", ticker=f"T{ticker}", stage="fundamentals_analyst"))
            view.progress(saying(f"c{contestant}", "\u4e2d" * 300, ticker=f"T{ticker}", stage="trader"))
    lines = drawn(view, width, height)
    assert len(lines) < height
    shown = (height - 4) // 2
    assert [line.startswith("T") and "bear" in line for line in lines[-shown:]] == [True] * shown
    assert lines[-shown - 1] == f"and {50 - shown} more: {50 - shown} running, 0 done"


def test_rows_stay_where_they_are_while_desks_speak():
    view = LiveTable(clock=lambda: 0)
    for contestant in range(9):
        view.progress(saying(f"c{contestant}", "First."))
    before = [line.split()[1] for line in drawn(view, height=12)[2:6]]
    view.progress(progress("c0", calls=3))
    view.progress(saying("c8", "Second."))
    after = drawn(view, height=12)
    assert [line.split()[1] for line in after[2:6]] == before == ["c0", "c1", "c2", "c3"]
    assert after[7] == ""


def test_elsewhere_than_on_a_terminal_words_are_no_lines():
    assert told(progress(), *(saying("momentum", "word " * n) for n in range(50)), ended()).count("\n") == 2
