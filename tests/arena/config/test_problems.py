import json
from pathlib import Path

import pytest

from arena.config.ai_trader import _AiTraderFile
from arena.config.loading import load
from arena.config.model import ArenaConfig
from arena.config.problems import PATTERNS, nearest
from arena.errors import ConfigError

ENDPOINT = "endpoints: {e: {base_url: http://127.0.0.1/v1}}\n"
CONTESTANT = "contestants:\n  - {name: m, kind: rehearsal, style: momentum}\n"


@pytest.fixture
def complaint(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def _complaint(text: str) -> str:
        Path("x.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as error:
            load(Path("x.yaml"), {})
        return str(error.value)

    return _complaint


def test_an_unknown_key_names_the_nearest_known_one_and_all_others(complaint):
    assert complaint(f"{CONTESTANT}desk:\n  analyst: [market]\n") == (
        "x.yaml:4: unknown key 'analyst' in desk; did you mean 'analysts'? "
        "Known keys: analysts, tool_turns, debate, risk"
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"seasn: a\n{CONTESTANT}", "x.yaml:1: unknown key 'seasn'; did you mean 'season'? Known keys: season, as_of,"),
        (f"vendors: [yahoo]\n{CONTESTANT}", "x.yaml:1: unknown key 'vendors'; it belongs under market. Known keys:"),
        (f"zzz: 1\n{CONTESTANT}", "x.yaml:1: unknown key 'zzz'. Known keys: season,"),
        (
            f"{CONTESTANT}desk: {{risk: {{round: 1}}}}\n",
            "x.yaml:3: unknown key 'round' in desk.risk; did you mean 'rounds'?",
        ),
        (f"{CONTESTANT}season_: 1\n", "x.yaml:3: unknown key 'season_'; did you mean 'season'?"),
        (
            f"{CONTESTANT}prices: {{maker/m: {{prompt: 1, completion: 2, promt: 1}}}}\n",
            "x.yaml:3: unknown key 'promt' in prices.maker/m; did you mean 'prompt'? Known keys: prompt, completion",
        ),
        (f"{CONTESTANT}budget: {{rounds: 1}}\n", "x.yaml:3: unknown key 'rounds' in budget; did you mean 'round'?"),
        (
            f"{CONTESTANT}endpoints:\n  e:\n    base_url: http://a\n    api-key-env: X\n",
            "x.yaml:6: unknown key 'api-key-env' in endpoints.e; did you mean 'api_key_env'? Known keys: base_url,",
        ),
        (
            "contestants:\n  - name: m\n    kind: rehearsal\n    stile: value\n    style: value\n",
            "x.yaml:4: unknown key 'stile' in contestants.m; did you mean 'style'? Known keys: name, enabled,",
        ),
        (
            f"{ENDPOINT}contestants:\n  - name: m\n    endpoint: e\n    model: x\n    endpont: e\n",
            "x.yaml:6: unknown key 'endpont' in contestants.m; did you mean 'endpoint'? Known keys: name,",
        ),
        (
            "contestants:\n  - name: m\n    kind: class\n    chat_modl: a:B\n    chat_model: a:B\n",
            "x.yaml:4: unknown key 'chat_modl' in contestants.m; did you mean 'chat_model'? Known keys: name,",
        ),
    ],
)
def test_unknown_keys_are_refused_at_every_place(complaint, text, hint):
    assert complaint(text).startswith(hint)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("season: s\n", "x.yaml: contestants is missing: who competes"),
        ("contestants:\n", "x.yaml:1: contestants is empty; expected a list"),
        ("contestants: []\n", "x.yaml:1: contestants: no contestant is enabled"),
        (
            "contestants: [just text]\n",
            "x.yaml:1: contestants[0] is 'just text'; expected settings of its own, indented below it",
        ),
        (
            "contestants:\n  - name: m\n    endpoint: e\n",
            "x.yaml:2: contestants.m.model is missing: the model id the endpoint knows it by",
        ),
        (
            "contestants:\n  - name: m\n    kind: rehersal\n",
            "x.yaml:3: contestants.m.kind is 'rehersal'; expected endpoint, class, rehearsal or baseline; "
            "did you mean 'rehearsal'?",
        ),
        (
            "contestants:\n  - {name: m m, kind: rehearsal, style: value}\n",
            "x.yaml:2: contestants.m m.name is 'm m'; expected letters, digits, dot, dash and underscore, 64 at most, "
            "the first a letter or digit",
        ),
        (f"season: 2025\n{CONTESTANT}", "x.yaml:1: season is 2025; expected text; write it in quotes"),
        (
            f"{CONTESTANT}market: {{vendors: [yaho]}}\n",
            "x.yaml:3: market.vendors[0] is 'yaho'; expected yahoo, alpha_vantage, stocktwits, reddit, files or "
            "simulated; did you mean 'yahoo'?",
        ),
        (
            f"{CONTESTANT}market: {{vendors: []}}\n",
            "x.yaml:3: market.vendors is empty; expected at least 1 in the list",
        ),
        (f"{CONTESTANT}market: {{vendors: yahoo}}\n", "x.yaml:3: market.vendors is 'yahoo'; expected a list"),
        (
            f"{CONTESTANT}market: [yahoo]\n",
            "x.yaml:3: market is a list; expected settings of its own, indented below it",
        ),
        (f"{CONTESTANT}market: {{timeout: inf}}\n", "x.yaml:3: market.timeout is 'inf'; expected a finite number"),
        (f"{CONTESTANT}desk: {{tool_turns: 51}}\n", "x.yaml:3: desk.tool_turns is 51; expected at most 50"),
        (f"{CONTESTANT}desk: {{tool_turns: 1.5}}\n", "x.yaml:3: desk.tool_turns is 1.5; expected a whole number"),
        (f"{CONTESTANT}trading: {{start_cash: ten}}\n", "x.yaml:3: trading.start_cash is 'ten'; expected a number"),
        (f"{CONTESTANT}trading: {{start_cash: 0}}\n", "x.yaml:3: trading.start_cash is 0; expected more than 0"),
        (f"{CONTESTANT}budget: {{day: 0}}\n", "x.yaml:3: budget.day is 0; expected more than 0"),
        (
            f"{CONTESTANT}prices: {{m: {{prompt: -1, completion: 2}}}}\n",
            "x.yaml:3: prices.m.prompt is -1; expected at least 0",
        ),
        (
            f"{CONTESTANT}prices:\n  m: {{prompt: 1}}\n",
            "x.yaml:4: prices.m.completion is missing: dollars per million completion tokens, thinking included",
        ),
        (f"{CONTESTANT}limits: {{retries: -1}}\n", "x.yaml:3: limits.retries is -1; expected at least 0"),
        (f"{CONTESTANT}as_of: 14.10.2025\n", "x.yaml:3: as_of is '14.10.2025'; expected a date such as 2025-10-14"),
        (
            f"{CONTESTANT}endpoints: {{e: {{base_url: openrouter.ai}}}}\n",
            "x.yaml:3: endpoints.e.base_url is 'openrouter.ai'; expected an address that begins with http:// or https://",
        ),
        (
            f"{CONTESTANT}executor: {{kind: ray, address: 'ray://10.0.0.1:10001'}}\n",
            "x.yaml:3: executor.address is 'ray://10.0.0.1:10001'; expected host:port of a Ray cluster, such as "
            "10.0.0.1:6379, or auto",
        ),
        (
            f"{CONTESTANT}executor: {{kind: roy}}\n",
            "x.yaml:3: executor.kind is 'roy'; expected local, langgraph or ray; did you mean 'ray'?",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence_with_its_line_and_what_is_expected(complaint, text, sentence):
    assert complaint(text) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            f"{CONTESTANT}  - {{name: M, kind: rehearsal, style: value}}\n",
            "x.yaml:3: contestants.M.name: two contestants are called M; names must differ in more than case",
        ),
        (
            f"{ENDPOINT}contestants:\n  - name: m\n    model: x\n    endpoint: f\n",
            "x.yaml:5: contestants.m.endpoint: contestant m names the endpoint 'f'; configured are: e",
        ),
        (
            f"{CONTESTANT}market:\n  vendors: [files]\n",
            "x.yaml:4: market.vendors: the vendor files needs market.files.folder",
        ),
        (
            f"{CONTESTANT}market:\n  vendors: [simulated, yahoo]\n",
            "x.yaml:4: market.vendors: simulated stands alone: invented facts never fill the gaps of real ones",
        ),
    ],
)
def test_values_that_do_not_fit_together_are_blamed_on_a_line_too(complaint, text, sentence):
    assert complaint(text) == sentence


