"""One request a section and ticker, however many ask and however many processes: counted where it arrives."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from arena.config.market import AlphaVantageSettings
from arena.market.calendar import sessions_between
from arena.records.market import SECTIONS
from tests.arena.market.http_vendor import SESSION, TICKERS
from tests.loopback import Loopback, Reply, Request, loopback

PROJECT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT), "ALPHAVANTAGE_API_KEY": "LOOPBACKKEY1234"}


Process = subprocess.Popen[str]


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """Starts a Python process; none outlives the test."""
    with ExitStack() as running:

        def started(*words: object) -> Process:
            command, pipe = [sys.executable, *map(str, words)], subprocess.PIPE
            process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=ENVIRONMENT, cwd=PROJECT
            )
            running.enter_context(process)
            running.callback(process.kill)
            return process

        yield started


def ended(process: Process) -> str:
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert [line for line in err.splitlines() if line.startswith("/") or "cannot be kept" in line] == []  # the log
    return out


@pytest.mark.slow
def test_two_processes_with_twenty_callers_for_five_tickers_each_ask_once(tmp_path, start):
    with loopback(lambda _: Reply(body="{}", delay=0.1)) as server:
        asking = [start("-m", "tests.arena.market.http_vendor", server.url, tmp_path / "cache") for _ in range(2)]
        for process in asking:
            assert process.stdout.readline() == "ready\n"
        for process in asking:
            process.stdin.write("\n")
            process.stdin.flush()
        first, second = (json.loads(ended(process)) for process in asking)
    counted = Counter(request.path for request in server.requests)
    sections = set(SECTIONS) - {"indicators", "market_news"}
    assert counted == Counter([*(f"/{name}/{one}" for name in sections for one in TICKERS), "/market_news/"])
    assert first == second  # to the byte: the instants at which the vendor was asked included
    assert all(len(told) == 1 for told in first.values())


def alpha_vantage(request: Request) -> Reply:
    """Five companies without statements and articles; the answer takes a while, so that others ask meanwhile."""
    query = request.query
    symbol = query.get("symbol", "")
    day = {"1. open": "10", "2. high": "12", "3. low": "9", "4. close": "11.25", "5. volume": "1000"}
    bodies = {
        "TIME_SERIES_DAILY": {
            "Meta Data": {"2. Symbol": symbol},
            "Time Series (Daily)": {str(one): day for one in sessions_between(SESSION.replace(month=1), SESSION)},
        },
        "OVERVIEW": {"Symbol": symbol, "Name": f"{symbol} Corp.", "Exchange": "NASDAQ", "Currency": "USD"},
        "NEWS_SENTIMENT": {"items": "0", "feed": []},
        "EARNINGS": {"symbol": symbol, "annualEarnings": [], "quarterlyEarnings": []},
        "INSIDER_TRANSACTIONS": {"data": []},
        "DIVIDENDS": {"symbol": symbol, "data": []},
        "SPLITS": {"symbol": symbol, "data": []},
    }
    statements = {"symbol": symbol, "annualReports": [], "quarterlyReports": []}
    return Reply(body=bodies.get(query["function"], statements), delay=0.1)


def configured(folder: Path, server: Loopback) -> Path:
    names = [f"contestant-{n:02}" for n in range(20)]
    settings: dict[str, object] = {"base_url": f"{server.url}/query"}
    if "daily_limit" in AlphaVantageSettings.model_fields:
        settings["daily_limit"] = None  # a premium key is neither counted nor slowed
    config = {
        "home": str(folder / "home"),
        "contestants": [{"name": name, "kind": "rehearsal", "style": "momentum"} for name in names],
        "market": {"vendors": ["alpha_vantage"], "alpha_vantage": settings, "sessions": 100},
    }
    file = folder / "arena.yaml"
    file.write_text(json.dumps(config))
    return file


@pytest.mark.slow
def test_two_rounds_at_once_of_twenty_contestants_and_five_tickers_ask_alpha_vantage_once(tmp_path, start):
    with loopback(alpha_vantage) as server:
        config = configured(tmp_path, server)
        words = ("run", *TICKERS, "--as-of", SESSION, "--config", config, "--no-record", "--json", "--season")
        program = "import sys; from arena.cli import main; main()"
        rounds = [start("-c", program, *words, season) for season in ("one", "two")]
        first, second = (json.loads(ended(process)) for process in rounds)
        # One that comes later takes the snapshots that are saved, and asks for what its fills need.
        ended(start("-c", program, *words, "three"))
    assert len(first["chats"]) == len(second["chats"]) == 100
    assert first["round"]["snapshots"] == second["round"]["snapshots"]
    counted = Counter((request.query["function"], request.query.get("symbol")) for request in server.requests)
    assert not any(chat["errors"] for chat in (*first["chats"], *second["chats"]))
    # What one section asks for. Others share a request, such as the news and the mood made of them.
    for function in ("TIME_SERIES_DAILY", "OVERVIEW", "INCOME_STATEMENT", "BALANCE_SHEET", "CASH_FLOW"):
        assert {counted[function, ticker] for ticker in TICKERS} == {1}, (function, counted)
