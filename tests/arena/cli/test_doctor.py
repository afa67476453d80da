"""`arena doctor`: exit code 0 where nothing failed, 1 where something did, and what to do about it."""

import json

from tests.loopback import Reply, loopback

CANARY = "sk-canary-0123456789"


def configured(folder, url):
    (folder / "arena.yaml").write_text(
        f"endpoints:\n  e: {{base_url: '{url}/v1', api_key_env: SOME_KEY}}\n"
        "contestants:\n  - {name: m, endpoint: e, model: maker/m}\nmarket: {vendors: [simulated]}\n"
    )


def test_the_demo_is_all_fine_without_network_and_nothing_is_written(arena, folder):
    ran = arena("doctor", "--config", "demo")
    assert ran.code == 0
    assert ran.err == "8 fine, 0 warnings, 0 failed\n"
    assert "vendor simulated" in ran.out
    assert list(folder.iterdir()) == []


def test_what_failed_comes_with_what_to_do_and_exit_code_1(arena, folder):
    configured(folder, "http://127.0.0.1:9")
    ran = arena("doctor")
    assert ran.code == 1
    assert ran.err == "3 fine, 1 warning, 2 failed\n"
    assert "to do: export SOME_KEY=..." in ran.out


def test_json_is_one_document_of_findings_and_no_key_is_in_it(arena, folder, monkeypatch):
    monkeypatch.setenv("SOME_KEY", CANARY)

    def answer(request):
        if request.path == "/v1/models":
            return Reply(body={"data": [{"id": "maker/m", "supported_parameters": ["tools", "structured_outputs"]}]})
        return Reply(401, body={"error": f"your key {CANARY} is bad"})

    with loopback(answer) as server:
        configured(folder, server.url)
        ran = arena("doctor", "--json")
    found = {finding["name"]: finding for finding in json.loads(ran.out)}
    assert ran.code == 1
    assert (found["endpoint e"]["status"], found["contestant m"]["status"]) == ("ok", "ok")
    assert found["account at e"]["status"] == "failed"
    assert CANARY not in ran.out + ran.err
