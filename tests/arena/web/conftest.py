"""A stored season to look at, and a client of the pages over it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the pages need the extra `web`")

from fastapi.testclient import TestClient

from arena.web.app import pages_app
from arena.web.reader import Reader
from tests.arena.web.stored import config_for, write_season

Open = Callable[..., TestClient]


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a season of two rounds, to read only."""
    home = tmp_path_factory.mktemp("stored") / "home"
    write_season(home)
    return home


@pytest.fixture(scope="module")
def open_pages() -> Iterator[Open]:
    """Opens the pages over a home."""
    with ExitStack() as stack:

        def opened(home: Path, **settings: Any) -> TestClient:
            app = pages_app(Reader(config_for(home)), **settings)
            client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
            return stack.enter_context(client)

        yield opened


@pytest.fixture(scope="module")
def client(stored: Path, open_pages: Open) -> TestClient:
    """A client of the pages over the stored season."""
    return open_pages(stored)
