import json
import shutil

import pytest

from tests.arena.cli.configurations import contestant, written


@pytest.fixture
def home(played, folder):
    """A copy of a played demo, to change."""
    shutil.copytree(played, folder / "home")
    return folder / "home"


def first_id(arena, home):
    return json.loads(arena("chat", "list", "--home", home, "--json").out)[0]["id"]


def test_a_chat_is_replayed_equal_by_the_beginning_of_its_id(arena, home):
    chat_id = first_id(arena, home)
    ran = arena("replay", chat_id[:-2], "--home", home)
    assert (ran.code, ran.out, ran.err) == (0, f"Equal: {chat_id}, 16 calls from the tape.\n", "")


def test_json_is_one_document_with_the_replayed_chat(arena, home):
    ran = arena("replay", first_id(arena, home), "--home", home, "--json")
    told = json.loads(ran.out)
    assert (ran.code, told["equal"], told["miss"], told["differences"]) == (0, True, None, [])
    assert told["replayed"]["outcome"]["kind"] == "decision"


def test_a_changed_prompt_is_exit_code_1_and_shows_the_difference(arena, home, monkeypatch):
    import agents.prompting

    render = agents.prompting.render
    monkeypatch.setattr(
        "agents.prompting.render", lambda name, **values: render(name, **values).replace("Brief", "Note")
    )
    chat_id = first_id(arena, home)
    ran = arena("replay", chat_id, "--home", home)
    assert ran.code == 1
    assert ran.out.startswith(f"Stopped: {chat_id} made a request of the ")
    assert {"--- recorded", "+++ now", "-# Brief", "+# Note"} <= set(ran.out.splitlines())


@pytest.mark.parametrize("words", [("replay", "demo.none"), ("replay", "")])
def test_an_unknown_chat_is_a_mistake(arena, home, words):
    ran = arena(*words, "--home", home)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("arena: ")


def test_without_its_tape_a_chat_cannot_be_replayed(arena, home):
    chat_id = first_id(arena, home)
    for file in home.glob("tape.sqlite*"):
        file.unlink()
    ran = arena("replay", chat_id, "--home", home)
    assert (ran.code, ran.out) == (1, "")
    assert f"arena: {chat_id} cannot be replayed: not on the tape at " in ran.err
    assert not (home / "tape.sqlite").exists()


def test_a_round_is_replayed_equal_and_nothing_is_written(arena, home):
    def written_files():
        return {path: path.read_bytes() for path in home.rglob("*.json")}, (home / "arena.sqlite").read_bytes()

    before = written_files()
    ran = arena("run", "NVDA", "--replay", "--config", "demo", "--home", home)
    assert ran.code == 0
    assert ran.out == "Equal: 5 chats, the consensus, orders, fills and standings of demo at 2025-10-14.\n"
    assert ran.err.splitlines()[0] == "NVDA cautious: replayed, 16 calls"
    assert written_files() == before


def test_a_round_that_was_not_played_cannot_be_replayed(arena, home):
    ran = arena("run", "AAPL", "--replay", "--config", "demo", "--home", home)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "arena: AAPL was not played at 2025-10-14; the round had NVDA\n"


def test_no_record_leaves_the_tape_out(arena, folder):
    ran = arena("run", "NVDA", "--config", written(folder, contestant("garbled")), "--no-record")
    assert ran.code == 4
    assert (folder / "arena-data" / "arena.sqlite").exists()
    assert not (folder / "arena-data" / "tape.sqlite").exists()
