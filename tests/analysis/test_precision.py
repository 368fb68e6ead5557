"""Work against precision: errors are those against closed forms, and the advice is the cheapest."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.analysis.precision import METHODS, advice, duration, perturbed, precision, recommended
from axissim.analysis.precision.plainly import solve_plainly, uneventful
from axissim.analysis.precision.posed import posed
from axissim.analysis.precision.truth import errors, truth
from axissim.model.model import Model, ModelError
from axissim.study.design import grid

DECAY = ax.load("model decay()\n x = 2; k = 1.5\n x' = -k*x; y := 3*x\nend\n")
STIFF = ax.load("model stiff()\n x = 1; k = 1e6\n x' = -k*(x - cos(time))\nend\n")
BLOW = ax.load("model blow()\n x = 1; k = 0.25\n x' = k*x^2\nend\n")
TIMES = np.linspace(0.0, 2.0, 21)
RATES = grid({"k": [0.5, 1.0, 2.0]})
FEW: dict[str, Any] = {"t": TIMES, "rtols": (1e-3, 1e-6, 1e-9), "seconds": 2.0}


def exact(rates: Any) -> Any:
    """The decay's x and y: (runs, times, 2)."""
    x = 2.0 * np.exp(-np.multiply.outer(np.asarray(rates), TIMES))
    return np.stack([x, 3.0 * x], axis=-1)


def ready_of(model: Model, design: Any, **asked: Any) -> Any:
    given: dict[str, Any] = {
        "params": {}, "init": {}, "actions": (), "outputs": None, "methods": METHODS,
        "max_steps": 20_000,
    }  # fmt: skip
    return posed(model, design, TIMES, **given | asked)


def table(points: dict[str, list[tuple[float, float, int]]], scipy: tuple[str, ...] = ()) -> Any:
    """A result: for each method (error, cpu, failed) at rtol 1e-3 and 1e-6."""
    cells = np.array(list(points.values()), float)
    over = ("solver", "rtol")
    return xr.Dataset(
        {
            "error": (over, cells[:, :, 0]),
            "cpu": (over, cells[:, :, 1]),
            "failed": (over, cells[:, :, 2].astype(int)),
            "runs": (over, np.full(cells.shape[:2], 8)),
        },
        coords={
            "solver": list(points),
            "rtol": [1e-3, 1e-6],
            "by": ("solver", ["SciPy" if key in scipy else "axissim" for key in points]),
        },
    )


def test_the_reference_is_the_closed_form() -> None:
    found = truth(ready_of(DECAY, RATES), 1.0)
    assert found.known.all()
    assert np.abs(found.out / exact([0.5, 1.0, 2.0]) - 1.0).max() < 1e-9
    assert found.apart < 1e-9
    assert " at rtol 1e-11; " in found.words
    assert "comes within" in found.words


def test_the_error_measured_is_the_error() -> None:
    """Beside the closed form: the greatest over outputs and times, of the greatest value."""
    ds = precision(DECAY, RATES, methods=["tsit5", "rodas4"], **FEW)
    truly = exact([0.5, 1.0, 2.0])
    for method in ("tsit5", "rodas4"):
        made = ax.sweep(DECAY, RATES, t=TIMES, method=method, rtol=1e-3)
        out = np.stack([made["x"].values, made["y"].values], axis=-1)
        off = (np.abs(out - truly) / truly.max(axis=1, keepdims=True)).max(axis=(1, 2))
        at = ds.sel(solver=method, rtol=1e-3)
        assert float(at["error"]) == pytest.approx(off.max(), rel=1e-5)
        assert float(at["error_median"]) == pytest.approx(np.median(off), rel=1e-5)


def test_errors_fall_with_the_tolerance() -> None:
    ds = precision(
        DECAY,
        RATES,
        methods=["tsit5", "rodas5p", "scipy:LSODA", "scipy:RK45"],
        **FEW | {"seconds": 3.0},
    )
    error = ds["error"].values
    assert ds["rtol"].values.tolist() == [1e-3, 1e-6, 1e-9]
    assert ds["solver"].values.tolist() == ["tsit5", "rodas5p", "LSODA", "RK45"]
    assert ds["by"].values.tolist() == ["axissim", "axissim", "SciPy", "SciPy"]
    assert (error[:, 1:] < 0.1 * error[:, :-1]).all()
    assert (error[:, 2] < 1e-6).all()
    assert (ds["failed"].values == 0).all()
    assert (ds["error_median"].values <= error).all()
    assert not any(ds["left_out"].values)
    best = ds.sel(solver=ds.attrs["best_solver"], rtol=ds.attrs["best_rtol"])
    assert float(best["error"]) <= 1e-4 == ds.attrs["error_asked"]
    assert ds.attrs["advice"] == advice(ds, 1e-4)
    assert {"equations", "tsit5", "scipy"} <= json.loads(ds.attrs["compile_seconds"]).keys()


