"""Telegram: every message arrives as it was written, whatever the server answers first."""

import asyncio

import pytest

from arena.config.sinks import OutboxSettings, TelegramSettings
from arena.messages import round_page
from arena.messages.page import Page, Span, heading, line
from arena.messages.splitting import split
from arena.messages.telegram import TelegramForm
from arena.records.outbox import Delivery
from arena.sinks.lane import Lane
from arena.sinks.sink import Later, Mailbox, Refused, Sent
from arena.sinks.telegram import Telegram
from arena.sinks.wire import connections
from tests.arena.messages.news import decided, news
from tests.arena.messages.test_round import HOSTILE
from tests.arena.sinks.box import NOON, QUICK, states
from tests.arena.sinks.servers import CHAT, TOKEN, flood, telegram, telegram_says
from tests.arenas import Clock
from tests.loopback import Reply

PAGE = Page(lines=(heading("Title <1>"), line("a & b"), (Span(text="See it", href="https://h/?a&b"),)))


def queue(store, *pages):
    parts = [part for page in pages for part in split(page, TelegramForm())]
    store.queue(
        Delivery(key=f"message/{n}/telegram", sink="telegram", kind="message", body=part.model_dump(mode="json"))
        for n, part in enumerate(parts)
    )


def within(chat, work, *, token=TOKEN, chat_id=CHAT, url=None):
    """Do work with a sink for the chat."""

    async def run():
        async with connections() as client:
            return await work(Telegram(TelegramSettings(chat_id=chat_id, base_url=url or chat.url), token, client))

    return asyncio.run(run())


def bring(store, chat, clock=None, settings=QUICK, **sink):
    async def send(made):
        await Lane(store.home, Mailbox("telegram", made), settings, clock or Clock(NOON), chance=lambda: 0).send_due(
            store
        )

    within(chat, send, **sink)


