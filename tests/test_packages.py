"""Five flat packages ship as one application."""

import subprocess
import sys
import venv
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

from tests.conftest import PROJECT

ROOMS = ("agents", "arena", "configs", "graphs", "prompts")


def test_all_five_packages_are_imported_from_one_folder() -> None:
    """`agents` is also the import name of another well-known package; ours must be the one that is used."""
    folders = {Path(str(import_module(room).__file__)).parents[1] for room in ROOMS}
    assert folders == {PROJECT}


@pytest.mark.slow
def test_the_wheel_runs_its_demo_from_any_folder_in_an_empty_environment(tmp_path: Path) -> None:
    dist, home, elsewhere = tmp_path / "dist", tmp_path / "venv", tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", dist, PROJECT], check=True)
    (wheel,) = dist.glob("modelchat_arena-*.whl")
    with zipfile.ZipFile(wheel) as content:
        held = {name.split("/")[0] for name in content.namelist()}
        assert set(ROOMS) <= held
        beside = {"prompts/house.md", "configs/arena.yaml", "configs/demo.yaml", "arena/sinks/supabase.sql"}
        assert beside <= set(content.namelist())
        assert {"arena/web/templates/base.html", "arena/web/static/arena.css"} <= set(content.namelist())
    venv.create(home, with_pip=True)
    subprocess.run([home / "bin" / "python", "-m", "pip", "install", "--quiet", wheel], check=True)
    demo = subprocess.run(
        [home / "bin" / "arena", "demo"], cwd=elsewhere, check=True, capture_output=True, text=True, timeout=120
    )
    assert "NVDA" in demo.stdout
    assert "simulated" in demo.stdout.lower()
    assert {path.name for path in elsewhere.iterdir()} == {"arena-data"}
