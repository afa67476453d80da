"""A chat model class that tells its key: nowhere on the record, on the tape, in the logs, nor in what is raised."""

import asyncio
import logging
import traceback
from pathlib import Path

import pytest

from arena.app import Arena
from arena.config.secrets import Secrets
from arena.errors import ConfigError
from arena.llm.discreet import discreet
from arena.tape.tape import Tape
from tests.arena.desks import SESSION, config
from tests.arena.llm.foreign import Indiscreet, OwnDialect
from tests.arenas import Clock

# Nothing about it looks like a key but the name of its variable.
CANARY = "canary-of-no-known-shape"
AFTER = Clock("2025-11-20T12:00:00")


@pytest.fixture(autouse=True)
def _canary(monkeypatch):
    monkeypatch.setenv("FOREIGN_API_KEY", CANARY)


def arena_with(home: Path, name: str):
    row = {"name": "c", "kind": "class", "chat_model": f"tests.arena.llm.foreign:{name}", "arguments": {"label": "l"}}
    return Arena(config(row, home=home), environ={}, clock=AFTER)


def test_a_key_in_a_packages_exception_is_nowhere(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with arena_with(tmp_path, "Indiscreet") as arena:
        (chat,) = arena.run(["ACME"], as_of=SESSION).chats
    assert chat.outcome.reason == "provider_error"
    assert chat.outcome.detail == "LookupError: 401 for (not shown): not allowed"
    assert CANARY not in chat.model_dump_json()
    assert CANARY not in caplog.text
    with Tape.open(tmp_path) as tape:
        kept = tape.chat(chat.id)
    assert CANARY not in repr(kept)
    assert "(not shown)" in repr([exchange.options for exchange in kept.exchanges])
    assert any(exchange.trouble is not None for exchange in kept.exchanges)
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]


def test_a_desk_that_ended_so_is_replayed_equal(tmp_path):
    with arena_with(tmp_path, "Indiscreet") as arena:
        (chat,) = arena.run(["ACME"], as_of=SESSION).chats
        replayed = arena.replay(chat.id)
    assert replayed.equal, (replayed.miss, replayed.differences)


def test_a_traceback_of_what_is_raised_tells_no_key_either():
    model = discreet(Indiscreet, Secrets({"FOREIGN_API_KEY": CANARY}))(label="l")
    with pytest.raises(Exception, match="401 for") as caught:
        asyncio.run(model.ainvoke("Hello"))
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_class_that_cannot_be_made_says_why_without_the_key(tmp_path):
    with arena_with(tmp_path, "Unmakeable") as arena, pytest.raises(ConfigError) as caught:
        arena.run(["ACME"], as_of=SESSION)
    assert "cannot be made with its arguments: (not shown) is no key" in str(caught.value)


def test_the_class_stays_what_it_was():
    quiet = discreet(OwnDialect, Secrets({}))
    assert (quiet.__name__, quiet.__module__) == (OwnDialect.__name__, OwnDialect.__module__)
    assert quiet.bind_tools is OwnDialect.bind_tools
    assert quiet.model_fields.keys() == OwnDialect.model_fields.keys()
