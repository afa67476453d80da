"""The leak canary: whatever a vendor says of the time after a session, nothing of it reaches anybody.

Every vendor's answers are planted with rows, filings, news, posts and trades after `as_of`, and full rounds are
played over loopback at fifty sessions drawn at random. What was planted may be in no prompt, no tool's result, no
snapshot and no record.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from arena.app import Arena
from arena.config.market import MarketSettings
from arena.config.model import ArenaConfig
from arena.market.calendar import sessions_between
from arena.market.files import FilesVendor
from arena.market.market import Market
from arena.market.simulated import SimulatedVendor
from arena.records.market import SECTIONS
from arena.tape.tape import Tape
from bench.competent_model import competent_model
from bench.model_server import ModelServer
from tests.arena.market.stands import alpha_vantage, reddit, stocktwits, yahoo
from tests.loopback import loopback
from tests.planted import FIGURE, TICKER, WORD, Planted, traces

DATES = tuple(sorted(random.Random(20251014).sample(sessions_between(date(2019, 1, 2), date(2025, 9, 30)), 50)))
LATER = timedelta(days=5)
"""How long after the close the round is played: what was planted has happened by then."""

SOON = timedelta(minutes=30)
"""How long after the close a feed of the present only is read: some of what was planted has happened by then."""

HOLDER = "maker/holder"
"""A model that holds, so that no order is filled at a later session's price, which would be no leak."""


def _same(instant: datetime) -> datetime:
    return instant


@contextmanager
def yahoo_of(planted: Planted, folder: Path) -> Iterator[list[Any]]:
    with loopback(planted.yahoo) as server:
        yield [yahoo(server.url, clock=lambda: planted.as_of + LATER)]


@contextmanager
def alpha_vantage_of(planted: Planted, folder: Path) -> Iterator[list[Any]]:
    with loopback(planted.alpha_vantage) as server:
        yield [alpha_vantage(server.url, clock=lambda: planted.as_of + LATER)]


@contextmanager
def files_of(planted: Planted, folder: Path) -> Iterator[list[Any]]:
    planted.write_files(folder / "recorded")
    yield [FilesVendor(folder / "recorded")]


@contextmanager
def simulated_of(planted: Planted, folder: Path) -> Iterator[list[Any]]:
    yield [planted.around(SimulatedVendor(7))]


@contextmanager
def stocktwits_of(planted: Planted, folder: Path) -> Iterator[list[Any]]:
    """The feed of posts, beside a vendor of prices, without which no model is asked."""
    planted.write_files(folder / "recorded")
    with loopback(planted.stocktwits) as server:
        feed = stocktwits(server.url, clock=lambda: planted.as_of + SOON)
        yield [FilesVendor(folder / "recorded"), feed]


@contextmanager
def reddit_of(planted: Planted, folder: Path) -> Iterator[list[Any]]:
    """As StockTwits."""
    planted.write_files(folder / "recorded")
    with loopback(planted.reddit) as server:
        feed = reddit(server.url, clock=lambda: planted.as_of + SOON)
        yield [FilesVendor(folder / "recorded"), feed]


VENDORS: dict[str, Callable[[Planted, Path], Any]] = {
    "yahoo": yahoo_of,
    "alpha_vantage": alpha_vantage_of,
    "files": files_of,
    "simulated": simulated_of,
    "stocktwits": stocktwits_of,
    "reddit": reddit_of,
}

COMPANY = ("identity", "prices", "fundamentals", "earnings", "insiders", "news", "market_news")
MUST_ANSWER: dict[str, tuple[str, ...]] = {
    "yahoo": COMPANY,
    "alpha_vantage": (*COMPANY, "social"),
    "files": (*COMPANY, "social", "posts"),
    "simulated": (*COMPANY, "social", "posts"),
    "stocktwits": ("prices", "posts"),
    "reddit": ("prices", "posts"),
}
"""Sections with facts from before the session: a canary in an empty section proves nothing."""


