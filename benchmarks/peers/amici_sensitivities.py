"""Forward sensitivities by AMICI (CVODES), beside those of axissim: error and time.

In an environment with axissim:  python amici_sensitivities.py write MODEL FOLDER
In one with AMICI:               python amici_sensitivities.py race MODEL FOLDER

The first writes MODEL.xml and MODEL.npz: sets of values, derivatives at 1e-10, and axissim's time
at 1e-6 on all processors.  The second builds the model and prints AMICI's error and time at several
tolerances, with two threads.  Errors are those of `benchmarks/sensitivities.py`: of each parameter
the greatest over states and times; the median and the greatest over parameters are printed.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

SETS = 32


def errors(found: Any, reference: Any, values: Any, own: Any) -> Any:
    """Of derivatives (times, states, parameters), for each parameter."""
    size = np.nanmax(np.abs(values), axis=0)[:, None] / np.where(own != 0.0, np.abs(own), 1.0)
    scale = np.maximum(np.nanmax(np.abs(reference), axis=0), 1e-3 * size)
    return np.nanmax(np.abs(found - reference) / np.where(scale > 0.0, scale, 1.0), axis=(0, 1))


def write(model_id: str, folder: Path) -> None:
    """What AMICI is raced on."""
    import axissim as ax
    from axissim.analysis.sensitivity import Sensitivities
    from axissim.model.export import to_sbml
    from axissim.model.library import card

    model, span = ax.load(model_id), card(model_id).span
    (folder / f"{model_id}.xml").write_text(to_sbml(model))
    times = np.linspace(float(span[0]), float(span[1]), 21)
    keys = [p.id for p in model.parameters if p.value.op == "number"]
    own = np.array([model.by_id[key].value.value for key in keys])
    sets = own * np.exp(0.02 * np.random.default_rng(0).normal(size=(SETS, len(own))))
    states = [state.id for state in model.states]
    values, slopes, ok = Sensitivities(model, keys, times, states, rtol=1e-10)(sets)
    assert ok.all()
    for rtol in (1e-4, 1e-6, 1e-8):
        lean = Sensitivities(model, keys, times, states, rtol=rtol)
        taken = []
        for _ in range(4):
            begun = time.perf_counter()
            _, found, _ = lean(sets)
            taken.append(time.perf_counter() - begun)
        off = errors(found[0], slopes[0], values[0], own)
        said = f"median error {np.median(off):.1e}, worst {off.max():.1e}"
        print(f"axissim rtol {rtol:g}: {1e3 * min(taken) / SETS:.3f} ms a set, {said}")
    np.savez(
        folder / f"{model_id}.npz", times=times, keys=keys, states=states, sets=sets,
        values=values, slopes=slopes,
    )  # fmt: skip


def race(model_id: str, folder: Path) -> None:
    """AMICI's error and time."""
    os.environ.setdefault("CXXFLAGS", "-O3 -march=native")
    import amici
    import amici.sim.sundials as sundials
    from amici.importers.sbml import SbmlImporter

    told = np.load(folder / f"{model_id}.npz")
    built = folder / f"amici_{model_id}"
    begun = time.perf_counter()
    if not built.exists():
        importer = SbmlImporter(str(folder / f"{model_id}.xml"))
        importer.sbml2amici(f"m_{model_id}", built, compute_conservation_laws=False, verbose=False)
    print(f"AMICI {amici.__version__}: model built in {time.perf_counter() - begun:.0f} s")
    model = amici.import_model_module(f"m_{model_id}", built).get_model()
    ids, names = list(model.get_state_ids()), list(model.get_free_parameter_ids())
    states = [ids.index(str(key)) for key in told["states"] if str(key) in ids]
    kept = [at for at, key in enumerate(told["states"]) if str(key) in ids]
    columns = [at for at, key in enumerate(told["keys"]) if str(key) in names]
    wanted = [names.index(str(told["keys"][at])) for at in columns]
    model.set_timepoints([float(t) for t in told["times"]])
    model.set_parameter_list(wanted)
    solver = model.create_solver()
    solver.set_max_steps(200_000)
    solver.set_sensitivity_order(sundials.SensitivityOrder.first)
    solver.set_sensitivity_method(sundials.SensitivityMethod.forward)
    own = list(model.get_free_parameters())
    data = []
    for row in told["sets"]:
        one = sundials.ExpData(model)
        full = list(own)
        for at, column in zip(wanted, columns, strict=True):
            full[at] = float(row[column])
        one.free_parameters = full
        data.append(one)
    reference = told["slopes"][0][:, kept][..., columns]
    sizes = np.abs(told["values"]).max((0, 1))
    for rtol in (1e-4, 1e-6, 1e-8):
        solver.set_relative_tolerance(rtol)
        solver.set_absolute_tolerance(1e-3 * rtol * float(sizes[sizes > 0.0].min()))
        taken = []
        for _ in range(3):
            begun = time.perf_counter()
            runs = sundials.run_simulations(model, solver, data, num_threads=2)
            taken.append(time.perf_counter() - begun)
        assert all(run.status == sundials.AMICI_SUCCESS for run in runs)
        found = np.moveaxis(np.asarray(runs[0].sx)[:, :, states], 1, 2)
        off = errors(found, reference, told["values"][0][:, kept], told["sets"][0][columns])
        said = f"median error {np.median(off):.1e}, worst {off.max():.1e}"
        print(f"AMICI rtol {rtol:g}: {1e3 * min(taken) / len(data):.2f} ms a set, {said}")
    print(f"  {len(wanted)} of {len(told['keys'])} parameters, {len(kept)} states")


if __name__ == "__main__":
    {"write": write, "race": race}[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
