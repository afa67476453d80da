"""`arena supabase`: the migration, and sending what is stored."""

import json

import pytest

from arena.store import Store
from tests.arena.trading import opened
from tests.loopback import Reply, loopback

SETTINGS = "contestants:\n  - {name: m, kind: rehearsal, style: momentum}\n"


@pytest.fixture
def server(folder, monkeypatch):
    """A project that takes everything."""
    with loopback(lambda _: Reply(201)) as opened:
        monkeypatch.setenv("SUPABASE_URL", opened.url)
        monkeypatch.setenv("SUPABASE_SERVICE_KEY", "sb_secret_canary_canary")
        yield opened


def test_the_migration_keeps_prompts_from_the_public_unless_they_are_allowed(arena):
    kept, allowed = arena("supabase", "schema"), arena("supabase", "schema", "--allow-prompts")
    assert (kept.code, kept.err) == (0, "")
    assert kept.out.count("enable row level security") == 5
    assert "grant select on public.prompts" not in kept.out
    assert "grant select on public.prompts to anon" in allowed.out
    assert "{prompts}" not in kept.out + allowed.out


@pytest.mark.slow
def test_what_was_stored_before_is_sent_when_asked_and_again_when_asked_again(arena, folder, server):
    assert arena("demo").code == 0
    assert server.requests == []
    (folder / "arena.yaml").write_text(f"{SETTINGS}supabase: {{}}\n")
    for _ in range(2):
        server.requests.clear()
        ran = arena("supabase", "push", "--season", "demo", "--json")
        assert (ran.code, ran.err) == (0, "11 records to send\n")
        (done,) = json.loads(ran.out)
        assert (done["sink"], done["sent"], done["waiting"]) == ("supabase", 11, 0)
        by_table = {}
        for request in server.requests:
            by_table.setdefault(request.path.rsplit("/", 1)[1], []).extend(request.json())
        assert {table: len(rows) for table, rows in by_table.items()} == {
            "rounds": 1,
            "chats": 5,
            "prompts": 5,
            "fills": 4,
            "standings": 5,
        }


@pytest.mark.parametrize(
    ("more", "argv", "sentence"),
    [
        ("", [], "no cloud copy is configured: add `supabase: {}` to the configuration file"),
        ("supabase: {key_env: OUR_KEY}\n", [], "OUR_KEY is not set; export OUR_KEY=... or put it in .env"),
        ("supabase: {}\n", ["--season", "x"], "nothing is stored of the season x; there are demo"),
    ],
)
def test_what_cannot_be_sent_is_one_sentence(arena, folder, server, more, argv, sentence):
    with Store.open(folder / "arena-data") as store:
        store.append_events("demo", [opened()])
    (folder / "arena.yaml").write_text(SETTINGS + more)
    ran = arena("supabase", "push", *argv)
    assert (ran.code, ran.out, ran.err) == (1, "", f"arena: {sentence}\n")
    assert server.requests == []
