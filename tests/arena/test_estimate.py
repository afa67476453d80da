"""The estimate: as many calls as the desk makes, priced where prices are known, and nothing asked or written."""

import json
from datetime import date
from decimal import Decimal

import pytest

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.errors import VendorError
from bench.competent_model import competent_model
from bench.model_server import ModelServer
from tests.arena.market.scripted import ScriptedVendor
from tests.arenas import Clock, rehearsal_arena

AFTER = Clock("2025-11-03T12:00:00")
DAY = date(2025, 10, 14)
DEAD = "http://127.0.0.1:9/v1"


def config(home, base_url=DEAD, names=("m",), **settings):
    return ArenaConfig.model_validate(
        {
            "home": home,
            "endpoints": {"e": {"base_url": base_url}},
            "contestants": [{"name": name, "endpoint": "e", "model": f"maker/{name}"} for name in names],
            "market": {"vendors": ["simulated"]},
            **settings,
        }
    )


def estimated(settings, tickers=("NVDA",)):
    with Arena(settings, environ={}, clock=AFTER, record=False) as arena:
        return arena.estimate(list(tickers), as_of=DAY)


@pytest.mark.parametrize(
    ("desk", "calls"),
    [
        ({}, 16),  # 4 analysts twice, 2 researchers, manager, trader, 3 debaters, portfolio manager
        ({"analysts": ["market"]}, 10),
        ({"tool_turns": 0}, 12),  # an analyst that may not look is shown the data and reports at once
        ({"debate": {"rounds": 0}, "risk": {"rounds": 0}}, 11),
        ({"debate": {"rounds": 3}, "risk": {"rounds": 2, "style": "turns"}}, 23),
    ],
)
def test_it_counts_the_calls_the_desks_settings_lead_to(tmp_path, desk, calls):
    (row,) = estimated(config(tmp_path, desk=desk)).contestants
    assert (row.desks, row.calls) == (1, calls)


def test_it_asks_nobody_and_writes_nothing(tmp_path):
    estimated(config(tmp_path / "home"))
    assert not (tmp_path / "home").exists()


def test_facts_that_no_vendor_could_tell_are_named_with_the_estimate(tmp_path):
    down = ScriptedVendor(prices=VendorError("is down"), fundamentals=VendorError("is down"))
    settings = config(tmp_path, market={"vendors": ["yahoo"]})
    with Arena(settings, environ={}, vendors=[down], clock=AFTER, record=False) as arena:
        (note,) = arena.estimate(["NVDA"], as_of=DAY).notes
    assert note.startswith("the prices, indicators, fundamentals")
    assert "news" not in note
    assert " of NVDA could not be fetched (`arena data NVDA` says why)" in note
    assert estimated(config(tmp_path)).notes == ()


def test_dollars_follow_from_tokens_and_prices(tmp_path):
    prices = {"maker/a": {"prompt": 3, "completion": 15}}
    expected = estimated(config(tmp_path, names=("a", "b"), prices=prices), ("NVDA", "AAPL"))
    a, b = expected.contestants
    assert (a.desks, a.calls, a.prompt_tokens) == (2, 32, b.prompt_tokens)
    assert a.dollars == (a.prompt_tokens * 3 + a.completion_tokens * 15) / Decimal(10**6)
    assert a.most_completion_tokens == 32 * 8000
    assert a.most_dollars == (a.prompt_tokens * 3 + 32 * 8000 * 15) / Decimal(10**6)
    assert (b.dollars, b.most_dollars, expected.unknown) == (None, None, ("b",))
    assert (expected.dollars, expected.most_dollars) == (a.dollars, a.most_dollars)


def test_quick_and_deep_models_have_their_own_prices(tmp_path):
    contestant = {"name": "m", "endpoint": "e", "model": "deep", "quick_model": "quick"}
    free = {"prompt": 0, "completion": 0}
    expected = estimated(
        config(tmp_path, contestants=[contestant], prices={"deep": {"prompt": 0, "completion": 1}, "quick": free})
    )
    (row,) = expected.contestants
    assert row.models == ("deep", "quick")
    assert row.dollars == Decimal("0.0011")  # the verdict's 600 tokens and the decision's 500, at $1 a million


def test_a_stand_in_costs_nothing_by_nature(tmp_path):
    expected = estimated(rehearsal_arena(tmp_path))
    assert [row.dollars for row in expected.contestants] == [0] * 5
    assert expected.unknown == ()


def test_desks_that_have_decided_are_not_counted_again(tmp_path):
    settings = rehearsal_arena(tmp_path)
    with Arena(settings, environ={}, clock=AFTER) as arena:
        arena.run(["NVDA"], as_of=DAY, contestants=["value", "cautious"])
    expected = estimated(settings)
    assert [row.contestant for row in expected.contestants] == ["contrarian", "momentum", "newsreader"]


def test_it_comes_near_what_a_round_really_sends(tmp_path):
    """The same calls; and the prompts are longer by what the server's model leaves short of a typical answer."""
    with ModelServer(competent_model) as server:
        settings = config(tmp_path, server.base_url)
        (row,) = estimated(settings).contestants
        assert server.requests == []
        with Arena(settings, environ={}, clock=AFTER) as arena:
            (chat,) = arena.run(["NVDA"], as_of=DAY).chats
    assert chat.outcome.kind == "decision"
    sent = sum(len(json.dumps(request.body)) for request in server.requests) / 4
    assert row.calls == len(chat.calls) == len(server.requests)
    assert 0.8 * sent < row.prompt_tokens < 2.5 * sent
