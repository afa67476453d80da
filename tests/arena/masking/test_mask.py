"""Masks of seasons: tickers that nobody has, twins whose figures are the same, and fields nobody thought of."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.evidence.held import shown_figures
from arena.market.listings import listing_of
from arena.market.tickers import check_ticker
from arena.masking import Mask, masked_brief, masked_snapshot
from arena.masking.names import Alias, Names
from arena.masking.walking import Walk
from arena.records.base import Record
from arena.records.market import MarketSnapshot
from tests.agents.surroundings import altered_section, brief, emptied, lesson, portfolio, simulated
from tests.agents.test_prompting import position

TICKERS = ("NVDA", "AAPL", "BRK.B", "SAP.DE", "7203.T", "BTC-USD", "T")


def twin(snapshot=None, season="main"):
    snapshot = snapshot or simulated()
    return masked_snapshot(snapshot, Mask.of(season, [snapshot.ticker]))


@given(st.sets(st.sampled_from(TICKERS), min_size=1), st.text(min_size=1, max_size=10))
def test_invented_tickers_are_nobodys_distinct_and_listed_where_the_real_ones_are(tickers, season):
    mask = Mask.of(season, tickers)
    told = {ticker: mask.ticker(ticker) for ticker in tickers}
    assert len({*told.values(), *tickers}) == 2 * len(tickers)
    for real, invented in told.items():
        assert check_ticker(invented) == invented
        assert re.match(r"[BCDFGHJ-NP-TV-XZ]{2}[2-9][BCDFGHJ-NP-TV-XZ](?![A-Z0-9])", invented)
        assert listing_of(invented) == listing_of(real)


def test_a_ticker_is_called_the_same_all_season_long_and_otherwise_in_another():
    one, more, other = Mask.of("main", ["NVDA"]), Mask.of("main", TICKERS), Mask.of("other", ["NVDA"])
    assert one.ticker("NVDA") == more.ticker("NVDA") != other.ticker("NVDA")
    assert one.ticker("AAPL") == more.ticker("AAPL")


def test_the_twin_says_whose_it_is_and_every_figure_is_the_same():
    original, masked = simulated(), twin()
    assert masked.masks == original.hash
    assert masked.hash not in {original.hash, twin(season="other").hash}
    assert masked.hash == twin().hash
    assert [[*held.values] for held in shown_figures(masked)] == [[*held.values] for held in shown_figures(original)]
    statuses = [(section.status, section.source) for section in original.sections().values()]
    assert [(section.status, section.source) for section in masked.sections().values()] == statuses


def test_the_company_is_called_by_its_ticker_and_only_where_it_had_a_name():
    masked = twin()
    assert masked.identity.name == f"Company {masked.ticker}"
    assert (masked.identity.sector, masked.identity.exchange) == (simulated().identity.sector, "SIMULATED")
    nameless = altered_section(simulated(), "identity", name=None)
    assert twin(nameless).identity.name is None
    assert any("name is not known" in note for note in Mask.of("main", ["NVDA"]).masked_as(nameless).notes)
    assert (
        twin(emptied(simulated(), "news", "error", "NVDA: late on 2025-10-14"))
        .news.notes[0]
        .startswith(f"{masked.ticker}: late on 20")
    )


def test_addresses_authors_and_the_hour_of_asking_are_left_out():
    masked = twin()
    assert {post.author for post in masked.posts.posts} == {""}
    assert {item.url for item in (*masked.news.items, *masked.posts.posts)} == {""}
    assert {section.retrieved for section in masked.sections().values()} == {None}


def test_the_brief_holds_the_same_book_under_invented_tickers_on_moved_days():
    original, mask = simulated(), Mask.of("main", ["NVDA", "AAPL"])
    held = portfolio(position("NVDA", 3, "320.5", "1031.73"), position("AAPL", 2, "120", "252.94"))
    real, shown = brief(original, portfolio=held), twin()
    masked = masked_brief(real, original, shown, mask)
    assert [one.ticker for one in masked.portfolio.positions] == [mask.ticker("NVDA"), mask.ticker("AAPL")]
    assert {one.marked for one in masked.portfolio.positions} == {shown.session} == {masked.session}
    assert masked.snapshot_hash == shown.hash
    assert (masked.season, masked.contestant, masked.mandate) == (real.season, real.contestant, real.mandate)
    kept = [(one.shares, one.average_cost, one.mark, one.value) for one in masked.portfolio.positions]
    assert kept == [(one.shares, one.average_cost, one.mark, one.value) for one in real.portfolio.positions]


def test_a_mask_can_be_made_again_from_what_a_chat_says_of_it():
    original, mask = simulated(), Mask.of("main", ["NVDA"])
    again = Mask.told("main", "NVDA", mask.masked_as(original))
    assert masked_snapshot(original, again).hash == masked_snapshot(original, mask).hash


class Novelty(Record):
    """A record that the mask was never told of."""

    ticker: str
    learned: date
    lesson: str
    others: tuple[str, ...]
    by_name: dict[str, str]


def test_a_record_nobody_thought_of_is_masked_all_the_same():
    mask = Mask.of("main", ["NVDA"])
    walk = Walk(mask, Names("NVDA", "NVIDIA Corp", (), mask.alias("NVDA")))
    text = "Nvidia on 2025-10-14"
    novelty = Novelty(ticker="NVDA", learned=date(2025, 10, 14), lesson=text, others=(text,), by_name={"x": text})
    masked = walk.record(novelty, date(2025, 10, 14))
    told = f"{mask.alias('NVDA').name} on {mask.shift.day(date(2025, 10, 14))}"
    assert masked == Novelty(
        ticker=mask.ticker("NVDA"),
        learned=mask.shift.day(date(2025, 10, 14)),
        lesson=told,
        others=(told,),
        by_name={"x": told},
    )


def test_snapshots_that_are_no_twins_are_written_and_hashed_as_they_always_were():
    assert "masks" not in simulated().model_dump(mode="json")
    assert MarketSnapshot.model_validate_json(simulated().model_dump_json()).hash == simulated().hash


@pytest.mark.real_data
def test_no_article_of_half_a_year_of_real_news_still_names_its_company_or_a_year(recorded):
    import json
    from datetime import datetime

    from arena.masking.shift import Shift
    from arena.masking.written import moved_dates

    for ticker, name in (("AAPL", "Apple Inc."), ("AMZN", "Amazon.com, Inc."), ("MSFT", "Microsoft Corporation")):
        names, shift = Names(ticker, name, (), Alias("VK3R", "Company VK3R")), Shift.of("main")
        word = name.split()[0].split(".")[0]
        left = re.compile(rf"(?i){ticker}|{word}|https?:|(?<![\d.,])(?:199\d|20[0-4]\d)(?![\d])")
        lines = (recorded / "point-in-time" / "news" / f"{ticker}_news_by_day.jsonl").read_text().splitlines()
        texts = [
            (text, moved_dates(names.masked(text), datetime.fromisoformat(row["published_utc"]).date(), shift))
            for row in map(json.loads, lines)
            for text in (row["title"], row["description"] or "")
        ]
        assert len(texts) > 700
        assert sum(bool(left.search(text)) for text, _ in texts) > 300
        assert [masked for _, masked in texts if left.search(masked)] == []


def test_past_decisions_are_moved_with_the_benchmark_renamed_and_the_desks_own_words_left():
    snapshot, mask = simulated(), Mask.of("main", ["NVDA", "SPY"])
    own = lesson(masked=True, reasoning="VK3R fell on 2087-07-16.", reflection="NVDA?", reflected=date(2025, 10, 14))
    given = brief(snapshot, lessons=(own, lesson(session=date(2025, 10, 6), reasoning="NVDA fell in 2025.")))
    (shown,) = masked_brief(given, snapshot, twin(snapshot), mask).lessons
    days = ("session", "until", "reflected")
    assert [getattr(shown, name) for name in days] == [mask.shift.day(getattr(own, name)) for name in days]
    assert (shown.reasoning, shown.reflection) == (own.reasoning, own.reflection)
    assert shown.benchmark == mask.ticker("SPY") != "SPY"
    same = ("action", "fraction", "close", "close_after", "return_pct", "benchmark_return_pct", "horizon", "masked")
    assert [getattr(shown, name) for name in same] == [getattr(own, name) for name in same]
