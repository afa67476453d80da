"""A round's messages: queued with its end, once, brought beside it, and never in its way."""

import asyncio
import sqlite3
import threading
from datetime import date
from itertools import pairwise

import pytest

from arena.app import Arena
from arena.store import Store
from tests.arena.sinks.servers import CHANNEL, CHAT, SLACK_TOKEN, TOKEN, slack, telegram
from tests.arenas import Clock, rehearsal_arena
from tests.loopback import Reply

KEYS = {"TELEGRAM_BOT_TOKEN": TOKEN, "SLACK_BOT_TOKEN": SLACK_TOKEN}
SESSION = "2025-10-14"
STYLES = ("momentum", "value")


def config(home, *, styles=STYLES, outbox=None, **notify):
    settings = rehearsal_arena(home, notify=notify, as_of=SESSION, outbox=outbox or {"wait_seconds": 60})
    return settings.model_copy(update={"contestants": tuple(c for c in settings.contestants if c.name in styles)})


def to(chat):
    return {"telegram": {"chat_id": CHAT, "base_url": chat.url}}


def opened(home, *, environ=KEYS, now="2025-11-20T12:00:00", **settings):
    return Arena(config(home, **settings), environ=environ, clock=Clock(now))


def outbox(home):
    with Store.open_existing(home) as store:
        return store.outbox("waiting", "sent", "failed", "dropped")


def test_a_round_is_told_to_every_sink_with_everything_that_came_of_it(tmp_path):
    with telegram() as chat, slack() as channel:
        notify = {**to(chat), "slack": {"channel": CHANNEL, "base_url": channel.url}}
        with opened(tmp_path, **notify, base_url="https://arena.example") as arena:
            result = arena.run(["NVDA"])
        assert arena.leftovers() == ()
    (text,) = chat.texts
    lines = text.splitlines()
    assert lines[:3] == [
        "Season trial, close of 2025-10-14",
        "REHEARSAL: rule-driven stand-ins, not models",
        "SIMULATED: an invented market",
    ]
    assert lines[4].startswith("NVDA: BUY, 100%, high agreement")
    for desk in result.chats:
        said = f"• {desk.contestant}: BUY {desk.outcome.fraction:.2f}, confidence {desk.outcome.confidence:.2f}. "
        assert any(one.startswith(said) for one in lines)
    for row in result.standings.rows:
        assert any(one.startswith(f"{row.rank}. ") and f"{row.contestant} ${row.equity:,.2f}" in one for one in lines)
    for made in result.fills:
        assert f"• {made.contestant}: BUY {made.shares} NVDA at ${made.price}, open of 2025-10-15" in lines
    assert chat.links == ["https://arena.example/seasons/trial/rounds/2025-10-14"]
    (blocks,) = channel.blocks
    assert blocks[0]["text"]["text"] == lines[0]


@pytest.mark.slow
def test_a_round_that_is_played_again_is_told_once_and_one_with_more_in_it_once_more(tmp_path):
    with telegram() as chat:
        for _ in range(2):
            with opened(tmp_path, styles=("momentum",), **to(chat)) as arena:
                arena.run(["NVDA"])
        assert len(chat.texts) == 1
        with opened(tmp_path, **to(chat)) as arena:
            arena.run(["NVDA"])
    assert len(chat.texts) == 2
    assert "• value: " in chat.texts[1]
    assert "• momentum: " in chat.texts[1]


@pytest.mark.slow
def test_the_next_round_says_how_the_leaderboard_moved_and_what_earlier_orders_came_to(tmp_path):
    clock = Clock("2025-10-14T23:00:00")
    with telegram() as chat:
        settings = config(tmp_path, **to(chat)).model_copy(update={"as_of": None})
        with Arena(settings, environ=KEYS, clock=clock) as arena:
            arena.run(["NVDA"])
        clock.set("2025-10-15T23:00:00")
        with Arena(settings, environ=KEYS, clock=clock) as arena:
            result = arena.run(["NVDA"])
    first, second = chat.texts
    assert "waits for the open of 2025-10-15" in first
    assert "Changes since" not in first
    assert "Changes since the round of 2025-10-14." in second
    for row in result.standings.rows:
        assert f"{row.contestant} ${row.equity:,.2f}" in second
        assert f" · +${row.pnl:,.2f}" in second
    assert second.count("NVDA at $343.91, open of 2025-10-15") == 2


