"""`arena report`: the pages as files."""

import pytest

pytest.importorskip("fastapi", reason="the pages need the extra `web`")


def test_a_season_a_round_and_a_chat(arena, played, folder):
    home = ("--config", "demo", "--home", played)
    ran = arena("report", *home)
    assert ran.code == 0
    assert ran.err.startswith("24 pages, ")
    assert ran.err.endswith(" MB: open report/index.html\n")
    assert "momentum leads" in (folder / "report" / "index.html").read_text()
    assert arena("report", *home, "--round", "2025-10-14", "--out", "round").code == 0
    chat = next(file.stem for file in (folder / "report" / "chats").glob("demo.2025-10-14.NVDA.value.*.html"))
    assert arena("report", *home, "--chat", chat, "--out", "chat", "--no-calls").code == 0
    assert (folder / "chat" / "chat.md").read_text().startswith("# ")
    assert {file.name for file in (folder / "chat").iterdir()} == {
        "arena-report.txt",
        "assets",
        "chat.md",
        "index.html",
        "snapshots",
    }


def test_what_cannot_be_reported_of_writes_nothing(arena, played, folder):
    home = ("--config", "demo", "--home", played)
    assert "exclude each other" in arena("report", *home, "--round", "2025-10-14", "--chat", "x").err
    assert "has no round at 2020-01-02" in arena("report", *home, "--round", "2020-01-02").err
    assert "no chat nothing" in arena("report", *home, "--chat", "nothing").err
    assert "nothing was played in the season other" in arena("report", *home, "--season", "other").err
    assert arena("report", "--config", "demo", "--home", folder / "none").code == 5
    assert list(folder.iterdir()) == []
