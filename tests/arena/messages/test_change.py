"""What counts as a change since the round before."""

import pytest

from arena.messages import changed
from tests.arena.messages.news import TIMEOUT, before, decided, news, row, table

SAME = {"NVDA": {"a": decided("BUY", 0.7), "b": decided("HOLD"), "c": decided("BUY")}}
BOARD = table(row("a", 1, "10010"), row("b", 2, "10000"))


def told(outcomes=SAME, board=BOARD, **earlier):
    """A round whose last one was SAME on BOARD, but for what is given of either."""
    last = news(SAME, standings=BOARD)
    return news(outcomes, standings=board, before=before(last, **earlier))


def test_a_seasons_first_round_is_a_change():
    assert changed(news())


def test_sizes_confidences_reasons_and_money_are_none():
    again = {"NVDA": {"a": decided("BUY", 0.2, "otherwise"), "b": decided("HOLD", 0.9), "c": decided("BUY", 0.1)}}
    assert not changed(told(again, table(row("a", 1, "99999"), row("b", 2, "5"))))


@pytest.mark.parametrize(
    ("outcomes", "board"),
    [
        ({"NVDA": {"a": decided("SELL"), "b": decided("HOLD"), "c": decided("BUY")}}, BOARD),
        ({"NVDA": {"a": decided("BUY"), "b": TIMEOUT, "c": decided("BUY")}}, BOARD),
        ({"NVDA": SAME["NVDA"] | {"d": decided("BUY")}}, BOARD),
        ({"AAPL": SAME["NVDA"]}, BOARD),
        (SAME, table(row("b", 1, "10010"), row("a", 2, "10000"))),
        (SAME, table(row("a", 1, "10010"), row("b", 1, "10010"))),
    ],
    ids=["a decision", "an abstention", "a newcomer", "a ticker", "ranks", "a tie of ranks"],
)
def test_a_decision_a_ticker_and_a_rank_are_one(outcomes, board):
    assert changed(told(outcomes, board))


def test_a_consensus_is_one_even_where_nobody_changed_their_mind():
    """Somebody who voted the round before has left."""
    last = news({"NVDA": SAME["NVDA"] | {"d": decided("HOLD"), "e": decided("HOLD")}})
    assert changed(told(consensus=last.consensus))


def test_an_abstention_that_lasts_is_none_whatever_its_reason():
    last = news({"NVDA": {"a": TIMEOUT}}, standings=BOARD)
    again = TIMEOUT.model_copy(update={"reason": "budget", "detail": "no credit"})
    assert not changed(news({"NVDA": {"a": again}}, standings=BOARD, before=before(last)))
