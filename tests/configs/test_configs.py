import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arena.config.contestants import EndpointContestant, RehearsalContestant
from arena.config.finding import PACKAGED, packaged
from arena.config.loading import load
from arena.config.sinks import SlackSettings, SupabaseSettings, TelegramSettings

PROJECT = Path(__file__).resolve().parents[2]


def config(name):
    return load(packaged(name), {}).config


def test_all_packaged_files_are_known_by_name():
    assert sorted(file.stem for file in (PROJECT / "configs").glob("*.yaml")) == sorted(PACKAGED)


@pytest.mark.parametrize("name", PACKAGED)
def test_each_loads_without_notes_and_explains_itself(name):
    assert load(packaged(name), {}).notes == ()
    assert packaged(name).read_text(encoding="utf-8").startswith("# ")


def test_arena_is_five_models_over_openrouter_with_ten_thousand_dollars_each():
    arena = config("arena")
    assert {c.name: c.model for c in arena.contestants} == {
        "claude": "anthropic/claude-sonnet-4.5",
        "gpt": "openai/gpt-5",
        "gemini": "google/gemini-2.5-pro",
        "deepseek": "deepseek/deepseek-chat-v3.1",
        "qwen": "qwen/qwen3-max",
    }
    assert {c.endpoint for c in arena.contestants} == {"openrouter"}
    assert arena.endpoints["openrouter"].base_url == "https://openrouter.ai/api/v1"
    assert arena.endpoints["openrouter"].api_key_env == "OPENROUTER_API_KEY"
    assert arena.endpoints["openrouter"].headers.keys() == {"HTTP-Referer", "X-Title"}
    assert arena.trading.start_cash == Decimal(10_000)
    assert arena.market.vendors == ("yahoo", "alpha_vantage")
    assert arena.season == "main"


def test_demo_needs_no_key_and_no_network_and_bears_no_models_name():
    demo = config("demo")
    assert all(isinstance(c, RehearsalContestant) and c.name == c.style for c in demo.contestants)
    assert len(demo.enabled) == 5
    assert demo.endpoints == {}
    assert demo.market.vendors == ("simulated",)
    assert demo.as_of == date(2025, 10, 14)


def test_local_asks_this_machine_without_a_key():
    local = config("local")
    assert all(isinstance(c, EndpointContestant) and c.endpoint == "local" for c in local.contestants)
    assert local.endpoints["local"].base_url == "http://127.0.0.1:11434/v1"
    assert local.endpoints["local"].api_key_env is None
    assert local.market.vendors == ("yahoo",)


def test_the_example_environment_names_every_variable_of_the_packaged_files_and_holds_no_value():
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    settings = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Z_]+=", setting) for setting in settings)
    wanted = {endpoint.api_key_env for name in PACKAGED for endpoint in config(name).endpoints.values()} - {None}
    wanted |= {config("arena").market.alpha_vantage.api_key_env, "ARENA_HOME"}
    wanted |= {record.model_fields["token_env"].default for record in (TelegramSettings, SlackSettings)}
    wanted |= {SupabaseSettings.model_fields[name].default for name in ("url_env", "key_env")}
    assert wanted == {setting.rstrip("=") for setting in settings}
    assert all(lines[lines.index(setting) - 1].startswith("# ") for setting in settings)
