"""What is heard of a model call: the slip of our own client, and as much as a foreign call tells."""

import asyncio
from uuid import uuid4

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import HumanMessage
from langchain_core.outputs import Generation, LLMResult

from arena.calls import CallHandler, Slip


class Ear(CallHandler):
    """Keeps what it hears, in order."""

    def __init__(self):
        self.heard = []

    def asked(self, run_id, asked):
        self.heard.append(asked)

    def answered(self, run_id, message):
        self.heard.append(message.text)

    def failed(self, run_id, error):
        self.heard.append(error)


def test_a_slip_reads_as_it_was_written():
    slip = Slip("trader", "tool_call", "0f" * 32)
    assert Slip.of(slip.metadata()) == slip
    assert Slip.of({"ls_model_name": "m"}) == Slip(None, None, "")


def test_a_call_that_does_not_come_through_our_client_is_heard_all_the_same():
    ear = Ear()
    prompt = [HumanMessage("What is it worth?")]
    asyncio.run(FakeListChatModel(responses=["Nothing."]).ainvoke(prompt, config={"callbacks": [ear]}))
    asked, answer = ear.heard
    assert asked.slip == Slip(None, None, "")
    assert [message.text for message in asked.prompt] == ["What is it worth?"]
    assert answer == "Nothing."


def test_an_answer_that_is_no_message_is_a_fault_of_ours():
    with pytest.raises(TypeError, match="not with a message"):
        asyncio.run(Ear().on_llm_end(LLMResult(generations=[[Generation(text="hi")]]), run_id=uuid4()))
