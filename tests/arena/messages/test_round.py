"""A round as a message: what people read on their phones."""

from decimal import Decimal
from typing import get_args

import pytest

from arena.messages import round_page
from arena.messages.page import Span
from arena.records.chat import Label
from arena.records.outcome import ImportedDecision
from tests.arena.messages.news import NEXT, before, decided, fill, news, order, rejection, row, table


def test_a_round_reads_from_the_vote_to_the_trades():
    first, second = order("claude"), order("gpt", side="SELL")
    earlier = order("qwen", session=NEXT)
    told = news(
        orders=(first, second),
        fills=(fill(first), fill(earlier, 4, "10.5")),
        labels=("rehearsal", "simulated"),
        notes=("gpt decided earlier",),
    )
    told = told.model_copy(update={"before": before(told, table(row("gpt", 1, "10050"), row("claude", 2, "10020")))})
    assert round_page(told, base_url="https://arena.example/").text.splitlines() == [
        "Season main, close of 2025-10-14",
        "REHEARSAL: rule-driven stand-ins, not models",
        "SIMULATED: an invented market",
        "",
        "NVDA: a tie, which counts as HOLD",
        "1 BUY, 0 SELL, 1 HOLD · mean confidence 0.60",
        "• claude: BUY 0.50, confidence 0.70. strength tends to persist",
        "• gpt: HOLD, confidence 0.50. strength tends to persist",
        "• qwen: abstained, timeout. the call took more than 180 s",
        "",
        "Leaderboard at the close of 2025-10-15",
        "1. 🥇 claude $10,032.22 (+0.32%) · +$12.22, up 1",
        "2. 🥈 gpt $10,000.00 (0.00%) · -$50.00, down 1",
        "Changes since the round of 2025-10-13.",
        "",
        "Trades",
        "• qwen: BUY 4 NVDA at $10.50, open of 2025-10-15",
        "• claude: BUY 18 NVDA at $343.91, open of 2025-10-15",
        "• gpt: SELL NVDA waits for the open of 2025-10-15",
        "",
        "Note: gpt decided earlier",
        "",
        "See the round (https://arena.example/seasons/main/rounds/2025-10-14)",
    ]


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ({"a": decided()}, ["NVDA: BUY, 100%, high agreement", "1 BUY, 0 SELL, 0 HOLD · mean confidence 0.70"]),
        (
            {"a": decided(), "b": decided(), "c": decided("SELL")},
            ["NVDA: BUY, 67%, agreement not high", "2 BUY, 1 SELL, 0 HOLD · mean confidence 0.70", "Against it: c"],
        ),
        ({"a": ImportedDecision(action="SELL", rating="卖出", reasoning="")}, ["NVDA: SELL, 100%, high agreement"]),
        ({"a": news().desks[2].outcome}, ["NVDA: nobody decided", "0 BUY, 0 SELL, 0 HOLD"]),
    ],
)
def test_the_vote_is_told_in_its_own_words(outcomes, said):
    lines = round_page(news({"NVDA": outcomes})).text.splitlines()
    at = lines.index(said[0])
    assert lines[at : at + len(said)] == said


def test_each_ticker_has_its_own_vote_and_desks():
    told = news({"NVDA": {"a": decided()}, "AAPL": {"a": decided("SELL")}})
    lines = round_page(told, reason=0).text.splitlines()
    assert lines[2:9] == [
        "AAPL: SELL, 100%, high agreement",
        "0 BUY, 1 SELL, 0 HOLD · mean confidence 0.70",
        "• a: SELL 0.50, confidence 0.70",
        "",
        "NVDA: BUY, 100%, high agreement",
        "1 BUY, 0 SELL, 0 HOLD · mean confidence 0.70",
        "• a: BUY 0.50, confidence 0.70",
    ]


def test_a_label_that_only_some_bear_names_them():
    told = news()
    desks = tuple(desk.model_copy(update={"labels": ("baseline",) * (desk.contestant == "gpt")}) for desk in told.desks)
    assert "BASELINE: fixed rules without a vote: gpt" in round_page(told.model_copy(update={"desks": desks})).text


@pytest.mark.parametrize("label", [label for label in get_args(Label) if label != "rescored"])
def test_every_label_that_a_round_can_bear_is_told(label):
    assert f"{label.upper()}: " in round_page(news(labels=(label,))).text


def test_who_was_not_there_before_has_no_movement_and_rejections_say_why():
    first = order("claude")
    told = news(orders=(first,), rejections=(rejection(first),))
    told = told.model_copy(update={"before": before(told, table(row("gpt", 1, "10000")))})
    lines = round_page(told).text.splitlines()
    assert "1. 🥇 claude $10,032.22 (+0.32%)" in lines
    assert "2. 🥈 gpt $10,000.00 (0.00%) · $0.00, down 1" in lines
    assert "• claude: the order for NVDA was rejected: no cash for a single share" in lines


def test_reasons_are_cut_at_words_and_left_out_of_large_rounds():
    long = decided(reasoning="one two three four five")
    assert "confidence 0.70. one two three…" in round_page(news({"NVDA": {"a": long}}), reason=15).text
    many = news({"NVDA": {f"m{number:02}": long for number in range(41)}})
    assert "one two" not in round_page(many).text
    assert "• m40: BUY 0.50, confidence 0.70" in round_page(many).text


def test_an_optimistic_fill_rule_is_not_hidden():
    told = news(standings=table(row("claude", 1, "10000", medal=None), notes=("orders fill at the close",)))
    assert "Note: orders fill at the close" in round_page(told).text


HOSTILE = "<script>alert('x')</script> & <b>*bold*</b> <!channel> :skull: \u202eevil\u202c\x00 [a](b) שלום\n\nworld"


def test_what_strangers_wrote_is_text_on_one_line_without_what_turns_it_around():
    told = news(
        {HOSTILE: {HOSTILE: decided(reasoning=HOSTILE)}},
        season="s",
        standings=table(row(HOSTILE, 1, "10000"), notes=(HOSTILE,)),
    )
    page = round_page(told, reason=1000)
    assert not any(char in page.text for char in ("\x00", "\u202e", "\u202c"))
    assert page.text.count("<script>alert('x')</script>") == 5
    spans = [span for one in page.lines for span in one]
    assert all("\n" not in span.text for span in spans)
    # Right-to-left text stands in an isolate, so that the figures beside it stay where they are.
    assert all(span.text.count("\u2068") == span.text.count("\u2069") for span in spans)
    assert page.text.count("\u2068") == 5


def test_a_link_cannot_be_broken_out_of():
    page = round_page(news(season='a">b c|d'), base_url='http://h/"><x>|')
    (link,) = [span for one in page.lines for span in one if span.href]
    assert link == Span(
        text="See the round", href="http://h/%22%3E%3Cx%3E%7C/seasons/a%22%3Eb%20c%7Cd/rounds/2025-10-14"
    )


def test_shares_and_money_keep_their_digits():
    first = order("claude")
    text = round_page(news(orders=(first,), fills=(fill(first, 1_234_567, "0.1234"),))).text
    assert "BUY 1,234,567 NVDA at $0.1234, open" in text
    assert Decimal("0.1234") == fill(first, 1, "0.1234").price
