"""Wheels and source distributions made of this checkout, and environments to try them in."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SMOKE = Path(__file__).with_name("smoke.py")


def build(source: Path, out: Path, target: str) -> Path:
    """Build the ``wheel`` or the ``sdist`` of the sources in a folder, with this environment."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    _call(command, source)
    (made,) = out.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


def unpacked(sdist: Path, out: Path) -> Path:
    """The folder of sources that was in a source distribution."""
    with tarfile.open(sdist) as file:
        file.extractall(out, filter="data")
    (folder,) = out.iterdir()
    return folder


def environment(folder: Path) -> Path:
    """The Python of an empty environment that sees this one's packages, but not this axissim."""
    _call([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    python = folder / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = Path(subprocess.check_output([python, "-c", ask], text=True).strip())
    (own / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def install(python: Path, wheel: Path) -> None:
    """Put a wheel into an environment, and nothing that it needs."""
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    _call([*pip, "install", "--quiet", "--no-deps", "--no-index", "--no-compile", str(wheel)])


def _call(command: list[str], folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
