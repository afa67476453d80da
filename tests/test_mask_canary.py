"""Masked desks in full rounds over a loopback endpoint: no request of theirs tells ticker, company or time.

Every section is planted with all of them. The same contestant without a mask is asked beside it, to prove that what
is looked for is there to be seen.
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agents.prompting import prompt, section_lines
from agents.tools import TOOLS, tools_of, usual_looks
from agents.wording import written_out
from arena.app import Arena
from arena.config.desks import DeskSettings
from arena.config.model import ArenaConfig
from arena.masking import Mask, masked_snapshot
from arena.records.market import SECTIONS, MarketSnapshot
from bench.competent_model import competent_model
from bench.model_server import ModelServer, Reply
from tests.agents.surroundings import altered, brief
from tests.arenas import november
from tests.telltale import COMPANIES, SESSION, TEXT, told, traces, vendor

FIRST = date(2025, 10, 13)


def config(home: Path, base_url: str) -> ArenaConfig:
    def one(name: str, **settings: Any) -> dict[str, Any]:
        return {"name": name, "endpoint": "e", "model": f"maker/{name}", **settings}

    contestants = [one("open"), one("veiled", mask=True), one("veiled-single", mask=True, desk="single")]
    return ArenaConfig.model_validate(
        {
            "season": "autumn",
            "home": home,
            "endpoints": {"e": {"base_url": base_url}},
            "contestants": contestants,
            "market": {"vendors": ["yahoo"], "sessions": 120},
            "memory": {"horizon": 1},
            "limits": {"retry_delay": 0.02},
        }
    )


def clumsy(request: dict[str, Any], headers: Any) -> Reply:
    """A model that works, and provokes every error the desk can answer with on the way there.

    It buys with a part of its cash, so that the next round's book holds both tickers.
    """
    said = request["messages"]
    offered = [tool["function"]["name"] for tool in request.get("tools", [])]
    looked = any(message["role"] == "tool" for message in said)
    if offered and not looked and not all(name.startswith("submit_") for name in offered):
        bad = [("astrology", {}), *((name, {"count": 99, "sessions": 9_999}) for name in offered)]
        good = [(tool.name, dict(usual)) for tools in TOOLS.values() for tool in tools for usual in tool.usual]
        odd = [
            ("statements", {"kind": "income", "period": "year", "count": 2}),
            ("news_search", {"about": "company", "query": "nothing of the kind", "limit": 3}),
            ("indicator", {"name": "sma", "window": 200, "sessions": 3}),
        ]
        calls = [(name, arguments) for name, arguments in [*bad, *good, *odd] if name in (*offered, "astrology")]
        return _calling(request, calls)
    return competent_model(request, headers)


def _calling(request: dict[str, Any], calls: list[tuple[str, dict[str, Any]]]) -> Reply:
    wanted = [
        {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for n, (name, arguments) in enumerate(calls)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": wanted}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": message}
    return Reply(
        body={"id": "x", "object": "chat.completion", "created": 1, "model": request["model"], "choices": [choice]}
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The home and the results of two rounds over both tickers, and every request by model."""
    home = tmp_path_factory.mktemp("mask") / "home"
    with ModelServer(clumsy) as server:
        settings = config(home, server.base_url)
        with Arena(settings, environ={}, vendors=[vendor()], clock=november) as arena:
            results = [arena.run(sorted(COMPANIES), as_of=session) for session in (FIRST, SESSION)]
        asked = [
            (str(request.body["model"]), json.dumps(request.body, ensure_ascii=False)) for request in server.requests
        ]
    return settings, results, asked


def of(asked: list[tuple[str, str]], name: str) -> list[str]:
    return [body for model, body in asked if model == f"maker/{name}"]


def about(body: str, results: Any) -> str:
    """The real ticker that a masked desk's request is about."""
    (told_as,) = set(re.findall(r"Ticker (\S+):", body))
    return next(chat.ticker for chat in results[0].chats if chat.masked and chat.masked.ticker == told_as)


def test_what_is_looked_for_is_seen_where_it_is() -> None:
    for ticker in COMPANIES:
        assert len(traces(told(ticker))) > 20
    assert len(re.findall(r"\{\w+\}", TEXT)) > 10
    assert traces("VK3R rose 3.2025% to 412.2031 on 2087-07-16; 20,250 shares; Company VK3R in 2088.") == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["veiled", "veiled-single"])
def test_no_request_of_a_masked_desk_tells_ticker_company_or_time(played: Any, name: str) -> None:
    _, results, asked = played
    mine = of(asked, name)
    assert len(mine) >= 2 * len(COMPANIES)
    assert {about(body, results) for body in mine} == COMPANIES.keys()
    # News of the market as a whole speaks of the other company too, which no mask of this one hides.
    assert [trace for body in mine for trace in traces(body, about(body, results))] == []


@pytest.mark.slow
def test_the_same_contestant_without_a_mask_is_told_all_of_it(played: Any) -> None:
    _, _, asked = played
    assert all(traces(body) for body in of(asked, "open"))