def test_the_value_of_a_key_variable_is_not_repeated_as_it_may_be_the_key_itself(complaint):
    said = complaint(f"{CONTESTANT}endpoints: {{e: {{base_url: http://a, api_key_env: ab-cd-ef}}}}\n")
    assert "endpoints.e.api_key_env is (not shown); expected the name of an environment variable" in said
    assert "ab-cd-ef" not in said


def test_a_long_value_is_cut(complaint):
    assert f"'{'x' * 57}...'" in complaint(f"as_of: {'x' * 500}\n{CONTESTANT}")


@pytest.mark.parametrize("root", [ArenaConfig, _AiTraderFile])
def test_every_pattern_of_the_model_is_put_in_words(root):
    def patterns(schema: object) -> set[str]:
        if isinstance(schema, list):
            return set().union(*map(patterns, schema))
        if not isinstance(schema, dict):
            return set()
        own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
        return own.union(*map(patterns, schema.values()))

    asked = {pattern for pattern in patterns(json.loads(json.dumps(root.model_json_schema()))) if "(?!" not in pattern}
    assert asked <= PATTERNS.keys()


def test_nothing_is_suggested_where_nothing_is_alike():
    assert nearest("zebra", ["season", "home"]) is None
    assert nearest("Tool-Turns", ["tool_turns", "risk"]) == "tool_turns"
