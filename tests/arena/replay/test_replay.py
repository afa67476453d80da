"""A recorded desk runs again from its tape, whatever it met: equal records, no network, no waiting."""

import re
import threading
import time
from decimal import Decimal

import pytest

from arena.app import Arena
from arena.config.desks import DeskSettings
from arena.errors import UsageError
from arena.records.chat import ModelChat
from arena.store import Store
from arena.tape.tape import Tape
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from tests.arena.desks import SESSION, config, endpoint_config
from tests.arena.llm.endpoint import completion, failure, said
from tests.arenas import Clock

pytestmark = pytest.mark.slow

AFTER = Clock("2025-11-20T12:00:00")
HANG = Reply(delay=60, body=said())
NO_SCHEMA = Reply(400, body=failure(400, "response_format json_schema is not supported"))
NO_TOOLS = Reply(404, body=failure(404, "No endpoints found that support tool use"))
FRANK = "langchain_core.language_models.fake_chat_models:FakeListChatModel"
LIMITS = {"retry_delay": 0.01, "desk_seconds": 20}


def role_of(request):
    prompt = "\n".join(message["content"] for message in request["messages"] if message["role"] == "user")
    return re.findall(r"^# Your role: (.+)$", prompt, re.MULTILINE)[-1].replace("risk ", "").replace(" ", "_")


def but(reply, *roles, when=lambda request: True):
    """A competent model, except that these roles get another reply."""
    return lambda request, headers: (
        reply if role_of(request) in roles and when(request) else competent_model(request, headers)
    )


class Sometimes:
    """A handler that fails the first request of each kind, and thinks aloud."""

    def __init__(self):
        self.seen = set()
        self.lock = threading.Lock()

    def __call__(self, request, headers):
        kind = str(request["messages"])
        with self.lock:
            first = kind not in self.seen
            self.seen.add(kind)
        if first:
            return Reply(429, {"retry-after": "0.01"}, failure(429, "Rate limited"))
        reply = competent_model(request, headers)
        thinking = [{"type": "reasoning.text", "text": "Hm.", "signature": "s", "index": 0}]
        reply.body["choices"][0]["message"] |= {"reasoning": "Hm.", "reasoning_details": thinking}
        return reply


def played(home, handler, tickers=("ACME",), **settings):
    """The chats of a round over a model server that is gone afterwards."""
    with ModelServer(handler) as server:
        arena_config = endpoint_config(server.base_url, "m", home=home, **{"limits": LIMITS, **settings})
        with Arena(arena_config, environ={}, clock=AFTER) as arena:
            return arena.run(tickers, as_of=SESSION).chats, arena_config


def replayed(arena_config, chat):
    with Arena(arena_config, environ={}, clock=AFTER) as arena:
        return arena.replay(chat.id)


def schema_asked(request):
    return "response_format" in request and request["response_format"]["type"] == "json_schema"


ANALYSTS = ("market_analyst", "news_analyst", "fundamentals_analyst", "social_analyst")
HANDLERS = {
    "a desk that decides": competent_model,
    "retries and reasoning": Sometimes(),
    "a role that fails": but(Reply(402, body=failure(402, "no credit")), "trader"),
    "an analyst that fails while others speak": but(Reply(402, body=failure(402, "no credit")), "news_analyst"),
    "all analysts that fail in the same instant": but(Reply(402, body=failure(402, "no credit")), *ANALYSTS),
    "one that fails while others are told that there are no tools": lambda request, headers: (
        Reply(402, body=failure(402, "no credit"))
        if role_of(request) == "news_analyst"
        else (NO_TOOLS if "tools" in request else competent_model(request, headers))
    ),
    "a side that fails in the second round": but(
        Reply(402, body=failure(402, "no credit")),
        "bear_researcher",
        when=lambda request: "round 2" in str(request["messages"]).lower(),
    ),
    "an endpoint that knows no schema": but(NO_SCHEMA, "trader", "research_manager", when=schema_asked),
    "an endpoint that knows no tools": lambda request, headers: (
        NO_TOOLS if "tools" in request else competent_model(request, headers)
    ),
    "an answer that is no form": but(completion({"content": "I would rather talk."}), "trader"),
    "a refusal": but(completion({"content": None, "refusal": "I cannot."}), "portfolio_manager"),
}


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS.keys())
def test_a_replay_gives_the_same_chat(tmp_path, handler):
    def answer(request, headers):
        reply = handler(request, headers)
        return reply if isinstance(reply, Reply) else Reply(body=reply)

    (chat,), arena_config = played(tmp_path, answer)
    result = replayed(arena_config, chat)
    assert result.miss is None, result.miss.difference
    assert (result.differences, result.notes) == ((), ())
    assert result.equal
    assert result.replayed.outcome == chat.outcome
    assert len(result.replayed.calls) == len(chat.calls) > 0
    assert result.replayed.cost == chat.cost


