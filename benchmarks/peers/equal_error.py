"""Throughput at equal error, from points of work and precision; pure functions."""

from statistics import median
from typing import Any

import numpy as np

TARGETS = (1e-3, 1e-6)

Points = list[dict[str, Any]]


def merged(rounds: list[Points]) -> Points:
    """One point a method and tolerance: the median of its throughputs over the rounds."""
    groups: dict[tuple[str, float], Points] = {}
    for point in (p for points in rounds for p in points):
        groups.setdefault((point["peer"], point["rtol"]), []).append(point)
    return [
        g[-1] | {k: median(p[k] for p in g) for k in ("tps_cpu", "wall")} | {"rounds": len(g)}
        for g in groups.values()
    ]


def good(points: Points) -> Points:
    """Points with an error to compare at, by increasing error."""
    known = (p for p in points if p["emed"] is not None and 0 < p["emed"] < np.inf)
    return sorted(known, key=lambda p: float(p["emed"]))


def frontier(points: Points, rate: str) -> Points:
    """Points that no other beats in both error and rate, by increasing error."""
    best: Points = []
    for point in good(points):
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
    known = [p for p in good(points) if p.get("steps")]
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


def row(name: str, points: Points) -> dict[str, Any]:
    """Throughputs, steps a run and microseconds of CPU a step of a peer at each target."""
    cells: dict[str, Any] = {"peer": name}
    for target in TARGETS:
        cpu, wall = (at_error(points, target, rate) for rate in ("tps_cpu", "wall"))
        steps = steps_at_error(points, target)
        step_us = 2e6 / (cpu * steps) if cpu and steps else None
        cells[f"{target:g}"] = {"cpu": cpu, "wall": wall, "steps": steps, "step_us": step_us}
    return cells


def rows(points: dict[str, Points]) -> list[dict[str, Any]]:
    """A row a peer, with the fastest axissim method over it, by CPU, at each target."""
    made = [row(name, found) for name, found in points.items()]
    for target in (f"{x:g}" for x in TARGETS):
        ours = [r[target]["cpu"] for r in made if r["peer"].startswith("axissim")]
        best = max((rate for rate in ours if rate), default=None)
        for r in made:
            cpu = r[target]["cpu"]
            r[target]["ratio"] = best / cpu if best and cpu else None
    return made