def test_an_error_is_of_the_greatest_value_of_its_output_and_run() -> None:
    reference = np.array([[[1.0, 100.0], [4.0, 50.0]], [[0.0, 10.0], [0.0, 10.0]]])
    out = reference + np.array([[[0.0, 1.0], [0.2, 0.0]], [[0.0, 0.5], [0.0, 0.0]]])
    assert errors(out, reference, reference).tolist() == pytest.approx([0.05, 0.05])
    out[0, 0, 0] = np.nan
    assert errors(out, reference, reference)[0] == np.inf
    reference[0, 0, 0] = np.nan  # nothing is known there
    assert errors(out, reference, reference)[0] == pytest.approx(0.05)


def test_the_cheapest_within_the_error_is_recommended() -> None:
    ds = table(
        {
            "rodas5p": [(1e-3, 1e-6, 0), (1e-7, 5e-6, 0)],
            "tsit5": [(5e-5, 4e-6, 1), (1e-8, 9e-6, 0)],
            "LSODA": [(1e-5, 1e-2, 0), (1e-8, 2e-2, 0)],
            "BDF": [(np.nan, np.nan, 0), (1e-6, 4e-2, 0)],
        },
        scipy=("LSODA", "BDF"),
    )
    assert recommended(ds, 1e-2) == ("rodas5p", 1e-3)
    assert recommended(ds, 1e-4) == ("rodas5p", 1e-6)  # tsit5 is cheaper, but a run of it failed
    assert recommended(ds, 5e-8) == ("tsit5", 1e-6)
    assert recommended(ds, 1e-4, "SciPy") == ("LSODA", 1e-3)
    assert recommended(ds, 1e-10) is None
    assert advice(ds, 1e-4) == (
        "for an error of 1e-4 take rodas5p at rtol 1e-6: 5 us a run, off by 1.0e-07 at most; "
        "SciPy's best, LSODA at rtol 1e-3: 10 ms a run, off by 1.0e-05 at most, takes 2,000 times "
        "as long (ours solve eight runs at once, SciPy's one by one from Python)"
    )
    assert advice(ds, 1e-10) == (
        "no method came within an error of 1e-10; nearest was tsit5 at rtol 1e-6: 9 us a run, "
        "off by 1.0e-08 at most"
    )


def test_a_reference_that_is_not_surer_than_what_is_asked_is_told() -> None:
    ds = table({"tsit5": [(1e-5, 1e-6, 0), (1e-8, 2e-6, 0)]})
    assert advice(ds.assign_attrs(reference_apart=1e-9), 1e-4).endswith("at most")
    doubted = advice(ds.assign_attrs(reference_apart=1e-4), 1e-4)
    assert doubted.endswith("; but the reference is only sure to 1.0e-04")
    alone = advice(ds.assign_attrs(reference_apart=float("nan")), 1e-4)
    assert alone.endswith("; but nothing confirms the reference")


def test_scipy_is_recommended_where_it_is_cheaper() -> None:
    ds = table({"tsit5": [(1e-5, 3e-2, 0), (1e-8, 4e-2, 0)], "LSODA": [(1e-5, 1e-2, 0)] * 2})
    ds["by"] = ("solver", ["axissim", "SciPy"])
    assert recommended(ds, 1e-4) == ("LSODA", 1e-3)
    assert "; our best, tsit5 at rtol 1e-3: 30 ms a run" in advice(ds, 1e-4)
    assert "takes 3.0 times as long" in advice(ds, 1e-4)
    assert advice(ds, 1e-6).startswith("for an error of 1e-6 take tsit5 at rtol 1e-6")
    assert "; none of SciPy's was within it in the time" in advice(ds, 1e-6)


def test_what_no_run_can_do_is_told_and_not_recommended() -> None:
    """At k = 1e6 Tsit5 would need some three million steps."""
    ds = precision(
        STIFF,
        xr.Dataset(),
        methods=["tsit5", "rodas5p"],
        max_steps=20_000,
        **FEW | {"t": (0, 10, 5)},
    )
    loosest = ds.sel(solver="tsit5", rtol=1e-3)
    assert (int(loosest["failed"]), int(loosest["runs"])) == (1, 1)
    assert np.isnan(ds["error"].sel(solver="tsit5").values).all()
    assert ds["left_out"].values.tolist() == ["no run ends in 20,000 steps", ""]
    assert ds.attrs["best_solver"] == "rodas5p"
    assert recommended(ds, 0.5) is not None


