import json
import os
import traceback
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.config.contestants import EndpointContestant
from arena.config.layers import Override
from arena.config.loading import load, read
from arena.errors import ConfigError

SMALLEST = "contestants:\n- {name: m, kind: rehearsal, style: momentum}\n"


def written(folder: Path, text: str, name: str = "x.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str, name: str = "x.yaml") -> list[str]:
    with pytest.raises(ConfigError) as error:
        load(written(folder, text, name), {})
    return str(error.value).replace(f"{folder}{os.sep}", "").splitlines()


def test_the_smallest_file_is_one_contestant_and_defaults(tmp_path):
    loaded = load(written(tmp_path, SMALLEST), {})
    assert [contestant.name for contestant in loaded.config.enabled] == ["m"]
    assert loaded.config.trading.start_cash == Decimal(10_000)
    assert loaded.origins["trading.start_cash"] == "default"
    assert loaded.notes == ()


def test_every_setting_knows_its_line(tmp_path):
    text = (
        "season: s\ncontestants:\n  - name: a.b\n    kind: rehearsal\n    style: value\n"
        "market:\n  vendors:\n    - files\n  files: {folder: here}\n"
    )
    loaded = load(written(tmp_path, text), {})
    origins = {path: origin.removeprefix(str(tmp_path)) for path, origin in loaded.origins.items()}
    assert origins["season"] == "/x.yaml:1"
    assert origins["contestants.a.b.style"] == "/x.yaml:5"
    assert origins["market.vendors"] == "/x.yaml:7"
    assert origins["market.files.folder"] == "/x.yaml:9"
    assert origins["market.timeout"] == "default"


def test_later_layers_win_and_say_so(tmp_path):
    text = "home: one\nas_of: 2025-10-01\n" + SMALLEST
    overrides = {"as_of": Override("2025-10-14", "option --as-of"), "trading.fill": Override("next_close", "--fill")}
    loaded = load(written(tmp_path, text), {"ARENA_HOME": "two"}, overrides)
    assert loaded.config.home == Path("two")
    assert loaded.config.as_of == date(2025, 10, 14)
    assert loaded.config.trading.fill == "next_close"
    assert loaded.origins["home"] == "environment ARENA_HOME"
    assert loaded.origins["as_of"] == "option --as-of"
    assert loaded.origins["trading.fill"] == "--fill"


def test_a_wrong_option_is_blamed_on_the_option(tmp_path):
    with pytest.raises(ConfigError, match=r"^option --as-of: as_of is 'soon'; expected a date such as 2025-10-14$"):
        load(written(tmp_path, SMALLEST), {}, {"as_of": Override("soon", "option --as-of")})


@pytest.mark.parametrize("word", ["no", "on", "yes", "off", "y", "1:30", "2025-10-14", "0x10", "007"])
def test_words_that_yaml_1_1_would_turn_into_something_else_stay_names(tmp_path, word):
    allowed = word.replace(":", "-")
    loaded = load(written(tmp_path, f"season: {allowed}\n{SMALLEST}"), {})
    assert loaded.config.season == allowed


def test_dates_truth_and_money_are_read_by_the_setting_that_wants_them(tmp_path):
    text = (
        "as_of: 2025-10-14\ntrading: {start_cash: 10000.10, slippage_bps: 2.5}\n"
        "contestants:\n- {name: m, kind: rehearsal, style: value}\n"
        "- {name: n, kind: rehearsal, style: value, enabled: no}\n"
    )
    config = load(written(tmp_path, text), {}).config
    assert config.as_of == date(2025, 10, 14)
    assert config.trading.start_cash == Decimal("10000.1")
    assert config.trading.slippage_bps == Decimal("2.5")
    assert [contestant.name for contestant in config.enabled] == ["m"]


def test_free_fields_keep_their_json_types(tmp_path):
    text = (
        "endpoints: {e: {base_url: http://127.0.0.1/v1}}\n"
        "contestants:\n- name: a\n  endpoint: e\n  model: m\n"
        "  extra_body: {a: 1, b: 1.5, c: 1e3, d: true, e: null, f: no, g: 1.5.2, h: '7', i: ~, j: [-0.5, +3]}\n"
    )
    [contestant] = load(written(tmp_path, text), {}).config.contestants
    assert isinstance(contestant, EndpointContestant)
    assert contestant.extra_body == {
        "a": 1,
        "b": 1.5,
        "c": 1000.0,
        "d": True,
        "e": None,
        "f": "no",
        "g": "1.5.2",
        "h": "7",
        "i": None,
        "j": [-0.5, 3],
    }


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=8),
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
        min_size=1,
    )
)
def test_any_json_object_reads_as_json_reads_it(tmp_path_factory, values):
    file = written(tmp_path_factory.mktemp("json"), json.dumps(values, indent="\t"), "x.json")
    assert read(file).values == values


