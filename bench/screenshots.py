"""The pictures in the README: leaderboard, ModelChat and side by side, of a real competition and of a rehearsed season.

    python -m bench.screenshots AI_TRADER_FOLDER [--out docs/images] [--browser /usr/bin/chromium]

Imports AI-Trader's competition, plays a season of the demo beside it, serves both, and photographs the pages in a
Chromium that is there already. Playwright drives it.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ARENA = (sys.executable, "-c", "from arena.cli import main; main()")
LARGEST = 300_000
"""Bytes of a picture."""


def main() -> None:
    """Make them all."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("competition", type=Path, help="AI-Trader's folder")
    options.add_argument("--out", type=Path, default=Path("docs/images"))
    options.add_argument("--browser", default="/usr/bin/chromium")
    chosen = options.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        run(home, "import", "ai-trader", str(chosen.competition), "--season", "october")
        days = ("--from", "2025-08-04", "--to", "2025-09-12")
        run(home, "season", "run", "--season", "rehearsal", *days, "--tickers", "NVDA", "AAPL", "MSFT")
        with serving(home) as address, opened(chosen.browser) as browser:
            take_all(browser, address, chosen.out)


def take_all(browser: Any, address: str, out: Path) -> None:
    """Each page in the size and the theme that shows it best."""
    board = Camera(browser, address, out, size=(1280, 860), theme="light")
    board.page.goto("/seasons/october")
    board.page.wait_for_selector(".plot[data-drawn] .main-svg")
    board.page.wait_for_selector("text=told from anybody else")
    board.take("leaderboard")
    compare = Camera(browser, address, out, size=(1280, 860), theme="light")
    compare.page.goto("/seasons/rehearsal/rounds/2025-09-12/MSFT")
    compare.take("side-by-side")
    chat = Camera(browser, address, out, size=(1280, 1000), theme="dark")
    chat.page.goto("/seasons/rehearsal/rounds/2025-09-12")
    chat.page.locator("#MSFT .desks a[href^='/chats/']").first.click()
    # Folded, so that the debate is in the picture too.
    for stage in ("news", "fundamentals", "social", "reflection"):
        chat.page.locator(f"#{stage} > summary").click()
    chat.page.locator("#market > summary").scroll_into_view_if_needed()
    chat.page.evaluate("document.getElementById('market').scrollIntoView()")
    chat.take("modelchat")


class Camera:
    """A page of some size and theme."""

    def __init__(self, browser: Any, address: str, out: Path, *, size: tuple[int, int], theme: str) -> None:
        seen = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=seen, base_url=address, color_scheme=theme, reduced_motion="reduce")
        self.page = context.new_page()
        self._out = out

    def take(self, name: str) -> None:
        """Photograph what is seen."""
        file = self._out / f"{name}.png"
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=str(file))
        size = file.stat().st_size
        print(f"{file}: {size / 1000:.0f} kB")
        assert size < LARGEST, f"{file} is larger than {LARGEST} bytes"


def run(home: Path, *words: str) -> None:
    """One command over the home."""
    subprocess.run([*ARENA, *words, "--config", "demo", "--home", str(home)], check=True, capture_output=True)


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The pages over the home, in a process of their own."""
    command = [*ARENA, "serve", "--config", "demo", "--home", str(home), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        found = re.search(r"(http://\S+)/ ", server.stderr.readline())
        assert found, "the server did not say where it is"
        try:
            yield found[1]
        finally:
            server.terminate()


@contextmanager
def opened(path: str) -> Iterator[Any]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only here

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