def test_figures_that_were_flagged_are_flagged_again(tmp_path):
    (chat,), arena_config = played(tmp_path, but(Reply(body=said("It trades at 98765.43.")), "bull_researcher"))
    assert [(one.stage, one.text) for one in chat.unsupported] == [("research", "98765.43")]
    assert chat.unsupported[0].nearest is not None
    result = replayed(arena_config, chat)
    assert result.equal, (result.miss, result.differences)
    assert result.replayed.unsupported == chat.unsupported
    with Arena(arena_config, environ={}, clock=AFTER) as arena:
        again = arena.replay_round(["ACME"], as_of=SESSION)
    assert again.equal
    assert again.chats[0].replayed.unsupported == chat.unsupported


def test_a_desk_cut_off_by_its_deadline_is_replayed_without_waiting(tmp_path):
    (chat,), arena_config = played(tmp_path, but(HANG, "bear_researcher"), limits={**LIMITS, "desk_seconds": 6})
    assert (chat.outcome.reason, chat.outcome.stage) == ("timeout", "bear_researcher")
    began = time.monotonic()
    result = replayed(arena_config, chat)
    assert time.monotonic() - began < 5
    assert result.equal, (result.miss, result.differences)
    assert [call.status for call in result.replayed.calls].count("cancelled") == 1


@pytest.mark.parametrize("limits", [{"desk_seconds": 6}, {"call_seconds": 5}], ids=["the desk's time", "the call's"])
def test_what_failed_of_a_call_before_it_was_cut_off_is_replayed_with_its_cost(tmp_path, limits):
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18, "cost": 0.0125}
    billed = Reply(body=completion({"content": "Half a th"}, "error", usage=usage))
    refusals = iter([Reply(429, {"retry-after": "0.01"}, failure(429, "Rate limited")), billed])

    def trader(request, headers):
        return next(refusals, HANG) if role_of(request) == "trader" else competent_model(request, headers)

    (chat,), arena_config = played(tmp_path, trader, limits={**LIMITS, **limits})
    cut = chat.calls[-1]
    assert (chat.outcome.reason, cut.node, len(cut.retries)) == ("timeout", "trader", 2)
    assert (cut.cost, cut.cost_at_least) == (Decimal("0.0125"), True)
    result = replayed(arena_config, chat)
    assert result.equal, (result.miss, result.differences)
    assert result.replayed.calls[-1].retries == cut.retries


def test_of_calls_that_fail_in_the_same_instant_the_first_by_name_is_what_the_desk_ended_by(tmp_path):
    (chat,), _ = played(tmp_path, but(Reply(402, body=failure(402, "no credit")), *ANALYSTS))
    failed = {call.node for call in chat.calls if call.status == "failed"}
    assert chat.outcome.stage == min(failed)


def test_several_that_are_waited_for_when_the_time_is_up_are_replayed(tmp_path):
    (chat,), arena_config = played(tmp_path, but(HANG, *ANALYSTS), limits={**LIMITS, "desk_seconds": 4})
    assert (chat.outcome.reason, chat.outcome.stage) == ("timeout", "fundamentals_analyst")
    result = replayed(arena_config, chat)
    assert result.equal, (result.miss, result.differences)


def test_a_desk_cut_off_by_its_rounds_end_is_replayed_with_the_seconds_it_was_given(tmp_path):
    limits = {**LIMITS, "round_seconds": 5}
    (chat,), arena_config = played(tmp_path, but(HANG, "market_analyst"), limits=limits)
    assert chat.outcome.reason == "timeout"
    with Tape.open(tmp_path) as tape:
        given = tape.chat(chat.id).label.desk_seconds
    assert 0 < given < 5
    assert chat.outcome.detail == f"the desk did not finish within {given:g} s"
    result = replayed(arena_config, chat)
    assert result.equal, (result.miss, result.differences)
    with Arena(arena_config, environ={}, clock=AFTER) as arena:
        assert arena.replay_round(["ACME"], as_of=SESSION).equal


def test_class_models_that_run_out_of_time_in_the_same_instant_are_replayed(tmp_path):
    arena_config = class_config(tmp_path, FRANK, responses=["late"], sleep=2, limits={"call_seconds": 0.4})
    with Arena(arena_config, environ={}, clock=AFTER) as arena:
        (chat,) = arena.run(["ACME"], as_of=SESSION).chats
    assert len(chat.calls) == 4
    for _ in range(3):
        assert replayed(arena_config, chat).equal


def test_a_call_that_ran_out_of_time_is_replayed_without_waiting(tmp_path):
    (chat,), arena_config = played(tmp_path, but(HANG, "trader"), limits={**LIMITS, "call_seconds": 5})
    assert chat.outcome.reason == "timeout"
    began = time.monotonic()
    result = replayed(arena_config, chat)
    assert time.monotonic() - began < 4
    assert result.equal, (result.miss, result.differences)


