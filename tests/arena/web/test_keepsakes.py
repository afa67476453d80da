"""What a server keeps for its next start."""

from pathlib import Path

import pytest

from arena.records.trading import Mark
from arena.store import Store
from arena.web.keepsakes import FOLDER, kept_beside
from tests.arena.web.stored import SESSIONS, write_season


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_season(tmp_path, sessions=SESSIONS[:1])
    return tmp_path


def mark(home: Path, name: str, close: int, made: list[int]) -> Mark:
    """A record that is only made where none is kept."""

    def work() -> Mark:
        made.append(close)
        return Mark(ticker="SPY", session=SESSIONS[0], close=close, source="x")

    with Store.open_to_read(home) as store:
        return kept_beside(store, name, Mark, work)


def test_it_serves_until_somebody_writes_to_the_store(home: Path) -> None:
    made: list[int] = []
    first = mark(home, "curves of a \ud83d season", 5, made)
    assert mark(home, "curves of a \ud83d season", 6, made) == first
    assert mark(home, "curves of another", 7, made).close == 7
    with Store.open(home):
        pass  # and nothing is written
    assert mark(home, "curves of a \ud83d season", 6, made) == first
    assert made == [5, 7]
    with Store.open(home) as store:
        store.save_marks("main", [first])
    assert mark(home, "curves of a \ud83d season", 8, made).close == 8


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b'{"basis": [], "content": {}}', b"\xff"])
def test_a_damaged_file_is_passed_over_and_replaced(home: Path, damage: bytes) -> None:
    made: list[int] = []
    mark(home, "curves", 5, made)
    (file,) = (home / FOLDER).iterdir()
    file.write_bytes(damage)
    assert mark(home, "curves", 6, made).close == 6
    assert mark(home, "curves", 7, made).close == 6


def test_what_was_written_while_it_was_made_is_not_taken_for_known(home: Path) -> None:
    made: list[int] = []
    with Store.open_to_read(home) as reader:

        def work() -> Mark:
            write(home, 1)
            return Mark(ticker="SPY", session=SESSIONS[0], close=5, source="x")

        kept_beside(reader, "curves", Mark, work)
        assert not (home / FOLDER).exists()
        with reader.at_one_moment():
            reader.state()
            write(home, 2)  # behind the back of the reader's moment, before it begins
            assert kept_beside(reader, "curves", Mark, lambda: made_of(5)).close == 5
    assert mark(home, "curves", 6, made).close == 6


def write(home: Path, day: int) -> None:
    with Store.open(home) as store:
        store.save_marks("main", [Mark(ticker="SPY", session=SESSIONS[day], close=5, source="x")])


def made_of(close: int) -> Mark:
    return Mark(ticker="SPY", session=SESSIONS[0], close=close, source="x")


def test_a_folder_that_cannot_be_written_is_no_fault(home: Path) -> None:
    (home / "cache").write_text("a file where the folder would be")
    made: list[int] = []
    assert mark(home, "curves", 5, made).close == 5
    assert mark(home, "curves", 6, made).close == 6
