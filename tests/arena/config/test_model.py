import math
import subprocess
import sys
from decimal import Decimal

import pytest
from pydantic import ValidationError

from arena.config.model import ArenaConfig, MarketSettings, TradingSettings
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


def test_the_model_is_light():
    heavy = "{'yaml', 'pandas', 'langchain_core', 'langgraph'}"
    code = f"import sys, arena.config.model; print({heavy} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_settings_that_came_later_leave_the_hash_of_those_who_do_not_use_them():
    from arena.config.finding import packaged
    from arena.config.loading import load

    # As it was before there were parts of a share, short sales and interest.
    demo = load(packaged("demo"), {}).config
    assert demo.hash == "8d4b7ced0507c59711508cb0af33f52f3916e6fb857ccb044859ad18799cd544"
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