@pytest.mark.slow
def test_a_round_in_which_nothing_changed_is_not_told_where_that_was_asked_for(tmp_path):
    clock = Clock("2025-10-14T23:00:00")
    cautious = ("cautious",)
    with telegram() as chat:
        settings = config(tmp_path, styles=cautious, **to(chat), only_on_change=True)
        settings = settings.model_copy(update={"as_of": None})
        said = []
        for day in ("14", "15", "16", "17"):
            clock.set(f"2025-10-{day}T23:00:00")
            with Arena(settings, environ=KEYS, clock=clock) as arena:
                said.append(arena.run(["NVDA"]).chats[0].outcome.action)
    changes = 1 + sum(one != other for one, other in pairwise(said))
    assert len(chat.texts) == changes < 4


@pytest.mark.slow
def test_a_season_over_past_dates_is_told_only_where_that_is_wanted(tmp_path):
    with telegram() as chat:
        with opened(tmp_path, **to(chat), rounds="present") as arena:
            arena.run(["NVDA"])
        assert chat.texts == []
        clock = Clock("2025-10-14T23:00:00")
        settings = config(tmp_path / "present", **to(chat), rounds="present")
        with Arena(settings, environ=KEYS, clock=clock) as arena:
            arena.run(["NVDA"])
    assert len(chat.texts) == 1


def test_a_sink_that_hangs_neither_slows_nor_fails_a_round(tmp_path):
    """The server answers only after the second round is over, which therefore did not wait for it."""
    asked, over = threading.Event(), threading.Event()

    def hang(_):
        asked.set()
        assert over.wait(60)

    with telegram(hang) as chat:
        with opened(tmp_path, **to(chat), outbox={"wait_seconds": 60, "send_seconds": 60}) as arena:
            arena.run(["NVDA"])
            assert asked.wait(60)
            arena.run(["AAPL"])
            assert chat.texts == []
            over.set()
        assert [text.splitlines()[4].split(":")[0] for text in chat.texts] == ["NVDA", "AAPL"]


@pytest.mark.slow
def test_a_sink_that_is_down_leaves_the_message_for_the_next_command(tmp_path):
    with telegram(*[Reply(502, "down")] * 99) as chat:
        with opened(tmp_path, **to(chat)) as arena:
            result = arena.run(["NVDA"])
        assert len(result.chats) == 2
        (left,) = arena.leftovers()
        assert left == "1 delivery to telegram waiting: HTTP 502: down"
        chat.faults.clear()
        with opened(tmp_path, **to(chat)) as arena:
            arena.board()
        assert chat.texts == []
        with opened(tmp_path, now="2025-11-20T12:01:00", **to(chat)) as arena:
            arena.board()
    assert len(chat.texts) == 1


def test_a_missing_key_fails_no_round_and_is_told(tmp_path):
    with telegram() as chat:
        with opened(tmp_path, environ={}, **to(chat)) as arena:
            arena.run(["NVDA"])
        assert arena.leftovers() == (
            "1 delivery to telegram waiting: TELEGRAM_BOT_TOKEN is not set; "
            "export TELEGRAM_BOT_TOKEN=... or put it in .env",
        )
        assert "canary" not in "".join(str(row) for row in outbox(tmp_path))


def test_without_a_sink_nothing_is_queued_and_nobody_is_woken(tmp_path):
    with opened(tmp_path) as arena:
        arena.run(["NVDA"])
    assert outbox(tmp_path) == ()
    assert not (tmp_path / "senders").exists()


@pytest.mark.slow
def test_a_replay_tells_nobody(tmp_path):
    with telegram() as chat:
        with opened(tmp_path, **to(chat)) as arena:
            arena.run(["NVDA"])
        with opened(tmp_path, **to(chat)) as arena:
            assert arena.replay_round(["NVDA"]).equal
    assert len(chat.texts) == 1


def test_the_message_is_queued_with_the_leaderboard_or_not_at_all(tmp_path):
    """The outbox takes nothing at first; the round that is played on has both, once."""
    with Store.open(tmp_path) as store:
        store._rows("CREATE TRIGGER shut BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'shut'); END")
    with telegram() as chat:
        with opened(tmp_path, **to(chat)) as arena, pytest.raises(sqlite3.IntegrityError, match="shut"):
            arena.run(["NVDA"])
        with Store.open_existing(tmp_path) as store:
            assert (store.outbox(), store.standings_after("trial", date(2025, 10, 14))) == ((), None)
            store._rows("DROP TRIGGER shut")
        with opened(tmp_path, **to(chat)) as arena:
            assert len(arena.run(["NVDA"]).replayed) == 2
        with Store.open_existing(tmp_path) as store:
            assert store.standings_after("trial", date(2025, 10, 14)) is not None
    assert len(chat.texts) == 1


@pytest.mark.slow
def test_an_arena_in_an_event_loop_ends_with_its_messages_sent(tmp_path):
    async def play(chat):
        async with opened(tmp_path, **to(chat)) as arena:
            await arena.arun(["NVDA"])

    with telegram() as chat:
        asyncio.run(play(chat))
    assert len(chat.texts) == 1