def test_a_section_with_all_its_settings_commented_out_means_its_defaults(tmp_path):
    loaded = load(written(tmp_path, f"desk:\n  debate:\nmarket:\n  # vendors: [yahoo]\nendpoints:\n{SMALLEST}"), {})
    assert loaded.config.market.vendors == ("yahoo", "alpha_vantage")
    assert loaded.origins["market.vendors"] == "default"


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbfseason: s\n" + SMALLEST.encode())
    assert load(file, {}).config.season == "s"


def test_an_alias_repeats_a_value(tmp_path):
    text = "contestants:\n- {name: a, kind: rehearsal, style: &s value}\n- {name: b, kind: rehearsal, style: *s}\n"
    assert {c.style for c in load(written(tmp_path, text), {}).config.contestants} == {"value"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "x.yaml is empty; it needs at least `contestants`"),
        ("# nothing\n", "x.yaml is empty; it needs at least `contestants`"),
        ("\n- a\n", "x.yaml:2: expected settings such as `season: main` at the top"),
        ("a: [1,\n", "x.yaml:2:1: not valid YAML: while parsing a flow node, expected the node content"),
        ("a:\n\tb: 1\n", "x.yaml:2:1: not valid YAML: a tab stands where only spaces may; indent with spaces"),
        ("a: @b\n", "x.yaml:1:4: not valid YAML: while scanning for the next token, found character '@' that cannot"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2:1: not valid YAML: expected a single document in the stream"),
        ("a: *sk-abcdefgh\n", "x.yaml:1:4: not valid YAML: found undefined alias '(not shown)'"),
        ("a: b\nc: \x01\n", "x.yaml:2: not valid YAML: a control character is not allowed"),
        ("[" * 600, "x.yaml: not valid YAML: nested too deeply"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_in_one_sentence(tmp_path, text, complaint):
    [line] = refused(tmp_path, text)
    assert line.startswith(complaint)


def test_broken_json_is_called_json(tmp_path):
    [line] = refused(tmp_path, '{\n\t"season": "main",\n\t"contestants": [\n', "x.json")
    assert line.startswith("x.json:4:1: not valid JSON: while parsing a flow")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    (tmp_path / "x.yaml").write_bytes("season: é".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"x\.yaml: byte 9 is not UTF-8; save the file as UTF-8$"):
        load(tmp_path / "x.yaml", {})


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"^no file .*/none\.yaml$"):
        load(tmp_path / "none.yaml", {})
    with pytest.raises(ConfigError, match=r"is a folder; name a YAML file$"):
        load(tmp_path, {})


def test_a_key_given_twice_is_refused_with_both_lines(tmp_path):
    assert refused(tmp_path, f"season: a\n{SMALLEST}season: b\n") == [
        "x.yaml:4: the key 'season' was already given in line 1"
    ]


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("!!python/object/apply:os.getcwd []", "expected text"),
        ("!!python/name:os.getcwd x", "the tag tag:yaml.org,2002:python/name:os.getcwd is not allowed here"),
        ("!!bool yes", "the tag tag:yaml.org,2002:bool is not allowed here"),
        ("!mine x", "the tag !mine is not allowed here"),
        (r'"\ud800"', "half a character (a lone surrogate) is not text"),
        ("1e999", "the number is too large"),
        ("9" * 5000, "the number is too long"),
        ("&a [*a]", "an alias refers to what it is part of"),
        ("{? [1] : 2}", "a key must be plain text"),
    ],
)
def test_what_is_no_plain_value_is_refused(tmp_path, value, complaint):
    assert any(
        line.startswith("x.yaml:1: ") and complaint in line
        for line in refused(tmp_path, f"season: {value}\n{SMALLEST}")
    )


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_file(tmp_path):
    text = "seson: a\nas_of: soon\ntrading: {fill: today}\ntrading: {start_cash: -1}\n" + SMALLEST
    lines = refused(tmp_path, text)
    assert [line.split(":")[1] for line in lines] == ["1", "2", "4", "4"]
    assert lines[2] == "x.yaml:4: the key 'trading' was already given in line 3"
    assert lines[3] == "x.yaml:4: trading.start_cash is -1; expected more than 0"


def test_a_refusal_carries_no_second_error_that_repeats_the_input(tmp_path):
    endpoints = "endpoints: {e: {base_url: x, headers: {Authorization: hush-hush}}}"
    text = f"trading: {{start_cash: much}}\n{endpoints}\n{SMALLEST}"
    with pytest.raises(ConfigError) as error:
        load(written(tmp_path, text), {})
    assert error.value.__context__ is None
    assert "hush-hush" not in "".join(traceback.format_exception(error.value))


def test_nothing_is_constructed_from_yaml_tags(tmp_path):
    assert read(written(tmp_path, "a: !!timestamp 2025-10-14\n")).values == {"a": None}
    assert yaml.SafeLoader.yaml_implicit_resolvers["2"], "the loader of others is left as it was"
