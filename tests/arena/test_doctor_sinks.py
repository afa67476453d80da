"""The doctor looks at the sinks that are configured, and at what they refused."""

import asyncio
from datetime import UTC, datetime

from arena.doctor.sinks import sinks
from arena.records.outbox import Delivery
from arena.store import Store
from tests.arena.sinks.servers import CHAT, SLACK_TOKEN, TOKEN, slack, telegram
from tests.arenas import rehearsal_arena
from tests.loopback import Reply, loopback

KEYS = {"TELEGRAM_BOT_TOKEN": TOKEN, "SLACK_BOT_TOKEN": SLACK_TOKEN}


def found(home, environ=KEYS, seconds=10.0, **notify):
    config = rehearsal_arena(home, notify=notify)
    return {one.name: (one.status, f"{one.told}: {one.remedy}") for one in asyncio.run(sinks(config, environ, seconds))}


def to(chat, chat_id=CHAT):
    return {"chat_id": chat_id, "base_url": chat.url}


def test_what_is_not_configured_is_not_looked_at(tmp_path):
    assert found(tmp_path) == {}


def test_sinks_that_answer_and_accept_the_key_are_fine_and_are_sent_nothing(tmp_path):
    with telegram() as chat, slack() as channel:
        notify = {"telegram": to(chat), "slack": {"channel": "#arena", "base_url": channel.url}}
        fine = ("ok", "answers, and accepts the key: ")
        assert found(tmp_path, **notify) == {"sink slack": fine, "sink telegram": fine}
        assert (chat.texts, channel.blocks) == ([], [])


def test_each_fault_says_what_to_do(tmp_path):
    with telegram() as chat:
        wrong = found(tmp_path, {"TELEGRAM_BOT_TOKEN": "1:x"}, telegram=to(chat))
        assert wrong["sink telegram"] == ("failed", "Unauthorized: check the bot's token in TELEGRAM_BOT_TOKEN")
        nowhere = found(tmp_path, telegram=to(chat, "-42"))["sink telegram"]
        assert nowhere[1].startswith("Bad Request: chat not found: check notify.telegram.chat_id")
        missing = found(tmp_path, {}, telegram=to(chat))["sink telegram"]
        assert missing == ("failed", "TELEGRAM_BOT_TOKEN is not set: export TELEGRAM_BOT_TOKEN=... or put it in .env")
    down = found(tmp_path, telegram=to(chat))["sink telegram"]
    assert down[1].endswith(": check the network and the address of telegram, or wait")


def test_a_project_without_the_tables_is_told_how_to_make_them(tmp_path):
    config = rehearsal_arena(tmp_path, supabase={})
    missing = Reply(404, {"code": "PGRST205", "message": "Could not find the table 'public.rounds'"})
    with loopback(lambda _: missing) as server:
        (finding,) = asyncio.run(sinks(config, {"SUPABASE_URL": server.url, "SUPABASE_SERVICE_KEY": "sb_x"}, 10))
    assert (finding.name, finding.status) == ("sink supabase", "failed")
    assert finding.remedy.startswith("apply what `arena supabase schema` prints")
    (finding,) = asyncio.run(sinks(config, {"SUPABASE_URL": "http://127.0.0.1:9"}, 10))
    assert finding.told == "SUPABASE_SERVICE_KEY is not set"


def test_what_was_refused_is_not_forgotten(tmp_path):
    with Store.open(tmp_path) as store:
        store.queue([Delivery(key="message/1/telegram", sink="telegram", kind="message", body={})])
        store.refuse([1], "no", datetime.now(UTC))
    assert found(tmp_path)["outbox"][1].startswith("1 delivery was refused: `arena outbox` shows why")
