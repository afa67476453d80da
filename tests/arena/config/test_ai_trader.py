import json
from decimal import Decimal
from pathlib import Path

import pytest

from arena.config.loading import LoadedConfig, load
from arena.errors import ConfigError

# The shape of AI-Trader's own default_config.json, with one model at an address of its own.
CONFIG = {
    "agent_type": "BaseAgent",
    "market": "us",
    "date_range": {"init_date": "2025-10-01", "end_date": "2025-10-21"},
    "models": [
        {
            "name": "claude-3.7-sonnet",
            "basemodel": "anthropic/claude-3.7-sonnet",
            "signature": "claude-3.7-sonnet",
            "enabled": False,
            "openai_base_url": "Optional: YOUR_OPENAI_BASE_URL,you can write them in .env file",
            "openai_api_key": "Optional: YOUR_OPENAI_API_KEY,you can write them in .env file",
        },
        {
            "name": "GPT five",
            "basemodel": "gpt-5",
            "signature": "gpt-5",
            "openai_base_url": "https://api.openai.com/v1",
        },
        {"name": "qwen3-max", "basemodel": "qwen/qwen3-max", "signature": "qwen3-max", "openai_api_key": None},
    ],
    "agent_config": {"max_steps": 30, "max_retries": 2, "base_delay": 0.5, "initial_cash": 25000.5, "verbose": False},
    "log_config": {"log_path": "./data/agent_data"},
}


def loaded(folder: Path, config: dict) -> LoadedConfig:
    file = folder / "config.json"
    file.write_text(json.dumps(config, indent=2), encoding="utf-8")
    return load(file, {})


def refused(folder: Path, config: dict) -> str:
    with pytest.raises(ConfigError) as error:
        loaded(folder, config)
    return str(error.value).replace(str(folder / "config.json"), "config.json")


def test_what_both_know_is_taken_over(tmp_path):
    config = loaded(tmp_path, CONFIG).config
    assert [(c.name, c.model, c.endpoint, c.enabled) for c in config.contestants] == [
        ("claude-3.7-sonnet", "anthropic/claude-3.7-sonnet", "openrouter", False),
        ("gpt-5", "gpt-5", "openai", True),
        ("qwen3-max", "qwen/qwen3-max", "openrouter", True),
    ]
    assert config.endpoints["openrouter"].api_key_env == "OPENROUTER_API_KEY"
    assert config.endpoints["openai"].base_url == "https://api.openai.com/v1"
    assert config.endpoints["openai"].api_key_env == "OPENAI_API_KEY"
    assert config.desk.tool_turns == 30
    assert (config.limits.retries, config.limits.retry_delay) == (2, 0.5)
    assert config.trading.start_cash == Decimal("25000.5")
    assert config.home == Path("data/agent_data")


def test_origins_lead_into_ai_traders_file(tmp_path):
    origins = {path: origin.rpartition("/")[2] for path, origin in loaded(tmp_path, CONFIG).origins.items()}
    lines = [line.strip() for line in json.dumps(CONFIG, indent=2).splitlines()]
    steps, signature = lines.index('"max_steps": 30,') + 1, lines.index('"signature": "gpt-5",') + 1
    assert origins["desk.tool_turns"] == f"config.json:{steps}"
    assert origins["contestants.gpt-5.name"] == f"config.json:{signature}"
    assert origins["contestants.gpt-5.enabled"] == "default"
    assert origins["contestants.qwen3-max.endpoint"] == "default"
    assert origins["endpoints.openrouter.base_url"] == "default"
    assert origins["market.vendors"] == "default"


def test_what_has_no_counterpart_is_said(tmp_path):
    notes = "\n".join(loaded(tmp_path, CONFIG).notes)
    for subject in (
        "agent_type BaseAgent",
        "date_range 2025-10-01 to 2025-10-21",
        "verbose",
        "models[1].name 'GPT five'",
    ):
        assert subject in notes
    for decided in (
        "max_steps is taken as desk.tool_turns",
        "log_path is taken as home",
        "OPENROUTER_API_KEY",
        "OPENAI_API_KEY",
    ):
        assert decided in notes
    assert "models[0].name" not in notes


def test_each_address_is_an_endpoint_of_its_own(tmp_path):
    urls = ["http://a/v1", "http://b/v1", "http://a/v1"]
    models = [{"basemodel": "m", "signature": f"s{n}", "openai_base_url": url} for n, url in enumerate(urls)]
    config = loaded(tmp_path, {"models": models, "agent_config": {}}).config
    assert [c.endpoint for c in config.contestants] == ["openai", "openai-2", "openai"]
    assert config.endpoints.keys() == {"openai", "openai-2"}


def test_what_is_not_given_keeps_our_defaults(tmp_path):
    result = loaded(tmp_path, {"models": [{"basemodel": "m", "signature": "s"}], "agent_config": {}})
    assert result.config.desk.tool_turns == 4
    assert result.config.home == Path("arena-data")
    assert result.origins["home"] == "default"
    assert not any("agent_type" in note or "date_range" in note for note in result.notes)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"market": "cn"}, "config.json:3: market is 'cn'; this arena trades US stocks: 'us'"),
        ({"agent_type": "BaseAgentAStock"}, "config.json:2: agent_type BaseAgentAStock trades another market"),
        ({"agent_type": "BaseAgentCrypto"}, "config.json:2: agent_type BaseAgentCrypto trades another market"),
        ({"agent_config": {"max_step": 3}}, "unknown key 'max_step' in agent_config; did you mean 'max_steps'?"),
        ({"agent_config": {"max_steps": 51}}, "agent_config.max_steps is 51; expected at most 50"),
        ({"agent_config": {"max_steps": "many"}}, "agent_config.max_steps is 'many'; expected a whole number"),
        ({"agent_config": {"initial_cash": -5}}, "agent_config.initial_cash is -5.0; expected more than 0"),
        ({"stock_list": []}, "unknown key 'stock_list'. Known keys: agent_type, market, date_range, models,"),
        ({"models": []}, "models: no contestant is enabled"),
        ({"models": {}}, "models is a group of settings; expected a list"),
        ({"models": [{"signature": "s"}]}, "models[0].basemodel is missing: the model id the endpoint knows it by"),
        (
            {"models": [{"basemodel": "m", "signature": "a b"}]},
            "models[0].signature is 'a b'; expected letters, digits",
        ),
        (
            {"models": [{"basemodel": "m", "signature": "s", "openai_base_url": "api.openai.com"}]},
            "models[0].openai_base_url is 'api.openai.com'; expected an address that begins with http",
        ),
    ],
)
def test_what_cannot_be_meant_here_is_refused_in_ai_traders_words(tmp_path, change, complaint):
    assert complaint in refused(tmp_path, CONFIG | change)


def test_a_key_in_the_file_is_refused_and_not_shown(tmp_path):
    model = {"basemodel": "m", "signature": "s", "openai_api_key": "0a1b2c3d"}
    said = refused(tmp_path, {"models": [model], "agent_config": {}})
    assert "config.json:6: models[0].openai_api_key looks like a secret" in said
    assert "0a1b2c3d" not in said


def test_our_own_configuration_may_be_json_too(tmp_path):
    config = {"season": "json", "contestants": [{"name": "m", "kind": "rehearsal", "style": "value"}]}
    result = loaded(tmp_path, config)
    assert result.config.season == "json"
    assert result.origins["season"].endswith("config.json:2")
    assert result.notes == ()
