"""Reports: the pages as files that open from disk."""

import json
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from arena.errors import UsageError
from arena.web.reader import Reader
from arena.web.report import Planned, chat_plan, round_plan, season_plan, write_report
from arena.web.report.files import ReportLinks, laid_out, without_dead_links
from arena.web.report.said import Said, longest_kept
from arena.web.report.writing import MARK
from arena.web.text import shown
from tests.arena.web import test_hostile
from tests.arena.web.looking import Seen
from tests.arena.web.stored import SESSIONS, chat_id, config_for

CHAT = chat_id("main", SESSIONS[1], "NVDA", "claude")


def read(folder: Path) -> dict[str, Seen]:
    """Every page of a report; each link of it leads to a file, and nothing in it runs or loads from elsewhere."""
    pages = {}
    for file in sorted(folder.rglob("*.html")):
        page = pages[str(file.relative_to(folder))] = Seen(file.read_text(encoding="utf-8"))
        assert not page.unbalanced, file
        for tag, attributes in page.tags:
            for address in (attributes.get("href"), attributes.get("src")):
                where = urlsplit(address or "")
                if where.scheme in {"http", "https"}:
                    assert tag == "a"
                elif where.path:
                    assert (file.parent / unquote(where.path)).is_file(), (file, address)
            assert not any(name.startswith("on") or name == "style" for name in attributes), file
            assert tag != "script" or attributes.get("src", "").endswith(".js") or attributes["type"], file
    return pages


@pytest.fixture
def reader(stored: Path) -> Reader:
    return Reader(config_for(stored))


def test_a_season_is_whole_and_its_links_lead_to_its_own_files(reader: Reader, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "report"
    with closing(reader):
        written = write_report(reader, season_plan(reader, "main"), out)
    pages = read(out)
    assert written.pages == len(pages)
    assert written.first == out / "index.html"
    folders = {name.split("/")[0] for name in pages}
    assert folders == {"index.html", "seasons", "chats", "snapshots", "search.html"}
    assert sum(name.startswith("chats/") and name.endswith("calls.html") for name in pages) == 6
    index = pages["index.html"]
    assert "gpt and qwen lead" in index.words
    assert "Not enough data to tell skill from luck" in index.words
    assert "Total return" in pages["seasons/main/figures.html"].words
    assert "Looked at: 11 events" in pages["seasons/main/audit.html"].words
    assert not any("data-news" in attributes or "data-fragment" in attributes for _, attributes in index.tags)
    assert "search.html" in index.links
    policy = next(attributes["content"] for tag, attributes in index.tags if "http-equiv" in attributes)
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert (out / "assets" / "plotly.min.js").stat().st_size > 1_000_000


def test_a_round_and_a_chat_have_no_link_to_what_is_left_out(reader: Reader, tmp_path: Path) -> None:
    with closing(reader):
        write_report(reader, round_plan(reader, "main", SESSIONS[1]), tmp_path / "round")
        write_report(reader, chat_plan(reader, CHAT, calls=False), tmp_path / "chat")
    pages = read(tmp_path / "round")
    assert "Round of 2025-10-14" in pages["index.html"].words
    assert "seasons/main/rounds/2025-10-14/NVDA.html" in pages
    assert not any("2025-10-13" in name for name in pages)
    alone = read(tmp_path / "chat")
    assert len(alone) == 2
    assert "Search" not in alone["index.html"].words
    assert alone["index.html"].words.startswith("claude on NVDA, 2025-10-14")
    assert not any("calls" in link for link in alone["index.html"].links if not link.startswith("#"))


def test_hostile_words_and_names_stay_words_in_files_too(tmp_path: Path) -> None:
    season = test_hostile.SEASON
    test_hostile.write_hostile(tmp_path / "home")
    with closing(Reader(config_for(tmp_path / "home"))) as reader:
        write_report(reader, season_plan(reader, season), tmp_path / "out")
    pages = read(tmp_path / "out")
    assert len(pages) > 25
    for name, page in pages.items():
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"img", "iframe", "b0", "style", "object"}, name
    assert test_hostile.SCRIPT in pages["index.html"].words
    script = (tmp_path / "out" / "assets" / "said.js").read_bytes()
    assert script.isascii()
    assert b"<" not in script
    content = json.loads(script.removeprefix(b"window.arenaSaid = ").removesuffix(b";\n"))
    assert {page[1] for page in content["pages"]} > {shown(name) for name in test_hostile.NAMES}
    for page, _, _, text in content["said"]:
        assert content["pages"][page][0] in pages
        assert "\x00" not in text


def test_long_passages_are_cut_alike_until_all_fit() -> None:
    said = [Said("a", ("", "", ""), "", "", "x" * length) for length in (10, 200, 300)]
    assert longest_kept(said, 510) is None
    assert longest_kept(said, 410) == 200
    assert longest_kept(said, 100) == 45


def test_an_earlier_report_is_replaced_and_anything_else_is_not(reader: Reader, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with closing(reader):
        plan = chat_plan(reader, CHAT)
        write_report(reader, plan, out, {"chat.md": "# x"})
        (out / "stale.html").write_text("old")
        write_report(reader, plan, out)
        assert not (out / "stale.html").exists()
        assert not (out / "chat.md").exists()
        (out / MARK).unlink()
        with pytest.raises(UsageError, match="holds something that is no report"):
            write_report(reader, plan, out)
        (tmp_path / "file").write_text("mine")
        with pytest.raises(UsageError, match="is a file"):
            write_report(reader, plan, tmp_path / "file")
        (tmp_path / "empty").mkdir()
        write_report(reader, plan, tmp_path / "empty")


def test_what_fails_half_way_leaves_the_earlier_report(reader: Reader, tmp_path: Path) -> None:
    def fails(_: Reader) -> None:
        raise UsageError("no more")

    with closing(reader):
        plan = chat_plan(reader, CHAT)
        write_report(reader, plan, tmp_path / "out")
        with pytest.raises(UsageError, match="no more"):
            write_report(reader, [*plan, Planned(("late",), fails)], tmp_path / "out")  # type: ignore[arg-type]
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    assert (tmp_path / "out" / "index.html").exists()


def test_files_differ_in_more_than_case_and_names_stay_short() -> None:
    long = "x" * 300
    files = laid_out([("seasons", "s"), ("a", "GPT"), ("a", "gpt"), ("chats", long), ("chats", f"{long}y"), ("index",)])
    names = [str(file) for file in files.values()]
    assert names[0] == "index.html"
    assert len({name.casefold() for name in names}) == len(names)
    assert max(len(part) for file in files.values() for part in file.parts) < 130
    links = ReportLinks(files, files["chats", long])
    assert links.to() == "../index.html"
    assert links.to("a", "GPT") == "../a/GPT.html"
    assert links.asset("arena.css") == "../assets/arena.css"


def test_a_dead_link_leaves_its_words() -> None:
    html = (
        '<p><a class="who" href="gone:"><bdi>x</bdi></a> <a href="gone:#call-1" rel="next">y</a> <a href="z">z</a></p>'
    )
    assert without_dead_links(html) == (
        '<p><span class="who"><bdi>x</bdi></span> <span rel="next">y</span> <a href="z">z</a></p>'
    )