def test_desks_that_learned_of_the_endpoint_from_each_other_are_replayed(tmp_path):
    chats, arena_config = played(
        tmp_path,
        lambda request, headers: NO_SCHEMA if schema_asked(request) else competent_model(request, headers),
        tickers=("ACME", "NVDA"),
        limits={**LIMITS, "desks": 1},
    )
    rungs = [[call.rung for call in chat.calls if call.node == "trader"] for chat in chats]
    assert rungs[0] != rungs[1]
    assert all(replayed(arena_config, chat).equal for chat in chats)


def class_config(home, chat_model, limits=None, **arguments):
    row = {"name": "c", "kind": "class", "chat_model": chat_model, "arguments": arguments}
    return config(row, home=home, limits=limits or {})


@pytest.mark.parametrize(
    "settings",
    [
        {"chat_model": "tests.arena.llm.foreign:OwnDialect", "label": "maker/one"},
        {"chat_model": "tests.arena.llm.foreign:Moody", "label": "maker/one"},
        {"chat_model": FRANK, "responses": ["garbage"]},
        {"chat_model": FRANK, "responses": ["late"], "sleep": 2, "limits": {"call_seconds": 0.3}},
    ],
    ids=["own dialect", "an error of its own", "no form", "too late"],
)
def test_a_chat_model_class_is_replayed_without_it(tmp_path, settings):
    arena_config = class_config(tmp_path, **settings)
    with Arena(arena_config, environ={}, clock=AFTER) as arena:
        (chat,) = arena.run(["ACME"], as_of=SESSION).chats
    result = replayed(arena_config, chat)
    assert result.equal, (result.miss, result.differences)


def test_a_changed_prompt_stops_at_the_first_request_the_tape_does_not_hold(tmp_path, monkeypatch):
    (chat,), arena_config = played(tmp_path, competent_model)
    before = sorted((path, path.stat().st_size) for path in tmp_path.rglob("*") if path.is_file())
    render = "agents.prompting.render"

    def reworded(name, **values):
        text = original(name, **values)
        return text.replace("Speak plainly", "Speak up") if name == "bear_researcher" else text

    import agents.prompting

    original = agents.prompting.render
    monkeypatch.setattr(render, reworded)
    result = replayed(arena_config, chat)
    assert not result.equal
    assert result.replayed is None
    assert result.miss.role == "bear_researcher"
    lines = result.miss.difference.splitlines()
    assert [line[:12] for line in lines if line.startswith(("---", "+++"))] == ["--- recorded", "+++ now"]
    assert any(line.startswith("-") and "Speak plainly" in line for line in lines)
    assert any(line.startswith("+") and "Speak up" in line for line in lines)
    after = sorted((path, path.stat().st_size) for path in tmp_path.rglob("*") if path.is_file())
    assert [entry for entry in after if "-wal" not in entry[0].name and "-shm" not in entry[0].name] == before


def test_the_desk_of_the_time_is_replayed_whatever_the_settings_are_now(tmp_path):
    (chat,), arena_config = played(tmp_path, competent_model, desk=DeskSettings(analysts=("market", "news")))
    changed = arena_config.model_copy(update={"desk": DeskSettings(tool_turns=0)})
    assert replayed(changed, chat).equal


def test_a_reply_that_was_changed_on_the_record_is_shown_as_different(tmp_path):
    (chat,), arena_config = played(tmp_path, competent_model)
    content = chat.model_dump(mode="json")
    content["id"] = f"{chat.id[:-8]}00000000"
    content["calls"][-1]["reply"] = "forged"
    with Store.open(tmp_path) as store, Tape.open(tmp_path) as tape:
        store.save_chat(ModelChat.model_validate(content))
        found = tape.chat(chat.id)
        tape.save_chat(type(found)(content["id"], found.label, found.exchanges))
    result = replayed(arena_config, ModelChat.model_validate(content))
    assert [difference.stored for difference in result.differences] == ["forged"]
    assert result.differences[0].where.endswith(".reply")


def test_a_chat_without_its_tape_cannot_be_replayed_and_says_why(tmp_path):
    with ModelServer(competent_model) as server:
        arena_config = endpoint_config(server.base_url, "m", home=tmp_path)
        with Arena(arena_config, environ={}, clock=AFTER, record=False) as arena:
            (chat,) = arena.run(["ACME"], as_of=SESSION).chats
            assert not (tmp_path / "tape.sqlite").exists()
            with pytest.raises(UsageError, match=r"cannot be replayed: not on the tape .* --no-record"):
                arena.replay(chat.id)


def test_every_call_on_the_record_is_on_the_tape(tmp_path):
    (chat,), _ = played(tmp_path, but(HANG, "bear_researcher"), limits={**LIMITS, "desk_seconds": 2})
    with Tape.open(tmp_path) as tape:
        exchanges = {exchange.call_id: exchange for exchange in tape.chat(chat.id).exchanges}
    assert {call.id for call in chat.calls} == set(exchanges)
    for call in chat.calls:
        kept = exchanges[call.id]
        assert (kept.request, kept.role, kept.rung, kept.model) == (call.request, call.node, call.rung, call.model)
        assert (kept.reply.text if kept.reply else "") == call.reply
