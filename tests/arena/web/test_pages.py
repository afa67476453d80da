"""Every page over a stored season: what it shows, what it links to, and what it says when something is wrong."""

import hashlib
import sqlite3
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from arena.records.season import SeasonPlan
from arena.store import Store
from arena.web.keepsakes import FOLDER
from tests.arena.web.conftest import Open
from tests.arena.web.looking import Seen, walked
from tests.arena.web.stored import SESSIONS, write_round, write_season

CHAT = "main.2025-10-14.NVDA.claude.0badcafe"
ROUND = "/seasons/main/rounds/2025-10-14"


def seen(client: TestClient, path: str) -> Seen:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    page = Seen(answer.text)
    assert not page.unbalanced
    return page


def test_all_pages_are_reached_by_links_and_nothing_in_them_runs_or_loads(client: TestClient) -> None:
    pages = walked(client, "/")
    expected = {"/seasons/main", "/seasons/main/books", "/seasons/main/audit", ROUND, f"{ROUND}/NVDA", f"/chats/{CHAT}"}
    assert expected <= pages.keys()
    assert {path for path, page in pages.items() if page.dangers or page.unbalanced} == set()
    kinds = {path.split("/")[1] for path in pages}
    assert kinds == {"", "seasons", "chats", "snapshots", "search"}
    for path, page in pages.items():
        titles = [tag for tag, _ in page.tags if tag == "h1"]
        assert titles == ["h1"], path


def test_the_home_leads_to_the_season_that_was_played_last(open_pages: Open, tmp_path: Path) -> None:
    write_season(tmp_path, "older")
    write_season(tmp_path, "newer")
    answer = open_pages(tmp_path).get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/seasons/newer")


def test_the_leaderboard_says_who_leads_and_quotes_who_decided_what(client: TestClient) -> None:
    page = seen(client, "/seasons/main")
    assert "gpt and qwen lead with $10,000.00" in page.words
    assert "simulated The market is invented" in page.words
    assert "claude on NVDA ▲BUY 50% Demand is strong, at 46.7 billion dollars a quarter." in page.words
    assert "$9,998.00 -0.02%" in page.words
    assert "qwen on NVDA ○abstained: timeout" in page.words


def test_the_curves_stand_in_the_page_as_data(client: TestClient) -> None:
    html = client.get("/seasons/main").text
    assert '"sessions":["2025-10-10","2025-10-13","2025-10-14"]' in html
    assert '{"name":"claude","place":0,"equity":[10000.0,9999.0,9998.0]}' in html


def test_a_round_shows_decisions_consensus_outliers_abstentions_and_orders(client: TestClient) -> None:
    page = seen(client, ROUND)
    assert "3 desks on 1 ticker, all ended." in page.words
    assert "▲BUY 100% agree, a high consensus. 2 buy, 0 sell, 0 hold; mean confidence 0.60" in page.words
    assert "qwen ○abstained: timeout" in page.words
    assert "Bought 5 NVDA at $100.00, the close of 2025-10-14: -$501.00 ($1.00 of it slippage and fees)" in page.words
    assert "BUY for up to $1,000.00 of NVDA: rejected, Demand is strong" in page.words


def test_a_round_names_the_desks_that_are_still_at_work(open_pages: Open, tmp_path: Path) -> None:
    write_season(tmp_path, names=("claude",), sessions=SESSIONS[:1])
    client = open_pages(tmp_path)
    with Store.open(tmp_path) as store:
        begun = store.round("main", SESSIONS[0])
        assert begun is not None
        store.save_round(begun.model_copy(update={"contestants": ("claude", "gpt")}))
    page = seen(client, "/seasons/main/rounds/2025-10-13")
    assert "1 of 2 desks ended. 1 at work" in page.words
    assert "gpt ● at work" in page.words


@pytest.mark.slow
def test_a_large_round_shows_who_decided_what_and_leads_to_the_reasons(open_pages: Open, tmp_path: Path) -> None:
    names = tuple(f"model-{n:02}" for n in range(51))
    write_season(tmp_path, names=names, tickers=("A", "B", "C"), words="Why.", sessions=SESSIONS[:1])
    page = seen(open_pages(tmp_path), "/seasons/main/rounds/2025-10-13")
    assert "153 desks on 3 tickers, all ended." in page.words
    assert "Why." not in page.words
    assert "/seasons/main/rounds/2025-10-13/B" in page.links
    assert sum(link.startswith("/chats/") for link in page.links) == 153


