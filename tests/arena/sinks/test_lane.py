"""A lane: in order, one at a time, waiting as it was told, and nothing lost or sent twice at once."""

import asyncio
from datetime import timedelta

import pytest

from arena.config.sinks import OutboxSettings, QuietHours
from arena.sinks.sink import Later, Refused, Sent
from arena.store import Store
from tests.arena.sinks.box import NOON, NOW, Box, copy, lane, message, send, states
from tests.arenas import Clock

NIGHT = QuietHours(start="22:00", end="07:00", time_zone="Europe/Berlin")


def test_what_waits_is_sent_in_order_and_once(store):
    store.queue([message(2), message(1), message(1, "slack")])
    box = Box()
    way = lane(store, box)
    assert way.is_due(store)
    send(way, store)
    send(way, store)
    assert box.offered == [["message/2/telegram"], ["message/1/telegram"]]
    assert states(store)["message/1/slack"] == "waiting"
    assert not way.is_due(store)


def test_what_fails_holds_up_those_behind_it_and_waits_twice_as_long_each_time(store):
    store.queue([message(1), message(2)])
    clock, box = Clock(NOON), Box(Later("HTTP 502"), Later("HTTP 503"), Later("HTTP 502"))
    way = lane(store, box, clock)
    waits = []
    for _ in range(3):
        send(way, store)
        send(way, store)
        (first, second) = store.outbox()
        assert (second.attempts, second.next_try) == (0, None)
        waits.append((first.next_try - clock()).total_seconds())
        clock.set(first.next_try.replace(tzinfo=None).isoformat())
    assert waits == [2, 4, 8]
    assert (first.attempts, first.last_error) == (3, "HTTP 502")
    send(way, store)
    assert box.offered[-2:] == [["message/1/telegram"], ["message/2/telegram"]]
    assert len(box.offered) == 5


def test_an_outage_of_a_minute_loses_nothing_and_is_not_hammered(store):
    """A round every five seconds; the service is down for the first sixty, of a clock that is set."""
    clock, sent = Clock(NOON), []

    def down_for_a_minute(rows):
        if clock() - NOW < timedelta(seconds=60):
            return Later("HTTP 503")
        sent.extend(row.key for row in rows)
        return Sent()

    box = Box(*[down_for_a_minute] * 100, name="supabase", most=20)
    way, queued = lane(store, box, clock), []
    for second in range(0, 130, 5):
        clock.set((NOW + timedelta(seconds=second)).replace(tzinfo=None).isoformat())
        if second < 60:
            store.queue([copy(second), copy(second, "fill")])
            queued += [copy(second).key, copy(second, "fill").key]
        send(way, store)
    assert sorted(sent) == sorted(queued)
    assert set(states(store).values()) == {"sent"}
    # 0, 5, 10, 20 and 40 seconds in: waits of 2, 4, 8, 16 and 32, at the next round after each.
    assert len([offered for offered in box.offered if offered == box.offered[0]]) <= 7


def test_the_wait_that_a_server_asks_for_is_kept(store):
    store.queue([message(1)])
    send(lane(store, Box(Later("Too Many Requests", 35))), store)
    (row,) = store.outbox()
    assert timedelta(seconds=35) <= row.next_try - NOW <= timedelta(seconds=38.5)


def test_at_once_does_not_wait_but_still_stops_at_what_fails(store):
    store.queue([message(1), message(2)])
    box = Box(Later("HTTP 502", 3600), Later("HTTP 502"), Sent())
    way = lane(store, box, quiet=QuietHours(start="00:00", end="23:59"))
    for _ in range(3):
        send(way, store, at_once=True)
    assert box.offered == [["message/1/telegram"]] * 3 + [["message/2/telegram"]]


def test_one_that_is_refused_is_left_behind_with_the_reason_and_what_to_do(store):
    store.queue([message(1), message(2)])
    send(lane(store, Box(Refused("Bad Request: message text is empty", "report it"))), store)
    assert states(store) == {"message/1/telegram": "failed", "message/2/telegram": "sent"}
    assert store.outbox()[0].last_error == "Bad Request: message text is empty; report it"


