"""Baselines in real rounds: rehearsal desks on the simulated market, and rules beside them."""

from datetime import date
from typing import get_args

import pytest

from arena.app import Arena
from arena.config.contestants import BaselineRule
from arena.config.model import ArenaConfig
from arena.errors import UsageError
from tests.arenas import november

FIRST, SECOND = date(2025, 10, 13), date(2025, 10, 14)
TICKERS = ["ACME", "NVDA"]
VOTERS = {"contrarian", "momentum", "value"}
RULES = set(get_args(BaselineRule))


def config(home, rules=RULES, voters=VOTERS):
    models = [{"name": name, "kind": "rehearsal", "style": name} for name in sorted(voters)]
    fixed = [{"name": rule, "kind": "baseline", "rule": rule} for rule in sorted(rules)]
    return ArenaConfig.model_validate(
        {"season": "trial", "home": home, "contestants": [*fixed, *models], "market": {"vendors": ["simulated"]}}
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The home of two rounds, and what came of them."""
    home = tmp_path_factory.mktemp("rules") / "home"
    with Arena(config(home), clock=november) as arena:
        return home, [arena.run(TICKERS, as_of=session) for session in (FIRST, SECOND)]


def test_every_rule_has_a_chat_without_a_call_and_a_book_on_the_board(played):
    for result in played[1]:
        chats = [chat for chat in result.chats if chat.contestant in RULES]
        assert {(chat.contestant, chat.ticker) for chat in chats} == {(r, t) for r in RULES for t in TICKERS}
        for chat in chats:
            assert chat.labels == ("simulated", "baseline")
            assert chat.model == f"baseline/{chat.contestant}"
            assert (chat.calls, chat.cost.known, chat.cost.unknown_calls) == ((), 0, 0)
            assert chat.outcome.kind == "decision"
        assert {row.contestant for row in result.standings.rows} == RULES | VOTERS


def test_baselines_have_no_vote(played):
    for result in played[1]:
        for vote in result.consensus:
            assert sum(vote.votes.values()) == len(VOTERS)
            assert set(vote.outliers) <= VOTERS


def test_the_consensus_is_traded_the_same_evening_it_was_voted(played):
    result = played[1][0]
    voted = {vote.ticker: vote.action for vote in result.consensus}
    chats = {chat.ticker: chat for chat in result.chats if chat.contestant == "consensus"}
    # Nobody holds anything in the first round: a BUY is bought, and all else is a HOLD.
    for ticker, action in voted.items():
        assert chats[ticker].outcome.action == ("BUY" if action == "BUY" else "HOLD")
        assert f"the consensus is {action}" in chats[ticker].outcome.reasoning


def test_buy_and_hold_spends_half_on_each_of_two_and_then_holds(played):
    first, second = played[1]
    orders = [order for order in first.orders if order.contestant == "buy_and_hold"]
    assert [(order.ticker, order.side, order.budget) for order in orders] == [
        ("ACME", "BUY", 5_000),
        ("NVDA", "BUY", 5_000),
    ]
    assert not [order for order in second.orders if order.contestant == "buy_and_hold"]
    row = next(row for row in second.standings.rows if row.contestant == "buy_and_hold")
    assert (row.trades, row.cash < 1_000) == (2, True)


def test_a_round_played_again_asks_no_rule_again(played):
    home, results = played
    with Arena(config(home), clock=november) as arena:
        again = arena.run(TICKERS, as_of=SECOND)
    assert len(again.replayed) == len(results[1].chats)
    assert again.consensus == results[1].consensus
    assert again.orders == results[1].orders


def test_a_round_replays_equal_its_rules_decided_anew(played):
    home, _ = played
    with Arena(config(home), clock=november) as arena:
        replay = arena.replay_round(TICKERS, as_of=SECOND)
    assert replay.equal
    assert {chat.chat_id.split(".")[3] for chat in replay.chats} == RULES | VOTERS


def test_a_part_of_a_round_replays_and_says_why_its_rules_are_not_compared(played):
    home, _ = played
    with Arena(config(home), clock=november) as arena:
        replay = arena.replay_round(TICKERS, as_of=SECOND, contestants=["momentum", "consensus"])
    assert replay.equal
    notes = [note for chat in replay.chats for note in chat.notes]
    assert len([note for note in notes if "may go by the votes" in note]) == 2


def test_a_rules_chat_alone_has_nothing_to_replay(played):
    home, results = played
    chat = next(chat for chat in results[0].chats if chat.contestant == "macd")
    with Arena(config(home), clock=november) as arena, pytest.raises(UsageError, match="a rule that asked no model"):
        arena.replay(chat.id)


def test_an_estimate_counts_desks_alone(tmp_path):
    with Arena(config(tmp_path / "home"), clock=november) as arena:
        assert {one.contestant for one in arena.estimate(["ACME"], as_of=FIRST).contestants} == VOTERS


def test_rules_play_among_themselves_and_those_that_follow_abstain(tmp_path):
    with Arena(config(tmp_path / "home", voters=()), clock=november) as arena:
        result = arena.run(["ACME"], as_of=FIRST)
    abstained = {chat.contestant for chat in result.chats if chat.outcome.kind == "abstention"}
    assert abstained == {"consensus", "random"}
    assert [vote.action for vote in result.consensus] == [None]


def test_a_rule_asked_later_by_itself_goes_by_the_votes_already_cast(tmp_path):
    home = tmp_path / "home"
    with Arena(config(home), clock=november) as arena:
        voted = arena.run(["ACME"], as_of=FIRST, contestants=sorted(VOTERS))
        late = arena.run(["ACME"], as_of=FIRST, contestants=["consensus", "buy_and_hold"])
    assert late.consensus == voted.consensus
    assert {chat.contestant for chat in late.chats} == {"consensus", "buy_and_hold"}
    assert all(chat.outcome.kind == "decision" for chat in late.chats)
