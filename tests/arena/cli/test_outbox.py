"""`arena outbox` and `arena notify`."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from arena.messages.page import Page, line
from arena.records.outbox import Delivery
from arena.store import Store
from tests.arena.sinks.servers import CHAT, TOKEN, telegram, telegram_says
from tests.loopback import Reply


@pytest.fixture
def keys(monkeypatch):
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)


def written(folder, chat, more=""):
    (folder / "arena.yaml").write_text(
        "contestants:\n  - {name: m, kind: rehearsal, style: momentum}\nnotify:\n"
        f'  telegram: {{chat_id: "{CHAT}", base_url: "{chat.url}"}}\n{more}'
    )


def queue(folder, number=1):
    with Store.open(folder / "arena-data") as store:
        store.queue(
            Delivery(
                key=f"message/main/2025-10-14/{n}/telegram/1",
                sink="telegram",
                kind="message",
                body=Page(lines=(line(str(n)),)).model_dump(mode="json"),
            )
            for n in range(number)
        )


def test_without_a_store_there_is_no_outbox(arena):
    ran = arena("outbox")
    assert (ran.code, ran.out) == (5, "")
    assert "no arena data" in ran.err


def test_what_waits_is_listed_sent_and_gone(arena, folder, keys):
    with telegram() as chat:
        written(folder, chat)
        queue(folder, 3)
        listed = arena("outbox")
        assert "message/main/2025-10-14/0/telegram/1" in listed.out
        assert listed.out.count("waiting") == 3
        assert [row["state"] for row in json.loads(arena("outbox", "--json").out)] == ["waiting"] * 3
        assert "the first 2 of 3; --limit shows more" in arena("outbox", "--limit", "2").err
        sent = arena("outbox", "send")
        assert sent.code == 0
        assert sent.out.split()[-4:] == ["telegram", "3", "0", "0"]
    assert chat.texts == ["0", "1", "2"]
    assert arena("outbox", "list").err == "nothing waits to be sent\n"
    assert arena("outbox", "list", "--all").out.count("sent") == 3


def test_what_was_refused_says_what_to_do_and_is_sent_again_when_asked(arena, folder, keys):
    with telegram(Reply(403, telegram_says(403, "Forbidden: bot was kicked"))) as chat:
        written(folder, chat)
        queue(folder, 2)
        assert arena("outbox", "send").code == 1
        listed = " ".join(arena("outbox").out.split())
        assert listed.count("failed") == 2
        assert "Forbidden: bot was kicked; add the bot to the chat" in listed
        again = arena("outbox", "retry", "--json")
        assert again.code == 0
        (one,) = json.loads(again.out)
        assert one == {"sink": "telegram", "sent": 2, "waiting": 0, "failed": 0, "why": ""}
    assert chat.texts == ["0", "1"]
    assert arena("outbox", "retry").err == "nothing was refused\n"


def test_what_waits_for_its_next_try_goes_at_once_when_asked(arena, folder, keys):
    with telegram() as chat:
        written(folder, chat, '  quiet_hours: {start: "00:00", end: "23:59"}\n')
        queue(folder)
        with Store.open_existing(folder / "arena-data") as store:
            store.postpone([1], "HTTP 502", datetime.now(UTC) + timedelta(hours=1))
        waits = arena("outbox", "send")
        assert waits.code == 1
        assert "HTTP 502" in waits.out
        assert chat.texts == []
        assert arena("outbox", "send", "--now").code == 0
    assert chat.texts == ["0"]


def test_what_is_given_up_is_not_sent(arena, folder, keys):
    with telegram() as chat:
        written(folder, chat)
        queue(folder, 2)
        assert arena("outbox", "drop", "1").err == "1 delivery given up\n"
        unknown = arena("outbox", "drop", "1", "7")
        assert (unknown.code, unknown.out) == (1, "")
        assert unknown.err.startswith("arena: no delivery 1, 7 waits or was refused")
        arena("outbox", "send")
    assert chat.texts == ["1"]


def test_everything_of_a_sink_is_given_up_at_once_and_one_that_is_not_configured_is_named(arena, folder):
    queue(folder, 3)
    (folder / "arena.yaml").write_text("contestants:\n  - {name: m, kind: rehearsal, style: momentum}\n")
    ran = arena("outbox", "send", "--json")
    (one,) = json.loads(ran.out)
    assert (ran.code, one["waiting"]) == (1, 3)
    assert one["why"].startswith("this configuration does not have it")
    assert arena("outbox", "drop", "--sink", "telegram").err == "3 deliveries given up\n"
    assert arena("outbox", "send").code == 0


def test_a_test_message_says_for_each_service_what_became_of_it(arena, folder, keys):
    with telegram() as chat:
        written(folder, chat, '  slack: {channel: "#arena"}\n')
        ran = arena("notify", "test")
        assert ran.code == 1
        said = " ".join(ran.out.split())
        assert "slack not set up SLACK_BOT_TOKEN is not set; export SLACK_BOT_TOKEN=... or put it in .env" in said
        assert "telegram sent" in said
        only = arena("notify", "test", "--sink", "telegram", "--json")
        assert (only.code, json.loads(only.out)) == (0, [{"sink": "telegram", "status": "sent", "told": ""}])
    assert len(chat.texts) == 2
    assert chat.texts[0].startswith("ModelChat Arena: a test\nMessages about the season main will come here.")


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        (
            Reply(429, telegram_says(429, "slow down", retry_after=7)),
            "failed",
            "slow down; it asks to be left alone for",
        ),
        (Reply(400, telegram_says(400, "Bad Request: chat not found")), "refused", "chat not found; check notify."),
        (Reply(delay=60), "failed", "no answer within 0.3 s"),
    ],
)
def test_a_test_message_that_fails_says_why(arena, folder, keys, fault, status, told):
    with telegram(fault) as chat:
        written(folder, chat, "outbox: {send_seconds: 0.3}\n")
        ran = arena("notify", "test", "--json")
    (trial,) = json.loads(ran.out)
    assert (ran.code, trial["status"]) == (1, status)
    assert told in trial["told"]


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["notify", "test", "--config", "demo"], "no messages are configured: set notify.telegram"),
        (["notify", "test", "--sink", "slack"], "no slack is configured under notify; there are telegram"),
        (["outbox", "sned"], "No such command 'sned'"),
        (["outbox", "drop"], "name the ids to give up, or with --sink one sink"),
        (["outbox", "drop", "1", "--sink", "slack"], "name the ids to give up, or with --sink one sink"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arena, folder, argv, sentence):
    with telegram() as chat:
        written(folder, chat)
        ran = arena(*argv)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"arena: {sentence}")


def test_a_run_ends_with_a_word_on_what_could_not_be_sent(arena, folder, monkeypatch):
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    with telegram() as chat:
        written(folder, chat, "market: {vendors: [simulated]}\n")
        ran = arena("run", "NVDA", "--as-of", "2025-10-14")
    assert ran.code == 0
    assert ran.err.endswith(
        "note: 1 delivery to telegram waiting: TELEGRAM_BOT_TOKEN is not set; export TELEGRAM_BOT_TOKEN=... "
        "or put it in .env; see `arena outbox`\n"
    )
