"""kill -9 between two sends loses nothing, and two processes send nothing twice."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from arena.messages.page import Page, line
from arena.records.outbox import Delivery
from arena.store import Store
from tests.arena.sinks.box import states
from tests.arena.sinks.servers import CHAT, TOKEN, telegram
from tests.conftest import PROJECT
from tests.loopback import Reply

pytestmark = pytest.mark.slow

CONFIG = """
season: trial
as_of: 2025-10-14
contestants:
  - {{name: momentum, kind: rehearsal, style: momentum}}
market: {{vendors: [simulated]}}
notify:
  telegram: {{chat_id: "{chat}", base_url: "{url}"}}
outbox: {{wait_seconds: 60}}
"""


def arena(folder, *words):
    """A command in a process of its own."""
    program = "import sys; from arena.cli import main; main()"
    environ = {**os.environ, "PYTHONPATH": str(PROJECT), "TELEGRAM_BOT_TOKEN": TOKEN}
    return subprocess.Popen(
        [sys.executable, "-c", program, *words], cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def configured(folder, chat):
    (folder / "arena.yaml").write_text(CONFIG.format(chat=CHAT, url=chat.url))


def queue(folder, number):
    with Store.open(folder / "arena-data") as store:
        store.queue(
            Delivery(
                key=f"message/{n}/telegram",
                sink="telegram",
                kind="message",
                body=Page(lines=(line(str(n)),)).model_dump(mode="json"),
            )
            for n in range(number)
        )


def left(folder):
    with Store.open_existing(folder / "arena-data") as store:
        return set(states(store).values())


@pytest.mark.parametrize("taken", [False, True], ids=["before it was taken", "after it was taken"])
def test_a_kill_between_two_sends_loses_none(tmp_path, taken):
    with telegram() as chat:
        process = []

        def kill(request):
            if taken:
                chat.take(request.json())
            os.kill(process[0].pid, signal.SIGKILL)
            return Reply(drop=True)

        chat.faults += [None, None, kill]
        configured(tmp_path, chat)
        queue(tmp_path, 6)
        process.append(arena(tmp_path, "outbox", "send"))
        process[0].communicate(timeout=120)
        assert process[0].returncode == -signal.SIGKILL
        assert left(tmp_path) == {"sent", "waiting"}
        again = arena(tmp_path, "outbox", "send")
        assert (again.communicate(timeout=120)[1], again.returncode) == (b"", 0)
    assert chat.texts == ["0", "1", "2", *(["2"] if taken else []), "3", "4", "5"]
    assert left(tmp_path) == {"sent"}


def test_a_round_that_is_killed_before_its_message_is_sent_has_it_sent_by_the_next_command(tmp_path):
    with telegram() as chat:
        process = []

        def kill(_):
            os.kill(process[0].pid, signal.SIGKILL)
            return Reply(drop=True)

        chat.faults.append(kill)
        configured(tmp_path, chat)
        process.append(arena(tmp_path, "run", "NVDA"))
        process[0].communicate(timeout=120)
        assert process[0].returncode == -signal.SIGKILL
        assert chat.texts == []
        again = arena(tmp_path, "board")
        assert again.communicate(timeout=120)[1] == b""
        assert again.returncode == 0
    assert len(chat.texts) == 1
    assert chat.texts[0].startswith("Season trial, close of 2025-10-14")


def test_two_processes_send_nothing_twice_and_never_at_once(tmp_path):
    under_way, most, lock = [0], [0], threading.Lock()

    def slowly(request):
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.02)
        with lock:
            under_way[0] -= 1

    with telegram(*[slowly] * 40) as chat:
        configured(tmp_path, chat)
        queue(tmp_path, 40)
        both = [arena(tmp_path, "outbox", "send") for _ in range(2)]
        assert [(one.communicate(timeout=120)[1], one.returncode) for one in both] == [(b"", 0)] * 2
    assert chat.texts == [str(n) for n in range(40)]
    assert most == [1]
