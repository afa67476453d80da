"""Seasons from their plan to their standings: in order, once, and told."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arena.app import Arena
from arena.config.model import ArenaConfig
from arena.errors import DateError, StoreError, TickerError, UsageError
from arena.ledger import portfolio_view
from arena.market import calendar
from arena.market.simulated import SimulatedVendor
from arena.records.market import PriceHistory
from arena.rounds.trading import books_at, marks_at
from arena.season.lock import alone_in
from arena.store import Store
from tests.arena.season.breaking import broken_off
from tests.arenas import Clock, rehearsal_arena

pytestmark = pytest.mark.slow

NOVEMBER = "2025-11-20T12:00:00"
MONDAY, TUESDAY, WEDNESDAY = date(2025, 10, 6), date(2025, 10, 7), date(2025, 10, 8)

GARBLED = {
    "name": "garbled",
    "kind": "class",
    "chat_model": "langchain_core.language_models.fake_chat_models:FakeListChatModel",
    "arguments": {"responses": ["garbage"]},
}
UNREACHABLE = {"name": "gone", "endpoint": "gone", "model": "maker/gone"}


def trial(home: Path, *others: dict[str, object], **settings: object) -> ArenaConfig:
    """One stand-in, and others."""
    momentum = {"name": "momentum", "kind": "rehearsal", "style": "momentum"}
    return rehearsal_arena(home, **{"contestants": [momentum, *others], **settings})


def arena_at(config: ArenaConfig, now: str | Clock = NOVEMBER, **more: object) -> Arena:
    return Arena(config, environ={}, clock=now if isinstance(now, Clock) else Clock(now), record=False, **more)


def test_a_seasons_rounds_are_played_in_order_each_told_in_turn(tmp_path: Path) -> None:
    told = []
    with arena_at(trial(tmp_path)) as arena:
        report = arena.season_run(["NVDA"], MONDAY, WEDNESDAY, on_round=told.append)
        board = arena.board()
    assert [played.session for played in report.rounds] == [MONDAY, TUESDAY, WEDNESDAY]
    assert [(played.number, played.of, played.desks, played.earlier) for played in told] == [
        (1, 3, 1, 0),
        (2, 3, 1, 0),
        (3, 3, 1, 0),
    ]
    assert tuple(told) == report.rounds
    assert (report.picked_up, report.remaining, report.notes) == ((), (), ())
    assert report.standings == board


def test_a_season_makes_the_ledger_that_its_rounds_make_one_by_one(tmp_path: Path) -> None:
    with arena_at(trial(tmp_path / "season")) as arena:
        arena.season_run(["NVDA", "AAPL"], MONDAY, WEDNESDAY)
    with arena_at(trial(tmp_path / "rounds")) as arena:
        for session in (MONDAY, TUESDAY, WEDNESDAY):
            arena.run(["NVDA", "AAPL"], as_of=session)
    ledgers = []
    for home in ("season", "rounds"):
        with Store.open_existing(tmp_path / home) as store:
            ledgers.append([e.model_dump(exclude={"chat_id"}) for e in store.events("trial")])
    assert ledgers[0] == ledgers[1]


def test_a_finished_season_has_nothing_left_to_do_and_says_so(tmp_path: Path) -> None:
    with arena_at(trial(tmp_path)) as arena:
        arena.season_run(["NVDA"], MONDAY, TUESDAY)
        for again in (arena.season_resume(), arena.season_run(["NVDA"], MONDAY, TUESDAY)):
            assert again.rounds == ()
            assert again.picked_up == ("2 of 2 rounds are over, the last of them 2025-10-07",)
            assert again.notes == ("nothing to do: every round of the season is over",)
        assert len(arena.chats()) == 2


def test_sessions_to_come_wait_for_whoever_resumes_the_season_then(tmp_path: Path) -> None:
    clock = Clock("2025-10-07T22:00:00")
    with arena_at(trial(tmp_path), clock) as arena:
        begun = arena.season_run(["NVDA"], MONDAY, date(2025, 10, 9))
        assert begun.remaining == (WEDNESDAY, date(2025, 10, 9))
        assert "2 of the season's rounds wait for their sessions, the next of which is 2025-10-08" in begun.notes
        clock.set("2025-10-08T22:00:00")
        resumed = arena.season_resume()
    assert [played.session for played in resumed.rounds] == [WEDNESDAY]
    assert resumed.remaining == (date(2025, 10, 9),)


def test_a_season_wholly_in_the_future_is_only_planned(tmp_path: Path) -> None:
    with arena_at(trial(tmp_path), "2025-10-03T22:00:00") as arena:
        report = arena.season_run(["NVDA"], MONDAY, TUESDAY)
        assert (report.rounds, report.standings, report.remaining) == ((), None, (MONDAY, TUESDAY))
        (summary,) = arena.season_list()
    assert (summary.finished, summary.first, summary.remaining) == (0, None, (MONDAY, TUESDAY))


def test_a_round_that_was_broken_off_is_played_on_and_its_desks_are_not_asked_again(tmp_path: Path) -> None:
    value = {"name": "value", "kind": "rehearsal", "style": "value"}
    progress, told = [], []

    def opened(home: Path) -> Arena:
        return arena_at(trial(home, value, limits={"desks": 1}))

    with opened(broken_off(tmp_path, opened, MONDAY, TUESDAY, chats=1)) as arena:
        (first,) = arena.chats()
        shown = arena.season_show().summary
        assert (shown.finished, shown.broken_off, shown.remaining) == (0, MONDAY, (MONDAY, TUESDAY))
        report = arena.season_resume(on_pick_up=told.append, on_progress=progress.append)
        chats = arena.chats()
    assert told == ["the round of 2025-10-06 was broken off when 1 of its 2 desks had ended"]
    assert report.picked_up == tuple(told)
    assert [(played.desks, played.earlier) for played in report.rounds] == [(2, 1), (2, 0)]
    assert len(chats) == 4
    assert first in chats
    assert len([p for p in progress if p.outcome is not None]) == 3


def test_a_desk_that_abstained_has_ended_and_is_not_asked_again_by_a_season(tmp_path: Path) -> None:
    with arena_at(trial(tmp_path, GARBLED)) as arena:
        early = arena.run(["NVDA"], as_of=MONDAY, contestants=["garbled"])
        assert early.chats[0].outcome.kind == "abstention"
        report = arena.season_run(["NVDA"], MONDAY, MONDAY)
        assert [(played.earlier, played.abstentions) for played in report.rounds] == [(1, 1)]
        assert len(arena.chats()) == 2
        arena.run(["NVDA"], as_of=MONDAY)
        assert len(arena.chats()) == 3, "a round by itself asks those again that abstained"


def test_a_season_stops_where_nobody_can_be_asked_and_asks_again_when_it_is_resumed(tmp_path: Path) -> None:
    gone = {"endpoints": {"gone": {"base_url": "http://127.0.0.1:9/v1"}}, "limits": {"retries": 0}}
    # Rules go on deciding, or abstain for want of a vote, while nobody can be asked.
    rules = [{"name": rule, "kind": "baseline", "rule": rule} for rule in ("buy_and_hold", "consensus")]
    down = trial(tmp_path, **{**gone, "contestants": [UNREACHABLE, *rules]})
    with arena_at(down) as arena:
        stopped = arena.season_run(["NVDA"], MONDAY, TUESDAY)
        assert [played.session for played in stopped.rounds] == [MONDAY]
        assert stopped.remaining == (MONDAY, TUESDAY)
        assert any(
            "the season stops at 2025-10-06: every desk of its round abstained: provider_error (1)" in note
            for note in stopped.notes
        )
    up = trial(tmp_path, contestants=[{"name": "gone", "kind": "rehearsal", "style": "value"}, *rules])
    with arena_at(up) as arena:
        resumed = arena.season_resume()
        assert [(played.session, played.abstentions) for played in resumed.rounds] == [(MONDAY, 0), (TUESDAY, 0)]
        assert "the season was planned under other settings; what is played from here on is played under these" in (
            resumed.picked_up
        )
        assert {row.contestant: row.decisions for row in arena.board().rows} == {
            "gone": 2, "buy_and_hold": 2, "consensus": 2,
        }  # fmt: skip


def test_a_name_that_is_taken_is_refused_and_one_of_which_nothing_was_played_gives_way(tmp_path: Path) -> None:
    with arena_at(trial(tmp_path), "2025-10-06T22:00:00") as arena:
        arena.season_run(["AAPL"], date(2025, 10, 8), WEDNESDAY)
        arena.season_run(["NVDA"], MONDAY, TUESDAY)
        with pytest.raises(UsageError, match="already planned otherwise: NVDA from 2025-10-06 to 2025-10-07"):
            arena.season_run(["NVDA"], MONDAY, WEDNESDAY)
        assert arena.season_resume().plan.tickers == ("NVDA",)


def test_a_season_behind_the_rounds_of_its_name_is_refused_before_it_is_planned(tmp_path: Path) -> None:
    with arena_at(trial(tmp_path)) as arena:
        arena.run(["NVDA"], as_of=TUESDAY)
        with pytest.raises(DateError, match="has already played 2025-10-07"):
            arena.season_run(["NVDA"], MONDAY, WEDNESDAY)
        with pytest.raises(UsageError, match="no season trial is planned here"):
            arena.season_resume()


def test_a_ticker_nobody_knows_leaves_no_season_behind(tmp_path: Path) -> None:
    class Nobody(SimulatedVendor):
        def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
            raise TickerError(f"{ticker} does not exist")

    with arena_at(trial(tmp_path), vendors=[Nobody(7)]) as arena:
        with pytest.raises(TickerError, match="no vendor knows NVDA"):
            arena.season_run(["NVDA"], MONDAY, TUESDAY)
        with pytest.raises(TickerError, match="no vendor knows NVDA"):
            arena.season_tick(["NVDA"])
        with pytest.raises(UsageError, match="has not begun"):
            arena.season_tick()
    assert list(tmp_path.iterdir()) == []


def test_two_processes_do_not_play_one_season(tmp_path: Path) -> None:
    with (
        arena_at(trial(tmp_path)) as arena,
        alone_in(tmp_path, "trial"),
        pytest.raises(UsageError, match="another process is playing the season trial; nothing was done"),
    ):
        arena.season_run(["NVDA"], MONDAY, TUESDAY)


def test_a_tick_plays_todays_round_and_a_second_one_does_nothing(tmp_path: Path) -> None:
    clock = Clock("2025-10-06T21:00:00")
    with arena_at(trial(tmp_path, as_of="2025-10-01"), clock) as arena:
        with pytest.raises(UsageError, match="the season trial has not begun: name its tickers"):
            arena.season_tick()
        assert [played.session for played in arena.season_tick(["NVDA"]).rounds] == [MONDAY]
        for tickers in (None, ["NVDA"]):
            again = arena.season_tick(tickers)
            assert (again.rounds, again.notes) == ((), ("nothing to do: the round of 2025-10-06 is over",))
        clock.set("2025-10-07T15:00:00")
        assert arena.season_tick().rounds == ()
        clock.set("2025-10-08T21:00:00")
        # Tuesday was missed, and stays missed.
        assert [(p.session, p.number, p.of) for p in arena.season_tick().rounds] == [(WEDNESDAY, 2, None)]
        with pytest.raises(UsageError, match="already planned otherwise: NVDA from 2025-10-06 on, a day at a time"):
            arena.season_tick(["AAPL"])
        assert len(arena.chats()) == 2


def test_a_tick_first_ends_the_round_that_was_broken_off_on_another_day(tmp_path: Path) -> None:
    clock = Clock("2025-10-06T21:00:00")
    value = {"name": "value", "kind": "rehearsal", "style": "value"}
    with arena_at(trial(tmp_path, value), clock) as arena:
        arena.season_tick(["NVDA"])
        clock.set("2025-10-07T21:00:00")
        arena.run(["NVDA"], as_of=TUESDAY, contestants=["value"])
        clock.set("2025-10-08T21:00:00")
        ticked = arena.season_tick()
    assert [(played.session, played.earlier) for played in ticked.rounds] == [(TUESDAY, 1), (WEDNESDAY, 0)]
    assert "the round of 2025-10-07 was broken off when 1 of its 2 desks had ended" in ticked.picked_up


def test_a_tick_settles_what_the_day_before_left_pending(tmp_path: Path) -> None:
    clock = Clock("2025-10-06T21:00:00")
    with arena_at(trial(tmp_path), clock) as arena:
        first = arena.season_tick(["NVDA"])
        assert (first.rounds[0].orders, first.rounds[0].fills) == (1, 0)
        (order,) = arena.season_show().open_orders
        assert (order.ticker, order.fills_on) == ("NVDA", TUESDAY)
        clock.set("2025-10-07T21:00:00")
        settled = arena.season_settle()
        assert [event.kind for event in settled.events] == ["fill"]
        assert settled.through == TUESDAY
        assert arena.season_settle().events == ()
        assert arena.season_show().open_orders == ()


def test_every_session_has_the_close_of_what_is_held_and_of_the_benchmark(tmp_path: Path) -> None:
    with arena_at(trial(tmp_path)) as arena:
        arena.season_run(["NVDA"], date(2025, 9, 26), date(2025, 10, 17), every="WEEK", benchmark="QQQ")
    with Store.open_existing(tmp_path) as store:
        events, marks = store.events("trial"), store.marks("trial")
    days = calendar.sessions_between(date(2025, 9, 26), date(2025, 10, 20))
    for ticker in ("NVDA", "QQQ"):
        closes = {bar.session: bar.close for bar in SimulatedVendor(7).prices(ticker, days[0], days[-1]).bars}
        kept = {mark.session: mark.close for mark in marks if mark.ticker == ticker}
        assert {session: close for session, close in kept.items() if session in days} == closes
        assert set(closes) == set(days)
    # The benchmark's begin a close earlier, so that the first session has a return.
    assert min(mark.session for mark in marks) == date(2025, 9, 25)
    for day in days:
        book = books_at(events, day)["momentum"]
        view = portfolio_view(book, marks_at(marks, day))
        assert view.equity == book.cash + sum((p.shares * p.mark for p in view.positions), Decimal(0))
        assert all(position.marked == day for position in view.positions)


def test_books_that_fill_at_the_close_they_decided_on_stand_at_that_close_beside_their_benchmark(
    tmp_path: Path,
) -> None:
    with arena_at(trial(tmp_path, trading={"fill": "same_close"})) as arena:
        report = arena.season_run(["NVDA"], MONDAY, WEDNESDAY)
        board = arena.board()
        assert arena.season_settle().standings == board
    assert report.standings == board
    assert (board.session, board.benchmark.through) == (WEDNESDAY, WEDNESDAY)
    assert [held.carried for held in board.rows[0].positions] == [False]
    assert not any("its last" in note for note in board.notes)


def test_a_home_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "turns").write_text("a file where a folder should be")
    with arena_at(trial(tmp_path)) as arena:
        for play in (lambda: arena.season_run(["NVDA"], MONDAY, TUESDAY), lambda: arena.run(["NVDA"], as_of=MONDAY)):
            with pytest.raises(StoreError, match="turns cannot be written"):
                play()


def test_a_benchmark_nobody_tells_is_a_note_and_stops_nothing(tmp_path: Path) -> None:
    class WithoutBenchmark(SimulatedVendor):
        def prices(self, ticker: str, start: date, end: date) -> PriceHistory:
            if ticker == "SPY":
                raise TickerError("SPY does not exist")
            return super().prices(ticker, start, end)

    with arena_at(trial(tmp_path), vendors=[WithoutBenchmark(7)]) as arena:
        report = arena.season_run(["NVDA"], MONDAY, TUESDAY)
    assert len(report.rounds) == 2
    assert [note for note in report.notes if "benchmark" in note] == [
        "no closes of the benchmark SPY: no vendor knows them"
    ]


def test_settling_stops_at_the_next_round_and_after_the_last_one_at_its_fills(tmp_path: Path) -> None:
    clock = Clock("2025-10-06T21:00:00")
    with arena_at(trial(tmp_path), clock) as arena:
        arena.season_run(["NVDA"], MONDAY, date(2025, 10, 10))
        clock.set(NOVEMBER)
        assert arena.season_settle().through == TUESDAY
        arena.season_resume()
        assert arena.season_settle().through == date(2025, 10, 13)
        assert arena.board().session == date(2025, 10, 13)


def test_a_season_of_single_rounds_is_settled_through_the_last_completed_session(tmp_path: Path) -> None:
    clock = Clock("2025-10-06T21:00:00")
    with arena_at(trial(tmp_path), clock) as arena:
        with pytest.raises(StoreError, match="no arena data"):
            arena.season_settle()
        arena.run(["NVDA"])
        clock.set("2025-10-09T21:00:00")
        assert arena.season_settle().through == date(2025, 10, 9)
        assert arena.season_show().summary.plan is None


def test_a_season_is_not_settled_on_another_market(tmp_path: Path) -> None:
    with arena_at(trial(tmp_path)) as arena:
        arena.run(["NVDA"], as_of=MONDAY)
    with (
        arena_at(trial(tmp_path, market={"vendors": ["simulated"], "simulated": {"seed": 8}})) as arena,
        pytest.raises(UsageError, match="played on the simulated market of seed 7, and this is"),
    ):
        arena.season_settle()


def test_a_season_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with arena_at(trial(tmp_path)) as arena:
        arena.run(["NVDA"], as_of=MONDAY)
    with (
        arena_at(trial(tmp_path, season="winter")) as arena,
        pytest.raises(UsageError, match="no season winter is stored; those that are: trial"),
    ):
        arena.season_show()
