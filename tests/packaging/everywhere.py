"""Try what is handed out in fresh environments: ``python -m tests.packaging.everywhere PYTHON...``.

With the first Python, the oldest, also the lowest versions that ``pyproject.toml`` allows.  It
fetches packages from the index, and takes some minutes; ``make test`` does what needs no net.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.packaging import contents
from tests.packaging.building import ROOT, SMOKE, build, unpacked


def call(*command: str | Path) -> None:
    """Do it and let its words through; whatever goes wrong ends all."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run([str(word) for word in command], env=kept, check=False)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}")


def handed_out(folder: Path) -> Path:
    """The wheel, by way of the source distribution of the last commit, its contents checked."""
    clone = folder / "clone"
    call("git", "clone", "--quiet", ROOT, clone)
    sdist = build(clone, folder / "dist", "sdist")
    wheel = build(unpacked(sdist, folder / "sources"), folder / "dist", "wheel")
    assert contents.in_sdist(sdist) == contents.of_the_sdist(clone)
    assert contents.in_wheel(wheel) == contents.of_the_wheel(clone)
    contents.described(wheel)
    for made in (sdist, wheel):
        print(f"{made.name}  {made.stat().st_size / 1e6:.2f} MB", flush=True)
    return wheel


def trial(python: str, wheel: Path, folder: Path, extra: str, lowest: bool = False) -> None:
    """A fresh environment with one extra (``all``, or none: an empty word), and the smoke test."""
    kind = f"{python}, {extra or 'no'} extras, {'lowest' if lowest else 'newest'} versions"
    print(f"\n{kind}", flush=True)
    venv, work = folder / "venv", folder / "work"
    call(python, "-m", "venv", venv)
    work.mkdir()
    own, bounds = venv / "bin" / "python", folder / "bounds.txt"
    pinned = contents.lowest() if lowest else {}
    bounds.write_text("".join(f"{name}=={bound}\n" for name, bound in pinned.items()))
    what = f"{wheel}[{extra}]" if extra else str(wheel)
    call(own, "-m", "pip", "install", "--quiet", "-c", bounds, what, "mypy")
    how = ["--extras", extra or "none"]
    call(own, SMOKE, work, "--types", *how)
    for path in (venv, work):
        shutil.rmtree(path)


def main() -> None:
    """Build, and try with each Python."""
    pythons = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["AXISSIM_CACHE_DIR"] = str(folder / "cache")
        wheel = handed_out(folder)
        for python in pythons:
            trial(python, wheel, folder, "")
            trial(python, wheel, folder, "all")
        trial(pythons[0], wheel, folder, "all", lowest=True)
    print("\nall is well")


if __name__ == "__main__":
    main()
