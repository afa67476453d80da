"""The pages of a real competition, imported, in a real Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.browsing import Watch, arena, serving, sideways

pytestmark = [pytest.mark.slow, pytest.mark.real_data]

MODELS = {"MiniMax-M2", "claude-3.7-sonnet", "deepseek-chat-v3.1", "gemini-2.5-flash", "gpt-5", "qwen3-max"}


@pytest.fixture(scope="module")
def competition(tmp_path_factory: pytest.TempPathFactory, recorded: Path, browser: Any) -> Iterator[str]:
    """The address of the pages over AI-Trader's competition of October 2025."""
    home = tmp_path_factory.mktemp("competition") / "home"
    arena(home, "import", "ai-trader", str(recorded / "ai-trader-2025-10"), "--season", "october")
    with serving(home) as address:
        yield address


@pytest.fixture
def page(browser: Any, competition: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=competition)
    opened = context.new_page()
    watch = Watch(opened, competition)
    yield opened
    assert watch.quiet()
    context.close()


def test_the_leaderboard_draws_six_models_beside_the_benchmark(page: Any) -> None:
    page.goto("/")
    page.wait_for_selector(".chart .plot[data-drawn] svg.main-svg")
    assert set(page.locator(".chart .annotation-text").all_text_contents()) == {*MODELS, "QQQ"}
    assert page.locator("h1").text_content() == "deepseek-chat-v3.1 leads with $11,388.94"
    assert page.get_by_text("QQQ made +3.78%.").is_visible()
    assert page.get_by_text("Another project's record").is_visible()
    page.wait_for_selector("text=Nobody can be told from anybody else")
    page.get_by_role("button", name="Drawdown").click()
    page.get_by_role("button", name="Trades").click()
    trades = page.locator(".leaderboard td[data-name=Trades]").all_text_contents()
    counts = [int(text.split()[0]) for text in trades]
    assert counts == sorted(counts, reverse=True)


def test_every_session_leads_to_every_model_and_its_own_words(page: Any) -> None:
    page.goto("/seasons/october/rounds")
    assert page.locator(".round-list tbody tr").count() == 22
    page.get_by_role("link", name="2025-10-28").click()
    page.get_by_role("link", name="side by side").click()
    page.wait_for_url(re.compile("/rounds/2025-10-28/PORTFOLIO"))
    assert page.locator(".column").count() == 6
    assert page.locator(".column .apart").first.is_visible()
    page.get_by_role("link", name="The whole chat of claude-3.7-sonnet").click()
    assert page.locator("h1").text_content().split() == ["claude-3.7-sonnet", "on", "all", "it", "holds"]
    assert page.get_by_text("in its words: sell 4 CMCSA, sell 2 INTC").is_visible()
    assert page.locator(".effect li").count() > 3


def test_its_books_are_in_order_and_its_words_are_found(page: Any) -> None:
    page.goto("/seasons/october/audit")
    page.wait_for_selector("text=In order")
    page.goto("/search?q=underperforming&contestant=claude-3.7-sonnet")
    assert page.locator(".hits li").count() > 0
    assert {"underperforming"} >= {text.lower() for text in page.locator(".hits mark").all_text_contents()}


def test_it_fits_a_phone(browser: Any, competition: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, base_url=competition)
    watch = Watch(page, competition)
    about = "/seasons/october"
    pages = ["", "/rounds", "/rounds/2025-10-28", "/rounds/2025-10-28/PORTFOLIO", "/books", "/contestants/gpt-5"]
    for path in [about + part for part in pages]:
        page.goto(path)
        assert sideways(page) == "", path
    page.goto(f"{about}/rounds/2025-10-28")
    page.locator(".desks a[href^='/chats/']").first.click()
    assert sideways(page) == ""
    assert watch.quiet()
    page.close()
