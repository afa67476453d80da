"""The cloud copy in a real PostgreSQL behind a real PostgREST."""

import json
import time
from datetime import date

import pytest

from arena.app import Arena
from arena.cli import run
from arena.sinks.tables import schema
from arena.store import Store
from tests.arena.sinks.project import ANON, POSTGRES, POSTGREST, SERVICE, project
from tests.arena.store.chat import call, make_chat
from tests.arenas import Ticking, rehearsal_arena

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (POSTGRES and POSTGREST),
        reason="no PostgreSQL and PostgREST here; `.ci/with-postgrest COMMAND` runs a command with both",
    ),
]

CLOCK = Ticking("2025-11-20T12:00:00")
FIRST, LAST = date(2025, 10, 6), date(2025, 10, 8)


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A project with the tables, and the environment that leads there."""
    with project() as made:
        made.sql(schema())
        made.start()
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("SUPABASE_URL", made.url)
        monkeypatch.setenv("SUPABASE_SERVICE_KEY", SERVICE)
        yield made


def config(home, styles=("momentum", "value"), **supabase):
    settings = rehearsal_arena(
        home, supabase=supabase, outbox={"wait_seconds": 60, "retry_delay": 0.1}, trading={"position_limit": "0.3"}
    )
    return settings.model_copy(update={"contestants": tuple(c for c in settings.contestants if c.name in styles)})


def playing(home, made, key=SERVICE, **settings):
    environ = {"SUPABASE_URL": made.url, "SUPABASE_SERVICE_KEY": key}
    return Arena(config(home, **settings), environ=environ, clock=CLOCK)


def play_season(home, made):
    with playing(home, made) as arena:
        arena.season_run(["AAPL", "NVDA"], FIRST, LAST, benchmark="none")
    return arena


def the_next_commands_bring_the_rest(home, made):
    """As soon as the waits are over, which are short here."""
    until = time.monotonic() + 60
    while True:
        with playing(home, made) as arena:
            arena.board()
        if not arena.leftovers():
            return
        assert time.monotonic() < until


def kept(home):
    """What the store holds, by table."""
    with Store.open_existing(home) as store:
        fills = [event for event in store.events("trial") if event.kind == "fill"]
        rows = [row for round_ in store.rounds("trial") for row in store.standings_after("trial", round_.session).rows]
        chats = len(store.chat_rows("trial", limit=1000))
        return {
            "rounds": len(store.rounds("trial")),
            "chats": chats,
            "prompts": chats,
            "fills": len(fills),
            "standings": len(rows),
        }


def test_a_seasons_rows_arrive_through_the_outbox_while_it_is_played_and_twice_adds_none(copied, tmp_path, capsys):
    arena = play_season(tmp_path, copied)
    assert arena.leftovers() == ()
    fills = kept(tmp_path)["fills"]
    assert fills > 0
    assert copied.count() == {"rounds": 3, "chats": 12, "prompts": 12, "fills": fills, "standings": 6}
    with Store.open_existing(tmp_path) as store:
        for row in store.chat_rows("trial"):
            content = store.chat(row.id).model_dump(mode="json")
            prompts = [call.pop("prompt") for call in content["calls"]]
            copy = json.loads(copied.sql(f"select content from chats where id = '{row.id}'"))
            assert copy == content
            told = json.loads(copied.sql(f"select prompts from prompts where id = '{row.id}'"))
            assert [one["prompt"] for one in told] == prompts
        votes = json.loads(copied.sql(f"select consensus from rounds where session = '{LAST}'"))
        assert votes == [vote.model_dump(mode="json") for vote in store.consensus("trial", LAST)]
        fill = next(event for event in store.events("trial") if event.kind == "fill")
        columns = "shares, price, side, chat_id is not null"
        told = copied.sql(f"select {columns} from fills where id = 'trial.{fill.key}'")
        assert told == f"{fill.shares}|{fill.price}|{fill.side}|t"
        best = store.standings_after("trial", LAST).rows[0]
        told = copied.sql(f"select contestant, equity from standings where session = '{LAST}' order by rank limit 1")
        assert told == f"{best.contestant}|{best.equity}"
    before = copied.sql("select id, content from chats order by id")
    play_season(tmp_path, copied)
    settings = config(tmp_path).model_dump(mode="json", exclude_none=True)
    (tmp_path / "arena.yaml").write_text(json.dumps(settings), encoding="utf-8")
    assert run(["supabase", "push", "--json"]) == 0
    (done,) = json.loads(capsys.readouterr().out)
    assert (done["sent"], done["waiting"], done["failed"]) == (3 + 12 + fills + 3, 0, 0)
    assert copied.count() == kept(tmp_path)
    assert copied.sql("select id, content from chats order by id") == before


def test_the_anonymous_role_reads_all_but_the_prompts_and_writes_nothing(copied, tmp_path):
    play_season(tmp_path, copied)
    status, chats = copied.ask("/chats?select=*&order=id", ANON)
    assert (status, len(chats)) == (200, 12)
    assert "prompt" not in {name for chat in chats for call in chat["content"]["calls"] for name in call}
    for table in ("rounds", "fills", "standings"):
        status, rows = copied.ask(f"/{table}", ANON)
        assert (status, len(rows)) == (200, copied.count()[table])
    status, refused = copied.ask("/prompts", ANON)
    assert (status, refused["code"]) == (401, "42501")
    # Nor by the way of a chat.
    status, refused = copied.ask("/chats?select=id,prompts(*)", ANON)
    assert (status, refused["code"]) == (401, "42501")
    for table in ("chats", "rounds", "fills", "standings", "prompts"):
        status, refused = copied.ask(f"/{table}", ANON, {"id": "x"})
        assert (status, refused["code"]) == (401, "42501")
    assert copied.ask("/prompts", SERVICE)[0] == 200
    copied.sql(schema(allow_prompts=True))
    status, prompts = copied.ask("/prompts", ANON)
    assert (status, len(prompts)) == (200, 12)
    copied.sql(schema())
    assert copied.ask("/prompts", ANON)[0] == 401
    assert copied.count() == kept(tmp_path)


def test_an_outage_loses_nothing_and_holds_up_no_round(copied, tmp_path):
    with playing(tmp_path, copied) as arena:
        arena.run(["NVDA"], as_of=FIRST)
    before = copied.count()
    assert before["rounds"] == 1
    copied.stop()
    with playing(tmp_path, copied) as arena:
        for session in (date(2025, 10, 7), LAST):
            assert arena.run(["NVDA"], as_of=session).round.session == session
    (left,) = arena.leftovers()
    assert left.endswith("deliveries to supabase waiting: name resolution failed")
    copied.start()
    assert copied.count() == before
    the_next_commands_bring_the_rest(tmp_path, copied)
    assert copied.count() == kept(tmp_path)
    assert copied.count()["rounds"] == 3


def test_an_outage_that_ends_while_a_season_is_played_ends_in_the_same_rows(copied, tmp_path):
    """The server goes after the first round and is back before the last."""
    copied.stop()

    def back_again(played):
        if played.number == 2:
            copied.start()

    with playing(tmp_path, copied) as arena:
        arena.season_run(["AAPL", "NVDA"], FIRST, LAST, benchmark="none", on_round=back_again)
    the_next_commands_bring_the_rest(tmp_path, copied)
    assert copied.count() == kept(tmp_path)


def test_without_the_tables_everything_waits_for_them(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with project() as made:
        made.start()
        with playing(tmp_path, made) as arena:
            arena.run(["NVDA"], as_of=FIRST)
        (left,) = arena.leftovers()
        assert "apply what `arena supabase schema` prints" in left
        made.sql(schema())
        monkeypatch.setenv("SUPABASE_URL", made.url)
        monkeypatch.setenv("SUPABASE_SERVICE_KEY", SERVICE)
        settings = config(tmp_path).model_dump(mode="json", exclude_none=True)
        (tmp_path / "arena.yaml").write_text(json.dumps(settings), encoding="utf-8")
        # PostgREST hears of the tables by the migration's own word, a moment later.
        for _ in range(100):
            code = run(["outbox", "retry"])
            if code == 0:
                break
        assert (code, capsys.readouterr().err.count("arena: ")) == (0, 0)
        assert made.count() == kept(tmp_path)


@pytest.mark.parametrize("key", [ANON, "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.wrong"])
def test_a_key_that_may_not_write_is_named(copied, tmp_path, key):
    with playing(tmp_path, copied, key=key) as arena:
        arena.run(["NVDA"], as_of=FIRST)
    (left,) = arena.leftovers()
    assert "SUPABASE_SERVICE_KEY" in left
    assert key not in left
    assert set(copied.count().values()) == {0}


def test_what_no_database_takes_is_put_right_and_hostile_text_stays_text(copied, tmp_path):
    hostile = "NUL \x00 half \ud800 '; drop table chats; -- \\u0000 <script> \u202e" + "x" * 700_000
    chat = make_chat(season="trial", calls=(call(reply=hostile),))
    with Store.open(tmp_path) as store:
        store.copied_to = ("supabase",)
        store.save_chat(chat)
        store.save_chat(make_chat("other", season="trial"))
    with playing(tmp_path, copied) as arena:
        arena.run(["NVDA"], as_of=FIRST)
    assert arena.leftovers() == ()
    content = json.loads(copied.sql(f"select content from chats where id = '{chat.id}'"))
    expected = hostile.replace("\x00", "").replace("\ud800", "\N{REPLACEMENT CHARACTER}")
    assert content["calls"][0]["reply"] == expected
