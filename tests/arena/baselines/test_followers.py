from datetime import timedelta

import pytest

from tests.arena.baselines.situations import decided, situation
from tests.arena.desks import SESSION

NOBODY = "nobody decided on ACME, so there is no vote to go by"


def voted(**votes):
    return {"votes": votes}


def test_the_consensus_is_traded_as_it_was_voted():
    assert decided("consensus", situation(100, **voted(buy=3, sell=1, action="BUY"))) == ("BUY", 0.5)
    assert decided("consensus", situation(100, held=4, **voted(buy=3, action="BUY"))) == ("HOLD", 0)
    assert decided("consensus", situation(100, held=4, **voted(sell=3, action="SELL"))) == ("SELL", 1)
    assert decided("consensus", situation(100, held=4, **voted(buy=1, sell=1, action="HOLD"))) == ("HOLD", 0)


@pytest.mark.parametrize("rule", ["consensus", "random"])
def test_where_nobody_decided_there_is_nothing_to_go_by(rule):
    assert decided(rule, situation(100)) == f"{rule}: {NOBODY}"
    assert decided(rule, situation(100, votes={})) == f"{rule}: {NOBODY}"


def actions(seed, held, often=None, **votes):
    """What a random contestant does on 400 sessions."""
    settings = {"seed": seed, **({} if often is None else {"frequency": often})}
    found = []
    for n in range(400):
        place = situation(100, held=held, votes=votes, session=SESSION + timedelta(days=n))
        found.append(decided("random", place, **settings)[0])
    return found


def test_chance_trades_as_often_as_the_others_voted_to():
    # A quarter voted to trade; of those draws half are a BUY, which alone means something to who is out.
    drawn = actions(1, 0, buy=1, hold=3, action="HOLD")
    assert 0.08 < drawn.count("BUY") / 400 < 0.17
    assert set(drawn) == {"BUY", "HOLD"}
    held = actions(1, 5, buy=1, hold=3, action="HOLD")
    assert 0.08 < held.count("SELL") / 400 < 0.17
    assert set(actions(1, 0, hold=4, action="HOLD")) == {"HOLD"}


def test_a_frequency_of_its_own_needs_no_vote():
    place = situation(100)
    assert decided("random", place, frequency=0) == ("HOLD", 0)
    assert decided("random", place, frequency=1) in {("BUY", 0.5), ("HOLD", 0)}


def test_the_same_seed_does_the_same_and_another_does_not():
    votes = {"buy": 2, "action": "BUY"}
    assert actions(1, 0, **votes) == actions(1, 0, **votes)
    assert actions(1, 0, **votes) != actions(2, 0, **votes)