def test_a_sink_that_refuses_everything_is_asked_once(store):
    store.queue([message(1), message(2), message(1, "slack")])
    box = Box(Refused("Unauthorized", "check the token in TELEGRAM_BOT_TOKEN", whole=True))
    way = lane(store, box)
    send(way, store)
    send(way, store)
    assert len(box.offered) == 1
    assert [row.state for row in store.outbox()] == ["failed", "failed", "waiting"]
    store.retry()
    send(way, store)
    assert set(states(store).values()) == {"sent", "waiting"}


def test_deliveries_of_one_kind_go_together_in_order_as_many_as_the_sink_takes(store):
    store.queue([copy(1), copy(2), copy(3), copy(1, "fill"), copy(4)])
    box = Box(name="supabase", most=2)
    send(lane(store, box), store)
    assert box.offered == [
        ["chat/1/supabase", "chat/2/supabase"],
        ["chat/3/supabase"],
        ["fill/1/supabase"],
        ["chat/4/supabase"],
    ]


def test_of_a_batch_that_is_refused_only_the_one_at_fault_fails(store):
    store.queue([copy(number) for number in range(4)])

    def unless_two(rows):
        return Refused("bad", "fix it") if any(row.body["id"] == "2" for row in rows) else Sent()

    send(lane(store, Box(*[unless_two] * 5, name="supabase", most=10)), store)
    assert [row.key for row in store.outbox()] == ["chat/2/supabase"]


def test_what_takes_too_long_is_called_off_and_tried_again(store):
    store.queue([message(1)])
    box = Box(lambda _: asyncio.sleep(60))
    send(lane(store, box, settings=OutboxSettings(send_seconds=0.05)), store)
    (row,) = store.outbox()
    assert (row.last_error, row.attempts) == ("no answer within 0.05 s", 1)


@pytest.mark.parametrize(
    ("now", "sent"),
    [
        ("2025-11-20T20:59:59", True),
        ("2025-11-20T21:00:00", False),  # 22:00 in Berlin
        ("2025-11-21T05:59:59", False),
        ("2025-11-21T06:00:00", True),
        ("2025-07-20T20:00:00", False),  # summer time
    ],
)
def test_messages_wait_while_people_sleep(store, now, sent):
    store.queue([message(1)])
    box = Box()
    way = lane(store, box, Clock(now), quiet=NIGHT)
    assert way.is_due(store) == sent
    send(way, store)
    assert bool(box.offered) == sent


def test_the_cloud_copy_has_no_quiet_hours(store):
    store.queue([copy(1)])
    box = Box(name="supabase", heeds_quiet=False)
    send(lane(store, box, Clock("2025-11-20T23:00:00"), quiet=NIGHT), store)
    assert len(box.offered) == 1


def test_two_senders_never_send_at_once(store):
    """The second looks while the first is in the middle of a sending."""
    store.queue([message(1), message(2)])

    async def both():
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def slowly():
            begun.set()
            await go_on.wait()
            return Sent()

        first, second = Box(lambda _: slowly()), Box()
        sending = asyncio.create_task(lane(store, first).send_due(store))
        await begun.wait()
        with Store.open(store.home) as elsewhere:
            await lane(elsewhere, second).send_due(elsewhere)
        assert second.offered == []
        go_on.set()
        await sending
        return first

    assert asyncio.run(both()).offered == [["message/1/telegram"], ["message/2/telegram"]]
    assert set(states(store).values()) == {"sent"}


def test_what_is_queued_while_a_lane_sends_goes_with_it(store):
    store.queue([message(1)])

    def queue_another(rows):
        with Store.open(store.home) as other:
            other.queue([message(2)])
        return Sent()

    box = Box(queue_another)
    send(lane(store, box), store)
    assert len(box.offered) == 2
