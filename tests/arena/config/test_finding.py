from pathlib import Path

import pytest

from arena.config.finding import PACKAGED, find_config, packaged, shown
from arena.errors import ConfigError


def test_the_option_comes_first(tmp_path):
    (tmp_path / "arena.yaml").touch()
    (tmp_path / "mine.yaml").touch()
    assert find_config(Path("mine.yaml"), tmp_path) == tmp_path / "mine.yaml"
    assert find_config(tmp_path / "mine.yaml", Path("/elsewhere")) == tmp_path / "mine.yaml"


def test_then_the_folders_own_arena_yaml(tmp_path):
    (tmp_path / "arena.yaml").touch()
    assert find_config(None, tmp_path) == tmp_path / "arena.yaml"


def test_then_the_packaged_one(tmp_path):
    assert find_config(None, tmp_path) == packaged("arena")


@pytest.mark.parametrize("name", PACKAGED)
def test_a_packaged_one_is_found_by_its_name(tmp_path, name):
    assert find_config(Path(name), tmp_path) == packaged(name)
    (tmp_path / name).mkdir()
    assert find_config(Path(name), tmp_path) == packaged(name)
    (tmp_path / name).rmdir()
    (tmp_path / name).touch()
    assert find_config(Path(name), tmp_path) == tmp_path / name


def test_what_is_nowhere_is_refused_with_what_there_is(tmp_path):
    with pytest.raises(ConfigError, match=r"^no file dmo; name a YAML file, or one of arena, demo, local,"):
        find_config(Path("dmo"), tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match=r"^folder is not a file;"):
        find_config(Path("folder"), tmp_path)


def test_files_are_shown_as_the_person_named_them_and_packaged_ones_without_their_folder():
    assert shown(Path("mine.yaml")) == "mine.yaml"
    assert shown(packaged("demo")) == "configs/demo.yaml"
