"""The recorder hears every call of a desk: what was asked, what came back, in which order."""

import asyncio
from decimal import Decimal

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from arena.errors import CapabilityError, ModelError
from arena.llm.client import ChatModelClient, request_hash
from arena.tape.exchange import Trouble
from arena.tape.recorder import Recorder

PROMPT = [SystemMessage("Be brief."), HumanMessage("NVDA?")]


class Broken(FakeListChatModel):
    """A chat model whose package raises an error of its own."""

    async def _agenerate(self, *args, **kwargs):
        raise LookupError("the provider's own trouble")


class Hanging(FakeListChatModel):
    """A chat model that never answers."""

    async def _agenerate(self, *args, **kwargs):
        await asyncio.Event().wait()


class Asking:
    """A desk that asks its model once."""

    def __init__(self, model, call_seconds=None):
        self.client = ChatModelClient({"quick": model, "deep": model}, call_seconds=call_seconds)
        self.model = model

    async def astream(self, start, config=None, *, stream_mode=None):
        self.model.callbacks = config["callbacks"]
        yield {"node": {"said": await self.client.say("trader", PROMPT)}}


def heard(desk, raises=None):
    recorder = Recorder()

    async def run():
        return [update async for update in recorder.desk(desk).astream({}, {"callbacks": []}, stream_mode="updates")]

    if raises is None:
        assert asyncio.run(run())
    else:
        with pytest.raises(raises):
            asyncio.run(run())
    (exchange,) = recorder.exchanges()
    return exchange


def test_a_request_and_its_reply_are_heard_whole():
    exchange = heard(Asking(FakeListChatModel(responses=["Fine."])))
    assert (exchange.role, exchange.rung, list(exchange.prompt)) == ("trader", None, PROMPT)
    assert exchange.request == request_hash("trader", None, PROMPT)
    assert exchange.reply.text == "Fine."
    assert (exchange.started, exchange.ended, exchange.trouble) == (0, 1, None)
    assert 0 <= exchange.latency < 5


def test_a_foreign_error_is_heard_by_its_name():
    exchange = heard(Asking(Broken(responses=[""])), raises=LookupError)
    again = exchange.trouble.error()
    assert f"{type(again).__name__}: {again}" == "LookupError: the provider's own trouble"
    assert exchange.reply is None


def test_a_call_that_is_cut_off_has_neither_reply_nor_error():
    exchange = heard(Asking(Hanging(responses=[""]), call_seconds=0.05), raises=ModelError)
    assert (exchange.reply, exchange.trouble, exchange.ended, exchange.latency) == (None, None, None, None)
    assert list(exchange.prompt) == PROMPT


@pytest.mark.parametrize(
    "error",
    [
        ModelError("rate_limited", "HTTP 429", (("HTTP 429", 1.5, None), ("HTTP 429", 0.0, Decimal("0.02")))),
        CapabilityError("no tools", (("HTTP 404", 0.0, None),)),
        KeyError("x"),
    ],
)
def test_an_error_comes_back_as_it_would_be_treated(error):
    trouble = Trouble.of(error)
    again = Trouble.model_validate(trouble.model_dump(mode="json")).error()
    assert (type(again).__name__, str(again)) == (type(error).__name__, str(error))
    assert isinstance(again, CapabilityError) == isinstance(error, CapabilityError)
    assert getattr(again, "reason", None) == getattr(error, "reason", None)
    assert getattr(again, "attempts", None) == getattr(error, "attempts", None)
