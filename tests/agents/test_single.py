"""The single agent: one call, which shows what all analysts would look at, the book and the rules."""

import asyncio
import re
from datetime import date

import pytest

from agents.single import single_agent
from agents.tools import READS, TOOLS
from arena.config.desks import DeskSettings
from arena.records.desk import SingleStage
from arena.records.memory import ReflectionStage
from arena.records.outcome import Decision
from tests.agents.surroundings import House, ScriptedClient, emptied, lesson, simulated, started

EVERYBODY = DeskSettings().analysts


def decided(analysts=EVERYBODY, snapshot=None, client=None):
    """What the node wrote, and the one request it made."""
    snapshot, client = snapshot or simulated(), client or ScriptedClient()
    written = asyncio.run(single_agent(House(client, snapshot), analysts)(started(snapshot)))
    (asked,) = client.asked
    return written, asked


def headings(asked):
    return re.findall(r"^## (\w+) \{", asked.text, re.MULTILINE)


def test_it_decides_in_one_call_for_the_portfolio_managers_form():
    written, asked = decided()
    assert (asked.role, asked.how) == ("single_agent", "answer")
    assert Decision.model_validate(written["final_trade_decision"]).action == "BUY"


def test_it_is_shown_every_look_of_every_analyst_each_tool_once():
    _, asked = decided()
    tools = dict.fromkeys(tool.name for looks in TOOLS.values() for tool in looks)
    assert list(dict.fromkeys(headings(asked))) == list(tools)
    assert headings(asked).count("news_search") == 2
    for section in {section for sections in READS.values() for section in sections}:
        assert len(re.findall(rf"^- {section}: ", asked.text, re.MULTILINE)) == 1


def test_it_reads_its_book_and_its_mandate():
    _, asked = decided()
    assert "# Your book\n\n$10,000.00 available cash" in asked.text
    assert "orders fill at the next session's open; at most 100% of equity in one ticker" in asked.text


@pytest.mark.parametrize("analysts", [("market",), ("social",), ("fundamentals", "news")])
def test_analysts_who_are_switched_off_are_switched_off_for_it_too(analysts):
    _, asked = decided(analysts)
    assert set(headings(asked)) == {tool.name for analyst in analysts for tool in TOOLS[analyst]}


def test_a_section_without_facts_is_called_missing():
    _, asked = decided(snapshot=emptied(simulated(), "news", "error", "yahoo: HTTP 503"))
    assert "No news (error): no vendor could answer; yahoo: HTTP 503." in asked.text


def test_what_it_was_shown_is_kept_word_for_word():
    written, asked = decided()
    stage = SingleStage.model_validate(written["single_agent_view"])
    assert [use.name for use in stage.tool_uses] == headings(asked)
    assert all(use.result in asked.text and not use.failed for use in stage.tool_uses)


def test_its_past_decisions_stand_at_the_end_of_its_task_and_on_record():
    own = lesson(reflection="It held.", reflected=date(2025, 10, 13))
    snapshot, client = simulated(), ScriptedClient()
    written = asyncio.run(single_agent(House(client, snapshot), EVERYBODY)(started(snapshot, lessons=(own,))))
    (asked,) = client.asked
    past, _, data = asked.text.partition("# The data")
    assert "# Your past decisions on NVDA" in past
    assert "On 2025-10-07: BUY" in past
    assert "Reflection (2025-10-13): It held." in past
    assert headings(asked)
    assert "past decisions" not in data
    assert ReflectionStage.model_validate(written["reflection"]).lessons == (own,)


def test_without_past_decisions_none_are_spoken_of():
    written, asked = decided()
    assert "reflection" not in written
    assert "past decisions" not in asked.text
