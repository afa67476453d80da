import json
import os
import shutil

import pytest
from langchain_core.messages import AIMessage

from arena.store import Store
from arena.tape.tape import Tape
from tests.arena.tape.chats import exchange


@pytest.fixture
def home(played, folder):
    """A copy of a played demo, to change."""
    shutil.copytree(played, folder / "home")
    return folder / "home"


def chat_ids(home):
    with Store.open_existing(home) as store:
        return [row.id for row in store.chat_rows()]


def on_tape(home):
    with Tape.open(home) as tape:
        return tape.chat_ids()


def test_what_would_go_is_told_and_stays(arena, home):
    before = on_tape(home)
    ran = arena("prune", "--keep-days", "0", "--dry-run", "--home", home)
    assert ran.code == 0
    assert ran.out.startswith("tape          would drop 5 chats, about ")
    assert on_tape(home) == before


def test_only_the_tape_goes_and_a_replay_says_so(arena, home):
    archived = sorted(file.read_bytes() for file in (home / "archive").rglob("*.json"))
    assert arena("prune", "--keep-days", "0", "--home", home).out.startswith("tape          dropped 5 chats, ")
    assert on_tape(home) == ()
    assert sorted(file.read_bytes() for file in (home / "archive").rglob("*.json")) == archived
    assert arena("audit", "--home", home).code == 0
    chat = chat_ids(home)[0]
    assert arena("chat", "show", chat, "--home", home).code == 0
    ran = arena("replay", chat, "--home", home)
    assert ran.code == 1
    assert f"{chat} cannot be replayed: pruned from the tape on 20" in ran.err


def test_what_is_young_enough_and_small_enough_stays(arena, home):
    before = on_tape(home)
    ran = arena("prune", "--keep-days", "2", "--max-size", "1GB", "--home", home, "--json")
    assert [part["things"] for part in json.loads(ran.out)["parts"]] == [0, 0, 0]
    assert on_tape(home) == before


def test_what_no_chat_is_made_of_goes_before_any_chat_has_to(arena, home):
    before, size = on_tape(home), (home / "tape.sqlite").stat().st_size
    with Tape.open(home) as tape:
        for number in range(10):
            told = AIMessage(f"{number} {os.urandom(30_000).hex()}")
            tape.keep_ahead([exchange(number, reply=told)])
    arena("prune", "--max-size", f"{size // 1000 + 100}kB", "--home", home)
    assert on_tape(home) == before
    assert (home / "tape.sqlite").stat().st_size < size + 100_000


def test_above_a_size_the_oldest_go_first(arena, home):
    oldest = chat_ids(home)[-1]
    size = (home / "tape.sqlite").stat().st_size
    arena("prune", "--max-size", f"{size // 1000 - 1}kB", "--home", home)
    assert oldest not in on_tape(home)
    assert len(on_tape(home)) == 4
    assert arena("replay", chat_ids(home)[0], "--home", home).code == 0


def test_snapshots_that_nothing_names_go_once_they_are_old(arena, home):
    (named,) = (home / "snapshots").glob("*.json")
    strays = [home / "snapshots" / f"{letter * 64}.json" for letter in "ab"]
    for stray in strays:
        stray.write_text("{}")
    for old in (named, strays[0]):
        os.utime(old, (1, 1))
    arena("prune", "--keep-days", "30", "--home", home)
    assert sorted((home / "snapshots").glob("*.json")) == sorted([named, strays[1]])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], "say what is to go"),
        (["--max-size", "much"], "--max-size 'much' is no size"),
        (["--keep-days", "1", "--home", "nowhere"], "no arena data at nowhere"),
    ],
)
def test_what_cannot_be_pruned_is_said(arena, folder, asked, told):
    ran = arena("prune", *asked)
    assert ran.code in {1, 5}
    assert told in ran.err
