"""Opening a round: what is refused before anything is written, and what every desk is handed."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arena.app import Arena
from arena.errors import DateError, MissingKeyError, TickerError, UsageError, VendorError
from arena.market.simulated import SimulatedVendor
from arena.records.market import NewsItem
from arena.rounds.opening import check, day_of
from tests.arenas import Clock, recorded_arena, rehearsal_arena

pytestmark = pytest.mark.slow

NOON = datetime(2025, 11, 20, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tickers", "session", "contestants", "error", "sentence"),
    [
        ([], None, None, UsageError, "name at least one ticker"),
        (["../../etc/x"], None, None, TickerError, "etc/x"),
        (["NVDA"], date(2025, 10, 18), None, DateError, "2025-10-18 is a Saturday"),
        (["NVDA"], date(2025, 12, 1), None, DateError, "has not closed yet"),
        (["NVDA"], date(2025, 11, 20), None, DateError, "has not closed yet"),
        (["NVDA"], None, ["nobody"], UsageError, "no contestant nobody; the configuration has cautious, contrarian"),
    ],
)
def test_what_cannot_be_played_is_refused_in_a_sentence(
    tmp_path: Path,
    tickers: list[str],
    session: date | None,
    contestants: list[str] | None,
    error: type[Exception],
    sentence: str,
) -> None:
    config = rehearsal_arena(tmp_path / "home")
    with Arena(config, environ={}, clock=lambda: NOON) as arena, pytest.raises(error, match=sentence):
        arena.run(tickers, as_of=session, contestants=contestants)
    assert not (tmp_path / "home").exists()


def test_a_missing_key_is_named_before_anything_is_written(tmp_path: Path) -> None:
    config = recorded_arena(tmp_path / "home", tmp_path, {"claude": "http://127.0.0.1:1/v1"})
    with Arena(config, environ={}, clock=lambda: NOON) as arena, pytest.raises(MissingKeyError, match="TEST_MODEL_KEY"):
        arena.run(["NVDA"])
    assert not (tmp_path / "home").exists()


def test_a_ticker_no_vendor_knows_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    config = rehearsal_arena(tmp_path / "home", market={"vendors": ["files"], "files": {"folder": tmp_path}})
    with Arena(config, environ={}, clock=lambda: NOON) as arena, pytest.raises(TickerError, match="ZZZZ"):
        arena.run(["ZZZZ"])
    assert not (tmp_path / "home").exists()


def test_without_a_date_it_is_the_configured_one_else_the_last_completed_session(tmp_path: Path) -> None:
    plain = rehearsal_arena(tmp_path)
    assert check(plain, ["nvda", "NVDA"], None, None, NOON).session == date(2025, 11, 19)
    assert check(plain, ["nvda", "NVDA"], None, None, NOON).tickers == ("NVDA",)
    dated = rehearsal_arena(tmp_path, as_of="2025-10-14")
    assert check(dated, ["NVDA"], None, None, NOON).session == date(2025, 10, 14)
    assert check(dated, ["NVDA"], date(2025, 10, 15), None, NOON).session == date(2025, 10, 15)


def test_a_lone_ticker_or_a_date_as_text_is_refused_in_python(tmp_path: Path) -> None:
    with Arena(rehearsal_arena(tmp_path / "home"), environ={}, clock=lambda: NOON) as arena:
        with pytest.raises(UsageError, match=r"\['NVDA'\]"):
            arena.run("NVDA")
        with pytest.raises(DateError, match="pass a date"):
            arena.run(["NVDA"], as_of="2025-10-14")  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(UsageError, match="has been closed"):
        arena.run(["NVDA"])
    (tmp_path / "file").write_text("")
    with (
        Arena(rehearsal_arena(tmp_path / "file"), environ={}, clock=lambda: NOON) as arena,
        pytest.raises(UsageError, match="is not a folder"),
    ):
        arena.run(["NVDA"])


def test_a_day_is_read_or_refused() -> None:
    assert day_of("2025-10-14") == date(2025, 10, 14)
    assert day_of(None) is None
    with pytest.raises(DateError, match="YYYY-MM-DD"):
        day_of("14.10.2025")


def test_a_round_behind_the_season_is_refused_but_another_season_may_play_it(tmp_path: Path) -> None:
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=lambda: NOON) as arena:
        arena.run(["NVDA"], as_of=date(2025, 10, 20))
        with pytest.raises(DateError, match="has already played 2025-10-20"):
            arena.run(["NVDA"], as_of=date(2025, 10, 14))
    with Arena(rehearsal_arena(tmp_path, season="other"), environ={}, clock=lambda: NOON) as other:
        assert other.run(["NVDA"], as_of=date(2025, 10, 14)).round.season == "other"


def test_a_season_is_never_played_on_two_markets(tmp_path: Path) -> None:
    prices = tmp_path / "prices"
    prices.mkdir()
    (prices / "NVDA.csv").write_text("session,open,high,low,close,volume\n2025-10-20,10,11,9,10,100\n")
    with Arena(rehearsal_arena(tmp_path / "home"), environ={}, clock=lambda: NOON) as arena:
        arena.run(["NVDA"], as_of=date(2025, 10, 14))
    real = rehearsal_arena(tmp_path / "home", market={"vendors": ["files"], "files": {"folder": prices}})
    with (
        Arena(real, environ={}, clock=lambda: NOON) as arena,
        pytest.raises(UsageError, match="played on the simulated market of seed 7"),
    ):
        arena.run(["NVDA"], as_of=date(2025, 10, 20))
    reseeded = rehearsal_arena(tmp_path / "home", market={"vendors": ["simulated"], "simulated": {"seed": 8}})
    with Arena(reseeded, environ={}, clock=lambda: NOON) as arena, pytest.raises(UsageError, match="seed 8"):
        arena.run(["AAPL"], as_of=date(2025, 10, 20))


def test_every_contestant_is_handed_the_same_snapshot_and_its_own_book(tmp_path: Path) -> None:
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=lambda: NOON) as arena:
        arena.run(["NVDA"], as_of=date(2025, 10, 14))
        second = arena.run(["NVDA"], as_of=date(2025, 10, 15))
        books = {row.contestant: row for row in arena.board().rows}
    prompts = {chat.contestant: chat.calls[0].prompt[1].text for chat in second.chats}
    assert len({chat.snapshot_hash for chat in second.chats}) == 1
    for name, prompt in prompts.items():
        shares = sum(fill.shares for fill in second.fills if fill.contestant == name)
        held = sum(position.shares for position in books[name].positions) - shares
        assert (f"{held} NVDA" in prompt) if held else ("no shares held" in prompt)
        assert not any(other in prompt for other in prompts if other != name)


class FlakyNews(SimulatedVendor):
    """The simulated market, whose news is out at first."""

    def __init__(self) -> None:
        super().__init__(7)
        self.out = True

    def news(self, ticker: str, start: datetime, end: datetime) -> tuple[NewsItem, ...]:
        if self.out:
            raise VendorError("the wire is down")
        return super().news(ticker, start, end)


def test_a_hole_left_by_an_outage_is_filled_for_new_rounds_but_never_within_one(tmp_path: Path) -> None:
    vendor = FlakyNews()
    day = date(2025, 10, 14)

    def arena(season: str) -> Arena:
        return Arena(rehearsal_arena(tmp_path, season=season), environ={}, vendors=[vendor], clock=lambda: NOON)

    with arena("first") as first:
        holed = first.run(["NVDA"], as_of=day, contestants=["value"]).chats[0]
    vendor.out = False
    with arena("first") as first:
        same_round = first.run(["NVDA"], as_of=day).chats
    with arena("second") as second:
        fresh = second.run(["NVDA"], as_of=day).chats
    assert {chat.snapshot_hash for chat in same_round} == {holed.snapshot_hash}
    assert {chat.snapshot_hash for chat in fresh} != {holed.snapshot_hash}
    vendor.out = True
    with arena("third") as third:
        assert third.run(["NVDA"], as_of=day).chats[0].snapshot_hash == fresh[0].snapshot_hash


def test_without_required_facts_every_desk_abstains_and_no_model_is_asked(tmp_path: Path) -> None:
    vendor = FlakyNews()
    config = rehearsal_arena(tmp_path, market={"vendors": ["simulated"], "require": ["prices", "news"]})
    with Arena(config, environ={}, vendors=[vendor], clock=lambda: NOON) as arena:
        result = arena.run(["NVDA"], as_of=date(2025, 10, 14))
    assert {chat.outcome.reason for chat in result.chats if chat.outcome.kind == "abstention"} == {"no_data"}
    assert all(not chat.calls and "the wire is down" in chat.outcome.detail for chat in result.chats)
    assert result.consensus[0].action is None


def test_a_lone_desk_may_look_at_a_day_before_its_book_opened(tmp_path: Path) -> None:
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=lambda: NOON) as arena:
        arena.run(["NVDA"], as_of=date(2025, 10, 14))
        state = asyncio.run(arena.lone_desk("value").ainvoke({"ticker": "NVDA", "session": "2025-10-10"}))
    assert state["brief"]["portfolio"]["cash"] == "10000"
    assert state["final_trade_decision"]["action"] in {"BUY", "SELL", "HOLD"}


def test_a_clock_can_be_set(tmp_path: Path) -> None:
    clock = Clock("2025-10-14T21:00:00")
    with Arena(rehearsal_arena(tmp_path), environ={}, clock=clock) as arena:
        assert arena.run(["NVDA"]).round.session == date(2025, 10, 14)
