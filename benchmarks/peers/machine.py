"""On what, when and with which versions: so that a figure can be judged later."""

import os
import platform
import re
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

from peers import Peer

PACKAGES = {
    "scipy": ("scipy", "numba"),
    "numbalsoda": ("numbalsoda", "numba"),
    "roadrunner": ("libroadrunner",),
    "sundae": ("scikit-sundae",),
    "diffrax": ("diffrax", "jax"),
    "casadi": ("casadi",),
    "basico": ("copasi-basico", "python-copasi"),
    "amici": ("amici",),
}

ASKED = """
import sys
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in sys.argv[1:]))
"""


def machine() -> dict[str, str]:
    """The processor, the system, the compiler, the date, and how busy it was at the start."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "cpu": f"{cpu.group(1) if cpu else platform.processor()}, {os.cpu_count()} virtual cores",
        "system": f"{platform.system()} {platform.release()}",
        "compiler": _first_line(["g++", "--version"]),
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.2f}",
    }


def versions(work: Path, peers: list[Peer]) -> dict[str, str]:
    """What each peer is, by name."""
    ours = f"axissim {version('axissim')}, numba {version('numba')}, {_commit()}"
    return {peer.name: _version(work, peer, ours) for peer in peers}


def _version(work: Path, peer: Peer, ours: str) -> str:
    if peer.name.startswith("axissim"):
        return ours
    if peer.environment is None:
        return _library(work, peer.name)
    asked = PACKAGES[peer.environment]
    return _first_line([str(peer.python(work)), "-c", ASKED, *asked])


def _library(work: Path, name: str) -> str:
    """The libraries that a C++ peer is linked with, from their headers."""
    gcc = "g++ " + _first_line(["g++", "-dumpfullversion"])
    if name == "cpp cvode":
        headers = work.glob(
            "venv-amici/lib/python3*/site-packages/amici/_installation/include/sundials"
        )
        found = [
            re.search(r'SUNDIALS_VERSION "(.*?)"', (h / "sundials_config.h").read_text())
            for h in headers
        ]
        return f"SUNDIALS {found[0].group(1) if found and found[0] else '?'}, {gcc}"
    if name == "cpp boost":
        boost = Path("/usr/include/boost/version.hpp")
        found = (
            [re.search(r'BOOST_LIB_VERSION "(.*?)"', boost.read_text())] if boost.exists() else []
        )
        return f"Boost {found[0].group(1).replace('_', '.') if found and found[0] else '?'}, {gcc}"
    return gcc


def _commit() -> str:
    return "commit " + _first_line(
        ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    )


def _first_line(command: list[str]) -> str:
    """The first line that a program prints, "?" if it cannot."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return "?"
    return (done.stdout.strip().splitlines() or ["?"])[0]
