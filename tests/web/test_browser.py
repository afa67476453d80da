"""The pages of a demo season in a real Chromium."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.store import Store
from tests.arena.web.stored import SESSIONS, write_round, write_season
from tests.web.browsing import Watch, arena, serving, sideways

pytestmark = pytest.mark.slow

PLOTTED = ".chart .plot[data-drawn] svg.main-svg"


@pytest.fixture
def page(browser: Any, demo: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=demo)
    opened = context.new_page()
    watch = Watch(opened, demo)
    yield opened
    assert watch.quiet()
    context.close()


def paths(page: Any) -> list[str]:
    """Every kind of page once."""
    page.goto("/seasons/demo/rounds/2025-10-14")
    chat = page.get_attribute("a[href^='/chats/']", "href")
    page.goto(chat)
    snapshot = page.get_attribute("a[href^='/snapshots/']", "href")
    about = "/seasons/demo"
    return [
        "/seasons",
        about,
        f"{about}/rounds",
        f"{about}/rounds/2025-10-14",
        f"{about}/rounds/2025-10-14/NVDA",
        f"{about}/books",
        f"{about}/figures?wait=yes",
        f"{about}/audit?wait=yes",
        f"{about}/contestants/value",
        chat,
        f"{chat}/calls",
        snapshot,
        "/search?q=evidence",
        "/nowhere",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_on_a_phone(browser: Any, demo: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=demo, color_scheme=scheme)
    page = context.new_page()
    watch = Watch(page, demo)
    for path in paths(page):
        page.goto(path)
        for closed in page.query_selector_all("details:not([open]) > summary"):
            if closed.is_visible():
                closed.click()
        assert sideways(page) == "", path
        assert page.locator("h1").count() == 1, path
    assert [one for one in watch.trouble if "404" not in one] == []
    assert watch.hosts == {demo.removeprefix("http://")}
    context.close()


def test_curves_are_drawn_for_everybody_and_change_with_the_choice(page: Any) -> None:
    page.goto("/seasons/demo")
    page.wait_for_selector(PLOTTED)
    assert page.locator(".chart .scatterlayer .trace").count() == 5
    names = page.locator(".chart .annotation-text").all_text_contents()
    assert set(names) == {"cautious", "contrarian", "momentum", "newsreader", "value"}
    page.get_by_text("Drawdown", exact=True).first.click()
    page.wait_for_selector(".chart .plot[data-drawn='drawdown']")
    assert "%" in (page.locator(".chart .ytick text").first.text_content() or "")


def test_curves_follow_the_theme(page: Any) -> None:
    page.goto("/seasons/demo")
    page.wait_for_selector(PLOTTED)
    line = ".chart .scatterlayer .trace path.js-line"

    def colour() -> str:
        return str(page.eval_on_selector(line, "one => getComputedStyle(one).stroke"))

    light = colour()
    switch = page.locator("[data-theme-switch]")
    switch.click()
    switch.click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.wait_for_function(f"getComputedStyle(document.querySelector({line!r})).stroke !== {light!r}")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_table_is_sorted_by_its_headings(page: Any) -> None:
    page.goto("/seasons/demo")

    def names() -> list[str]:
        return page.locator(".leaderboard tbody th .who").all_text_contents()  # type: ignore[no-any-return]

    ranked = names()
    page.get_by_role("button", name="Contestant").click()
    assert names() == sorted(ranked)
    assert page.locator("th[aria-sort='ascending']").count() == 1
    page.get_by_role("button", name="Contestant").click()
    assert names() == sorted(ranked, reverse=True)
    page.get_by_role("button", name="Rank").click()
    page.get_by_role("button", name="Rank").click()
    assert names() == ranked
    assert page.locator("#status").text_content() == "Sorted by Rank, ascending"


def test_a_chats_stages_fold_and_unfold(page: Any) -> None:
    page.goto("/seasons/demo/rounds/2025-10-14")
    page.locator(".desks a[href^='/chats/']").first.click()
    speech = page.locator(".turn.bull .speech").first
    assert speech.is_visible()
    page.locator("#research > summary").click()
    assert not speech.is_visible()
    page.get_by_role("button", name="Fold all", exact=True).click()
    assert page.locator("details.stage[open]").count() == 0
    page.get_by_role("link", name="Trader").click()
    assert page.locator("#trader[open]").count() == 1
    page.get_by_role("button", name="Unfold all").click()
    assert page.locator("details.stage:not([open])").count() == 0
    page.locator("#market-looks > summary").click()
    page.locator("#market-looks .look > summary").first.click()
    assert page.locator("#market-looks .look pre").first.is_visible()
    page.get_by_role("link", name="Every prompt and every reply").click()
    page.get_by_role("button", name="Unfold all").click()
    assert page.get_by_role("heading", name="System").first.is_visible()


def test_the_search_finds_marks_and_leads_into_the_chat(page: Any) -> None:
    page.goto("/search")
    page.get_by_role("searchbox").fill("strength tends to persist")
    page.locator("select[name=contestant]").select_option("momentum")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hits li")
    hits = page.locator(".hits li")
    assert hits.count() > 2
    assert "strength" in page.locator(".hits mark").all_text_contents()
    hits.first.locator("a.who").click()
    page.wait_for_url(re.compile(r"/chats/demo\."))
    assert "momentum" in (page.locator("h1").text_content() or "")


def test_side_by_side_shows_every_model_and_marks_what_differs(page: Any) -> None:
    page.goto("/seasons/demo/rounds/2025-10-14/NVDA")
    columns = page.locator(".column")
    assert columns.count() == 5
    assert page.locator(".column .differs .apart").first.is_visible()
    tops = page.eval_on_selector_all(".column .leanings", "all => all.map(one => one.getBoundingClientRect().top)")
    assert len(set(tops)) == 1  # the same rows stand beside each other
    page.get_by_role("link", name="The whole chat of value").click()
    page.wait_for_url(re.compile(r"/chats/demo\.2025-10-14\.NVDA\.value"))


def test_prices_are_drawn_on_a_snapshot(page: Any) -> None:
    page.goto("/seasons/demo/rounds/2025-10-14")
    page.get_by_role("link", name="what they saw").first.click()
    page.wait_for_selector(".chart .plot[data-drawn='prices'] .boxlayer path")
    assert page.get_by_text("The market is invented").is_visible()


def test_what_takes_long_comes_into_the_page_by_itself(page: Any) -> None:
    page.goto("/seasons/demo")
    page.wait_for_selector("text=Not enough data to tell skill from luck")
    page.goto("/seasons/demo/audit")
    page.wait_for_selector("text=In order")


def test_everything_can_be_reached_by_keyboard(page: Any) -> None:
    page.goto("/seasons/demo")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break  # behind the last one
        seen.add(page.evaluate("document.activeElement.innerText || document.activeElement.value || ''").strip())
        shown = page.evaluate(
            "((one) => getComputedStyle(one.matches('input') ? one.nextElementSibling : one).outlineStyle)"
            "(document.activeElement)"
        )
        assert shown != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    assert {"dollars", "Return", "value", "momentum"} <= seen
    page.locator("details.switch > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("details.switch > ul").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("details.switch > ul").is_visible()
    page.get_by_role("button", name="Return").focus()
    page.keyboard.press("Space")
    assert page.locator("th[aria-sort='descending']").text_content() == "Return"
    page.locator(".leaderboard tbody .who").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contestants/"))


def test_pages_are_whole_without_scripts(browser: Any, demo: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=demo)
    page = context.new_page()
    page.goto("/seasons/demo")
    assert page.locator(".leaderboard tbody tr").count() == 5
    assert page.locator(".leaderboard .spark").count() == 5
    page.get_by_role("link", name="Intervals, groups and every figure").click()
    assert page.get_by_role("heading", name="What the figures mean").is_visible()
    page.goto("/search?q=evidence")
    assert page.locator(".hits li").count() > 0
    context.close()


def test_a_round_is_followed_while_it_is_played_elsewhere(browser: Any, tmp_path: Path) -> None:
    names = ("claude", "gpt", "qwen")
    write_season(tmp_path, names=names, sessions=SESSIONS[:1])
    with serving(tmp_path) as address, Store.open(tmp_path) as store:
        begun = store.round("main", SESSIONS[0])
        assert begun is not None
        store.save_round(begun.model_copy(update={"session": SESSIONS[1], "snapshots": {}}))
        page = browser.new_page(base_url=address)
        watch = Watch(page, address)
        page.goto("/seasons/main/rounds/2025-10-14")
        assert page.get_by_text("0 of 3 desks ended.").is_visible()
        page.wait_for_selector("body[data-listening]")
        board = browser.new_page(base_url=address)
        board.goto("/seasons/main")
        board.wait_for_selector("body[data-listening]")
        board.get_by_role("button", name="Contestant").click()
        write_round(store, "main", SESSIONS[1], names, ("NVDA",), "A thought of this very minute.")
        page.wait_for_selector("text=3 desks on 1 ticker, all ended.")
        assert page.get_by_text("A thought of this very minute.").first.is_visible()
        assert "Updated. Round of 2025-10-14" in (page.locator("#status").text_content() or "")
        board.wait_for_selector("text=the round of 2025-10-14")
        assert board.locator("th[aria-sort='ascending']").text_content() == "Contestant"  # it stays sorted
        assert watch.quiet()
        page.close()
        board.close()


def test_the_leaderboard_follows_a_round_that_another_process_plays(
    browser: Any, demo_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    with serving(home) as address:
        page = browser.new_page(base_url=address)
        watch = Watch(page, address)
        page.goto("/")
        page.wait_for_selector("text=the round of 2025-10-14")
        page.wait_for_selector("body[data-listening]")
        arena(home, "run", "NVDA", "--as-of", "2025-10-15")
        page.wait_for_selector("text=the round of 2025-10-15")
        page.wait_for_function("document.querySelector('.chart .plot').data[0].x.includes('2025-10-15')")
        assert watch.quiet()
        page.close()


def test_a_page_about_nothing_becomes_the_first_seasons(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        page = browser.new_page(base_url=address)
        page.goto("/")
        assert page.get_by_text("arena demo").is_visible()
        page.wait_for_selector("body[data-listening]")
        write_season(tmp_path, sessions=SESSIONS[:1])
        page.wait_for_url(f"{address}/seasons/main")
        page.close()


def test_a_page_that_is_hidden_stops_listening(page: Any) -> None:
    page.goto("/seasons/demo")
    page.wait_for_selector("body[data-listening]")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert page.locator("body[data-listening]").count() == 0
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => false, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_selector("body[data-listening]")


def test_the_entrance_opens_with_the_token(browser: Any, demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARENA_TEST_TOKEN", "a-token-for-this-test")
    with serving(demo_home, "--token-env", "ARENA_TEST_TOKEN") as address:
        page = browser.new_page(base_url=address)
        page.goto("/seasons/demo/books")
        page.get_by_label("Token").fill("a wrong one, this")
        page.get_by_role("button", name="Show the pages").click()
        assert page.get_by_role("alert").text_content() == "That is not the token."
        page.get_by_label("Token").fill("a-token-for-this-test")
        page.get_by_role("button", name="Show the pages").click()
        page.wait_for_url(f"{address}/seasons/demo/books")
        page.close()
