"""A fresh store for each test."""

import pytest

from arena.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "home") as opened:
        yield opened
