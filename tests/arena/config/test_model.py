import math
import subprocess
import sys
from decimal import Decimal

import pytest
from pydantic import ValidationError

from arena.config.market import MarketSettings
from arena.config.model import ArenaConfig
from arena.config.trading import TradingSettings
from arena.records.base import content_hash
from arena.records.terms import PLAIN_TERMS, Margin, Terms

ONE = {"name": "m", "kind": "rehearsal", "style": "momentum"}


def test_contestants_come_in_order_of_name_and_only_those_enabled():
    config = ArenaConfig(contestants=[ONE | {"name": "b"}, ONE | {"name": "a"}, ONE | {"name": "c", "enabled": False}])
    assert [contestant.name for contestant in config.enabled] == ["a", "b"]


def test_a_misfit_says_where_it_stands():
    with pytest.raises(ValidationError) as error:
        ArenaConfig(contestants=[ONE, ONE])
    [detail] = error.value.errors()
    assert detail["msg"] == "two contestants are called m; names must differ in more than case"
    assert detail["ctx"]["at"] == ("contestants", 1, "name")


@pytest.mark.parametrize("seconds", [0, -1, math.inf, math.nan])
def test_a_span_of_time_is_finite_and_above_zero(seconds):
    with pytest.raises(ValidationError):
        MarketSettings(timeout=seconds)


def test_equal_settings_have_one_hash_however_they_are_written():
    spelled = {"market": {"timeout": 30}, "trading": {"slippage_bps": "0.0", "position_limit": "1.00"}}
    assert ArenaConfig(contestants=[ONE], **spelled).hash == ArenaConfig(contestants=[ONE]).hash


def test_where_things_are_kept_does_not_change_the_hash_and_the_rules_do():
    config = ArenaConfig(contestants=[ONE])
    assert config.model_copy(update={"season": "other"}).hash == config.hash
    assert config.model_copy(update={"trading": TradingSettings(slippage_bps=Decimal(1))}).hash != config.hash


def test_how_answers_are_sent_does_not_change_the_hash_and_how_long_they_may_take_does():
    plain, streamed, hurried = (
        ArenaConfig(contestants=[ONE], limits=limits) for limits in ({}, {"stream": True}, {"call_seconds": 5})
    )
    assert streamed.hash == plain.hash != hurried.hash


def test_what_is_told_and_copied_does_not_change_the_hash():
    told = {"notify": {"telegram": {"chat_id": "@arena"}}, "supabase": {}, "outbox": {"keep_days": 1}}
    assert ArenaConfig(contestants=[ONE], **told).hash == ArenaConfig(contestants=[ONE]).hash


def test_the_model_is_light():
    heavy = "{'yaml', 'pandas', 'langchain_core', 'langgraph'}"
    code = f"import sys, arena.config.model; print({heavy} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_how_far_back_contestants_look_changes_the_hash_unless_they_do_not():
    hashes = {ArenaConfig(contestants=[ONE], memory=memory).hash for memory in ({}, {"horizon": 9}, {"lessons": 9})}
    assert len(hashes) == 3
    off = {ArenaConfig(contestants=[ONE], memory={"enabled": False, "horizon": days}).hash for days in (5, 9)}
    assert len(off | hashes) == 4


ELSEWHERE = {"executor", "notify", "supabase", "outbox"}
"""Where things run and are sent to."""


def test_without_a_memory_the_hash_is_that_of_before_there_was_any():
    config = ArenaConfig(contestants=[ONE], memory={"enabled": False})
    known = config.model_dump(mode="json", exclude={"home", "as_of", "season", "memory", *ELSEWHERE})
    for answers in ("stream", "ahead"):
        del known["limits"][answers]
    for setting in config.trading.unhashed:
        del known["trading"][setting]
    del known["market"]["periods"]
    assert config.hash == content_hash(known)


def test_how_many_periods_a_snapshot_holds_changes_the_hash_unless_it_is_as_usual():
    usual, asked, more = (
        ArenaConfig(contestants=[ONE], market=market) for market in ({}, {"periods": 12}, {"periods": 13})
    )
    assert usual.hash == asked.hash != more.hash


