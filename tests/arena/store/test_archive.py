"""The archive where the disk does not take what it is given."""

import pytest

from arena.errors import StoreError
from arena.store.archive import PENDING, Address, Archive
from tests.arena.store.chat import SESSION


def test_a_disk_that_takes_no_file_is_told_in_a_sentence(tmp_path):
    (tmp_path / PENDING).write_text("a file where a folder should be")
    with pytest.raises(StoreError, match=r"c1\.json cannot be written \(.+\); check the disk and its permissions"):
        Archive(tmp_path).prepare("c1", b"{}")


def test_so_is_one_that_takes_no_folder(tmp_path):
    archive, address = Archive(tmp_path), Address("main", SESSION, "NVDA", "claude", "c1")
    archive.prepare("c1", b"{}")
    (tmp_path / "main").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match=r"claude\.c1\.json cannot be written"):
        archive.publish(address)