def market_of(name: str, folder: Path) -> dict[str, Any]:
    """The settings under which the case's vendors are asked, the feeds for posts alone."""
    if name in ("stocktwits", "reddit"):
        return {"vendors": ["files"], "files": {"folder": folder}, "chains": {"posts": [name]}}
    return {"vendors": ["simulated"]}


def config_of(home: Path, base_url: str, name: str) -> ArenaConfig:
    return ArenaConfig.model_validate(
        {
            "season": "canary",
            "home": home,
            "endpoints": {"loopback": {"base_url": base_url, "api_key_env": "TEST_MODEL_KEY"}},
            "contestants": [{"name": "holder", "endpoint": "loopback", "model": HOLDER}],
            "market": market_of(name, home),
            "limits": {"retry_delay": 0.02, "call_seconds": 60},
        }
    )


def on_the_tape(home: Path) -> Iterator[str]:
    """Every part on the tape, which is compressed on disk."""
    if not (home / "tape.sqlite").exists():
        return
    with Tape.open(home) as tape:
        for first, size in tape.rows("SELECT first, size FROM packs"):
            for number in range(first, first + size):
                yield tape.part(number)


def leaks(home: Path, *texts: str) -> list[bytes]:
    found = [trace for text in (*texts, *on_the_tape(home)) for trace in traces(text.encode())]
    stored = [trace for file in home.rglob("*") if file.is_file() for trace in traces(file.read_bytes())]
    return found + stored


def test_the_canary_is_seen_where_it_is() -> None:
    seen = f'{{"close":"{FIGURE}"}} 98,765,432 0.98765432 {WORD.upper()} 98765430.0'.encode()
    assert len(traces(seen)) == 5
    assert traces(b"a98765432 8765432 zyxw") == []


@pytest.mark.parametrize("name", VENDORS)
@pytest.mark.parametrize(
    "session", [DATES[0], *(pytest.param(day, marks=pytest.mark.slow) for day in DATES[1:])], ids=str
)
def test_no_snapshot_holds_what_came_after_it(tmp_path: Path, name: str, session: date) -> None:
    planted = Planted(session)
    with VENDORS[name](planted, tmp_path) as vendors:
        settings = MarketSettings.model_validate(market_of(name, tmp_path))
        market = Market(settings, vendors, lambda: planted.as_of + LATER)
        snapshot = asyncio.run(market.snapshot(TICKER, session))
    sections = snapshot.sections()
    assert {section: sections[section].notes for section in MUST_ANSWER[name] if sections[section].status != "ok"} == {}
    assert traces(snapshot.model_dump_json().encode()) == []
    observed = {section: sections[section].observed for section in SECTIONS}
    assert {section: at for section, at in observed.items() if at is not None and at > snapshot.as_of} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", VENDORS)
@pytest.mark.parametrize("tenth", range(10))
def test_no_round_shows_or_keeps_what_came_after_it(tmp_path: Path, name: str, tenth: int) -> None:
    with ModelServer(competent_model) as models:
        for session in DATES[tenth::10]:
            planted, place = Planted(session), tmp_path / str(session)
            place.mkdir()
            with VENDORS[name](planted, place) as vendors:
                config = config_of(place / "home", models.base_url, name)
                later = planted.as_of + LATER
                with Arena(
                    config, environ={"TEST_MODEL_KEY": "k"}, vendors=vendors, clock=partial(_same, later)
                ) as arena:
                    result = arena.run([TICKER], as_of=session)
            assert [chat.outcome.kind for chat in result.chats] == ["decision"], session
            assert any(use for chat in result.chats for use in chat.stages.market.tool_uses), session
            prompts = [str(request.body) for request in models.requests]
            assert prompts
            models.requests.clear()
            assert leaks(config.home, result.model_dump_json(), *prompts) == [], session