def test_what_a_contestant_plays_as_changes_the_hash_unless_it_is_what_it_always_was():
    others = ({"replicas": 2}, {"desk": "single"}, {"mask": True})
    assert len({ArenaConfig(contestants=[ONE | other]).hash for other in ({}, *others)}) == 4
    usual = {"replicas": 1, "desk": "full", "mask": False}
    assert ArenaConfig(contestants=[ONE | usual]).hash == ArenaConfig(contestants=[ONE]).hash
    assert not usual.keys() & ArenaConfig(contestants=[ONE | usual]).model_dump(mode="json")["contestants"][0].keys()


@pytest.mark.parametrize(
    "elsewhere", [{"kind": "langgraph", "url": "http://127.0.0.1:2024"}, {"kind": "ray"}], ids=lambda one: one["kind"]
)
def test_where_desks_run_changes_no_record(elsewhere):
    assert ArenaConfig(contestants=[ONE], executor=elsewhere).hash == ArenaConfig(contestants=[ONE]).hash


def test_a_contestant_with_replicas_plays_once_for_each_and_the_first_name_is_no_players():
    config = ArenaConfig(contestants=[ONE | {"replicas": 3}, ONE | {"name": "a"}])
    assert [player.name for player in config.enabled] == ["a", "m~1", "m~2", "m~3"]
    assert [player.name for player in config.with_desks] == ["m~1", "m~2", "m~3", "a"]
    assert [contestant.name for contestant in config.contestants] == ["m", "a"]
    assert {player.style for player in config.players} == {"momentum"}


def test_no_configured_name_can_be_taken_for_a_replicas():
    with pytest.raises(ValidationError, match="should match pattern"):
        ArenaConfig(contestants=[ONE | {"name": "m~1"}])


def test_random_replicas_have_seeds_of_their_own_that_no_neighbour_has():
    rows = [{"name": f"r{seed}", "kind": "baseline", "rule": "random", "seed": seed, "replicas": 20} for seed in (1, 2)]
    seeds = [player.seed for player in ArenaConfig(contestants=rows).players]
    assert len(set(seeds)) == 40
    assert seeds == [player.seed for player in ArenaConfig(contestants=rows).players]


def test_a_rule_that_always_decides_the_same_refuses_replicas():
    with pytest.raises(ValidationError) as error:
        ArenaConfig(contestants=[{"name": "b", "kind": "baseline", "rule": "macd", "replicas": 2}])
    [detail] = error.value.errors()
    assert detail["msg"] == (
        "the baseline b follows the rule macd, which decides the same every time: replicas are for models, and for the "
        "rule random"
    )


def test_the_terms_of_books_change_the_hash_of_those_who_use_them():
    from arena.config.finding import packaged
    from arena.config.loading import load

    demo = load(packaged("demo"), {}).config
    for change in ({"fractional": True}, {"short_selling": True}, {"cash_rate": Decimal("0.04")}):
        changed = demo.model_copy(update={"trading": TradingSettings(**change)})
        assert changed.hash != demo.hash


def test_books_are_opened_under_the_terms_the_settings_say():
    assert TradingSettings().terms == PLAIN_TERMS
    assert TradingSettings(borrow_rate=Decimal("0.02")).terms == PLAIN_TERMS, "nothing is borrowed to be sold"
    short = TradingSettings(short_selling=True, fractional=True, borrow_rate=Decimal("0.02"), cash_rate=Decimal("0.04"))
    margin = Margin(initial=Decimal("1.5"), maintenance=Decimal("1.3"), borrow_rate=Decimal("0.02"))
    assert short.terms == Terms(fractional=True, margin=margin, cash_rate=Decimal("0.04"))


def test_a_maintenance_margin_above_the_initial_one_is_refused():
    with pytest.raises(ValidationError, match="every short sale would end in a margin call"):
        TradingSettings(initial_margin=Decimal("1.2"))
