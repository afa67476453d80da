"""The cloud copy: what is asked of PostgREST, and what each of its answers means."""

import asyncio
import json

import pytest

from arena.config.sinks import SupabaseSettings
from arena.sinks.lane import Lane
from arena.sinks.sink import Later, Refused, Sent
from arena.sinks.supabase import LARGEST, Supabase
from arena.sinks.wire import connections
from arena.store.outbox import Copy
from tests.arena.sinks.box import NOON, QUICK, states
from tests.arena.store.chat import SESSION, call, make_chat
from tests.arena.store.test_books import a_round, ledger
from tests.arenas import Clock
from tests.loopback import Reply, loopback

KEY = "sb_secret_canary_canary_canary"


def within(url, work, key=KEY, **settings):
    async def run():
        async with connections() as client:
            return await work(Supabase(SupabaseSettings(**settings), url, key, client))

    return asyncio.run(run())


def bring(store, answer=lambda _: Reply(201), **settings):
    """Send what waits; the requests that were made."""

    async def send(sink):
        await Lane(store.home, sink, QUICK, Clock(NOON), chance=lambda: 0).send_due(store)

    with loopback(answer) as server:
        within(server.url + "/", send, **settings)
        return server.requests


@pytest.fixture
def copying(store):
    store.copied_to = ("supabase",)
    return store


def test_a_chat_goes_without_its_prompts_which_go_beside_it(copying):
    chat = make_chat(calls=(call(), call().model_copy(update={"id": "c2"})))
    copying.save_chat(chat)
    copying.save_chat(chat)
    first, second = bring(copying)
    assert first.target == "/rest/v1/chats?on_conflict=id"
    assert first.headers["prefer"] == "resolution=merge-duplicates,return=minimal"
    assert (first.headers["apikey"], "authorization" in first.headers) == (KEY, False)
    (row,) = first.json()
    content = chat.model_dump(mode="json")
    prompts = [{"call": made["id"], "prompt": made.pop("prompt")} for made in content["calls"]]
    assert row["content"] == content
    assert (row["id"], row["action"], row["labels"], row["cost_known"]) == (chat.id, "BUY", [], "0.02")
    assert second.target == "/rest/v1/prompts?on_conflict=id"
    assert second.json() == [{"id": chat.id, "prompts": prompts}]
    assert set(states(copying).values()) == {"sent"}


def test_prompts_stay_here_where_that_is_asked_for(copying):
    copying.save_chat(make_chat())
    (request,) = bring(copying, prompts=False)
    assert request.path == "/rest/v1/chats"


def test_a_key_that_is_a_token_is_shown_as_one(copying):
    copying.save_chat(make_chat())
    with loopback(lambda _: Reply(201)) as server:
        within(server.url, lambda sink: sink.send(copying.outbox(), copying), key="eyJ0.eyJ1.x")
    assert server.requests[0].headers["authorization"] == "Bearer eyJ0.eyJ1.x"


def test_only_what_changed_is_copied_again_and_as_it_is_when_it_is_sent(copying):
    copying.save_round(a_round())
    copying.save_round(a_round())
    assert len(copying.outbox()) == 1
    copying.save_round(a_round(contestants=("claude", "grok")))
    (request,) = bring(copying)
    (row,) = request.json()
    assert (row["id"], row["contestants"], row["consensus"]) == ("main.2025-10-14", ["claude", "grok"], [])
    copying.save_round(a_round(contestants=("claude", "grok")))
    assert copying.outbox() == ()


def test_fills_go_with_the_chat_that_led_to_them(copying):
    copying.append_events("main", ledger())
    copying.append_events("main", ledger())
    (request,) = bring(copying)
    (row,) = request.json()
    order = next(event for event in copying.events("main") if event.kind == "order")
    assert (row["season"], row["ticker"], row["chat_id"]) == ("main", "NVDA", order.chat_id)


def test_without_a_cloud_copy_nothing_is_queued(store):
    store.save_chat(make_chat())
    store.append_events("main", ledger())
    store.save_round(a_round())
    assert store.outbox() == ()
    assert store.queue_season("main", "supabase") == 3
    assert store.queue_season("main", "supabase") == 0


