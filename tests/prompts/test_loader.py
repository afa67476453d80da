"""Prompts: one for every role, filled exactly or not at all, and known by one hash."""

import importlib
import json
import re
import shutil
import sys
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import prompts
from agents.tools import TOOLS
from arena.llm.asking import form_tool
from arena.records.desk import AnalystReport, ResearchVerdict, Role, TraderPlan
from arena.records.outcome import Decision
from prompts.loader import PromptError, names, prompts_hash, render
from tests.conftest import PROJECT

FOLDER = Path(prompts.__file__).parent
SHARED = {"house", "brief", "book", "past_decisions", "with_tools", "without_tools"}


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A loader over a copy of the prompts, in a package of its own: a function that loads it anew."""
    folder = tmp_path / "prompts_copy"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(tmp_path)

    def load():
        for module in ("prompts_copy", "prompts_copy.loader"):
            monkeypatch.delitem(sys.modules, module, raising=False)
        return importlib.import_module("prompts_copy.loader")

    yield folder, load
    for module in ("prompts_copy", "prompts_copy.loader"):
        sys.modules.pop(module, None)


def test_a_prompt_is_filled_with_exactly_its_values():
    assert render("with_tools", submit="hand_in").endswith("with the tool `hand_in`.")


def test_a_missing_value_raises():
    with pytest.raises(PromptError, match="the prompt trader needs a value for reports, sizes, ticker, words"):
        render("trader", verdict="x")


def test_an_unknown_value_raises():
    with pytest.raises(PromptError, match="the prompt house has no place for mood, ticker"):
        render("house", ticker="NVDA", mood="good")


def test_an_unknown_prompt_raises():
    with pytest.raises(PromptError, match="there is no prompt astrologer; there are aggressive_debater, "):
        render("astrologer")


def test_braces_in_a_value_stay_as_they_are():
    assert "{ticker} {0} {{x}}" in render("without_tools", looks="{ticker} {0} {{x}}")


def test_every_role_has_a_prompt_and_every_prompt_is_used():
    assert set(names()) == set(get_args(Role)) | SHARED
    code = "\n".join(file.read_text() for file in (PROJECT / "agents").glob("*.py"))
    for name in SHARED:
        assert f'"{name}"' in code, name


@pytest.mark.parametrize("role", get_args(Role))
def test_a_roles_prompt_names_the_role_first_and_the_ticker(role):
    text = (FOLDER / f"{role}.md").read_text()
    assert text.startswith(f"# Your role: {role.replace('_', ' ').replace('debater', 'risk debater')}\n")
    assert "ticker" in {field for _, field, _, _ in Formatter().parse(text)}


def test_the_fence_is_named_in_the_system_prompt():
    assert "`<vendor_text>`" in render("house")


def test_no_prompt_repeats_a_bound_that_a_schema_states():
    forms = [form_tool(form) for form in (AnalystReport, ResearchVerdict, TraderPlan, Decision)]
    told = json.dumps([*forms, *(tool.schema() for tools in TOOLS.values() for tool in tools)])
    bounds = set(re.findall(r"-?\d+ to -?\d+|-1 bearish|0 for HOLD", told))
    assert {"0 to 1", "1 to 120", "0 for HOLD", "-1 bearish"} <= bounds
    for name in names():
        text = (FOLDER / f"{name}.md").read_text()
        assert not [bound for bound in bounds if bound in text], name


def test_the_hash_is_the_same_for_the_same_prompts(copied):
    _, load = copied
    assert load().prompts_hash() == prompts_hash()
    assert re.fullmatch(r"[0-9a-f]{64}", prompts_hash())


@pytest.mark.parametrize("name", ["trader", "house"])
def test_the_hash_changes_with_any_word(copied, name):
    folder, load = copied
    file = folder / f"{name}.md"
    file.write_text(file.read_text() + "Really.")
    assert load().prompts_hash() != prompts_hash()


def test_the_hash_changes_with_a_prompt_more_or_under_another_name(copied):
    folder, load = copied
    (folder / "zodiac.md").write_text("")
    more = load().prompts_hash()
    (folder / "zodiac.md").rename(folder / "zodiacs.md")
    assert len({more, load().prompts_hash(), prompts_hash()}) == 3


def test_a_copy_is_read_from_its_own_folder(copied):
    folder, load = copied
    (folder / "zodiac.md").write_text("Born in {month}.\n")
    assert load().render("zodiac", month="May") == "Born in May."
    assert "zodiac" not in names()
