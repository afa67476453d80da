"""The reflection: asked once for what is due, and gone without when it fails."""

import asyncio
from datetime import date

import pytest

from agents.reflection import reflection
from arena.errors import ModelError
from arena.records.memory import Reflection, ReflectionStage
from tests.agents.surroundings import FORMS, SESSION, House, ScriptedClient, lesson, simulated, started

REFLECTED = {"reflection": "It held then.", "reflected": date(2025, 10, 13)}


class Failing(ScriptedClient):
    async def answer(self, role, prompt, form):
        await super().answer(role, prompt, form)
        raise ModelError("refused", "the model refused")


def reflect(client, *lessons):
    written = asyncio.run(reflection(House(client, simulated()))(started(simulated(), lessons=lessons)))
    return ReflectionStage.model_validate(written["reflection"]) if written else None


def saying(*texts):
    answer = {"lessons": [{"lesson": number, "text": text} for number, text in texts]}
    return ScriptedClient(forms={**FORMS, Reflection: answer})


def test_without_past_decisions_it_asks_nothing_and_writes_nothing():
    client = ScriptedClient()
    assert reflect(client) is None
    assert client.asked == []


def test_what_was_reflected_on_before_is_passed_on_and_not_asked_about_again():
    client = ScriptedClient()
    stage = reflect(client, lesson(**REFLECTED))
    assert client.asked == []
    assert (stage.lessons, stage.failure) == ((lesson(**REFLECTED),), None)


def test_nothing_is_asked_about_a_decision_of_which_nobody_knows_how_it_turned_out():
    client = ScriptedClient()
    unknown = lesson(close_after=None, return_pct=None)
    assert reflect(client, unknown).lessons == (unknown,)
    assert client.asked == []


def test_one_call_is_made_for_all_that_are_due():
    client = saying((2, "The older."), (1, "The newer."))
    days = (date(2025, 10, 7), date(2025, 10, 6), date(2025, 10, 3))
    stage = reflect(client, *(lesson(session=day, **(REFLECTED if day.day == 6 else {})) for day in days))
    (asked,) = client.asked
    assert (asked.role, asked.how) == ("reflection", "answer")
    assert "1. On 2025-10-07: BUY" in asked.text
    assert "2. On 2025-10-03: BUY" in asked.text
    assert "2025-10-06" not in asked.text
    assert [(one.reflection, one.reflected) for one in stage.lessons] == [
        ("The newer.", SESSION),
        ("It held then.", date(2025, 10, 13)),
        ("The older.", SESSION),
    ]
    assert stage.failure is None


def test_a_reflection_that_fails_is_gone_without_and_the_stage_says_why():
    stage = reflect(Failing(), lesson())
    assert (stage.lessons, stage.failure) == ((lesson(),), "the model refused")


def test_a_decision_that_the_answer_leaves_out_is_named():
    stage = reflect(saying((2, "The older.")), lesson(), lesson(session=date(2025, 10, 6)))
    assert stage.failure == "the answer says nothing of the decision of 2025-10-07"
    assert [one.reflection for one in stage.lessons] == [None, "The older."]


def test_an_error_of_our_own_is_not_taken_for_a_failure_of_the_model():
    class Broken(ScriptedClient):
        async def answer(self, role, prompt, form):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        reflect(Broken(), lesson())
