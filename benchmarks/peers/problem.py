"""Makes the problem `axis`, the coupled motivational axis of a woman over ten days, for all peers.

    problem.py WORK [--check]

WORK is the folder that setup.sh filled.  Without --check it writes the equations and the design to
WORK/scripts/problems; with it, once the C++ peers are built, the reference and the error scales,
and says how near another solver comes to the reference.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from flat import flat
from scipy.stats import qmc
from written import cpp, python

import axissim as ax
from axissim.compile.system import system_of
from axissim.model.export import to_antimony, to_sbml
from axissim.model.model import Model


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is asked of every peer: a model's equations, parameters to sweep, times to save.

    Attributes
    ----------
    without : tuple of str
        Events that are left out, see `flat.flat`.
    """

    name: str
    model: str
    swept: tuple[str, ...]
    end: float
    size: int = 2048
    times: int = 101
    without: tuple[str, ...] = ()


# A parameter of each part.  The pulses are those of a testis, which nothing else of a woman reads.
AXIS = Problem(
    "axis",
    "motivational_axis",
    (
        "dopamine__Vth",
        "dopamine__Vd",
        "norepinephrine__Vn",
        "receptors__kPDE",
        "thyroid__S4",
        "ovary__k_AF1",
        "adrenal__w3",
        "pituitary__KOUT",
    ),
    end=240.0,
    without=("testis__pulse",),
)
SAMPLE = 64  # members with a reference


def design(nominal: Sequence[float], size: int, seed: int = 20240607) -> np.ndarray:
    """Sobol' points over half to double the nominal values, (members, parameters)."""
    points = qmc.Sobol(len(nominal), scramble=True, seed=seed).random(size)
    return np.asarray(nominal) * 2.0 ** (2.0 * points - 1.0)


def write(problem: Problem, folder: Path) -> Model:
    """The problem's files in `folder`, of which the model that is returned was read back."""

    def to(end: str) -> Path:
        return folder / f"{problem.name}{end}"

    made = flat(ax.load(problem.model), problem.swept, problem.without, id=problem.name)
    to(".ant").write_text(to_antimony(made))
    model = ax.load(to(".ant"))  # what libantimony made of it is what every peer gets
    to(".xml").write_text(to_sbml(model))
    system = system_of(model, problem.swept)
    start = [float(state.initial.value) for state in model.states]
    to("_py.py").write_text(python(system, problem.swept))
    to(".h").write_text(cpp(system, problem.swept, start))
    nominal = [float(model.part(key).value.value) for key in problem.swept]
    np.save(to("_params.npy"), design(nominal, problem.size))
    np.save(to("_t.npy"), np.linspace(0.0, problem.end, problem.times))
    np.save(to("_sub.npy"), np.linspace(0, problem.size - 1, SAMPLE).astype(int))
    described = {
        "name": problem.name,
        "n": len(start),
        "npar": len(problem.swept),
        "states": list(system.states),
        "y0": start,
        "params": list(problem.swept),
        "pnom": nominal,
        "tend": problem.end,
        "N": problem.size,
        "nnz": len(system.jacobian),
    }
    to("_meta.json").write_text(json.dumps(described, indent=1))
    return model


def scales(values: np.ndarray) -> np.ndarray:
    """Each state's size: the median over members of its greatest; 1 for one that stays at 0."""
    greatest = np.median(np.abs(values).max(axis=1), axis=0)
    return np.where(greatest > 0.0, greatest, 1.0)


def reference(problem: Problem, scripts: Path) -> dict[str, Any]:
    """Reference of the subsample in long double, and how far others are from it."""
    sys.path[:0] = [str(scripts), str(scripts / "problems")]
    common, peers = importlib.import_module("common"), importlib.import_module("ref")
    asked: Mapping[str, Any] = common.load(problem.name)
    members, times = asked["P"][asked["sub"]], asked["t"]
    size = np.maximum(np.abs(asked["y0"]), 1e-6)

    def solved(method: str, rtol: float, least: float) -> np.ndarray:
        told, values = peers.ens(problem.name, method, rtol, least, members, times, size)
        print(json.dumps(told), flush=True)
        return np.asarray(values)

    for _ in range(2):
        size = scales(solved("cvode_klu", 1e-7, 1e-4))
    np.save(scripts / "problems" / f"{problem.name}_scale.npy", size)
    best = solved("rodas5p_ld", 1e-12, 1e-4)
    np.savez_compressed(
        scripts / "problems" / f"{problem.name}_ref.npz", ref=best, t=times, P=members
    )
    apart = {
        "cvode_klu 1e-12": common.err(solved("cvode_klu", 1e-12, 1e-3), best),
        "rodas5p_ld 1e-11": common.err(solved("rodas5p_ld", 1e-11, 1e-4), best),
    }
    (scripts / "problems" / f"{problem.name}_apart.json").write_text(json.dumps(apart, indent=1))
    return apart


def main() -> None:
    """Write the problem, or its reference."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--check", action="store_true", help="the reference; after the C++ builds")
    args = parser.parse_args()
    scripts = args.work.resolve() / "scripts"
    if args.check:
        print(json.dumps(reference(AXIS, scripts), indent=1))
    else:
        model = write(AXIS, scripts / "problems")
        print(f"{model.id}: {len(model.states)} states")


if __name__ == "__main__":
    main()
