"""The folder a LangGraph server is started from."""

import json
from pathlib import Path

import pytest

from arena.errors import UsageError
from arena.studio.folder import Offer, offered, write_folder
from tests.arenas import rehearsal_arena

CONTESTANTS = [
    {"name": "my-own.model", "kind": "rehearsal", "style": "value"},
    {"name": "coin", "kind": "baseline", "rule": "random"},
    {"name": "twice", "kind": "rehearsal", "style": "value", "replicas": 2},
]


def test_every_contestant_with_a_desk_is_a_graph_of_its_own_beside_the_arena(tmp_path):
    config = rehearsal_arena(Path("home"), contestants=CONTESTANTS)
    manifest = json.loads(write_folder(tmp_path, Offer(arenas={"arena": config})).read_text())
    assert list(manifest["graphs"]) == ["arena", "remote_desk", "my-own.model", "twice~1", "twice~2"]
    for name in ("my-own.model", "twice~2"):
        module, variable = manifest["graphs"][name].rsplit(":", 1)
        scope = {"__file__": module}
        exec(Path(module).read_text(), scope)
        assert scope[variable] is offered(tmp_path)[name]


def test_the_configuration_arrives_as_it_is_in_force(tmp_path):
    config = rehearsal_arena(Path("home"), limits={"desks": 7}, trading={"slippage_bps": "1.5"})
    write_folder(tmp_path, Offer(arenas={"arena": config}))
    told = Offer.model_validate_json((tmp_path / "offer.json").read_text()).arenas["arena"]
    assert told == config
    assert told.hash == config.hash


def test_two_graphs_of_one_name_are_refused_before_anything_is_written(tmp_path):
    config = rehearsal_arena(tmp_path, contestants=[{"name": "arena", "kind": "rehearsal", "style": "value"}])
    with pytest.raises(UsageError, match="two graphs would be called arena: give the contestant arena another name"):
        write_folder(tmp_path / "studio", Offer(arenas={"arena": config}))
    assert list(tmp_path.iterdir()) == []
