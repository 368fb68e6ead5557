"""What a wheel and a source distribution must hold, to the file."""

from __future__ import annotations

import hashlib
import tarfile
import tomllib
import zipfile
from pathlib import Path

from packaging.metadata import Metadata
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 3_000_000  # bytes; 1.0 million is usual
_BESIDE = {"LICENSE", "README.md", "CHANGELOG.md", "CITATION.cff", "pyproject.toml", ".gitignore"}
_CACHES = {"__pycache__", ".ipynb_checkpoints"}


def hashed(root: Path, prefix: str = "") -> dict[str, str]:
    """The files below a folder, caches left out, to hashes of what is in them."""
    return {
        prefix + path.relative_to(root).as_posix(): _hash(path.read_bytes())
        for path in root.rglob("*")
        if path.is_file() and not _CACHES & set(path.parts)
    }


def in_wheel(wheel: Path) -> dict[str, str]:
    """The files of a wheel, without what describes it, to hashes of what is in them."""
    with zipfile.ZipFile(wheel) as file:
        names = [name for name in file.namelist() if ".dist-info/" not in name]
        return {name: _hash(file.read(name)) for name in names}


def in_sdist(sdist: Path) -> dict[str, str]:
    """The files of a source distribution, without what describes it, to hashes of their content."""
    found = {}
    with tarfile.open(sdist) as file:
        for member in filter(tarfile.TarInfo.isfile, file):
            content = file.extractfile(member)
            name = member.name.partition("/")[2]
            if content is not None and name != "PKG-INFO":
                found[name] = _hash(content.read())
    return found


def of_the_wheel(root: Path = ROOT) -> dict[str, str]:
    """What a wheel must hold: the package, and the models in it."""
    models = hashed(root / "models", "axissim/models/")
    return hashed(root / "src" / "axissim", "axissim/") | models


def of_the_sdist(root: Path = ROOT) -> dict[str, str]:
    """What a source distribution must hold: what builds the wheel, and what says what it is."""
    beside = {name: _hash((root / name).read_bytes()) for name in _BESIDE}
    return hashed(root / "src", "src/") | hashed(root / "models", "models/") | beside


def described(wheel: Path) -> Metadata:
    """A wheel's metadata, held to its own rules; an ExceptionGroup tells what breaks them."""
    with zipfile.ZipFile(wheel) as file:
        (name,) = (name for name in file.namelist() if name.endswith(".dist-info/METADATA"))
        return Metadata.from_email(file.read(name), validate=True)


def lowest() -> dict[str, str]:
    """The packages that users get, developers' extras left out, to the lowest version of each."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["optional-dependencies"][extra] for extra in extras()]
    found = {}
    for line in sum(groups, project["dependencies"]):
        name = line.partition(">")[0].partition("<")[0]
        bounds = SpecifierSet(line[len(name) :])
        (found[name],) = (bound.version for bound in bounds if bound.operator == ">=")
    return found


def extras() -> list[str]:
    """The extras of users, `all` apart."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    developers = {"all", "build", "docs", "test"}
    return sorted(project["optional-dependencies"].keys() - developers)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
