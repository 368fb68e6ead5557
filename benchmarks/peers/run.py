"""Peers side by side: each problem, peer after peer in turn, throughput at equal error.

    run.py WORK [--quick] [--peers a,b] [--problems gyn,best] [--rounds 3] [--out NAME]

WORK is the folder that setup.sh filled. Writes NAME.json (all points) and NAME.md (the table).
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

TARGETS = (1e-3, 1e-6)
PROBLEMS = ("gyn", "best", "rober", "lorenz")
STIFF = PROBLEMS[:3]
HERE = Path(__file__).resolve().parent

Points = list[dict[str, Any]]


@dataclass(frozen=True)
class Peer:
    """How one peer is started; `environment` is WORK/venv-NAME, this interpreter if None."""

    name: str
    script: str
    environment: str | None = None
    methods: tuple[str, ...] = ()
    problems: tuple[str, ...] = PROBLEMS
    variables: dict[str, str] = field(default_factory=dict)
    ladder: str | None = None  # tolerances, for the scripts that read RT; others have their own

    def command(self, work: Path, problem: str) -> list[str]:
        """The command line for a problem."""
        scripts = work / "scripts"
        if self.script == "axissim_peer.py":
            return [sys.executable, str(HERE / self.script), str(scripts), problem, *self.methods]
        python = (
            work / f"venv-{self.environment}/bin/python" if self.environment else sys.executable
        )
        return [str(python), str(scripts / self.script), problem, *self.methods]


def lanes(name: str, script: str, method: str, problems: tuple[str, ...], ladder: str) -> Peer:
    """A peer whose tolerances can be set: the C++ ones and axissim."""
    # TAG names the build: CVODE's is the one against an optimised SUNDIALS, see setup.sh.
    variables = {"TAG": "release"} if "cvode" in name else {}
    return Peer(name, script, None, (method,), problems, variables, ladder)


LADDER = "1e-2,1e-3,1e-4,1e-5,1e-6,1e-7,1e-8"
WIDE = "1e-1," + LADDER  # Rodas5P is well below its tolerance
# The error of a multistep code is well above its tolerance.
TIGHT = "1e-3,1e-4,1e-5,1e-6,1e-7,1e-8,1e-9,1e-10"
FAST = (
    lanes("axissim rodas4", "axissim_peer.py", "rodas4", STIFF, LADDER),
    lanes("cpp rodas4v", "bench_cpp.py", "rodas4v", STIFF, LADDER),
    lanes("axissim rodas5p", "axissim_peer.py", "rodas5p", STIFF, WIDE),
    lanes("cpp rodas5pv", "bench_cpp.py", "rodas5pv", STIFF, WIDE),
    lanes("axissim tsit5", "axissim_peer.py", "tsit5", ("lorenz",), LADDER),
    lanes("cpp dopri5v", "bench_cpp.py", "dopri5v", ("lorenz",), LADDER),
)
SLOW = (
    lanes("cpp rodas5p", "bench_cpp.py", "rodas5p", STIFF, WIDE),
    lanes("cpp boost", "bench_cpp.py", "boost", ("lorenz",), TIGHT),
    lanes("cpp cvode klu", "bench_cpp.py", "cvode_klu", ("gyn",), TIGHT),
    lanes("cpp cvode", "bench_cpp.py", "cvode", ("best", "rober"), TIGHT),
    lanes("cpp cvode adams", "bench_cpp.py", "cvode_adams", ("lorenz",), TIGHT),
    Peer("numbalsoda", "bench_numbalsoda.py", "numbalsoda"),
    Peer("libroadrunner", "bench_roadrunner.py", "roadrunner"),
    Peer("amici", "bench_amici.py", "amici", problems=STIFF),
    Peer("casadi", "bench_casadi.py", "casadi", ("jit",), variables={"LINSOL": "csparse"}),
    Peer("copasi", "bench_basico.py", "basico"),
    Peer("scikit-sundae", "bench_sundae.py", "sundae"),
    Peer("diffrax", "bench_diffrax.py", "diffrax", ("kvaerno5",), STIFF),
    Peer("diffrax", "bench_diffrax.py", "diffrax", ("tsit5",), ("lorenz",)),
    Peer("scipy", "bench_scipy.py", "scipy", variables={"KINDS": "LSODA"}),
)


def measure(peer: Peer, work: Path, problem: str, tolerances: str | None, args: Any) -> Points:
    """Points printed by one run of a peer within `args.limit` seconds; what comes later is lost."""
    # OpenBLAS is slow or wrong where one of these two is set for another machine.
    variables = {
        k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    }
    # A sequential peer does few members a second: its script thins them to TSEC.
    seconds = args.seconds if peer.ladder else 3 * args.seconds
    variables |= {"OPENBLAS_NUM_THREADS": "1", "TSEC": str(seconds)} | peer.variables
    if tolerances:
        variables["RT"] = tolerances
    process = subprocess.Popen(
        peer.command(work, problem),
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that compilers it started end with it
    )
    try:
        out, err = process.communicate(timeout=args.limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
    finally:
        if process.poll() is None:  # interrupted: leave nothing running beside the next measurement
            os.killpg(process.pid, signal.SIGKILL)
    points = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    if not points:
        print(f"{peer.name} {problem}: no result: {err.strip()[-200:]}", file=sys.stderr)
    return [p | {"wall": p.get("trajps") or 2 * p["trajps_1proc"]} for p in points]


def merged(rounds: list[Points]) -> Points:
    """One point a method and tolerance: the median of its throughputs over the rounds."""
    groups: dict[tuple[str, float], Points] = {}
    for point in (p for points in rounds for p in points):
        groups.setdefault((point["peer"], point["rtol"]), []).append(point)
    return [
        g[-1] | {k: median(p[k] for p in g) for k in ("tps_cpu", "wall")} | {"rounds": len(g)}
        for g in groups.values()
    ]


def frontier(points: Points, rate: str) -> Points:
    """Points that no other beats in both error and rate, by increasing error."""
    best: Points = []
    for point in sorted((p for p in points if 0 < p["emed"] < np.inf), key=lambda p: p["emed"]):
        if not best or point[rate] > best[-1][rate]:
            best.append(point)
    return best


def at_error(points: Points, target: float, rate: str) -> float | None:
    """Rate at a median-run error, log-log between neighbours on the frontier.

    A peer that is more exact than asked at its loosest tolerance keeps that rate; one that never
    gets there has None.
    """
    front = frontier(points, rate)
    if not front or target < front[0]["emed"]:
        return None
    errors, rates = (np.log([p[key] for p in front]) for key in ("emed", rate))
    return float(np.exp(np.interp(np.log(target), errors, rates)))


def steps_at_error(points: Points, target: float) -> float | None:
    """Steps a run likewise, but over all points: no timing, and so no noise, is in them."""
    known = sorted((p for p in points if p.get("steps") and p["emed"] > 0), key=lambda p: p["emed"])
    if not known or target < known[0]["emed"]:
        return None
    errors, steps = (np.log([p[key] for p in known]) for key in ("emed", "steps"))
    return float(np.exp(np.interp(np.log(target), errors, steps)))


def bracket(points: Points) -> str:
    """The tolerances that the interpolation at the targets reads."""
    front = frontier(points, "tps_cpu")
    chosen: set[float] = set()
    for target in TARGETS:
        above = next((i for i, p in enumerate(front) if p["emed"] >= target), len(front) - 1)
        chosen |= {p["rtol"] for p in front[max(above - 1, 0) : above + 1]}
    return ",".join(map(repr, sorted(chosen, reverse=True)))


def race(peers: list[Peer], work: Path, problem: str, args: Any) -> dict[str, Points]:
    """Peers in turn, round after round; a ladder in full once, then only near the targets."""
    runs: dict[str, list[Points]] = {}
    for turn in range(args.rounds):
        for peer in peers:
            if turn and not (peer in FAST and runs[peer.name][0]):
                continue
            tolerances = bracket(runs[peer.name][0]) if turn else peer.ladder
            start = time.perf_counter()
            runs.setdefault(peer.name, []).append(measure(peer, work, problem, tolerances, args))
            print(
                f"{problem} {turn + 1} {peer.name}: {time.perf_counter() - start:.0f} s",
                file=sys.stderr,
            )
    return {name: merged(rounds) for name, rounds in runs.items()}


def row(name: str, points: Points) -> dict[str, Any]:
    """Throughputs, steps a run and microseconds of CPU a step of a peer at each target."""
    cells: dict[str, Any] = {"peer": name}
    for target in TARGETS:
        cpu, wall = (at_error(points, target, rate) for rate in ("tps_cpu", "wall"))
        steps = steps_at_error(points, target)
        step_us = 2e6 / (cpu * steps) if cpu and steps else None
        cells[f"{target:g}"] = {"cpu": cpu, "wall": wall, "steps": steps, "step_us": step_us}
    return cells


def add_ratios(rows: list[dict[str, Any]]) -> None:
    """The fastest axissim method over each peer, by CPU, at each target."""
    for target in (f"{x:g}" for x in TARGETS):
        rates: dict[str, float | None] = {r["peer"]: r[target]["cpu"] for r in rows}
        best = max(
            (x for name, x in rates.items() if name.startswith("axissim") and x), default=None
        )
        for r in rows:
            cpu = rates[r["peer"]]
            r[target]["ratio"] = best / cpu if best and cpu else None


def markdown(results: dict[str, list[dict[str, Any]]]) -> str:
    """The one table: a row a problem and peer; the two numbers of a cell are at the two targets."""

    def pair(r: dict[str, Any], key: str, form: str) -> str:
        values = [r[f"{x:g}"][key] for x in TARGETS]
        return " / ".join("—" if v is None else format(round(v, 3), form) for v in values)

    columns = {"cpu": ",.0f", "wall": ",.0f", "steps": ",.0f", "step_us": ".3f", "ratio": ".2f"}
    lines = [
        "| problem | peer | runs/s by CPU | by wall | steps | CPU us a step | axissim / peer |",
        "|---|---|" + "--:|" * len(columns),
    ]
    for problem, rows in results.items():
        for r in rows:
            cells = [pair(r, key, form) for key, form in columns.items()]
            lines.append(" | ".join([f"| {problem}", r["peer"], *cells]) + " |")
    return "\n".join(lines) + "\n"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--quick", action="store_true", help="axissim and the C++ lanes only")
    parser.add_argument("--peers", help="parts of names, comma between; all without")
    parser.add_argument("--problems", default=",".join(PROBLEMS))
    parser.add_argument("--rounds", type=int, default=3, help="of the lanes; slow peers run once")
    parser.add_argument("--seconds", type=float, default=0.3, help="about, for one timed sweep")
    parser.add_argument("--limit", type=float, default=60, help="seconds for one run of one peer")
    parser.add_argument("--out", type=Path, default=Path("peers"))
    return parser.parse_args()


def main() -> None:
    """Race the peers problem by problem; print the table, write it and every point."""
    args = arguments()
    chosen = [
        p
        for p in (FAST if args.quick else FAST + SLOW)
        if not args.peers or any(x in p.name for x in args.peers.split(","))
    ]
    points: dict[str, dict[str, Points]] = {}
    results: dict[str, list[dict[str, Any]]] = {}
    for problem in args.problems.split(","):
        points[problem] = race(
            [p for p in chosen if problem in p.problems], args.work, problem, args
        )
        results[problem] = [row(name, found) for name, found in points[problem].items()]
        add_ratios(results[problem])
    args.out.with_suffix(".json").write_text(
        json.dumps({"table": results, "points": points}, indent=1)
    )
    args.out.with_suffix(".md").write_text(markdown(results))
    print(markdown(results))


if __name__ == "__main__":
    main()
