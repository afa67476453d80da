"""One browser for all tests of a module, and homes to serve."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.browsing import ARGUMENTS, arena, chromium, serving


# Not for the session: while the driver runs, no other test could start an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium without a window."""
    path = chromium()
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright drives the browser: pip install playwright"
    )
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a season of two rounds on two stocks, played by rehearsal desks on the simulated market."""
    home = tmp_path_factory.mktemp("pages") / "home"
    for day in ("2025-10-13", "2025-10-14"):
        arena(home, "run", "NVDA", "AAPL", "--as-of", day)
    return home


@pytest.fixture(scope="module")
def demo(demo_home: Path, browser: Any) -> Iterator[str]:
    """The address of the pages over it; nothing is served where there is no browser."""
    with serving(demo_home) as address:
        yield address
