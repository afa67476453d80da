"""Desks that remember are replayed with what they were shown then, whatever became of their reflection."""

import json
from datetime import date

import pytest

from arena.app import Arena
from arena.config.running import MemorySettings
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from tests.arena.desks import config, endpoint_config
from tests.arena.llm.endpoint import failure, said
from tests.arena.replay.test_replay import AFTER, HANG, LIMITS, but

pytestmark = pytest.mark.slow

MONDAY, TUESDAY = date(2025, 10, 13), date(2025, 10, 14)
NO_CREDIT = Reply(402, body=failure(402, "no credit"))
TALK = Reply(body=said("I would rather talk."))
MEMORY = {"horizon": 1}


def on_tuesday(request):
    return "the close of 2025-10-14" in str(request["messages"])


def failing(*cases):
    """A competent model, but for what these roles are answered on Tuesday."""

    def answer(request, headers):
        for role, reply in cases:
            if but(reply, role, when=on_tuesday)(request, headers) is reply:
                return reply
        return competent_model(request, headers)

    return answer


HANDLERS = {
    "a desk that decides": (failing(), "decision"),
    "a reflection that fails": (failing(("reflection", NO_CREDIT)), "decision"),
    "a reflection that is no form": (failing(("reflection", TALK)), "decision"),
    "a reflection that is too late": (failing(("reflection", HANG)), "decision"),
    "a reflection that fails, and the manager after it": (
        failing(("reflection", NO_CREDIT), ("portfolio_manager", NO_CREDIT)),
        "abstention",
    ),
    "a reflection that is too late, and the manager after it": (
        failing(("reflection", HANG), ("portfolio_manager", NO_CREDIT)),
        "abstention",
    ),
    "a reflection that is written, and a manager that fails": (failing(("portfolio_manager", NO_CREDIT)), "abstention"),
    "a reflection beside a trader that fails": (failing(("trader", NO_CREDIT)), "abstention"),
    "a reflection that is waited for when the trader fails": (
        failing(("reflection", HANG), ("trader", NO_CREDIT)),
        "abstention",
    ),
    "a reflection and a trader that fail at once": (
        failing(("reflection", NO_CREDIT), ("trader", NO_CREDIT)),
        "abstention",
    ),
}


def played(home, handler, **limits):
    """Tuesday's chat, and the settings, over a model server that is gone afterwards."""
    with ModelServer(handler) as server:
        settings = endpoint_config(server.base_url, "m", home=home, memory=MEMORY, limits={**LIMITS, **limits})
        with Arena(settings, environ={}, clock=AFTER) as arena:
            arena.run(["ACME"], as_of=MONDAY)
            (chat,) = arena.run(["ACME"], as_of=TUESDAY).chats
            return chat, settings


@pytest.mark.parametrize(("handler", "kind"), HANDLERS.values(), ids=HANDLERS.keys())
def test_a_chat_and_its_round_are_equal_again(tmp_path, handler, kind):
    chat, settings = played(tmp_path, handler, call_seconds=4)
    assert chat.outcome.kind == kind
    assert "reflection" in {call.node for call in chat.calls}
    with Arena(settings, environ={}, clock=AFTER) as arena:
        again = arena.replay(chat.id)
        round_ = arena.replay_round(["ACME"], as_of=TUESDAY)
    assert again.miss is None, again.miss.difference
    assert (again.differences, again.notes) == ((), ())
    assert (round_.differences, [one.differences for one in round_.chats]) == ((), [()])


def test_a_desk_whose_time_is_up_while_it_looks_back_is_equal_again(tmp_path):
    chat, settings = played(tmp_path, failing(("reflection", HANG)), desk_seconds=5, call_seconds=60)
    assert (chat.outcome.reason, chat.outcome.stage, chat.stages.reflection) == ("timeout", "reflection", None)
    with Arena(settings, environ={}, clock=AFTER) as arena:
        assert arena.replay(chat.id).equal


@pytest.mark.parametrize("chat_model", ["SlowToReflect", "SlowToReflectAndNoManager"])
def test_a_chat_model_class_that_is_too_late_with_its_reflection_is_equal_again(tmp_path, chat_model):
    row = {"name": "c", "kind": "class", "chat_model": f"tests.arena.llm.foreign:{chat_model}"}
    settings = config(row, home=tmp_path, memory=MEMORY, limits={"call_seconds": 2})
    with Arena(settings, environ={}, clock=AFTER) as arena:
        arena.run(["ACME"], as_of=MONDAY)
        (chat,) = arena.run(["ACME"], as_of=TUESDAY).chats
        again = arena.replay(chat.id)
    assert chat.outcome.kind == ("decision" if chat_model == "SlowToReflect" else "abstention")
    assert chat.stages.reflection.failure == "the model did not answer within 2 s"
    assert again.equal, (again.miss, again.differences)


def test_figures_of_past_decisions_are_borne_out_again_whatever_the_settings_say_now(tmp_path):
    decision = {"action": "HOLD", "fraction": 0, "confidence": 0.5, "reasoning": "It once traded at 98765.43."}
    form = json.dumps({**decision, "key_risks": [], "stop_loss": None, "take_profit": None})
    chat, settings = played(tmp_path, but(Reply(body=said(form)), "portfolio_manager"))
    with Arena(settings, environ={}, clock=AFTER) as arena:
        first = arena.chat(arena.chats(session=MONDAY)[0].id)
    assert [(one.stage, one.text) for one in first.unsupported] == [("decision", "98765.43")]
    assert chat.unsupported == ()
    forgetful = settings.model_copy(update={"memory": MemorySettings(enabled=False)})
    for now in (settings, forgetful):
        heard = []
        with Arena(now, environ={}, clock=AFTER) as arena:
            assert arena.replay_round(["ACME"], as_of=TUESDAY, on_chat=heard.append).equal
        assert [one.unsupported for one in heard] == [()]
