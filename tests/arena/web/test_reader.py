"""The store as the pages read it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from arena.errors import StoreError
from arena.records.trading import Mark
from arena.store import Store
from arena.web.reader import Reader
from tests.arena.web.stored import SESSIONS, config_for, write_season


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    write_season(tmp_path, sessions=SESSIONS[:1])
    return Reader(config_for(tmp_path))


def test_what_is_kept_is_made_once_for_each_state_however_many_ask(reader: Reader, tmp_path: Path) -> None:
    made = []

    def work(store: Store) -> int:
        made.append(threading.get_ident())
        return len(store.events("main"))

    with ThreadPoolExecutor(8) as many:
        assert set(many.map(lambda _: reader.kept("events", work), range(40))) == {7}
    assert len(made) == 1
    with Store.open(tmp_path) as store:
        store.save_marks("main", [Mark(ticker="SPY", session=SESSIONS[0], close=5, source="x")])
    assert reader.kept("events", work) == 7
    assert len(made) == 2


def test_what_takes_long_is_worked_out_beside_and_what_was_found_before_stays(reader: Reader, tmp_path: Path) -> None:
    going = threading.Event()

    def work(store: Store) -> int:
        going.wait(10)
        return len(store.marks("main"))

    first = reader.in_time("marks", work)
    assert (first.done, first.newest) == (False, None)
    assert reader.in_time("marks", work) is first
    going.set()
    assert first.future.result(10) == 1
    going.clear()
    with Store.open(tmp_path) as store:
        store.save_marks("main", [Mark(ticker="SPY", session=SESSIONS[0], close=5, source="x")])
    second = reader.in_time("marks", work)
    assert (second.done, second.newest) == (False, 1)
    going.set()
    assert second.future.result(10) == 2
    assert second.newest == 2
    reader.close()


def test_what_went_wrong_is_raised_and_tried_again_after_a_change(reader: Reader, tmp_path: Path) -> None:
    def fails(_: Store) -> int:
        raise StoreError("not today")

    failed = reader.in_time("bad", fails)
    with pytest.raises(StoreError):
        failed.future.result(10)
    with pytest.raises(StoreError, match="not today"):
        _ = failed.newest
    with Store.open(tmp_path) as store:
        store.save_marks("main", [Mark(ticker="SPY", session=SESSIONS[0], close=5, source="x")])
    again = reader.in_time("bad", lambda _: 3)
    assert again.future.result(10) == 3
    reader.close()


def test_while_a_long_answer_is_made_anew_the_older_one_serves(reader: Reader, tmp_path: Path) -> None:
    going = threading.Event()
    going.set()

    def work(store: Store) -> int:
        going.wait(10)
        return len(store.marks("main"))

    def mark(day: int) -> None:
        with Store.open(tmp_path) as store:
            session = SESSIONS[0].replace(day=day)
            store.save_marks("main", [Mark(ticker="SPY", session=session, close=5, source="x")])

    assert reader.kept_meanwhile("marks", work) == (1, True)
    mark(14)
    while reader.kept_meanwhile("marks", work) != (2, True):
        assert reader.kept_meanwhile("marks", work).answer in {1, 2}
    going.clear()
    mark(15)
    assert reader.kept_meanwhile("marks", work) == (2, False)
    assert reader.kept_meanwhile("marks", work) == (2, False)
    going.set()
    assert reader.kept("marks", work) == 3
    assert reader.kept_meanwhile("marks", work) == (3, True)
    reader.close()


def test_an_answer_stays_while_other_parts_of_the_store_change(reader: Reader, tmp_path: Path) -> None:
    made = []
    reader.kept("events", made.append, ("events",))
    with Store.open(tmp_path) as store:
        store.save_marks("main", [Mark(ticker="SPY", session=SESSIONS[0], close=5, source="x")])
    reader.kept("events", made.append, ("events",))
    reader.kept("both", made.append, ("events", "marks"))
    assert len(made) == 2
    reader.close()


def test_works_do_not_pile_up(reader: Reader) -> None:
    for number in range(100):
        assert reader.in_time(("report", number), lambda _: 1).future.result(10) == 1
    assert len(reader._work) <= 33
    reader.close()
