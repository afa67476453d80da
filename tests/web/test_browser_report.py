"""A report in a real Chromium, opened from the disk."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.browsing import Watch, arena, sideways

pytestmark = pytest.mark.slow

PLOTTED = ".chart .plot[data-drawn] svg.main-svg"


def test_a_report_opens_from_disk_and_asks_nobody(demo_home: Path, browser: Any, tmp_path: Path) -> None:
    out = tmp_path / "a report & more"
    arena(demo_home, "report", "--out", str(out))
    page = browser.new_page(viewport={"width": 360, "height": 740})
    watch = Watch(page, "")
    page.goto((out / "index.html").as_uri())
    page.wait_for_selector(PLOTTED)
    assert page.locator(".chart .scatterlayer .trace").count() == 5
    assert page.get_by_text("Not enough data to tell skill from luck").is_visible()
    assert sideways(page) == ""
    page.get_by_role("link", name="Rounds").click()
    page.get_by_role("link", name="2025-10-14").click()
    page.get_by_role("link", name="side by side").first.click()
    assert page.locator(".column").count() == 5
    page.get_by_role("link", name="The whole chat of value").click()
    page.locator("#research > summary").click()
    assert page.locator("#research:not([open])").count() == 1
    assert sideways(page) == ""
    page.get_by_role("link", name="What the desk was shown").first.click()
    page.wait_for_selector(PLOTTED)
    page.get_by_role("link", name="ModelChat Arena").click()
    page.wait_for_selector(PLOTTED)
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill('strength "tends to"')
    page.locator("select[name=contestant]").select_option("momentum")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hits li")
    assert {"strength", "tends to"} <= set(page.locator(".hits mark").all_text_contents())
    assert re.fullmatch(r"\d+ passages", page.locator("#finder-told").text_content())
    assert sideways(page) == ""
    page.locator(".hits a").first.click()
    assert "momentum" in (page.locator("h1").text_content() or "")
    page.go_back()
    page.wait_for_selector(".hits li")
    page.get_by_role("link", name="ModelChat Arena").click()
    page.wait_for_selector(PLOTTED)
    assert watch.quiet()
    page.close()
