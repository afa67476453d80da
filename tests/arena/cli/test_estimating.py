"""`arena run --estimate`: what a round would cost, and nothing asked, nothing written."""

import json


def configured(folder, more=""):
    (folder / "arena.yaml").write_text(
        "as_of: 2025-10-14\nendpoints:\n  e: {base_url: 'http://127.0.0.1:9/v1'}\ncontestants:\n"
        "  - {name: a, endpoint: e, model: maker/a}\n  - {name: b, endpoint: e, model: maker/b}\n"
        f"market: {{vendors: [simulated]}}\n{more}"
    )


def test_it_shows_calls_tokens_and_dollars_by_contestant_and_in_all(arena, folder):
    configured(folder, "prices:\n  maker/a: {prompt: 3, completion: 15}\n")
    ran = arena("run", "NVDA", "AAPL", "--estimate")
    assert (ran.code, ran.err) == (0, "")
    rows = {line.split()[0]: line.split() for line in ran.out.splitlines() if line[:2] in {"a ", "b ", "al"}}
    assert rows["a"][1:4] == ["maker/a", "2", "32"]
    assert rows["a"][-2].startswith("$0.")
    assert rows["b"][-2:] == ["unknown", "unknown"]
    assert rows["all"][1:3] == ["4", "64"]
    assert rows["all"][-3:] == [rows["a"][-1], "+", "unknown"]
    assert "4 characters of a prompt are one token" in ran.out
    assert "no price is known for the models of b: `arena models --refresh`" in ran.out
    assert [file.name for file in folder.iterdir()] == ["arena.yaml"]


def test_json_is_one_document_with_null_for_what_is_unknown(arena, folder):
    configured(folder)
    told = json.loads(arena("run", "NVDA", "--estimate", "--contestant", "b", "--json").out)
    (row,) = told["contestants"]
    assert (row["contestant"], row["calls"], row["dollars"], row["most_dollars"]) == ("b", 16, None, None)
    assert told["unknown"] == ["b"]


def test_stand_ins_cost_nothing_and_a_round_that_was_played_takes_nothing_more(arena, played):
    ran = arena("run", "NVDA", "AAPL", "--estimate", "--config", "demo", "--home", played)
    assert "$0\n" in ran.out.replace(" ", "")
    again = arena("run", "NVDA", "--estimate", "--config", "demo", "--home", played)
    assert again.out == "Every desk has decided already: running the round again costs nothing.\n"


def test_what_cannot_be_played_cannot_be_estimated(arena):
    ran = arena("run", "NVDA", "--estimate", "--config", "demo", "--contestant", "nobody")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("arena: no contestant nobody; the configuration has ")
