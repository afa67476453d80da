"""The outbox: queued once, in order, beside the record it speaks of, and settled by what became of it."""

from datetime import UTC, datetime, timedelta

import pytest

from arena.records.outbox import Delivery
from arena.store import Store
from tests.arena.store.chat import SESSION, make_chat
from tests.arena.trading import opened

NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)


def delivery(number=1, sink="telegram", kind="message", **body):
    return Delivery(key=f"{kind}/{number}/{sink}", sink=sink, kind=kind, body=body or {"text": f"part {number}"})


def keys(rows):
    return [row.key for row in rows]


def test_what_is_queued_waits_in_order_and_once(store):
    assert store.queue([delivery(2), delivery(1), delivery(1, "slack")]) == 3
    assert store.queue([delivery(1), delivery(3)]) == 1
    rows = store.outbox()
    assert keys(rows) == ["message/2/telegram", "message/1/telegram", "message/1/slack", "message/3/telegram"]
    assert rows[0].body == {"text": "part 2"}
    assert {(row.state, row.attempts, row.next_try, row.last_error, row.settled) for row in rows} == {
        ("waiting", 0, None, "", None)
    }
    assert keys(store.next_deliveries("slack", 10)) == ["message/1/slack"]


def test_it_is_queued_with_the_record_or_not_at_all(store):
    def save_and_fail():
        with store.transaction():
            store.append_events("main", [opened()])
            store.queue([delivery()])
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        save_and_fail()
    assert (store.events("main"), store.outbox()) == ((), ())


def test_a_changed_record_is_queued_anew_behind_the_others_and_an_equal_one_is_not(store):
    store.queue([delivery(1, "supabase", "round", hash="a"), delivery(2, "supabase", "round", hash="a")])
    assert store.queue([delivery(1, "supabase", "round", hash="a")], renew="changed") == 0
    assert store.queue([delivery(1, "supabase", "round", hash="b")], renew="changed") == 1
    assert keys(store.outbox()) == ["round/2/supabase", "round/1/supabase"]


def test_a_sending_that_ends_after_its_record_changed_does_not_count_for_the_newer(store):
    store.queue([delivery(1, "supabase", "round", hash="a")])
    (under_way,) = store.outbox()
    store.queue([delivery(1, "supabase", "round", hash="b")], renew="changed")
    store.sent([under_way.id], NOW)
    (row,) = store.outbox()
    assert (row.body, row.state) == ({"hash": "b"}, "waiting")
    assert row.id > under_way.id


def test_all_can_be_queued_again_but_for_what_waits(store):
    store.queue([delivery(1), delivery(2)])
    waiting, sent = store.outbox()
    store.sent([sent.id], NOW)
    assert store.queue([delivery(1), delivery(2)], renew="always") == 1
    assert [row.state for row in store.outbox()] == ["waiting", "waiting"]
    assert store.outbox()[0].id == waiting.id


def test_what_became_of_a_sending_is_written_down(store):
    store.queue(delivery(number) for number in range(4))
    ids = [row.id for row in store.outbox()]
    store.sent(ids[:1], NOW)
    store.postpone(ids[1:2], "HTTP 502 \ud800\x00", NOW + timedelta(seconds=9))
    store.postpone(ids[1:2], "HTTP 503", NOW + timedelta(seconds=20))
    store.refuse(ids[2:3], "chat not found; check chat_id", NOW)
    sent, again, refused, waiting = store.outbox("sent", "waiting", "failed")
    assert (sent.state, sent.settled) == ("sent", NOW)
    assert (again.attempts, again.last_error, again.next_try) == (2, "HTTP 503", NOW + timedelta(seconds=20))
    assert (refused.state, refused.attempts) == ("failed", 1)
    assert refused.last_error == "chat not found; check chat_id"
    assert waiting.attempts == 0
    assert store.outbox_counts() == {
        ("telegram", "failed"): 1,
        ("telegram", "sent"): 1,
        ("telegram", "waiting"): 2,
    }


def test_a_sink_that_takes_nothing_fails_all_that_waits_for_it_and_all_may_be_tried_again(store):
    store.queue([delivery(1), delivery(2), delivery(1, "slack")])
    store.refuse_all("telegram", "the token is not accepted", NOW)
    assert [row.state for row in store.outbox()] == ["failed", "failed", "waiting"]
    assert store.retry() == (1, 2)
    assert [(row.state, row.settled) for row in store.outbox()] == [("waiting", None)] * 3
    assert store.retry() == ()


def test_only_what_failed_is_tried_again_and_only_what_is_not_sent_is_dropped(store):
    store.queue(delivery(number) for number in range(3))
    store.sent([1], NOW)
    store.refuse([2], "no", NOW)
    assert store.retry([1, 3, 99]) == ()
    assert store.drop([1, 2, 3, 99], NOW) == (2, 3)
    assert store.outbox() == ()
    assert store.queue([delivery(2)]) == 0


def test_what_was_sent_is_forgotten_after_a_while_but_for_the_keys_of_messages(store):
    store.queue([delivery(1), delivery(1, "supabase", "chat", id="a"), delivery(2)])
    store.sent([1, 2], NOW)
    assert store.forget_sent(NOW) == 0
    assert store.forget_sent(NOW + timedelta(seconds=1)) == 2
    assert store.forget_sent(NOW + timedelta(seconds=1)) == 0
    sent, waiting = store.outbox("sent", "waiting")
    assert (sent.key, sent.body) == ("message/1/telegram", {})
    assert waiting.body == {"text": "part 2"}
    assert store.queue([delivery(1)]) == 0


def test_a_store_of_an_earlier_version_learns_of_the_outbox(store):
    store.save_chat(make_chat())
    for table in ("outbox", "standings"):
        store._connection.execute(f"DROP TABLE {table}")
        store._connection.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (table,))
    store._connection.execute("PRAGMA user_version = 4")
    with Store.open(store.home) as again:
        assert again.queue([delivery()]) == 1
        assert again.chat_rows()[0].session == SESSION