def test_runs_that_the_reference_cannot_do_are_left_out_and_counted() -> None:
    """x = 1 / (1 - k t) is not there at k = 1 from t = 1 on."""
    ds = precision(BLOW, grid({"k": [0.1, 0.2, 1.0]}), methods=["rodas5p"], **FEW)
    assert (ds.attrs["design_runs"], ds.attrs["design_unknown"]) == (3, 1)
    assert ds["runs"].values.tolist() == [[2, 2, 2]]
    assert ds["failed"].values.tolist() == [[0, 0, 0]]
    with pytest.raises(ModelError, match=r"no run could be done at rtol 1e-11 \(\w+\)"):
        precision(BLOW, grid({"k": [1.0, 2.0]}), methods=["rodas5p"], **FEW)


def test_what_takes_too_long_is_left_out_and_told() -> None:
    ds = precision(DECAY, RATES, methods=["scipy:BDF", "tsit5"], **FEW | {"seconds": 1e-9})
    assert ds["left_out"].values[0] == "over the time from rtol 1e-3 on"
    assert ds["runs"].values[0].tolist() == [0, 0, 0]
    assert np.isnan(ds["cpu"].values[0]).all()


def test_doses_are_given_to_all_alike() -> None:
    """SciPy lands at the dose, and its errors fall as ours do."""
    ds = precision(
        DECAY, RATES, protocol=[ax.dose("x", 1.0, at=0.55)], methods=["tsit5", "scipy:LSODA"], **FEW
    )
    assert ds.attrs["scipy_by"] == "our loop around SciPy's steps"
    assert (ds["error"].values[:, 2] < 1e-6).all()
    assert (ds["error"].values[:, 0] > 1e-6).all()


def test_solve_ivp_makes_what_the_reference_loop_makes() -> None:
    ready = ready_of(DECAY, RATES)
    assert ready.plainly
    kernel = ready.question.kernel
    for method in ("LSODA", "Radau", "BDF", "DOP853", "RK45"):
        made = ready.make(f"scipy:{method}", 1e-8, np.arange(3))
        assert made.status.tolist() == [1, 1, 1]
        assert np.abs(made.out - exact([0.5, 1.0, 2.0])).max() < 1e-5
    assert uneventful(kernel, ready.none_of())
    eventful = ready_of(
        ax.load("model e()\n x = 1; k = 1\n x' = -k*x\n at x < 0.5: x = 1\nend\n"), RATES
    )
    assert not eventful.plainly


def test_scipy_fails_in_the_words_of_ours() -> None:
    ready = ready_of(BLOW, grid({"k": [0.1, 1.0]}))
    runs = ready.runs(1e-6, ready.atol(1e-6), np.arange(2), 1000)
    solve_plainly("LSODA", ready.question.kernel, runs)
    assert runs.status[0] == 1
    assert runs.status[1] > 1
    assert np.isnan(runs.out[1]).all()


def test_runs_near_the_model() -> None:
    hill = ax.load("model h()\n x = 1; n = 4; z = 0; k = 2.5\n x' = k - z - x^n\nend\n")
    design = perturbed(hill, 64, seed=3)
    assert list(design.data_vars) == ["k"]  # n is part of the code, and z is 0
    assert design.equals(perturbed(hill, 64, seed=3))
    assert np.median(design["k"]) == pytest.approx(2.5, rel=0.02)
    assert 0.03 < np.std(np.log(design["k"])) < 0.07
    assert not perturbed(hill, fixed=["k"]).sizes


def test_the_python_of_the_page_runs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "guides" / "bench.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "bench.md", "exec"), names)
    assert names["ds"].sizes == {"solver": 8, "rtol": 7}
    assert names["ds"].attrs["best_solver"] in ("rodas4", "rodas5p")


def test_durations() -> None:
    said = [duration(seconds) for seconds in (2.0, 0.0051, 1.234e-5, 2e-7)]
    assert said == ["2 s", "5.1 ms", "12.3 us", "0.2 us"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"methods": ["LSODA"]}, "unknown method 'LSODA'; choose from rodas4"),
        ({"methods": []}, "give each method once, and one at least"),
        ({"methods": ["tsit5", "tsit5"]}, "give each method once"),
        ({"rtols": [1e-12]}, "rtol = 1e-12 is not between 1e-11"),
        ({"rtols": []}, "one tolerance at least"),
        ({"error": 0.0}, "error = 0 is not between 0 and 1"),
        ({"seconds": 0.0}, "seconds = 0 is no time to measure in"),
        ({"outputs": ["k"]}, "none of the outputs moves"),
        ({"t": [1.0]}, "t needs at least two times"),
    ],
)
def test_what_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        precision(DECAY, RATES, **FEW | asked)
