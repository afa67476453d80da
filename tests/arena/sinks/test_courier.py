"""The courier: beside everything else, for a few seconds at the end, and never in the way."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest

from arena.config.sinks import OutboxSettings
from arena.errors import StoreError
from arena.sinks.courier import Courier
from arena.sinks.lane import Lane
from arena.sinks.sink import Later, Sent
from arena.store import Store
from tests.arena.sinks.box import Box, message, states


def now():
    return datetime.now(UTC)


def courier(store, *sinks, wait_seconds=10.0, send_seconds=30.0):
    settings = OutboxSettings(wait_seconds=wait_seconds, send_seconds=send_seconds, retry_delay=0.05)

    async def lanes(_):
        return [Lane(store.home, sink, settings, now) for sink in sinks]

    return Courier(store.home, settings, lanes, now, look_again=0.05)


def test_a_courier_that_was_never_woken_has_nothing_to_end(store):
    courier(store, Box()).end()
    assert not (store.home / "senders").exists()


def test_ending_waits_until_all_is_sent(store):
    box = Box()
    brings = courier(store, box)
    store.queue(message(number) for number in range(5))
    brings.wake()
    brings.end()
    assert box.offered == [[f"message/{number}/telegram"] for number in range(5)]
    assert set(states(store).values()) == {"sent"}


def test_what_is_queued_later_is_sent_when_the_courier_is_woken_again(store):
    arrived = threading.Event()

    def tell(_):
        arrived.set()
        return Sent()

    box = Box(Sent(), tell)
    brings = courier(store, box)
    store.queue([message(1)])
    brings.wake()
    store.queue([message(2)])
    brings.wake()
    assert arrived.wait(20)
    brings.end()
    assert len(box.offered) == 2


def test_what_failed_is_tried_again_beside_everything_else(store):
    arrived = threading.Event()

    def tell(_):
        arrived.set()
        return Sent()

    brings = courier(store, Box(Later("HTTP 502"), Later("HTTP 503"), tell))
    store.queue([message(1)])
    brings.wake()
    assert arrived.wait(20)
    brings.end()
    assert states(store) == {"message/1/telegram": "sent"}


def test_a_sink_that_hangs_holds_up_neither_another_nor_the_end(store):
    """It would take an hour; the end calls it off after the wait it was given, and the delivery stays."""
    begun = threading.Event()

    def hang(_):
        begun.set()
        return asyncio.sleep(3600)

    slack = Box(name="slack")
    brings = courier(store, Box(hang), slack, wait_seconds=0.2, send_seconds=3600)
    store.queue([message(1), message(1, "slack")])
    brings.wake()
    assert begun.wait(20)
    brings.end()
    assert slack.offered == [["message/1/slack"]]
    assert states(store) == {"message/1/telegram": "waiting", "message/1/slack": "sent"}
    assert not [thread for thread in threading.enumerate() if thread.name == "arena-courier"]
    # The lane is free for the next command.
    again = Box()
    after = courier(store, again)
    after.wake()
    after.end()
    assert len(again.offered) == 1


def test_what_has_to_wait_is_not_waited_for(store):
    brings = courier(store, Box(Later("Too Many Requests", 3600)), wait_seconds=3600)
    store.queue([message(1), message(2)])
    brings.wake()
    brings.end()
    assert set(states(store).values()) == {"waiting"}


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_store_that_cannot_be_opened_is_not_the_couriers_to_report(store, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "arena.sqlite").write_bytes(b"no database" * 99)
    with pytest.raises(StoreError):
        Store.open(tmp_path / "broken")

    async def none(_):
        return []

    brings = Courier(tmp_path / "broken", OutboxSettings(), none, now)
    for _ in range(2):
        brings.wake()
        brings.end()