def test_a_request_is_no_larger_than_it_must_be(copying):
    """Deliveries beyond its size go into the next one; a single record goes whatever its size."""
    sizes = (LARGEST * 2, LARGEST // 3, LARGEST // 3, LARGEST // 3, 10)
    for number, size in enumerate(sizes):
        copying.save_chat(make_chat(f"c{number}", calls=(call(reply="x" * size),)))
    requests = bring(copying, prompts=False)
    assert [len(request.json()) for request in requests] == [1, 2, 2]
    assert set(states(copying).values()) == {"sent"}


def test_of_a_batch_that_is_refused_only_the_row_at_fault_fails(copying):
    for name in ("good", "evil", "fine"):
        copying.save_chat(make_chat(name))

    def answer(request):
        evil = any("evil" in row["id"] for row in request.json())
        return Reply(400, {"code": "22P05", "message": "unsupported Unicode escape sequence"}) if evil else Reply(201)

    bring(copying, answer, prompts=False)
    (row,) = copying.outbox()
    assert row.key.endswith("evil/supabase")
    assert row.last_error.startswith("unsupported Unicode escape sequence; `arena outbox retry`")


def test_a_record_that_is_gone_is_no_obstacle(copying):
    copying.queue([Copy("chat", ("main.2025-10-14.NVDA.claude.gone",)).to("supabase")])
    copying.queue([Copy("round", ("main", SESSION.isoformat())).to("supabase")])
    copying.queue([Copy("fill", ("main", "none")).to("supabase")])
    assert bring(copying) == []
    assert set(states(copying).values()) == {"sent"}


REFUSALS = [
    (404, {"code": "PGRST205", "message": "Could not find the table"}, True, "apply what `arena supabase schema`"),
    (404, {}, True, "apply what `arena supabase schema` prints"),
    (400, {"code": "PGRST204", "message": "no column"}, True, "apply what `arena supabase schema` prints"),
    (401, {"code": "PGRST301", "message": "JWSError"}, True, "check the key in SUPABASE_SERVICE_KEY"),
    (401, {"message": "Invalid API key"}, True, "check the key in SUPABASE_SERVICE_KEY"),
    (403, {"code": "42501", "message": "row-level security"}, True, "take the key service_role, or a secret key"),
    (404, "<html>Not Found</html>", True, "check the address in SUPABASE_URL"),
    (413, "too large", False, "`arena outbox drop` gives it up"),
]


@pytest.mark.parametrize(("status", "body", "whole", "remedy"), REFUSALS)
def test_refusals_say_what_to_do(copying, status, body, whole, remedy):
    copying.save_chat(make_chat())
    with loopback(lambda _: Reply(status, body)) as server:
        answer = within(server.url, lambda sink: sink.send(copying.outbox(), copying))
    assert isinstance(answer, Refused)
    assert answer.whole is whole
    assert remedy in answer.remedy


@pytest.mark.parametrize(
    ("reply", "why", "seconds"),
    [
        (Reply(503, {"code": "PGRST002", "message": "no schema cache"}, {"Retry-After": "8"}), "no schema cache", 8),
        (Reply(429, "slow down"), "HTTP 429: slow down", None),
        (Reply(500, {"code": "57014", "message": "statement timeout"}), "statement timeout", None),
        (Reply(200, "<html>hotel</html>"), "it answered as no PostgREST does: HTTP 200: <html>hotel</html>", None),
        (Reply(302, b"", {"location": "http://127.0.0.1:9"}), "HTTP 302 with nothing in it", None),
        (Reply(drop=True), "it cannot be reached: Server disconnected without sending a response.", None),
    ],
)
def test_what_passes_is_tried_again(copying, reply, why, seconds):
    copying.save_chat(make_chat())
    with loopback(lambda _: reply) as server:
        answer = within(server.url, lambda sink: sink.send(copying.outbox(), copying))
    assert answer == Later(why, seconds)


def test_a_look_asks_for_every_table_and_writes_nothing():
    with loopback(lambda _: Reply(200, [])) as server:
        assert within(server.url, lambda sink: sink.look()) == Sent()
        assert {request.method for request in server.requests} == {"GET"}
        assert [request.path.rsplit("/", 1)[1] for request in server.requests] == [
            "rounds",
            "chats",
            "prompts",
            "fills",
            "standings",
        ]


def test_what_no_database_takes_is_put_right(copying):
    copying.save_chat(make_chat(calls=(call(reply="a\x00b\ud800c"),)))
    request = bring(copying)[0]
    assert request.json()[0]["content"]["calls"][0]["reply"] == "ab\N{REPLACEMENT CHARACTER}c"
    assert "\\u0000" not in json.dumps(request.json())
