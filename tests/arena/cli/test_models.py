"""`arena models`: a table that invents nothing, kept for a day, and old where nobody answers."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from arena.config.contestants import Endpoint
from arena.llm import catalogue
from arena.llm.catalogue import Catalogue, ListedModel
from tests.loopback import Reply, loopback

ROWS = [
    {
        "id": "anthropic/claude-sonnet-4.5",
        "name": "Anthropic: Claude Sonnet 4.5",
        "context_length": 1000000,
        "pricing": {"prompt": "0.000003", "completion": "0.000015"},
        "supported_parameters": ["tools", "structured_outputs", "response_format", "reasoning"],
    },
    {"id": "qwen3:8b", "object": "model"},
    {"id": "\x1b[2Jowned", "supported_parameters": []},
]
CANARY = "sk-canary-0123456789"


def configured(folder, **urls):
    endpoints = "".join(f"  {name}: {{base_url: '{url}/v1', api_key_env: SOME_KEY}}\n" for name, url in urls.items())
    first = next(iter(urls))
    (folder / "arena.yaml").write_text(
        f"endpoints:\n{endpoints}contestants:\n  - {{name: m, endpoint: {first}, model: x}}\n"
    )


@pytest.fixture
def router(folder, monkeypatch):
    monkeypatch.setenv("SOME_KEY", CANARY)
    with loopback(lambda _: Reply(body={"data": ROWS})) as server:
        configured(folder, router=server.url)
        yield server


def test_it_shows_context_prices_and_abilities_and_what_is_unknown(arena, router):
    ran = arena("models")
    assert (ran.code, ran.err) == (0, "")
    claude = next(line for line in ran.out.splitlines() if line.startswith("anthropic/claude-sonnet-4.5"))
    assert claude.split() == [
        "anthropic/claude-sonnet-4.5",
        "1,000,000",
        "3.00",
        "15.00",
        "tools,",
        "structured,",
        "JSON,",
        "reasoning",
    ]
    qwen = next(line for line in ran.out.splitlines() if line.startswith("qwen3:8b"))
    assert qwen.split() == ["qwen3:8b", "unknown", "unknown", "unknown", "unknown"]
    assert "\x1b" not in ran.out
    assert CANARY not in ran.out


def test_search_finds_by_id_and_by_name_whatever_the_case(arena, router):
    assert "router: 1 model," in arena("models", "--search", "SONNET").out
    assert "router: 1 model," in arena("models", "--search", "anthropic:").out
    assert "router: 0 models," in arena("models", "--search", "nothing like it").out


def test_json_holds_what_was_told_and_null_for_what_was_not(arena, router):
    listed = json.loads(arena("models", "--json").out)["router"]["models"]
    assert [model["id"] for model in listed] == sorted(row["id"] for row in ROWS)
    claude, qwen = listed[1:]
    assert claude["rates"]["prompt"] == "3"
    assert (qwen["rates"], qwen["context"], qwen["parameters"]) == (None, None, None)


def test_what_was_told_is_kept_and_asked_for_again_only_on_request(arena, router, folder):
    arena("models")
    arena("models", "--search", "qwen")
    assert len(router.requests) == 1
    arena("models", "--refresh")
    assert len(router.requests) == 2
    assert CANARY not in (folder / "arena-data" / "catalogue" / "router.json").read_text()


def keep_old(folder, url, days):
    found = Catalogue(
        base_url=f"{url}/v1", fetched=datetime.now(UTC) - timedelta(days=days), models=(ListedModel(id="old"),)
    )
    catalogue.keep(folder / "arena-data", "router", found)
    return Endpoint(base_url=f"{url}/v1")


def test_what_is_a_day_old_is_asked_for_again(arena, router, folder):
    keep_old(folder, router.url, 1)
    assert "qwen3:8b" in arena("models").out


def test_where_the_endpoint_is_gone_what_it_told_is_shown_with_its_age(arena, folder):
    configured(folder, router="http://127.0.0.1:9")
    keep_old(folder, "http://127.0.0.1:9", 3)
    ran = arena("models")
    assert ran.code == 0
    assert "old" in ran.out
    assert ran.err.startswith("note: http://127.0.0.1:9/v1/models cannot be reached: ")
    assert "this is what it told on 20" in ran.err


def test_where_the_endpoint_is_gone_and_told_nothing_it_is_said(arena, folder):
    configured(folder, router="http://127.0.0.1:9")
    ran = arena("models")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("arena: http://127.0.0.1:9/v1/models cannot be reached: ")
    assert "check endpoints.router.base_url, its key and the network; `arena doctor` looks" in ran.err
    assert not (folder / "arena-data").exists()


def test_one_endpoint_of_several(arena, router, folder):
    configured(folder, router=router.url, dead="http://127.0.0.1:9")
    assert arena("models", "--endpoint", "router").code == 0
    ran = arena("models", "--endpoint", "ruter")
    assert (ran.code, ran.err) == (1, "arena: no endpoint ruter; the configuration has dead, router\n")


def test_a_configuration_without_endpoints_says_so(arena):
    ran = arena("models", "--config", "demo")
    assert ran.code == 1
    assert "the configuration has no endpoints; name another one with --config" in ran.err


def test_a_search_that_finds_nothing_says_so(arena, router, folder):
    configured(folder, router=router.url)
    ran = arena("models", "--search", "no such thing")
    assert (ran.code, ran.err) == (0, "note: no model has 'no such thing' in its id or name\n")
    assert ran.out.startswith("router: 0 models, as told on ")