def test_side_by_side_marks_what_differs_from_the_majority(open_pages: Open, tmp_path: Path) -> None:
    write_season(tmp_path, names=("a", "b", "c", "d", "e", "f"), sessions=SESSIONS[:1])
    page = seen(open_pages(tmp_path), "/seasons/main/rounds/2025-10-13/NVDA")
    assert page.words.count("≠ differs") == 0  # three hold, two buy, one abstains: no majority
    write_season(tmp_path, "calm", names=("a", "b", "c", "d", "e", "f", "g", "h"), sessions=SESSIONS[:1])
    page = seen(open_pages(tmp_path), "/seasons/calm/rounds/2025-10-13/NVDA")
    marked = [attributes["aria-label"] for tag, attributes in page.tags if tag == "article"]
    assert marked == list("abcdefgh")
    assert page.words.count("≠ differs") == 3


def test_a_chat_reads_from_the_analysts_to_the_order(client: TestClient) -> None:
    page = seen(client, f"/chats/{CHAT}")
    stages = [attributes["id"] for tag, attributes in page.tags if tag == "details" and attributes["class"] == "stage"]
    assert stages == ["market", "news", "reflection", "research", "trader", "risk", "calls"]
    assert "2025-10-06 ▲BUY 30% +5.26% by 2025-10-13, +4.00 points against Demand is strong" in page.words
    assert "▲Bull" in page.words
    assert "▼Bear" in page.words
    assert "Research manager: bullish" in page.words
    assert "1 look at the data" in page.words
    assert "Reported without its tools" in page.words
    assert "Bought 5 NVDA at $100.00" in page.words
    assert "1 call, $0.0100, 1:30 min" in page.words
    assert "/snapshots/" in " ".join(page.links)


def test_an_unsupported_figure_is_flagged_where_it_stands(client: TestClient) -> None:
    html = client.get(f"/chats/{CHAT}").text
    assert html.count('<mark class="flag">46.7 billion<sup>⚑1</sup></mark>') == 3  # summary, point, report
    assert "nothing the desk was shown bears it out; the nearest is 46,100,000,000" in Seen(html).words


def test_the_calls_page_has_prompts_replies_tools_and_retries(client: TestClient) -> None:
    page = seen(client, f"/chats/{CHAT}/calls")
    for told in (
        "System",
        "Thinking",
        "Reply",
        "get_prices",
        "Try 1 failed",
        "waited 1.0 s",
        "100 in, 20 out, $0.0100",
    ):
        assert told in page.words


def test_a_chat_is_found_by_a_beginning_of_its_id(client: TestClient) -> None:
    assert "claude on NVDA" in seen(client, "/chats/main.2025-10-14.NVDA.cl").words
    answer = client.get("/chats/main.2025-10-14.NVDA")
    assert answer.status_code == 404
    assert "several chats begin with" in answer.text


def test_a_snapshot_shows_each_section_with_its_status_and_its_bars(client: TestClient) -> None:
    link = next(link for link in seen(client, f"/chats/{CHAT}").links if link.startswith("/snapshots/"))
    page = seen(client, link)
    assert "What every desk was shown at the close of 2025-10-14" in page.words
    assert "∅ no data" in page.words
    assert "✓ ok" in page.words
    assert '"close":[100.0,101.0]' in client.get(link).text


def test_books_show_positions_fills_and_rejections_with_reasons(client: TestClient) -> None:
    page = seen(client, "/seasons/main/books")
    assert "Positions 1" in page.words
    assert "claude NVDA 10 $100.20 $100.00 $1,000.00 -$2.00 2025-10-14" in page.words
    assert "Rejected orders 2" in page.words
    mine = seen(client, "/seasons/main/contestants/gpt")
    assert "2nd" not in mine.words
    assert "1st" in mine.words
    assert "Nothing is held." in mine.words
    assert "Rejected orders 2" in mine.words


def test_rounds_to_come_are_listed(open_pages: Open, tmp_path: Path) -> None:
    write_season(tmp_path, sessions=SESSIONS[:1])
    with Store.open(tmp_path) as store:
        begun = store.round("main", SESSIONS[0])
        assert begun is not None
        store.save_plan(
            SeasonPlan(
                season="main",
                tickers=("NVDA",),
                contestants=begun.contestants,
                every="DAY",
                start=SESSIONS[0],
                end=SESSIONS[-1],
                sessions=SESSIONS,
                benchmark=None,
                config_hash="c" * 64,
                made=begun.as_of,
            )
        )
        store.finish_round("main", SESSIONS[0], begun.as_of)
    page = seen(open_pages(tmp_path), "/seasons/main/rounds")
    assert "1 round over, 2 to come" in page.words
    assert "2025-10-14, 2025-10-15" in page.words


def test_figures_and_audit_come_as_parts_when_they_are_ready(client: TestClient) -> None:
    for part, told in (("figures", "Total return"), ("audit", "Looked at: 11 events")):
        page = seen(client, f"/seasons/main/{part}?wait=yes")
        assert told in page.words
        answer = client.get(f"/seasons/main/{part}/part")
        assert answer.status_code == 200
        assert "<html" not in answer.text
        assert told in Seen(answer.text).words
    assert "Not enough data to tell skill from luck" in Seen(client.get("/seasons/main/uncertainty").text).words


