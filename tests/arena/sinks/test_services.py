"""Other services through apprise: its JSON plugin stands for them all, over a loopback server."""

import asyncio
import threading

import pytest

from arena.config.sinks import OutboxSettings
from arena.errors import ConfigError
from arena.messages.page import Page, Span, heading, line
from arena.records.outbox import Delivery
from arena.sinks.lane import Lane
from arena.sinks.services import Service
from arena.sinks.sink import Mailbox
from tests.arena.sinks.box import NOON, QUICK, states
from tests.arenas import Clock
from tests.loopback import Reply, loopback

pytest.importorskip("apprise", reason="the extra notify is not installed")
# It imports a module that Python 3.13 has no more, and does without it there.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

PAGE = Page(lines=(heading("Title <1>"), line("a & *b* ", Span(text="See it", href="https://h/?a&b"))))


def service(server, path="hook"):
    return Service(f"{server.url.replace('http', 'json', 1)}/{path}?:token=canary-canary-canary", "HOOK_URL")


def bring(store, sink, settings=QUICK):
    body = PAGE.model_dump(mode="json")
    store.queue([Delivery(key="message/1/apprise.json", sink="apprise.json", kind="message", body=body)])
    asyncio.run(
        Lane(store.home, Mailbox("apprise.json", sink), settings, Clock(NOON), chance=lambda: 0).send_due(store)
    )


def test_a_message_arrives_as_plain_text(store):
    with loopback(lambda _: Reply()) as server:
        bring(store, service(server))
        (request,) = server.requests
    assert request.json()["message"] == "Title <1>\na & *b* See it (https://h/?a&b)"
    assert states(store) == {"message/1/apprise.json": "sent"}


@pytest.mark.parametrize("fault", [Reply(500), Reply(429), Reply(drop=True)])
def test_a_failure_is_tried_again_and_tells_no_key(store, fault):
    with loopback(lambda _: fault) as server:
        bring(store, service(server))
    (row,) = store.outbox()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.last_error
    assert "canary" not in row.last_error


def test_one_that_hangs_holds_up_nobody(store):
    asked = threading.Event()

    def hang(_):
        asked.set()
        return Reply(delay=60)

    with loopback(hang) as server:
        bring(store, service(server), OutboxSettings(send_seconds=0.3))
        assert asked.wait(20)
    assert store.outbox()[0].last_error == "no answer within 0.3 s"


@pytest.mark.parametrize("url", ["nonsense://x", "tgram://bad", "plain text"])
def test_a_url_that_it_does_not_understand_is_named_by_its_variable(url):
    with pytest.raises(ConfigError, match="MAIL_URL holds no URL that apprise understands") as told:
        Service(url, "MAIL_URL")
    assert url not in str(told.value)
