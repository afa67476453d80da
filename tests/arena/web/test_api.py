"""The records as JSON: the same that the command line prints."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from arena.app import Arena
from arena.cli import run
from arena.records.chat import ModelChat
from arena.records.market import MarketSnapshot
from arena.records.standing import RoundResult, Standings
from tests.arena.web.conftest import Open
from tests.arenas import november, rehearsal_arena

CHAT = "main.2025-10-14.NVDA.claude.0badcafe"


def record(client: TestClient, path: str, **query: str) -> Any:
    answer = client.get(f"/api{path}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def test_every_address_is_described(client: TestClient) -> None:
    told = client.get("/api/openapi.json").json()
    assert told["openapi"].startswith("3.")
    assert set(told["paths"]) == {
        "/api/seasons",
        "/api/seasons/{season}",
        "/api/seasons/{season}/board",
        "/api/seasons/{season}/report",
        "/api/seasons/{season}/audit",
        "/api/seasons/{season}/rounds",
        "/api/seasons/{season}/rounds/{session}",
        "/api/chats",
        "/api/chats/{chat_id}",
        "/api/snapshots/{snapshot_hash}",
        "/api/search",
    }
    for path in told["paths"].values():
        assert path.keys() == {"get"}
        assert "$ref" in json.dumps(path["get"]["responses"]["200"])
    assert "Cash plus positions" in told["components"]["schemas"]["Standing"]["properties"]["equity"]["description"]


def test_records_are_whole(client: TestClient) -> None:
    assert Standings.model_validate(record(client, "/seasons/main/board")).rows[2].contestant == "claude"
    chat = ModelChat.model_validate(record(client, f"/chats/{CHAT}"))
    assert ModelChat.model_validate(record(client, "/chats/main.2025-10-14.NVDA.cl")) == chat
    snapshot = MarketSnapshot.model_validate(record(client, f"/snapshots/{chat.snapshot_hash[:12]}"))
    assert snapshot.hash == chat.snapshot_hash
    played = RoundResult.model_validate(record(client, "/seasons/main/rounds/2025-10-14"))
    assert [one.contestant for one in played.chats] == ["claude", "gpt", "qwen"]
    assert (len(played.orders), len(played.fills), len(played.rejections)) == (2, 1, 1)
    assert [one["session"] for one in record(client, "/seasons/main/rounds")] == ["2025-10-13", "2025-10-14"]


def test_chats_and_searches_are_narrowed_down(client: TestClient) -> None:
    rows = record(client, "/chats", season="main", session="2025-10-14", contestant="gpt", limit="5")
    assert [row["id"] for row in rows] == ["main.2025-10-14.NVDA.gpt.0badcafe"]
    found = record(client, "/search", q="strong demand", session="2025-10-13", limit="2")
    assert len(found["hits"]) == 2
    assert found["more"]
    assert {hit["session"] for hit in found["hits"]} == {"2025-10-13"}


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/seasons/nowhere", 404, "no season nowhere is stored"),
        ("/chats/nothing", 404, "no chat nothing"),
        ("/chats?limit=0", 422, "limit: Input should be greater than or equal to 1"),
        ("/chats?session=tuesday", 404, "'tuesday' is no day"),
        ("/search", 422, "q: Field required"),
        ("/search?q=%3F", 404, "there is nothing to search for"),
        ("/seasons/main/report?benchmark=SPY", 404, "no close of SPY is kept in the season main"),
        ("/nowhere", 404, "There is no page at this address"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(client: TestClient, path: str, status: int, told: str) -> None:
    answer = client.get(f"/api{path}")
    assert answer.status_code == status
    assert answer.json().keys() == {"error"}
    assert told in answer.json()["error"]


@pytest.mark.slow
def test_records_equal_what_the_command_line_prints(
    tmp_path: Path, open_pages: Open, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    with Arena(rehearsal_arena(home, season="demo"), environ={}, clock=november) as arena:
        played = arena.run(["NVDA", "AAPL"])
    given = ["--config", "demo", "--home", str(home)]

    def printed(*words: str) -> Any:
        capsys.readouterr()
        assert run([*words, "--json", *given]) == 0
        return json.loads(capsys.readouterr().out)

    board = printed("board")  # settles what is due, which the pages do not
    client = open_pages(home)
    chat = played.chats[0]
    assert record(client, "/seasons") == printed("season", "list")
    assert record(client, "/seasons/demo") == printed("season", "show")
    assert record(client, "/seasons/demo/board") == board
    assert record(client, "/seasons/demo/audit") == printed("audit", "--season", "demo")
    assert record(client, "/chats", limit="20") == printed("chat", "list")
    assert record(client, f"/chats/{chat.id}") == printed("chat", "show", chat.id)
    assert record(client, f"/snapshots/{chat.snapshot_hash}")["ticker"] == chat.ticker
    stored = record(client, f"/seasons/demo/rounds/{played.round.session}")
    whole = played.model_dump(mode="json")
    assert {name: stored[name] for name in ("round", "chats", "consensus")} == {
        name: whole[name] for name in ("round", "chats", "consensus")
    }
    report, told = record(client, "/seasons/demo/report"), printed("board", "--full")
    assert report["performances"] == told["performances"]
    assert report["standings"] == told["standings"]