def test_what_was_said_is_found_and_marked(client: TestClient) -> None:
    page = seen(client, "/search?q=strong+demand&contestant=gpt")
    assert "gpt on NVDA" in page.words
    assert {"strong", "Demand"} <= {text for text in page.text if text.strip()}
    hit = next(link for link in page.links if link.startswith("/chats/"))
    assert "#" in hit
    assert "Nobody said that here" in seen(client, "/search?q=zebra&season=main").words
    assert "…" not in seen(client, "/search").words
    assert 'role="alert"' in client.get("/search?q=%3F%3F").text


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/seasons/nowhere", "no season nowhere is stored; those that are: main"),
        ("/seasons/main/rounds/2020-01-02", "the season main has no round at 2020-01-02"),
        ("/seasons/main/rounds/tuesday", "is no day; write it as YYYY-MM-DD"),
        ("/seasons/main/rounds/2025-10-14/AAPL", "nobody has spoken about AAPL"),
        ("/seasons/main/contestants/nobody", "no contestant nobody is in the season main"),
        ("/chats/nothing", "no chat nothing"),
        ("/snapshots/abc", "no snapshot is kept whose hash begins with abc"),
        ("/nowhere", "There is no page at this address."),
        ("/seasons/~zz", "is no name in an address"),
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(client: TestClient, path: str, told: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert told in Seen(answer.text).words


def test_what_is_asked_wrongly_is_a_page_too(client: TestClient) -> None:
    answer = client.get("/search?offset=-1")
    assert answer.status_code == 422
    assert "offset: Input should be greater than or equal to 0" in Seen(answer.text).words
    answer = client.post("/seasons/main")
    assert answer.status_code == 405
    assert "These pages only read." in Seen(answer.text).words


def test_a_home_without_a_store_shows_how_to_begin(open_pages: Open, tmp_path: Path) -> None:
    client = open_pages(tmp_path / "empty")
    page = seen(client, "/")
    assert "arena demo" in page.words
    assert str(tmp_path / "empty") in page.words
    assert not (tmp_path / "empty").exists()
    assert client.get("/seasons/main").status_code == 503


def test_a_store_that_appears_or_goes_is_noticed(open_pages: Open, tmp_path: Path) -> None:
    home = tmp_path / "home"
    client = open_pages(home)
    assert client.get("/").status_code == 200
    write_season(home)
    assert client.get("/").headers["location"] == "/seasons/main"
    for file in home.glob("arena.sqlite*"):
        file.unlink()
    assert "Nothing has been played yet" in seen(client, "/").words


def test_a_damaged_store_is_explained(open_pages: Open, tmp_path: Path) -> None:
    (tmp_path / "arena.sqlite").write_bytes(b"no database" * 200)
    answer = open_pages(tmp_path).get("/seasons/main")
    assert answer.status_code == 503
    assert "is damaged or not a database" in Seen(answer.text).words


def test_a_store_of_an_older_arena_is_not_touched(open_pages: Open, tmp_path: Path) -> None:
    write_season(tmp_path)
    with sqlite3.connect(tmp_path / "arena.sqlite") as connection:
        connection.execute("PRAGMA user_version = 1")
    answer = open_pages(tmp_path).get("/seasons/main")
    assert answer.status_code == 503
    assert "written by an older arena" in answer.text


def test_looking_writes_nothing(open_pages: Open, tmp_path: Path) -> None:
    write_season(tmp_path)
    before = _content(tmp_path)
    client = open_pages(tmp_path)
    walked(client, "/")
    assert client.get("/seasons/main/audit?wait=yes").status_code == 200
    assert _content(tmp_path) == before


def test_a_new_round_is_on_the_pages_as_soon_as_it_is_made(open_pages: Open, tmp_path: Path) -> None:
    write_season(tmp_path, sessions=SESSIONS[:1])
    client = open_pages(tmp_path)
    first = client.get("/seasons/main")
    again = client.get("/seasons/main", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    with Store.open(tmp_path) as store:
        write_round(store, "main", SESSIONS[1], ("claude", "gpt", "qwen"), ("NVDA",), "A new thought.")
    page = client.get("/seasons/main")
    while 'data-state="older"' in page.text:
        assert "A new thought." not in page.text
        page = client.get("/seasons/main")
    assert page.headers["etag"] != first.headers["etag"]
    assert "A new thought." in page.text
    assert "the round of 2025-10-14" in Seen(page.text).words


def _content(home: Path) -> dict[str, str]:
    """Every file but what SQLite keeps beside an open database, and what the pages keep for their next start."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm")) and path.parent != home / FOLDER
    }
