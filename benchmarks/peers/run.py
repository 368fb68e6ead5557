"""Peers side by side: each problem, peer after peer in turn, throughput at equal error.

    run.py WORK --all                       # everything, for the repository: tables and pictures
    run.py WORK [--quick] [--peers a,b] [--problems gyn,best] [--rounds 2] [--out NAME]
    run.py WORK --redraw                    # tables and pictures anew, nothing measured

WORK is the folder that setup.sh filled.  Writes NAME.json (all points, after each problem) and
NAME.md (the long table); --all also the pictures and the table of benchmarks/README.md.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import equal_error
from first import first_results
from machine import machine, versions
from peers import HERE, PATIENCE, PEERS, PROBLEMS, Peer, measure
from pictures import draw
from tables import long_table, page, short_table

README = HERE.parent / "README.md"
OUT = HERE / "results"


def race(peers: list[Peer], work: Path, problem: str, args: Any) -> dict[str, Any]:
    """Peers in turn, round after round; a ladder in full once, then only near the targets."""
    runs: dict[str, list[equal_error.Points]] = {}
    troubles: dict[str, str] = {}
    limit = args.limit * PATIENCE.get(problem, 1.0)
    for turn in range(args.rounds):
        for peer in peers:
            if turn and not (peer.laned and runs[peer.name][0]):
                continue
            tolerances = equal_error.bracket(runs[peer.name][0]) if turn else peer.ladder
            start, spent = time.perf_counter(), children()
            points, trouble = measure(peer, work, problem, tolerances, args.seconds, limit)
            runs.setdefault(peer.name, []).append(points)
            if trouble:
                troubles[peer.name] = trouble
            took = time.perf_counter() - start
            said = (
                f"{problem} {turn + 1} {peer.name}: {took:.0f} s, {children() - spent:.0f} of CPU"
            )
            said += f", {len(points)} points"
            print(said + (f"; {trouble}" if trouble else ""), file=sys.stderr, flush=True)
    points = {name: equal_error.merged(rounds) for name, rounds in runs.items()}
    return {"points": points, "troubles": troubles}


def children() -> float:
    """CPU seconds of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--all", action="store_true", help="all there is, into the repository")
    parser.add_argument("--redraw", action="store_true", help="tables and pictures only")
    parser.add_argument("--quick", action="store_true", help="axissim and the C++ lanes only")
    parser.add_argument("--peers", help="parts of names, comma between; all without")
    parser.add_argument("--problems", default=",".join(PROBLEMS))
    parser.add_argument("--rounds", type=int, default=2, help="of the lanes; slow peers run once")
    parser.add_argument("--seconds", type=float, default=0.3, help="about, for one timed sweep")
    parser.add_argument("--limit", type=float, default=60, help="seconds a run of a peer")
    parser.add_argument(
        "--resume", action="store_true", help="keep the problems that NAME.json has"
    )
    parser.add_argument("--no-first", action="store_true", help="keep the times to a first result")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    args.work = args.work.resolve()
    args.out = args.out or (OUT if args.all or args.redraw else Path("peers"))
    return args


def chosen(args: argparse.Namespace) -> list[Peer]:
    """The peers asked for."""
    asked = (args.peers or "").split(",")
    return [
        peer
        for peer in PEERS
        if (peer.laned or not args.quick) and any(word in peer.name for word in asked)
    ]


def measured(args: argparse.Namespace) -> dict[str, Any]:
    """The results, written to NAME.json after each problem."""
    path = args.out.with_suffix(".json")
    old = json.loads(path.read_text()) if path.exists() else {}
    results: dict[str, Any] = {**machine(), "versions": versions(args.work, chosen(args))}
    results["problems"] = dict(old.get("problems", {})) if args.resume else {}
    results["first"] = old.get("first", {})
    for peer in chosen(args):
        if peer.name.startswith("axissim"):  # its loops are compiled once for all models
            small = "lorenz" if "lorenz" in peer.problems else "rober"
            measure(peer, args.work, small, "1e-2", 0.01, 300.0)
    for problem in args.problems.split(","):
        if problem in results["problems"]:
            continue
        peers = [peer for peer in chosen(args) if problem in peer.problems]
        results["problems"][problem] = race(peers, args.work, problem, args)
        path.write_text(json.dumps(results, indent=0))
    if args.all and not args.no_first:
        results["first"] = first_results(args.work, chosen(args))
        path.write_text(json.dumps(results, indent=0))
    return results


def main() -> None:
    """Race the peers problem by problem; write tables and pictures."""
    args = arguments()
    if args.redraw:
        results = json.loads(args.out.with_suffix(".json").read_text())
    else:
        results = measured(args)
    args.out.with_suffix(".md").write_text(page(results))
    if args.all or args.redraw:
        for problem in results["problems"]:
            draw(results, problem).savefig(args.out.parent / f"{problem}.png", dpi=130)
        if args.out == OUT:
            README.write_text(short_table(README.read_text(), results))
    print(long_table(results["problems"]))


if __name__ == "__main__":
    main()
