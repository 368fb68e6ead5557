"""What is handed out: its files, its metadata, and that it works away from the sources."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.packaging import contents
from tests.packaging.building import ROOT, SMOKE, build, environment, install, unpacked


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("sdist"), "sdist")


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, which so must hold all that it takes."""
    sources = unpacked(sdist, tmp_path_factory.mktemp("sources"))
    return build(sources, tmp_path_factory.mktemp("wheel"), "wheel")


def test_the_source_distribution_holds_what_builds_it_and_no_more(sdist: Path) -> None:
    assert contents.in_sdist(sdist) == contents.of_the_sdist()
    assert sdist.stat().st_size < contents.LARGEST


def test_the_wheel_holds_the_package_with_its_models_and_no_more(wheel: Path) -> None:
    found = contents.in_wheel(wheel)
    assert found == contents.of_the_wheel()
    assert wheel.stat().st_size < contents.LARGEST
    for key in ("py.typed", "lab/static/index.html", "lab/static/thumbnails.json"):
        assert f"axissim/{key}" in found
    cards = [name for name in found if name.endswith("/card.md")]
    assert len(cards) == len(list((ROOT / "models").iterdir()))


def test_the_wheel_is_the_same_from_either(wheel: Path, tmp_path: Path) -> None:
    assert build(ROOT, tmp_path, "wheel").read_bytes() == wheel.read_bytes()


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    told = contents.described(wheel)
    assert told.name == "axissim"
    assert str(told.version) == version("axissim")
    assert told.license_expression == "BSD-3-Clause"
    assert told.license_files == ["LICENSE"]
    assert told.description_content_type == "text/markdown"
    assert told.description == (ROOT / "README.md").read_text()
    lines = {f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)}
    assert lines <= set(told.classifiers or [])
    assert "Typing :: Typed" in (told.classifiers or [])
    assert set(contents.extras()) < set(told.provides_extra or [])


def test_the_wheel_works_away_from_the_sources(wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "venv")
    install(python, wheel)
    work = tmp_path / "work"
    work.mkdir()
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [python, SMOKE, work, "--brief"], env=kept, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(tmp_path / "venv")
