"""The store as the pages read it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from arena.errors import StoreError
from arena.records.trading import Mark
from arena.store import Store
from arena.web.library import Library
from tests.arena.web.stored import SESSIONS, config_for, write_season


@pytest.fixture
def library(tmp_path: Path) -> Library:
    write_season(tmp_path, sessions=SESSIONS[:1])
    return Library(config_for(tmp_path))


def test_what_is_kept_is_made_once_for_each_state_however_many_ask(library: Library, tmp_path: Path) -> None:
    made = []

    def work(store: Store) -> int:
        made.append(threading.get_ident())
        return len(store.events("main"))

    with ThreadPoolExecutor(8) as many:
        assert set(many.map(lambda _: library.kept("events", work), range(40))) == {7}
    assert len(made) == 1
    with Store.open(tmp_path) as store:
        store.save_marks("main", [Mark(ticker="SPY", session=SESSIONS[0], close=5, source="x")])
    assert library.kept("events", work) == 7
    assert len(made) == 2


def test_what_takes_long_is_worked_out_beside_and_what_was_found_before_stays(library: Library, tmp_path: Path) -> None:
    going = threading.Event()

    def work(store: Store) -> int:
        going.wait(10)
        return len(store.marks("main"))

    first = library.in_time("marks", work)
    assert (first.done, first.newest) == (False, None)
    assert library.in_time("marks", work) is first
    going.set()
    assert first.future.result(10) == 1
    going.clear()
    with Store.open(tmp_path) as store:
        store.save_marks("main", [Mark(ticker="SPY", session=SESSIONS[0], close=5, source="x")])
    second = library.in_time("marks", work)
    assert (second.done, second.newest) == (False, 1)
    going.set()
    assert second.future.result(10) == 2
    assert second.newest == 2
    library.close()


def test_what_went_wrong_is_raised_and_tried_again_after_a_change(library: Library, tmp_path: Path) -> None:
    def fails(_: Store) -> int:
        raise StoreError("not today")

    failed = library.in_time("bad", fails)
    with pytest.raises(StoreError):
        failed.future.result(10)
    with pytest.raises(StoreError, match="not today"):
        _ = failed.newest
    with Store.open(tmp_path) as store:
        store.save_marks("main", [Mark(ticker="SPY", session=SESSIONS[0], close=5, source="x")])
    again = library.in_time("bad", lambda _: 3)
    assert again.future.result(10) == 3
    library.close()


def test_while_a_long_answer_is_made_anew_the_older_one_serves(library: Library, tmp_path: Path) -> None:
    going = threading.Event()
    going.set()

    def work(store: Store) -> int:
        going.wait(10)
        return len(store.marks("main"))

    def mark(day: int) -> None:
        with Store.open(tmp_path) as store:
            session = SESSIONS[0].replace(day=day)
            store.save_marks("main", [Mark(ticker="SPY", session=session, close=5, source="x")])

    assert library.kept_meanwhile("marks", work) == (1, True)
    mark(14)
    assert library.kept_meanwhile("marks", work) == (2, True)  # quick enough to wait for
    going.clear()
    mark(15)
    assert library.kept_meanwhile("marks", work) == (2, False)
    assert library.kept_meanwhile("marks", work) == (2, False)
    going.set()
    assert library.kept("marks", work) == 3
    assert library.kept_meanwhile("marks", work) == (3, True)
    library.close()


def test_an_answer_stays_while_other_parts_of_the_store_change(library: Library, tmp_path: Path) -> None:
    made = []
    library.kept("events", made.append, ("events",))
    with Store.open(tmp_path) as store:
        store.save_marks("main", [Mark(ticker="SPY", session=SESSIONS[0], close=5, source="x")])
    library.kept("events", made.append, ("events",))
    library.kept("both", made.append, ("events", "marks"))
    assert len(made) == 2
    library.close()


def test_works_do_not_pile_up(library: Library) -> None:
    for number in range(100):
        assert library.in_time(("report", number), lambda _: 1).future.result(10) == 1
    assert len(library._work) <= 33
    library.close()
