"""Facts asked for anew: kept ones give way until somebody has decided on them."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arena.app import Arena
from arena.config.market import MarketSettings
from arena.market.market import Market
from arena.records.base import content_hash
from arena.records.market import Fundamentals, MarketSnapshot
from arena.rounds.opening import facts, market_key
from arena.rounds.shelf import Shelf
from tests.arena.market.scripted import ScriptedVendor, every_session
from tests.arenas import rehearsal_arena

SESSION = date(2025, 10, 14)
NOON = datetime(2025, 11, 20, 17, tzinfo=UTC)


def vendor(name: str) -> ScriptedVendor:
    company = Fundamentals(statements=(), notes=(name,))
    return ScriptedVendor("simulated", prices=every_session, fundamentals=company, news=(), social=())


def shown(snapshot: MarketSnapshot) -> tuple[str, ...]:
    return snapshot.fundamentals.notes


@pytest.mark.parametrize(("anew", "expected"), [(False, "before"), (True, "after")])
def test_a_snapshot_nobody_decided_on_is_made_again_where_facts_are_asked_for_anew(
    tmp_path: Path, anew: bool, expected: str
) -> None:
    config = rehearsal_arena(tmp_path)
    shelf = Shelf(tmp_path)

    async def kept_then_asked() -> MarketSnapshot:
        first = await Market(config.market, [vendor("before")], lambda: NOON).snapshot("NVDA", SESSION)
        await shelf.keep(first)
        await shelf.write(lambda store: store.index_snapshot(first.hash, "NVDA", SESSION, market_key(config)))
        later = Market(config.market, [vendor("after")], lambda: NOON, anew=anew)
        return await facts(config, later, shelf, "NVDA", SESSION)

    try:
        assert expected in " ".join(shown(asyncio.run(kept_then_asked())))
    finally:
        shelf.close()


def test_a_round_somebody_decided_in_keeps_its_facts(tmp_path: Path) -> None:
    config = rehearsal_arena(tmp_path)
    with Arena(config, environ={}, vendors=[vendor("before")], clock=lambda: NOON) as arena:
        played = arena.run(["NVDA"], as_of=SESSION, contestants=["momentum"])
    with Arena(config, environ={}, vendors=[vendor("after")], clock=lambda: NOON, refresh=True) as arena:
        again = arena.run(["NVDA"], as_of=SESSION)
        assert "before" in " ".join(shown(arena.snapshot("NVDA", SESSION)))
    assert again.round.snapshots == played.round.snapshots
    assert len(again.chats) == 5


def test_how_answers_are_kept_changes_no_fact_and_so_no_saved_snapshot(tmp_path: Path) -> None:
    plain = rehearsal_arena(tmp_path)
    kept = {"vendors": ["simulated"], "cache": False, "breaker_failures": 1, "breaker_seconds": 1, "timeout": 3}
    assert market_key(rehearsal_arena(tmp_path, market=kept)) == market_key(plain)
    assert market_key(rehearsal_arena(tmp_path, market={**kept, "sessions": 10})) != market_key(plain)


def test_snapshots_that_were_kept_before_there_was_a_number_of_periods_are_of_use_where_it_is_the_usual_one(tmp_path):
    def key(**periods):
        return market_key(rehearsal_arena(tmp_path, market={"vendors": ["simulated"], **periods}))

    before = content_hash(
        MarketSettings(vendors=("simulated",)).model_dump(
            mode="json", exclude={"timeout", "require", "cache", "breaker_failures", "breaker_seconds", "periods"}
        )
    )
    assert key() == key(periods=12) == before
    assert key(periods=20) != before
