from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from arena.config.explain import Row, describe, yaml_text
from arena.config.finding import packaged
from arena.config.layers import Override
from arena.config.loading import load, read
from arena.config.settings import settings


def test_every_setting_is_a_row_with_value_and_origin():
    loaded = load(packaged("demo"), {"ARENA_HOME": "/tmp/x"}, {"as_of": Override(date(2025, 10, 15), "option --as-of")})
    rows = {row.path: row for row in describe(loaded)}
    assert rows["season"] == Row("season", "demo", "demo", "configs/demo.yaml:4")
    assert rows["as_of"] == Row("as_of", "2025-10-15", "2025-10-15", "option --as-of")
    assert rows["home"] == Row("home", "/tmp/x", "/tmp/x", "environment ARENA_HOME")
    assert rows["trading.start_cash"] == Row("trading.start_cash", "10000", "10000", "default")
    assert rows["market.vendors"].value == ["simulated"]
    assert rows["contestants.momentum.style"].text == "momentum"
    assert rows["market.files"].text == "null"
    assert rows.keys() == loaded.origins.keys()


def test_rows_come_in_the_order_of_the_model_and_each_path_once():
    loaded = load(packaged("arena"), {})
    paths = [row.path for row in describe(loaded)]
    assert len(set(paths)) == len(paths) == len(list(settings(loaded.config)))
    assert paths[0] == "season"
    assert paths[-1] == "executor.kind"


def test_the_price_of_a_model_is_a_row_under_its_id(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text(
        "contestants:\n  - {name: m, kind: rehearsal, style: value}\n"
        "prices:\n  maker/m-1.5: {prompt: 0.15, completion: 1e-1}\n"
    )
    rows = {row.path: row for row in describe(load(file, {}))}
    assert rows["prices.maker/m-1.5.prompt"] == Row("prices.maker/m-1.5.prompt", "0.15", "0.15", f"{file}:4")
    assert rows["prices.maker/m-1.5.completion"].text == "0.1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (4, "4"),
        (Decimal("2.5"), "2.5"),
        (Path("a/./b"), "a/b"),
        (("a", "b"), "[a, b]"),
        ({}, "{}"),
        ({"X-Title": "Two Words"}, "{X-Title: Two Words}"),
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
        ("2025", '"2025"'),
        ("true", '"true"'),
        ("a: b", '"a: b"'),
        ("", '""'),
    ],
)
def test_values_are_written_as_yaml_would_hold_them(value, text):
    assert yaml_text(value) == text


@examples(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
        max_leaves=6,
    )
)
def test_what_is_written_reads_back_the_same(tmp_path_factory, value):
    file = tmp_path_factory.mktemp("yaml") / "x.yaml"
    file.write_text(f"a: {yaml_text(value)}\n", encoding="utf-8")
    assert read(file).values == {"a": value}
