"""Fits of problems of the public PEtab benchmark collection, beside what is published.

::

    git clone https://github.com/Benchmarking-Initiative/Benchmark-Models-PEtab
    python benchmarks/petab_fits.py Benchmark-Models-PEtab/Benchmark-Models [--starts 50] [NAME ...]

First the objective at the collection's nominal parameters, then the best from random starts.  The
reference is the negative log-likelihood of AMICI's tests at the nominal parameters, where there is
one, else that of the collection's own simulated data by PEtab's own package.  ``--peer`` times
pyPESTO with AMICI on the same problems; run it where these are installed.
"""

from __future__ import annotations

import argparse
import math
import time
import warnings
from pathlib import Path
from typing import Any

# AMICI, tests/benchmark_models/benchmark_models.yaml (BSD-3-Clause), with the sign turned
REFERENCE = {
    "Bachmann_MSB2011": -418.40573341425295,
    "Beer_MolBioSystems2014": -58622.9145631413,
    "Boehm_JProteomeRes2014": 138.22199693517703,
    "Borghans_BiophysChem1997": -83.3237191357272,
    "Brannmark_JBC2010": 141.889113770537,
    "Bruno_JExpBot2016": -46.688176988431806,
    "Crauste_CellSystems2017": 190.96521897435176,
    "Elowitz_Nature2000": -63.20279991419332,
    "Fiedler_BMCSystBiol2016": -58.58390161681,
    "Fujita_SciSignal2010": -53.08377736998929,
    "Isensee_JCB2018": 3949.375966548649,
    "Lucarelli_CellSystems2018": 1681.6059879426584,
    "Schwen_PONE2014": 943.9992988598723,
    "Smith_BMCSystBiol2013": 888198.436541014,
    "Sneyd_PNAS2002": -319.79177818768756,
    "Weber_BMC2015": 296.2017922646865,
    "Zheng_PNAS2012": -278.33353271001477,
}
FITTED = ("Boehm_JProteomeRes2014", "Bruno_JExpBot2016", "Perelson_Science1996", "Rahman_MBS2016")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("folder", type=Path, help="Benchmark-Models of the collection")
    asked.add_argument("names", nargs="*", help=f"problems; left out, {', '.join(FITTED)}")
    asked.add_argument("--starts", type=int, default=50)
    asked.add_argument("--iterations", type=int, default=300)
    asked.add_argument("--screen", type=int, default=1)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--nominal", action="store_true", help="only the nominal parameters, of all")
    asked.add_argument("--peer", action="store_true", help="by pyPESTO with AMICI and fides")
    given = asked.parse_intermixed_args()
    if given.nominal:
        nominal(given.folder, given.names)
        return
    fitted = peer if given.peer else ours
    heads = f"{'problem':<28}{'published':>12}{'nominal':>12}{'best':>12}"
    print(f"{heads}{'near':>9}{'seconds':>9}{'CPU s':>8}")
    for name in given.names or FITTED:
        best = fitted(given.folder / name / f"{name}.yaml", given)
        near = f"{best['near']}/{given.starts}"
        print(
            f"{name:<28}{published(given.folder, name):>12.5f}{best['nominal']:>12.5f}"
            f"{best['best']:>12.5f}{near:>9}{best['seconds']:>9.1f}{best['cpu']:>8.1f}",
            flush=True,
        )


def published(folder: Path, name: str) -> float:
    """The negative log-likelihood at the nominal parameters, by others."""
    return REFERENCE[name] if name in REFERENCE else of_simulated(folder / name)


def of_simulated(folder: Path) -> float:
    """Of the collection's simulated data, by PEtab's own package; NaN if they do not fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas as pd
        from petab.v1 import Problem
        from petab.v1.calculate import calculate_llh

        try:
            problem = Problem.from_yaml(str(folder / f"{folder.name}.yaml"))
            frame = pd.read_csv(folder / f"simulatedData_{folder.name}.tsv", sep="\t")
            frames = (problem.measurement_df, frame, problem.observable_df, problem.parameter_df)
            return -float(calculate_llh(*frames))
        except Exception:  # tables that do not match each other
            return math.nan


def nominal(folder: Path, names: list[str]) -> None:
    """The objective at the nominal parameters of every problem that can be read."""
    from axissim.analysis import fitting
    from axissim.analysis.fitting.problem import scaled

    for path in sorted(folder.glob("*/*.yaml")):
        name = path.stem
        if path.parent.name != name or (names and name not in names):
            continue
        try:
            begun = time.perf_counter()
            problem = fitting.petab(path)
            objective = fitting.Objective(problem)
            own = scaled(problem.unknowns, problem.nominal)[None]
            value = float(objective.likelihood(own)[0])
            seconds = time.perf_counter() - begun
        except Exception as wrong:
            print(f"{name:<38} {type(wrong).__name__}: {str(wrong)[:90]}", flush=True)
            continue
        print(
            f"{name:<38}{published(folder, name):>16.5f}{value:>16.5f}{seconds:>8.1f}", flush=True
        )


def ours(path: Path, given: Any) -> dict[str, float]:
    """By axissim; the time holds reading and compiling."""
    from axissim.analysis import fitting

    begun, worked = time.perf_counter(), time.process_time()
    problem = fitting.petab(path)
    ds = fitting.fit(
        problem, starts=given.starts, seed=given.seed, screen=given.screen,
        iterations=given.iterations,
    )  # fmt: skip
    objective = ds["objective"].values
    return {
        "nominal": float(ds["nominal_objective"]),
        "best": float(objective[0]),
        "near": int((objective <= objective[0] + 0.01).sum()),
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - worked,
    }


def peer(path: Path, given: Any) -> dict[str, float]:
    """By pyPESTO, AMICI and fides (gradients forward, Fisher's curvature), one start after another.

    Compiling is not in its time, and told apart.  Its engine of processes needs AMICI with HDF5.
    """
    import logging

    import amici
    import numpy as np
    import pypesto
    from pypesto.optimize import FidesOptimizer, minimize
    from pypesto.petab import PetabImporter

    np.random.seed(given.seed)
    for name in ("amici", "pypesto", amici.__name__, "fides"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    compiled = time.perf_counter()
    importer = PetabImporter.from_yaml(str(path))
    problem = importer.create_problem()
    at = np.array(importer.petab_problem.x_nominal_free_scaled)
    nominal_value = float(problem.objective(at))
    begun, worked = time.perf_counter(), time.process_time()
    print(f"{path.stem}: read and compiled in {begun - compiled:.1f} s")
    optimizer = FidesOptimizer(verbose=logging.CRITICAL, options={"maxiter": given.iterations})
    result = minimize(
        problem, optimizer=optimizer,
        n_starts=given.starts, engine=pypesto.engine.SingleCoreEngine(), progress_bar=False,
    )  # fmt: skip
    values = np.sort(np.array(result.optimize_result.fval))
    return {
        "nominal": nominal_value,
        "best": float(values[0]),
        "near": int((values <= values[0] + 0.01).sum()),
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - worked,
    }


if __name__ == "__main__":
    main()