def test_a_message_arrives_as_it_was_written(store):
    with telegram() as chat:
        queue(store, PAGE)
        bring(store, chat)
    assert chat.texts == ["Title <1>\na & b\nSee it"]
    assert chat.bold == ["Title ", "<", "1", ">"]
    assert chat.links == ["https://h/?a&b"]
    (request,) = chat.requests
    assert request.json() == {
        "chat_id": CHAT,
        "text": '<b>Title &lt;1&gt;</b>\na &amp; b\n<a href="https://h/?a&amp;b">See it</a>',
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


PASSING = {
    "flood": (flood(35), "Too Many Requests: retry after 35", 35),
    "flood without a wait": (Reply(429, telegram_says(429, "Too Many Requests")), "Too Many Requests", 2),
    "a failure under 200": (Reply(200, telegram_says(429, "slow down", retry_after=9)), "slow down", 9),
    "a failure under 200 without a word": (Reply(200, {"ok": False}), 'HTTP 200: {"ok": false}', 2),
    "500": (Reply(500, telegram_says(500, "Internal Server Error")), "Internal Server Error", 2),
    "502 with a web page": (Reply(502, "<html>Bad Gateway</html>"), "HTTP 502: <html>Bad Gateway</html>", 2),
    "an empty answer": (Reply(200, b""), "HTTP 200 with nothing in it", 2),
    "somebody else's page": (Reply(200, "<html>Log in to this network</html>"), "HTTP 200: <html>Log in", 2),
    "a redirect": (Reply(302, b"", {"location": "http://127.0.0.1:9/"}), "HTTP 302 with nothing in it", 2),
    "a broken connection": (Reply(drop=True), "it cannot be reached: Server disconnected", 2),
    "an endless answer": (Reply(200, b"x" * 1_000_001), "it answered HTTP 200 with more than 1,000,000 bytes", 2),
}


@pytest.mark.parametrize(("fault", "why", "wait"), PASSING.values(), ids=PASSING)
def test_what_passes_is_waited_for_and_the_message_arrives_once_and_in_order(store, fault, why, wait):
    clock = Clock(NOON)
    with telegram(fault) as chat:
        queue(store, PAGE, Page(lines=(line("second"),)))
        bring(store, chat, clock)
        first = store.outbox()[0]
        assert first.last_error.startswith(why)
        assert (first.next_try - clock()).total_seconds() == (wait if wait != 2 else 1.5)
        clock.set(first.next_try.replace(tzinfo=None).isoformat())
        bring(store, chat, clock)
    assert chat.texts == ["Title <1>\na & b\nSee it", "second"]
    assert set(states(store).values()) == {"sent"}


def test_a_connection_that_breaks_after_the_message_was_taken_brings_it_twice_and_never_not(store):
    with telegram() as chat:

        def take_and_drop(request):
            chat.take(request.json())
            return Reply(drop=True)

        chat.faults.append(take_and_drop)
        queue(store, PAGE)
        clock = Clock(NOON)
        bring(store, chat, clock)
        clock.set("2025-11-20T13:00:00")
        bring(store, chat, clock)
    assert chat.texts == ["Title <1>\na & b\nSee it"] * 2


def test_a_server_that_hangs_is_left_after_its_time(store):
    with telegram(Reply(delay=60)) as chat:
        queue(store, PAGE)
        bring(store, chat, settings=OutboxSettings(send_seconds=0.2))
        assert store.outbox()[0].last_error == "no answer within 0.2 s"


def test_markup_that_is_refused_goes_as_plain_text(store):
    refusal = Reply(400, telegram_says(400, "Bad Request: can't parse entities: Unsupported start tag"))
    with telegram(refusal) as chat:
        queue(store, PAGE)
        bring(store, chat)
    assert chat.texts == ["Title <1>\na & b\nSee it"]
    assert [request.json().get("parse_mode") for request in chat.requests] == ["HTML", None]
    assert set(states(store).values()) == {"sent"}


def test_plain_text_meets_the_same_limits(store):
    refusal = Reply(400, telegram_says(400, "Bad Request: can't parse entities"))
    with telegram(refusal, flood(7)) as chat:
        queue(store, PAGE)
        bring(store, chat)
        (row,) = store.outbox()
        assert (row.state, row.last_error) == ("waiting", "Too Many Requests: retry after 7")


def test_long_messages_arrive_whole_and_in_order(store):
    pages = [
        Page(lines=tuple(line(f"{number} <&> {'😀' * 50}") for number in range(200))),
        Page(lines=(line("& " * 9000),)),
        round_page(news({HOSTILE: {HOSTILE: decided(reasoning=HOSTILE * 500)}}), reason=1000),
    ]
    with telegram() as chat:
        queue(store, *pages)
        bring(store, chat)
    assert len(chat.texts) > 8
    assert "".join("".join(chat.texts).split()) == "".join("".join(page.text for page in pages).split())
    assert set(states(store).values()) == {"sent"}


@pytest.mark.parametrize(
    ("sink", "reason"),
    [
        (
            {"token": "123456789:AAwrong_wrong_wrong_wrong_wrong_wron"},
            "Unauthorized; check the bot's token in TELEGRAM",
        ),
        ({"chat_id": "-42"}, "Bad Request: chat not found; check notify.telegram.chat_id"),
    ],
)
def test_a_wrong_token_or_chat_is_asked_once_and_says_what_to_do(store, sink, reason):
    with telegram() as chat:
        queue(store, PAGE, PAGE)
        bring(store, chat, **sink)
        assert len(chat.requests) == 1
        assert {(row.state, row.last_error.startswith(reason)) for row in store.outbox()} == {("failed", True)}
        store.retry()
        bring(store, chat)
    assert len(chat.texts) == 2


@pytest.mark.parametrize(
    ("code", "description", "parameters", "whole", "remedy"),
    [
        (403, "Forbidden: bot was blocked by the user", {}, True, "add the bot to the chat"),
        (404, "Not Found", {}, True, "check the bot's token in TELEGRAM_BOT_TOKEN"),
        (400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -1009}, True, "chat_id to '-1009'"),
        (400, "Bad Request: not enough rights to send text messages", {}, True, "what the bot may do there"),
        (400, "Bad Request: message is too long", {}, False, "`arena outbox drop` gives it up"),
    ],
)
def test_other_refusals_say_what_to_do(code, description, parameters, whole, remedy):
    with telegram(Reply(code, telegram_says(code, description, **parameters))) as chat:
        answer = within(chat, lambda sink: sink.say(PAGE))
    assert (answer.why, answer.whole) == (description, whole)
    assert remedy in answer.remedy


def test_the_token_is_told_to_nobody(caplog):
    caplog.set_level("DEBUG")
    echo = Reply(500, f"no route for /bot{TOKEN}/sendMessage")
    with telegram(echo) as chat:
        told = within(chat, lambda sink: sink.say(PAGE))
    gone = within(chat, lambda sink: sink.say(PAGE))
    for answer in (told, gone):
        assert isinstance(answer, Later)
        assert "canary" not in answer.why
    assert "canary" not in caplog.text


def test_a_look_says_whether_it_would_work_and_writes_nothing():
    with telegram() as chat:
        assert within(chat, lambda sink: sink.look()) == Sent()
        assert isinstance(within(chat, lambda sink: sink.look(), token="1:x"), Refused)
        assert isinstance(within(chat, lambda sink: sink.look(), chat_id="-42"), Refused)
        assert chat.texts == []
    assert isinstance(within(chat, lambda sink: sink.look()), Later)
