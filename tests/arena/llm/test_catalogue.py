"""An endpoint's catalogue: every shape, every failure, and what is kept of it."""

import asyncio
import json
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from arena.config.contestants import Endpoint
from arena.errors import ModelError
from arena.llm import catalogue
from arena.llm.catalogue import Catalogue, ListedModel
from arena.llm.prices import Rates
from tests.loopback import Reply, loopback

NOW = datetime(2025, 11, 3, 12, tzinfo=UTC)
KEY = "sk-canary-0123456789"
CLAUDE = {
    "id": "anthropic/claude-sonnet-4.5",
    "name": "Anthropic: Claude Sonnet 4.5",
    "context_length": 1000000,
    "pricing": {"prompt": "0.000003", "completion": "0.000015", "request": "0", "image": "0.0048"},
    "top_provider": {"context_length": 1000000, "max_completion_tokens": 64000, "is_moderated": True},
    "supported_parameters": ["tools", "tool_choice", "structured_outputs", "response_format", "reasoning"],
}


def fetched(reply, seconds=20.0, **settings):
    with loopback(lambda _: reply) as server:
        endpoint = Endpoint(base_url=f"{server.url}/api/v1", **settings)
        found = asyncio.run(catalogue.fetch(endpoint, KEY, NOW, seconds=seconds))
    return found, server.requests


def listed(*rows):
    return Reply(body={"data": list(rows)})


def test_a_router_tells_everything():
    found, (request,) = fetched(listed(CLAUDE), headers={"X-Title": "ModelChat Arena"})
    assert found.models == (
        ListedModel(
            id="anthropic/claude-sonnet-4.5",
            name="Anthropic: Claude Sonnet 4.5",
            context=1_000_000,
            most_completion=64_000,
            rates=Rates(prompt=Decimal(3), completion=Decimal(15)),
            parameters=("reasoning", "response_format", "structured_outputs", "tool_choice", "tools"),
        ),
    )
    assert found.fetched == NOW
    assert request.target == "/api/v1/models"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["x-title"] == "ModelChat Arena"


def test_a_plain_server_tells_ids_and_the_rest_stays_unknown():
    ollama = {"id": "qwen3:8b", "object": "model", "created": 1, "owned_by": "library"}
    found, _ = fetched(listed(ollama, {"id": "a"}))
    assert found.models == (ListedModel(id="a"), ListedModel(id="qwen3:8b"))
    assert found.rates() == {}
    assert found.models[0].supports("tools") is None


def test_a_model_is_found_by_its_id_and_under_ollamas_latest():
    found, _ = fetched(listed({"id": "llama3:latest"}, {"id": "b"}))
    assert found.model("b").id == "b"
    assert found.model("llama3").id == "llama3:latest"
    assert found.model("c") is None


@pytest.mark.parametrize(
    "pricing",
    [
        None,
        {},
        "free",
        {"prompt": "-1", "completion": "-1"},  # a router that chooses the model itself
        {"prompt": "0.1"},
        {"prompt": "NaN", "completion": "0"},
        {"prompt": "cheap", "completion": "0"},
        {"prompt": None, "completion": "0"},
        {"prompt": "0", "completion": "0", "request": "-1"},
    ],
)
def test_a_price_that_is_none_is_unknown(pricing):
    found, _ = fetched(listed({"id": "m", "pricing": pricing}))
    assert found.models[0].rates is None


def test_a_price_of_nothing_is_a_price():
    found, _ = fetched(listed({"id": "m:free", "pricing": {"prompt": "0", "completion": "0"}}))
    assert found.rates()["m:free"].cost(10, 10) == 0


def test_prices_keep_every_digit():
    pricing = {"prompt": "0.0000000375", "completion": "1e-7", "request": "0.0025"}
    found, _ = fetched(listed({"id": "m", "pricing": pricing}))
    assert found.rates()["m"] == Rates(prompt=Decimal("0.0375"), completion=Decimal("0.1"), request=Decimal("0.0025"))


def test_what_is_no_model_is_left_out_and_what_makes_no_sense_is_unknown():
    odd = {"id": "odd", "context_length": "many", "name": 7, "supported_parameters": {"a": 1}, "top_provider": []}
    found, _ = fetched(listed(odd, {"name": "no id"}, "text", None, {"id": 5}))
    assert found.models == (ListedModel(id="odd"),)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(401, body={"error": {"message": f"bad key {KEY}"}}), "answered HTTP 401"),
        (Reply(302, headers={"location": "http://127.0.0.1:1/steal"}), "answered HTTP 302"),
        (Reply(body="<html>sorry</html>"), "answered something that is not JSON"),
        (Reply(body=b""), "answered something that is not JSON"),
        (Reply(body="[" * 100_000), "answered something that is not JSON"),
        (Reply(body={"models": []}), "answered no list of models"),
        (Reply(body=[1]), "answered no list of models"),
        (Reply(body=b"x" * 8_500_000), "answered more than 8,000,000 bytes"),
        (Reply(body=b"x", headers={"content-encoding": "gzip"}), "something that is not JSON"),
    ],
)
def test_every_failure_is_one_sentence_with_the_address_and_no_key(reply, said):
    with pytest.raises(ModelError) as error:
        fetched(reply)
    assert said in str(error.value)
    assert "/api/v1/models" in str(error.value)
    assert KEY not in str(error.value)


@pytest.mark.parametrize("reply", [Reply(body=b'{"data": []}', drip=0.2), Reply(delay=5)])
def test_a_server_that_drips_or_sleeps_is_left_at_the_deadline(reply):
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"did not answer within 0\.5 s"):
        fetched(reply, seconds=0.5)
    assert time.monotonic() - began < 4


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(ModelError, match=r"http://127\.0\.0\.1:9/v1/models cannot be reached: ."):
        asyncio.run(catalogue.fetch(Endpoint(base_url="http://127.0.0.1:9/v1"), None, NOW))


def kept_one(home, base_url="http://127.0.0.1/v1", name="router"):
    found = Catalogue(base_url=base_url, fetched=NOW, models=(ListedModel(id="m"),))
    catalogue.keep(home, name, found)
    return found


def test_what_was_told_is_kept_under_the_endpoints_name(tmp_path):
    found = kept_one(tmp_path)
    assert catalogue.kept(tmp_path, "router", Endpoint(base_url=found.base_url)) == found
    assert [file.name for file in (tmp_path / "catalogue").iterdir()] == ["router.json"]


def test_a_name_leads_out_of_no_folder(tmp_path):
    kept_one(tmp_path, name="../../evil")
    assert [file.name for file in (tmp_path / "catalogue").iterdir()] == ["..%2F..%2Fevil.json"]


def test_what_is_kept_of_another_address_is_not_this_endpoints(tmp_path):
    kept_one(tmp_path)
    assert catalogue.kept(tmp_path, "router", Endpoint(base_url="http://127.0.0.1/v2")) is None
    assert catalogue.kept(tmp_path, "other", Endpoint(base_url="http://127.0.0.1/v1")) is None


@pytest.mark.parametrize("content", ["", "{", json.dumps({"version": 2}), "\x00"])
def test_a_file_that_cannot_be_read_is_as_good_as_none(tmp_path, content):
    kept_one(tmp_path)
    (tmp_path / "catalogue" / "router.json").write_text(content)
    assert catalogue.kept(tmp_path, "router", Endpoint(base_url="http://127.0.0.1/v1")) is None
