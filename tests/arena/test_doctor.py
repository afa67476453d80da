"""The doctor: every fault is found, named, and comes with what to do; what is fine says so."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

import pytest
from pydantic import ValidationError

from arena.config.contestants import Endpoint
from arena.config.model import ArenaConfig
from arena.doctor import Finding, examine, machine
from arena.doctor.contestants import contestants
from arena.doctor.endpoints import _clock, visit
from arena.doctor.market import vendor
from arena.llm.catalogue import Catalogue, ListedModel
from arena.llm.prices import Rates
from arena.store import Store
from tests.arena.store.chat import make_chat
from tests.arenas import rehearsal_arena
from tests.loopback import Reply, loopback

KEY = "sk-canary-0123456789"
ABLE = ("tools", "structured_outputs")


def now():
    return datetime.now(UTC)


def visited(answers, environ=None, at=None, seconds=2.0):
    """What a visit finds, by name; `answers` gives the reply of each path."""
    with loopback(lambda request: answers.get(request.path, Reply(404))) as server:
        endpoint = Endpoint(base_url=f"{server.url}/v1", api_key_env="SOME_KEY")
        found = asyncio.run(
            visit("e", endpoint, {"SOME_KEY": KEY} if environ is None else environ, at or now(), seconds=seconds)
        )
    assert KEY not in str(found)
    return {finding.name: finding for finding in found.findings}, found.catalogue


LISTED = Reply(body={"data": [{"id": "m"}]})


def test_an_endpoint_where_all_is_fine():
    account = Reply(body={"data": {"limit_remaining": 12.5, "usage": 1}})
    found, listed = visited({"/v1/models": LISTED, "/v1/key": account})
    assert {name: finding.status for name, finding in found.items()} == {
        "key SOME_KEY": "ok",
        "endpoint e": "ok",
        "account at e": "ok",
        "clock against e": "ok",
    }
    assert found["account at e"].told == "the key is accepted, with $12.50 left of its limit"
    assert listed.model("m") is not None


def test_an_endpoint_that_tells_nothing_of_its_keys_is_fine():
    found, _ = visited({"/v1/models": LISTED})
    assert "account at e" not in found
    assert found["endpoint e"].status == "ok"


@pytest.mark.parametrize(
    ("answers", "name", "told", "remedy"),
    [
        ({"/v1/models": Reply(401)}, "endpoint e", "the key is not accepted", "check the key in SOME_KEY"),
        ({"/v1/models": LISTED, "/v1/key": Reply(401)}, "account at e", "not accepted", "check the key in SOME_KEY"),
        (
            {"/v1/models": LISTED, "/v1/key": Reply(body={"data": {"limit_remaining": 0}})},
            "account at e",
            "credit is used up",
            "add credit",
        ),
        ({}, "endpoint e", "answered HTTP 404", "ends in the version part"),
        ({"/v1/models": Reply(body="<html>")}, "endpoint e", "not JSON", "ends in the version part"),
        ({"/v1/models": Reply(delay=5)}, "endpoint e", "did not answer within 0.5 s", "whether the server runs"),
    ],
)
def test_what_is_wrong_with_an_endpoint_is_said_with_a_remedy(answers, name, told, remedy):
    found, _ = visited(answers, seconds=0.5)
    assert found[name].status == "failed"
    assert told in found[name].told
    assert remedy in found[name].remedy


def test_a_key_that_is_not_set_is_named():
    found, _ = visited({"/v1/models": LISTED}, environ={"SOME_KEY": " "})
    assert found["key SOME_KEY"].status == "failed"
    assert "export SOME_KEY=..." in found["key SOME_KEY"].remedy


def test_what_is_odd_about_an_account_is_a_warning_or_nothing():
    found, _ = visited({"/v1/models": LISTED, "/v1/key": Reply(body="<html>")})
    assert found["account at e"].status == "warning"
    found, _ = visited({"/v1/models": LISTED, "/v1/key": Reply(body={"data": {"limit_remaining": None}})})
    assert found["account at e"].told == "the key is accepted"


@pytest.mark.parametrize(("minutes", "status"), [(-6, "failed"), (-4, "ok"), (4, "ok"), (6, "failed")])
def test_the_clock_may_be_five_minutes_off(minutes, status):
    found, _ = visited({"/v1/models": LISTED}, at=now() + timedelta(minutes=minutes))
    assert found["clock against e"].status == status


@pytest.mark.parametrize("headers", [{}, {"date": "soon"}])
def test_a_server_that_tells_no_time_says_nothing_of_the_clock(headers):
    assert _clock("e", headers, now()) == ()


def config(**settings):
    contestant = {"name": "m", "endpoint": "e", "model": "maker/m", **settings.pop("contestant", {})}
    return ArenaConfig.model_validate(
        {"endpoints": {"e": {"base_url": "http://127.0.0.1:9/v1"}}, "contestants": [contestant], **settings}
    )


def looked_at(settings, *models):
    known = {"e": Catalogue(base_url="http://127.0.0.1:9/v1", fetched=now(), models=models)} if models else {}
    return list(contestants(settings, known, {}))


@pytest.mark.parametrize(
    ("settings", "model", "status", "told"),
    [
        ({}, ListedModel(id="maker/m", parameters=ABLE), "ok", "supports tools and structured answers"),
        ({}, ListedModel(id="maker/m"), "ok", "does not tell what it supports"),
        ({}, ListedModel(id="maker/n"), "failed", "e does not list maker/m; the nearest are maker/n"),
        ({}, ListedModel(id="maker/m", parameters=("tools",)), "warning", "no structured answers"),
        ({}, ListedModel(id="maker/m", parameters=("response_format",)), "warning", "it calls no tools"),
        ({}, ListedModel(id="maker/m", most_completion=4096), "warning", "max_tokens is 8,000 and it answers with at"),
        ({"budget": {"day": 1}}, ListedModel(id="maker/m"), "failed", "no price is known for maker/m"),
        (
            {"budget": {"day": 1}, "prices": {"maker/m": {"prompt": 1, "completion": 1}}},
            ListedModel(id="maker/m"),
            "ok",
            "is listed",
        ),
        (
            {"budget": {"day": 1}},
            ListedModel(id="maker/m", rates=Rates(prompt=1, completion=1)),
            "ok",
            "is listed",
        ),
    ],
)
def test_a_contestants_model_is_looked_up(settings, model, status, told):
    (finding,) = looked_at(config(**settings), model)
    assert (finding.name, finding.status) == ("contestant m", status)
    assert told in finding.told


def test_both_models_of_a_contestant_are_looked_up_and_an_endpoint_that_is_silent_is_no_fault_of_theirs():
    settings = config(contestant={"quick_model": "maker/q"})
    assert [finding.status for finding in looked_at(settings, ListedModel(id="maker/m"))] == ["ok", "failed"]
    assert [finding.status for finding in looked_at(settings)] == ["warning", "warning"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("langchain_core.language_models.fake_chat_models:FakeListChatModel", "ok"), ("no_such.module:Thing", "failed")],
)
def test_a_chat_model_class_is_made(path, status):
    one = {"name": "c", "kind": "class", "chat_model": path, "arguments": {"responses": ["x"]}}
    (finding,) = contestants(ArenaConfig.model_validate({"contestants": [one]}), {}, {})
    assert finding.status == status


def vendor_finding(tmp_path, name, environ=None, **market):
    settings = rehearsal_arena(tmp_path, market=market).market
    return asyncio.run(vendor(name, settings, environ or {}, now))


def test_vendors_are_asked_a_small_question(tmp_path):
    assert vendor_finding(tmp_path, "simulated", vendors=["simulated"]).status == "ok"
    missing = vendor_finding(tmp_path, "files", vendors=["files"], files={"folder": tmp_path / "none"})
    assert (missing.status, missing.told) == ("failed", f"market.files.folder is not a folder: {tmp_path / 'none'}")
    (tmp_path / "NVDA.csv").write_text("Date,Open,High,Low,Close,Volume\n2025-10-14,11,12.5,10,12,200\n")
    other = vendor_finding(tmp_path, "files", vendors=["files"], files={"folder": tmp_path})
    assert other.status == "ok"
    assert "the nearest it has: NVDA" in other.told


def test_a_vendor_without_its_key_is_a_failure_where_it_is_the_first_and_a_warning_behind_another(tmp_path):
    first = vendor_finding(tmp_path, "alpha_vantage", vendors=["alpha_vantage"])
    second = vendor_finding(tmp_path, "alpha_vantage", vendors=["yahoo", "alpha_vantage"])
    assert (first.status, second.status) == ("failed", "warning")
    assert "ALPHAVANTAGE_API_KEY" in first.remedy


def test_a_vendor_that_fails_is_named_without_its_key(tmp_path):
    quota = Reply(body={"Information": f"We have detected your API key as {KEY} and our limit is 25 requests per day"})
    with loopback(lambda _: quota) as server:
        found = vendor_finding(
            tmp_path,
            "alpha_vantage",
            {"ALPHAVANTAGE_API_KEY": KEY},
            vendors=["alpha_vantage"],
            alpha_vantage={"base_url": f"{server.url}/query"},
        )
    assert found.status == "failed"
    assert KEY not in found.told


def test_a_store_is_opened_and_its_archive_compared(tmp_path):
    assert machine.store(tmp_path / "home").told == "none yet; the first round makes it"
    assert not (tmp_path / "home").exists()
    with Store.open(tmp_path / "home") as store:
        store.save_chat(make_chat())
    assert machine.store(tmp_path / "home").status == "ok"
    (file,) = (tmp_path / "home" / "archive").rglob("*.json")
    file.write_text("{}")
    assert machine.store(tmp_path / "home").status == "failed"
    assert "is not what is stored" in machine.store(tmp_path / "home").told


def test_a_store_that_does_not_open_is_a_failure(tmp_path):
    (tmp_path / "arena.sqlite").write_bytes(b"hello" * 999)
    found = machine.store(tmp_path)
    assert (found.status, "damaged" in found.told) == ("failed", True)


def test_the_disk_is_looked_at_where_home_will_be(tmp_path):
    assert machine.disk(tmp_path / "not" / "yet").told.endswith("GB free")
    (tmp_path / "file").write_text("")
    blocked = machine.disk(tmp_path / "file" / "home")
    assert (blocked.status, blocked.told) == ("failed", f"{tmp_path / 'file'} cannot be written")


def test_a_fault_without_a_remedy_is_no_finding():
    with pytest.raises(ValidationError, match="names its remedy"):
        Finding(name="x", status="failed", told="broken")


def test_an_arena_that_needs_no_network_is_all_fine_in_a_fixed_order(tmp_path):
    found = asyncio.run(examine(rehearsal_arena(tmp_path), {}, now))
    assert {finding.status for finding in found} == {"ok"}
    assert [finding.name for finding in found] == [
        *(f"contestant {name}" for name in ("cautious", "contrarian", "momentum", "newsreader", "value")),
        "vendor simulated",
        f"store {tmp_path}",
        f"disk at {tmp_path}",
    ]


def test_a_baseline_needs_nothing(tmp_path):
    rules = [{"name": "rule", "kind": "baseline", "rule": "macd"}]
    (finding,) = contestants(rehearsal_arena(tmp_path, contestants=rules), {}, {})
    assert (finding.status, finding.told) == ("ok", "a baseline with the rule macd; it needs nothing")


def examined_elsewhere(home, answer, **executor):
    """What is found of an arena whose desks run behind a server that answers so."""
    with loopback(lambda request: answer) as server:
        wanted = {"executor": {"kind": "langgraph", "url": server.url, **executor}}
        found = asyncio.run(examine(rehearsal_arena(home, **wanted), {}, now, seconds=2.0))
    return found, server.url


def test_desks_that_run_elsewhere_are_looked_for_there(tmp_path):
    found, url = examined_elsewhere(tmp_path, Reply(body=[{"assistant_id": "1", "graph_id": "remote_desk"}]))
    assert [finding.name.split()[0] for finding in found] == ["executor", "vendor", "store", "disk"]
    assert found[0].status == "ok"
    assert found[0].told.startswith(f"{url} holds desks")


@pytest.mark.parametrize(
    ("answer", "executor", "told"),
    [
        (Reply(body=[]), {}, "does not offer the graph remote_desk"),
        (Reply(status=500, body="boom"), {}, "does not answer as one: InternalServerError"),
        (Reply(body="<html>"), {}, "does not answer as one"),
        (Reply(body=[]), {"api_key_env": "NOT_SET"}, "needs the key in NOT_SET, which is not set"),
    ],
)
def test_a_server_that_holds_no_desks_is_found_out(tmp_path, answer, executor, told):
    found, url = examined_elsewhere(tmp_path, answer, **executor)
    assert (found[0].name, found[0].status) == ("executor", "failed")
    assert url in found[0].told
    assert told in found[0].told


@pytest.mark.skipif(find_spec("ray") is None, reason="the extra ray is not installed")
def test_a_cluster_is_looked_for_where_it_should_be(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        found = [
            asyncio.run(examine(rehearsal_arena(tmp_path, executor=executor), {}, now, seconds=2.0))
            for executor in ({"kind": "ray"}, {"kind": "ray", "address": address})
        ]
    gone = asyncio.run(
        examine(rehearsal_arena(tmp_path, executor={"kind": "ray", "address": address}), {}, now, seconds=2.0)
    )
    assert [findings[0].status for findings in (*found, gone)] == ["ok", "ok", "failed"]
    assert f"nothing answers at {address}" in gone[0].told
    # Workers on this machine have its keys, so contestants are looked at; on a cluster they are its business.
    competing = [[f for f in findings if f.name.startswith("contestant")] for findings in found]
    assert [len(named) for named in competing] == [5, 0]


def test_a_contestant_with_replicas_is_looked_at_once(tmp_path):
    rows = [{"name": "value", "kind": "rehearsal", "style": "value", "replicas": 5}]
    settings = ArenaConfig.model_validate({"home": tmp_path, "contestants": rows, "market": {"vendors": ["simulated"]}})
    (found,) = contestants(settings, {}, {})
    assert found.name == "contestant value (5 replicas)"
