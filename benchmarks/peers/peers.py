"""Who is compared: each peer's script, environment and tolerances, and one run of it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROBLEMS = ("gyn", "best", "rober", "lorenz", "axis")
STIFF = ("gyn", "best", "rober", "axis")
SMALL = ("best", "rober")
LARGE = ("gyn", "axis")  # with sparse Jacobians
PATIENCE = {"axis": 4.0}  # times --limit, where a run takes long
HERE = Path(__file__).resolve().parent

Points = list[dict[str, Any]]


@dataclass(frozen=True)
class Peer:
    """How one peer is started; `environment` is WORK/venv-NAME, this interpreter if None.

    Attributes
    ----------
    variables : dict
        Of the environment.
    ladder : str or None
        Tolerances, for the scripts that read RT; others have their own.
    absent : dict
        Why it has no figure on a problem.
    """

    name: str
    script: str
    environment: str | None = None
    methods: tuple[str, ...] = ()
    problems: tuple[str, ...] = PROBLEMS
    variables: dict[str, str] = field(default_factory=dict)
    ladder: str | None = None
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def laned(self) -> bool:
        """Whether it solves members in lanes, and is quick enough to be measured in rounds."""
        return self.name.startswith("axissim") or self.name.endswith("v")

    def command(self, work: Path, problem: str) -> list[str]:
        """The command line for a problem."""
        scripts = work / "scripts"
        if self.script == "axissim_peer.py":
            return [sys.executable, str(HERE / self.script), str(scripts), problem, *self.methods]
        return [str(self.python(work)), str(scripts / self.script), problem, *self.methods]

    def python(self, work: Path) -> Path:
        """The interpreter that has the peer."""
        if self.environment is None:
            return Path(sys.executable)
        return work / f"venv-{self.environment}/bin/python"


def lanes(name: str, script: str, method: str, problems: tuple[str, ...], ladder: str) -> Peer:
    """A peer whose tolerances can be set: the C++ ones and axissim."""
    # TAG names the build: CVODE's is the one against an optimised SUNDIALS, see setup.sh.
    variables = {"TAG": "release"} if "cvode" in name else {}
    return Peer(name, script, None, (method,), problems, variables, ladder)


LADDER = "1e-2,1e-3,1e-4,1e-5,1e-6,1e-7,1e-8"
WIDE = "1e-1," + LADDER  # Rodas5P is well below its tolerance
# The error of a multistep code is well above its tolerance.
TIGHT = "1e-3,1e-4,1e-5,1e-6,1e-7,1e-8,1e-9,1e-10"
PEERS = (
    lanes("axissim rodas4", "axissim_peer.py", "rodas4", STIFF, LADDER),
    lanes("cpp rodas4v", "bench_cpp.py", "rodas4v", STIFF, LADDER),
    lanes("axissim rodas5p", "axissim_peer.py", "rodas5p", STIFF, WIDE),
    lanes("cpp rodas5pv", "bench_cpp.py", "rodas5pv", STIFF, WIDE),
    lanes("axissim tsit5", "axissim_peer.py", "tsit5", ("lorenz",), LADDER),
    lanes("cpp dopri5v", "bench_cpp.py", "dopri5v", ("lorenz",), LADDER),
    lanes("cpp rodas4", "bench_cpp.py", "rodas4", STIFF, LADDER),
    lanes("cpp rodas5p", "bench_cpp.py", "rodas5p", STIFF, WIDE),
    lanes("cpp boost", "bench_cpp.py", "boost", ("lorenz",), TIGHT),
    lanes("cpp cvode", "bench_cpp.py", "cvode_klu", LARGE, TIGHT + ",1e-11"),
    lanes("cpp cvode", "bench_cpp.py", "cvode", SMALL, TIGHT),
    lanes("cpp cvode", "bench_cpp.py", "cvode_adams", ("lorenz",), TIGHT),
    Peer("numbalsoda", "bench_numbalsoda.py", "numbalsoda"),
    Peer("libroadrunner", "bench_roadrunner.py", "roadrunner"),
    Peer(
        "amici",
        "bench_amici.py",
        "amici",
        problems=("gyn", "best", "rober"),
        absent={
            "lorenz": "it renames a state called `x`, so that its script cannot read the results",
            "axis": "its import refuses `floor`, by which the adrenal part knows the time of day",
        },
    ),
    Peer("casadi", "bench_casadi.py", "casadi", ("jit",), variables={"LINSOL": "csparse"}),
    Peer("copasi", "bench_basico.py", "basico"),
    Peer("scikit-sundae", "bench_sundae.py", "sundae"),
    Peer(
        "diffrax",
        "bench_diffrax.py",
        "diffrax",
        ("kvaerno5",),
        ("gyn", "best", "rober"),
        absent={
            "axis": "tried apart, a run by Kvaerno5 takes 2.2 s of CPU at its loosest tolerance, "
            "1e-3, once compiled in 35 s; no sweep is done within the limit"
        },
    ),
    Peer("diffrax", "bench_diffrax.py", "diffrax", ("tsit5",), ("lorenz",)),
    Peer("scipy", "bench_scipy.py", "scipy", variables={"KINDS": "LSODA"}),
)
# What a reader calls them.
TITLES = {
    "axissim rodas4": "axissim Rodas4",
    "axissim rodas5p": "axissim Rodas5P",
    "axissim tsit5": "axissim Tsit5",
    "cpp rodas4v": "C++ Rodas4, AVX-512 lanes",
    "cpp rodas5pv": "C++ Rodas5P, AVX-512 lanes",
    "cpp dopri5v": "C++ DOPRI5, AVX-512 lanes",
    "cpp rodas4": "C++ Rodas4, scalar",
    "cpp rodas5p": "C++ Rodas5P, scalar",
    "cpp boost": "C++ Boost odeint, DOPRI5",
    "cpp cvode": "C++ CVODE",
    "numbalsoda": "numbalsoda",
    "libroadrunner": "libRoadRunner",
    "amici": "AMICI",
    "casadi": "CasADi CVODES",
    "copasi": "COPASI (basiCO)",
    "scikit-sundae": "scikit-sundae CVODE",
    "diffrax": "diffrax",
    "scipy": "SciPy LSODA",
}


def measure(
    peer: Peer, work: Path, problem: str, tolerances: str | None, seconds: float, limit: float
) -> tuple[Points, str]:
    """Points printed by one run of a peer within `limit` seconds, and why there are no more.

    What a peer had not printed by then is lost.
    """
    # OpenBLAS is slow or wrong where one of these two is set for another machine.
    variables = {
        k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    }
    # A sequential peer does few members a second: its script thins them to TSEC.
    seconds = seconds if peer.ladder else 3 * seconds
    variables |= {"OPENBLAS_NUM_THREADS": "1", "TSEC": str(seconds)} | peer.variables
    if tolerances:
        variables["RT"] = tolerances
    out, trouble = finished(peer.command(work, problem), variables, limit)
    points = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return [p | {"wall": p.get("trajps") or 2 * p["trajps_1proc"]} for p in points], trouble


def finished(command: list[str], variables: dict[str, str], limit: float) -> tuple[str, str]:
    """What a program printed within `limit` seconds, and what went wrong in a few words."""
    with tempfile.TemporaryDirectory() as folder:  # for what compilers leave where they stand
        return _finished(command, variables, limit, folder)


def _finished(
    command: list[str], variables: dict[str, str], limit: float, folder: str
) -> tuple[str, str]:
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that compilers it started end with it
        )
    except OSError as error:
        return "", f"could not be started: {error.strerror}"
    trouble = ""
    try:
        out, err = process.communicate(timeout=limit)
        if process.returncode:
            last = (err.strip().splitlines() or [""])[-1]
            trouble = f"ended with {process.returncode}: {last[:120]}"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        trouble = f"not done in {limit:g} s"
    finally:
        if process.poll() is None:  # interrupted: leave nothing running beside the next measurement
            os.killpg(process.pid, signal.SIGKILL)
    return out, trouble
