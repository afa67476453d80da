from pathlib import Path

import pytest

from arena.config.loading import load
from arena.config.secrets import Secrets, holds_secret, names_secret, redacted
from arena.errors import ConfigError

OPENROUTER_KEY = "sk-or-v1-0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "text",
    [
        OPENROUTER_KEY,
        f"Bearer {OPENROUTER_KEY}",
        "bearer abcdefgh.ijkl",
        "Basic dXNlcjpwYXNz",
        "gsk_0123456789abcdef0123",
        "AIzaSyA0123456789abcdef01234",
        "https://user:hunter2@example.org/v1",
        "https://example.org/v1?api_key=0123",
        f"key={OPENROUTER_KEY}",
    ],
)
def test_what_looks_like_a_key_is_recognised_and_redacted(text):
    assert holds_secret(text)
    assert not holds_secret(redacted(text))


@pytest.mark.parametrize(
    "text",
    [
        "OPENROUTER_API_KEY",
        "openai/gpt-5",
        "risk-adjusted",
        "task-1",
        "http://127.0.0.1:11434/v1",
        "qwen3:8b",
        "basic",
        "org/sk-8b",
    ],
)
def test_ordinary_values_are_no_keys(text):
    assert not holds_secret(text)
    assert redacted(text) == text


@pytest.mark.parametrize(
    "key", ["api_key", "openai_api_key", "Authorization", "X-API-Key", "apikey", "password", "token", "Cookie"]
)
def test_settings_that_would_hold_a_key_are_known_by_name(key):
    assert names_secret(key)


@pytest.mark.parametrize("key", ["api_key_env", "max_tokens", "eos_token", "headers", "X-Title", "model"])
def test_other_settings_are_not(key):
    assert not names_secret(key)


@pytest.mark.parametrize(
    ("setting", "path", "secret"),
    [
        (
            f"endpoints: {{e: {{base_url: http://a, api_key_env: {OPENROUTER_KEY}}}}}",
            "endpoints.e.api_key_env",
            OPENROUTER_KEY,
        ),
        (
            "endpoints: {e: {base_url: http://a, headers: {Authorization: letmein}}}",
            "endpoints.e.headers.Authorization",
            "letmein",
        ),
        ("endpoints: {e: {base_url: http://a, api_key: letmein}}", "endpoints.e.api_key", "letmein"),
        ("endpoints: {e: {base_url: 'https://u:letmein@a'}}", "endpoints.e.base_url", "letmein"),
        (f"season: {OPENROUTER_KEY}", "season", OPENROUTER_KEY),
        (f"{OPENROUTER_KEY}: 1", "(not shown)", OPENROUTER_KEY),
        ("openai_api_key: 12345678", "openai_api_key", "12345678"),
    ],
)
def test_a_key_in_the_file_is_refused_and_never_shown(tmp_path, setting, path, secret):
    file = tmp_path / "x.yaml"
    file.write_text(f"{setting}\ncontestants:\n- {{name: m, kind: rehearsal, style: value}}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load(file, {})
    assert f"{file}:1: {path} looks like a secret" in str(error.value)
    assert secret not in str(error.value)


def test_a_key_inside_free_arguments_is_refused(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_text(
        "contestants:\n- name: m\n  kind: class\n  chat_model: a:B\n  arguments: {deep: [{password: letmein}]}\n"
    )
    with pytest.raises(
        ConfigError, match=r"x\.yaml:5: contestants\.m\.arguments\.deep\[0\]\.password looks like a secret"
    ):
        load(file, {})


def test_a_null_where_a_key_would_stand_is_no_secret(tmp_path: Path):
    file = tmp_path / "x.yaml"
    file.write_text("contestants:\n- name: m\n  kind: class\n  chat_model: a:B\n  arguments: {api_key: null}\n")
    assert load(file, {}).config.enabled[0].name == "m"


ENVIRONMENT = {
    "OPENAI_API_KEY": "plain-looking-one",
    "HF_TOKEN": "plain-looking",
    "db_password": "pass word/1",
    "CLIENT_SECRET": "no",
    "HOME": "/home/someone",
    "KEYBOARD": "german-layout",
}


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("refused plain-looking-one.", "refused (not shown)."),
        ("refused plain-looking.", "refused (not shown)."),
        ("pass word/1 and pass%20word%2F1", "(not shown) and (not shown)"),
        ("sk-of-another-sort1 was refused", "(not shown) was refused"),
        ("no file in /home/someone, german-layout", "no file in /home/someone, german-layout"),
    ],
)
def test_the_values_of_variables_that_are_called_like_secrets_are_cut(text, cut):
    secrets = Secrets(ENVIRONMENT)
    assert secrets.cut(text) == cut
    assert secrets.among(text) == (text != cut)
    assert secrets.cut_from({"a": [text, 1]}) == {"a": [cut, 1]}
