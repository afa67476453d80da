"""Slack: every message arrives as it was written, whatever the server answers first."""

import asyncio

import pytest

from arena.config.sinks import OutboxSettings, SlackSettings
from arena.messages import round_page
from arena.messages.page import Page, Span, heading, line
from arena.messages.slack import SlackForm
from arena.messages.splitting import split
from arena.records.outbox import Delivery
from arena.sinks.lane import Lane
from arena.sinks.sink import Later, Mailbox, Refused, Sent
from arena.sinks.slack import Slack
from arena.sinks.wire import connections
from tests.arena.messages.news import decided, news
from tests.arena.messages.test_round import HOSTILE
from tests.arena.sinks.box import NOON, QUICK, states
from tests.arena.sinks.servers import CHANNEL, SLACK_TOKEN, slack, slack_says
from tests.arenas import Clock
from tests.loopback import Reply

PAGE = Page(lines=(heading("Title <1>"), line("a & *b*"), (Span(text="See it", href="https://h/?a&b"),)))
BLOCKS = [
    {"type": "header", "text": {"type": "plain_text", "text": "Title &lt;1&gt;", "emoji": False}},
    {"type": "section", "text": {"type": "plain_text", "text": "a &amp; *b*", "emoji": False}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "<https://h/?a&amp;b|See it>"}},
]


def queue(store, *pages):
    parts = [part for page in pages for part in split(page, SlackForm())]
    store.queue(
        Delivery(key=f"message/{n}/slack", sink="slack", kind="message", body=part.model_dump(mode="json"))
        for n, part in enumerate(parts)
    )


def within(channel, work, *, token=SLACK_TOKEN, name=CHANNEL):
    async def run():
        async with connections() as client:
            return await work(Slack(SlackSettings(channel=name, base_url=channel.url), token, client))

    return asyncio.run(run())


def bring(store, channel, clock=None, settings=QUICK, **sink):
    async def send(made):
        await Lane(store.home, Mailbox("slack", made), settings, clock or Clock(NOON), chance=lambda: 0).send_due(store)

    within(channel, send, **sink)


def test_a_message_arrives_as_it_was_written(store):
    with slack() as channel:
        queue(store, PAGE)
        bring(store, channel)
    assert channel.blocks == [BLOCKS]
    (request,) = channel.requests
    assert (request.path, request.headers["authorization"]) == ("/chat.postMessage", f"Bearer {SLACK_TOKEN}")
    assert {**request.json(), "blocks": None} == {
        "channel": CHANNEL,
        "text": "Title &lt;1&gt;",
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": None,
    }


PASSING = {
    "flood": (slack_says("ratelimited", 429, **{"Retry-After": "30"}), "ratelimited", 30),
    "ok:false that passes": (slack_says("internal_error"), "internal_error", 1.5),
    "500": (Reply(500, "oops"), "HTTP 500: oops", 1.5),
    "a web page": (Reply(200, "<html>"), "HTTP 200: <html>", 1.5),
    "a broken connection": (Reply(drop=True), "it cannot be reached: Server disconnected", 1.5),
}


@pytest.mark.parametrize(("fault", "why", "wait"), PASSING.values(), ids=PASSING)
def test_what_passes_is_waited_for_and_the_message_arrives_once_and_in_order(store, fault, why, wait):
    clock = Clock(NOON)
    with slack(fault) as channel:
        queue(store, PAGE, Page(lines=(line("second"),)))
        bring(store, channel, clock)
        first = store.outbox()[0]
        assert first.last_error.startswith(why)
        assert (first.next_try - clock()).total_seconds() == wait
        clock.set(first.next_try.replace(tzinfo=None).isoformat())
        bring(store, channel, clock)
    assert [one[0]["text"]["text"] for one in channel.blocks] == ["Title &lt;1&gt;", "second"]


@pytest.mark.parametrize("error", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
def test_blocks_that_are_refused_go_as_plain_text(store, error):
    with slack(slack_says(error)) as channel:
        queue(store, PAGE)
        bring(store, channel)
    assert channel.texts == ["Title &lt;1&gt;\na &amp; *b*\nSee it"]
    assert channel.requests[-1].json()["mrkdwn"] is False
    assert set(states(store).values()) == {"sent"}


def test_long_and_hostile_messages_arrive_whole_and_as_text(store):
    pages = [
        Page(lines=tuple(line(f"{number} <!channel> {'&' * 100}") for number in range(200))),
        Page(lines=tuple(heading(f"heading {number}") for number in range(120))),
        round_page(news({HOSTILE: {HOSTILE: decided(reasoning=HOSTILE * 500)}}), reason=1000),
    ]
    with slack() as channel:
        queue(store, *pages)
        bring(store, channel)
    assert set(states(store).values()) == {"sent"}
    blocks = [block for message in channel.blocks for block in message]
    told = "".join(block["text"]["text"] for block in blocks)
    told = told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert "".join(told.split()) == "".join("".join(page.text for page in pages).split())
    assert {block["text"]["type"] for block in blocks} == {"plain_text"}
    assert not any(block["text"]["emoji"] for block in blocks)


@pytest.mark.parametrize(
    ("error", "whole", "remedy"),
    [
        ("invalid_auth", True, "check the app's token in SLACK_BOT_TOKEN"),
        ("channel_not_found", True, "check notify.slack.channel"),
        ("not_in_channel", True, "invite the app to #arena"),
        ("missing_scope", True, "give the app the scope chat:write"),
        ("msg_too_long", False, "`arena outbox drop` gives it up"),
        ("something_new", False, "`arena outbox retry` tries it again"),
    ],
)
def test_refusals_say_what_to_do(error, whole, remedy):
    with slack(slack_says(error)) as channel:
        answer = within(channel, lambda sink: sink.say(PAGE))
    assert (answer.why, answer.whole) == (error, whole)
    assert remedy in answer.remedy


def test_a_server_that_hangs_is_left_after_its_time(store):
    with slack(Reply(delay=60)) as channel:
        queue(store, PAGE)
        bring(store, channel, settings=OutboxSettings(send_seconds=0.2))
        assert store.outbox()[0].last_error == "no answer within 0.2 s"


def test_a_look_says_whether_the_token_is_accepted():
    with slack() as channel:
        assert within(channel, lambda sink: sink.look()) == Sent()
        assert isinstance(within(channel, lambda sink: sink.look(), token="xoxb-wrong"), Refused)
    assert isinstance(within(channel, lambda sink: sink.look()), Later)