@pytest.mark.slow
def test_every_error_and_every_section_was_among_what_was_asked(played: Any) -> None:
    _, _, asked = played
    shown = "\n".join(of(asked, "veiled"))
    for words in (
        "there is no tool 'astrology'",
        "Call statements again with arguments that fit its schema",
        "No income statement by year was public by",
        "articles holds any of: nothing, of, the, kind",
        "Error: ",
        "<vendor_text>",
        "Insider 1",
        "# Your role: reflection",
        "# Your past decisions on",
        "session,open,high,low,close,volume",
    ):
        assert words in shown, words
    assert "holding" in shown


@pytest.mark.slow
def test_the_book_holds_invented_tickers_alike_at_every_desk(played: Any) -> None:
    _, results, asked = played
    masks = {chat.ticker: chat.masked for chat in results[1].chats if chat.masked}
    held = re.findall(r"(\d+) (\S+) at an average cost", "\n".join(of(asked, "veiled")))
    assert held
    assert {ticker for _, ticker in held} <= {mask.ticker for mask in masks.values()}
    assert len({mask.ticker for mask in masks.values()}) == len(COMPANIES)
    assert {order.ticker for result in results for order in result.orders} <= COMPANIES.keys()


@pytest.mark.slow
def test_a_chat_is_kept_under_the_real_ticker_and_says_what_stands_for_it(played: Any) -> None:
    _, results, _ = played
    for chat in (chat for result in results for chat in result.chats):
        if chat.contestant == "open":
            assert (chat.masked, chat.labels) == (None, ())
            assert chat.snapshot_hash == results[chat.session != FIRST].round.snapshots[chat.ticker]
            continue
        assert "masked" in chat.labels
        assert (chat.ticker in COMPANIES, chat.session in (FIRST, SESSION)) == (True, True)
        assert chat.masked.original == results[chat.session != FIRST].round.snapshots[chat.ticker]
        assert chat.snapshot_hash != chat.masked.original
        assert chat.masked.notes[0].startswith("not hidden: products, brands, people")


def facts(home: Path) -> MarketSnapshot:
    settings = config(home, "http://127.0.0.1:9/v1")
    with Arena(settings, environ={}, vendors=[vendor()], clock=november, record=False) as arena:
        return arena.snapshot("QZMX", as_of=SESSION)


def shown(snapshot: MarketSnapshot) -> str:
    """All that any role may be shown of a snapshot."""
    looks = written_out(usual_looks(snapshot, tools_of(DeskSettings().analysts)))
    opening = prompt("trader", brief(snapshot), snapshot, reports="", verdict="")
    return "\n".join([opening[1].text, looks, section_lines(snapshot, SECTIONS), snapshot.model_dump_json()])


def test_a_masked_snapshot_tells_nothing_and_a_section_left_as_it_is_would_be_seen(tmp_path: Path) -> None:
    original = facts(tmp_path)
    assert all(section.status == "ok" for section in original.sections().values())
    twin = masked_snapshot(original, Mask.of("autumn", COMPANIES))
    assert traces(shown(twin)) == []
    for name in SECTIONS:
        forgotten = altered(twin, **{name: getattr(original, name)})
        assert traces(shown(forgotten)), name
    for name in ("ticker", "session", "as_of"):
        assert traces(altered(twin, **{name: getattr(original, name)}).model_dump_json()), name


@pytest.mark.slow
def test_nothing_is_told_by_research_that_runs_ahead_nor_by_a_benchmark(tmp_path: Path) -> None:
    with ModelServer(clumsy) as server:
        settings = config(tmp_path / "home", server.base_url)
        with Arena(settings, environ={}, vendors=[vendor()], clock=november) as arena:
            report = arena.season_run(["QZMX"], FIRST, SESSION, benchmark="BRVO")
            chats = [arena.chat(row.id) for row in arena.chats(session=SESSION)]
        asked = [
            (str(request.body["model"]), json.dumps(request.body, ensure_ascii=False)) for request in server.requests
        ]
    # That of the masked desk among them: those of one agent have no research.
    assert [played.researched for played in report.rounds] == [0, 2]
    (remembered,) = [one for chat in chats if chat.contestant == "veiled" for one in chat.stages.reflection.lessons]
    assert remembered.benchmark_return_pct is not None
    for name in ("veiled", "veiled-single"):
        mine = of(asked, name)
        assert mine
        assert [trace for body in mine for trace in traces(body)] == []
        assert any(f"{remembered.benchmark} " in body for body in mine)
    assert any("BRVO +" in body or "BRVO -" in body or "BRVO 0" in body for body in of(asked, "open"))


@pytest.mark.slow
def test_masked_chats_and_rounds_replay_equal_without_a_network(played: Any) -> None:
    settings, results, _ = played
    with Arena(settings, environ={}, vendors=[], clock=november) as arena:
        for chat in results[1].chats:
            assert arena.replay(chat.id).equal, chat.id
        assert arena.replay_round(sorted(COMPANIES), as_of=SESSION).equal
