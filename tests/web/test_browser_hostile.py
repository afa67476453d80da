"""What models, vendors and people wrote, in a real Chromium: nothing of it runs, loads, leads away or pops up."""

from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from arena.web.reader import Reader
from arena.web.report import season_plan, write_report
from arena.web.slugs import slug
from tests.arena.web.stored import config_for
from tests.arena.web.test_hostile import DAY, NAMES, SCRIPT, SEASON, TICKERS, write_hostile
from tests.web.browsing import Watch, serving

pytestmark = pytest.mark.slow


def calm(page: Any) -> list[str]:
    """Collects what an attack would leave: a box that pops up, a page or a window that is led away."""
    seen: list[str] = []
    page.on("dialog", lambda box: (seen.append(f"dialog: {box.message}"), box.dismiss()))
    page.on("popup", lambda other: seen.append(f"window: {other.url}"))
    return seen


def test_no_page_of_hostile_words_runs_or_loads_anything(browser: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_hostile(home)
    about = f"/seasons/{slug(SEASON)}"
    round_ = f"{about}/rounds/{DAY}"
    with serving(home) as address:
        page = browser.new_page(base_url=address)
        watch, seen = Watch(page, address), calm(page)
        page.goto(round_)
        chats = page.eval_on_selector_all("a[href^='/chats/']", "all => all.map(one => one.getAttribute('href'))")
        snapshot = page.get_attribute("a[href^='/snapshots/']", "href")
        paths = [
            "/seasons",
            about,
            f"{about}/rounds",
            round_,
            f"{round_}/{slug(TICKERS[0])}",
            f"{about}/books",
            f"{about}/figures?wait=yes",
            f"{about}/audit?wait=yes",
            *(f"{about}/contestants/{slug(name)}" for name in NAMES),
            *sorted({chat.partition("#")[0] for chat in chats})[:4],
            "/chats/~3ci~3e~2eimported",
            "/chats/~3ci~3e~2emasked",
            snapshot,
            f"/search?q=alert&contestant={quote(SCRIPT)}",
        ]
        for path in paths:
            answer = page.goto(path)
            assert answer.status == 200, path
            for closed in page.query_selector_all("details:not([open]) > summary"):
                if closed.is_visible():
                    closed.click()
            for heading in page.query_selector_all("th button")[:2]:
                heading.click()
            page.mouse.move(300, 400)
            assert page.url == address + path, path
            assert seen == [], path
        assert page.locator("img, iframe, object, base").count() == 0
        assert watch.quiet()
        # A path that is an attack ends on a page that says there is none.
        for path in (f"/{quote(SCRIPT)}", f"/seasons/{quote(SCRIPT)}", f"/search?q={quote(SCRIPT)}&offset=<svg>"):
            page.goto(path)
        assert seen == []
        assert [one for one in watch.trouble if "status of 4" not in one] == []
        page.close()


def test_a_report_of_hostile_words_is_searched_and_nothing_of_it_runs(browser: Any, tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    write_hostile(home)
    with closing(Reader(config_for(home))) as reader:
        write_report(reader, season_plan(reader, SEASON), out)
    page = browser.new_page()
    watch, seen = Watch(page, ""), calm(page)
    page.goto((out / "index.html").as_uri())
    page.wait_for_selector(".chart .plot[data-drawn] svg.main-svg")
    page.goto((out / "search.html").as_uri())
    page.get_by_role("searchbox").fill("alert onerror")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hits li")
    assert SCRIPT in " ".join(page.locator(".hits li").all_text_contents())
    page.get_by_role("searchbox").fill(SCRIPT)
    page.keyboard.press("Enter")
    page.locator(".hits a").first.click()
    page.wait_for_selector("h1")
    assert seen == []
    assert watch.quiet()
    page.close()
