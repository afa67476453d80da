"""From a baseline's rule to its outcome."""

from typing import assert_never

from arena.baselines.allocation import buy_and_hold, equal_weight
from arena.baselines.followers import consensus, random
from arena.baselines.signals import kdj_rsi, macd, sma_cross, zero_mean_reversion
from arena.baselines.situation import NoGroundsError, Situation
from arena.config.contestants import BaselineContestant
from arena.records.outcome import Abstention, Decision, Outcome


def decide(contestant: BaselineContestant, situation: Situation) -> Outcome:
    """What the rule decides; an Abstention where what it rests on is not there."""
    if not situation.snapshot.prices.bars:
        return Abstention(reason="no_data", detail=f"{contestant.rule}: there are no prices")
    try:
        return _decision(contestant, situation)
    except NoGroundsError as error:
        return Abstention(reason="no_data", detail=f"{contestant.rule}: {error}")


def _decision(contestant: BaselineContestant, situation: Situation) -> Decision:
    match contestant.rule:
        case "buy_and_hold":
            return buy_and_hold(situation)
        case "equal_weight":
            return equal_weight(situation)
        case "random":
            return random(situation, contestant.seed, contestant.frequency)
        case "macd":
            return macd(situation)
        case "sma_cross":
            return sma_cross(situation, contestant.fast, contestant.slow)
        case "kdj_rsi":
            return kdj_rsi(situation)
        case "zero_mean_reversion":
            return zero_mean_reversion(situation)
        case "consensus":
            return consensus(situation)
    assert_never(contestant.rule)
