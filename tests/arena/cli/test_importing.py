"""`arena import` and `arena audit`: what they say, what they store, how they end."""

import json
import shutil

import pytest

STATE = {
    "company_of_interest": "GC=F",
    "trade_date": "2026-03-24",
    "market_report": "Gold stands at 4,404.",
    "investment_debate_state": {"bull_argument": "Up.", "bear_argument": "Down."},
    "risk_debate_state": {"risky_history": "Risky Analyst: all in", "safe_history": "Safe Analyst: nothing"},
    "final_trade_decision": "UNDERWEIGHT. Sell half.",
}


@pytest.fixture
def state(folder):
    def written(name="state.json", **changes):
        (folder / name).write_text(json.dumps({**STATE, **changes}))
        return name

    return written


def test_a_state_is_imported_listed_and_shown_like_any_chat(arena, state):
    ran = arena("import", "tradingagents", state())
    assert ran.code == 0
    assert ran.out.startswith("IMPORTED: another project's record")
    assert "1 new chat of 1." in ran.out
    (row,) = json.loads(arena("chat", "list", "--json").out)
    assert (row["ticker"], row["kind"], row["action"], row["confidence"]) == ("GC=F", "imported", "SELL", None)
    shown = arena("chat", "show", row["id"])
    assert shown.code == 0
    for told in ("SELL (in its words: UNDERWEIGHT)", "Gold stands at 4,404.", "bull, round 1", "aggressive, round 1"):
        assert told in shown.out
    market = arena("chat", "show", row["id"], "--stage", "market", "--json")
    assert json.loads(market.out) == {"stage": None, "texts": {"market_analyst": "Gold stands at 4,404."}}
    assert "trader stage: its desk did not get there" in arena("chat", "show", row["id"], "--stage", "trader").err
    assert arena("import", "tradingagents", "state.json").out.count("0 new chats of 1.") == 1
    assert arena("audit").code == 0


def test_unreadable_decisions_show_in_the_exit_code(arena, state):
    bad = state("bad.json", final_trade_decision="Rating: Buy\nRecommendation: Sell")
    assert arena("import", "tradingagents", bad).code == 4
    assert arena("import", "tradingagents", bad, state()).code == 3


def test_a_file_that_is_no_state_is_a_mistake_and_writes_nothing(arena, folder):
    (folder / "other.json").write_text("{}")
    ran = arena("import", "tradingagents", "other.json", "--home", "fresh")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("arena: other.json holds no TradingAgents state")


def test_an_imported_chat_has_no_tape_to_replay(arena, state):
    arena("import", "tradingagents", state())
    (row,) = json.loads(arena("chat", "list", "--json").out)
    ran = arena("replay", row["id"])
    assert ran.code == 1
    assert "not on the tape" in ran.err


def test_a_played_season_passes_the_audit(arena, played):
    ran = arena("audit", "--home", played, "--season", "demo")
    assert (ran.code, ran.err) == (0, "")
    assert "Audit of demo" in ran.out
    assert "No violation." in ran.out


def test_an_audit_names_what_is_not_there(arena, played, folder):
    assert arena("audit", "--home", played, "--season", "winter").code == 1
    assert arena("audit", "--ai-trader", folder).code == 1
    assert arena("audit", "--home", "nowhere").code == 5


@pytest.mark.real_data
def test_a_competition_is_imported_boarded_and_audited(arena, recorded):
    ran = arena("import", "ai-trader", recorded / "ai-trader-2025-10")
    assert ran.code == 0
    assert ran.out.startswith("The season ai-trader: 6 models, 327 trades, no mismatch; 322 fills, 127 chats.")
    board = arena("board", "--season", "ai-trader")
    assert board.out.startswith("IMPORTED: ")
    assert "at the close of 2025-10-30" in board.out
    assert "same_open" in board.out
    audit = arena("audit", "--json")
    assert audit.code == 0
    assert json.loads(audit.out)[0]["checked"]["fills"] == 322


@pytest.mark.real_data
def test_a_competition_with_a_violation_is_refused_with_its_line(arena, folder, recorded):
    whole = recorded / "ai-trader-2025-10"
    mine = folder / "theirs" / "agent_data" / "qwen3-max" / "position" / "position.jsonl"
    mine.parent.mkdir(parents=True)
    shutil.copyfile(whole / "merged.jsonl", folder / "theirs" / "merged.jsonl")
    lines = (whole / "agent_data" / "qwen3-max" / "position" / "position.jsonl").read_text().splitlines()
    mine.write_text("\n".join([*lines[:3], lines[2], *lines[3:]]))
    ran = arena("import", "ai-trader", "theirs")
    assert ran.code == 5
    assert "agent_data/qwen3-max/position/position.jsonl:4" in ran.out
    assert "is a duplicate of the line before" in ran.out
    assert "nothing was imported" in ran.err
    assert not (folder / "arena-data").exists()
    assert arena("audit", "--ai-trader", "theirs").code == 5


def test_what_is_imported_is_queued_for_the_cloud_copy_where_there_is_one(arena, folder, state):
    (folder / "arena.yaml").write_text("contestants:\n  - {name: m, kind: rehearsal, style: momentum}\nsupabase: {}\n")
    arena("import", "tradingagents", state())
    (row,) = json.loads(arena("outbox", "--json").out)
    (chat,) = json.loads(arena("chat", "list", "--json").out)
    assert row["key"] == f"chat/{chat['id']}/supabase"
