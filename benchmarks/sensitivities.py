"""Local sensitivities: their error against other ways to the same numbers, and what they cost.

python benchmarks/sensitivities.py [MODEL ...]: for shipped models, in all their numeric parameters
(every fifth of the menstrual cycle's),

- the error of forward sensitivities at tolerances of 1e-6 and 1e-9 against five-point differences
  of runs at 1e-12 (with three steps; the nearest one counts), which know nothing of the equations;
- the same against SciPy's LSODA at 1e-11 on the same equations, in the parameters that matter most;
- the error of central differences at the default tolerance, as one writes them by hand;
- the time of a set of values with all its derivatives, in a sweep of many sets on all processors,
  by the equations, by differences that are as good, and of a run alone.

An error is the greatest over states and times, as a share of the greatest size over time of that
derivative, or of a thousandth of the state per parameter, whichever is more; then the median and
the greatest over parameters.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import xarray as xr

import axissim as ax
from axissim.analysis.sensitivity import Sensitivities, sensitivity
from axissim.model.library import card

# Model, values in place of its own, sets of values to time.
CASES = (
    ("hpa_sriram", {}, 256),
    ("dopamine_terminal", {"meals": 1.0}, 64),
    ("thyroid_human", {}, 32),
    ("menstrual_contraception", {}, 8),
    ("gnrh_goodwin", {}, 64),
    ("menstrual_cycle", {}, 2),
)
LONG = ("menstrual_contraception", "menstrual_cycle")  # SciPy takes minutes
POINTS = 21
LEAST = 1e-3


def errors(found: Any, reference: Any, values: Any, own: Any) -> Any:
    """Of derivatives (times, states, parameters), for each parameter."""
    size = np.nanmax(np.abs(values), axis=0)[:, None] / np.where(own != 0.0, np.abs(own), 1.0)
    scale = np.maximum(np.nanmax(np.abs(reference), axis=0), LEAST * size)
    shares = np.abs(found - reference) / np.where(scale > 0.0, scale, 1.0)
    return np.nanmax(shares, axis=(0, 1))


def differences(model: Any, keys: list[str], own: Any, options: dict[str, Any], far: float) -> Any:
    """By five points: (times, states, parameters)."""
    step = far * np.where(own != 0.0, np.abs(own), 1.0)
    rows = np.repeat(own[None], 4 * len(keys), axis=0)
    for at in range(len(keys)):
        rows[4 * at : 4 * at + 4, at] += step[at] * np.array([-2.0, -1.0, 1.0, 2.0])
    y = swept(model, keys, rows, options).reshape(len(keys), 4, POINTS, -1)
    slopes = (y[:, 0] - 8 * y[:, 1] + 8 * y[:, 2] - y[:, 3]) / (12 * step[:, None, None])
    return np.moveaxis(slopes, 0, -1)


def central(model: Any, keys: list[str], own: Any, options: dict[str, Any], far: float) -> Any:
    """By two points."""
    step = far * np.where(own != 0.0, np.abs(own), 1.0)
    rows = np.concatenate([own + np.diag(step), own - np.diag(step)])
    y = swept(model, keys, rows, options).reshape(2, len(keys), POINTS, -1)
    return np.moveaxis((y[0] - y[1]) / (2 * step[:, None, None]), 0, -1)


def swept(model: Any, keys: list[str], rows: Any, options: dict[str, Any]) -> Any:
    design = xr.Dataset({key: ("sample", rows[:, at]) for at, key in enumerate(keys)})
    ds = ax.sweep(model, design, **options)
    return np.stack([ds[key].values for key in options["outputs"]], axis=-1)


def seconds(call: Any) -> float:
    """The best of three."""
    call()
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def scipy(model: Any, keys: list[str], own: Any, told: Any, found: Any, values: Any) -> None:
    """Print the error against SciPy in the four parameters that matter most."""
    times, outputs, params = told
    best = np.argsort(-np.max(np.abs(found), axis=(0, 1)) * np.abs(own))[:4]
    some = [keys[at] for at in best]
    slow = Sensitivities(
        model, some, times, outputs, params=params, method="scipy:LSODA", rtol=1e-11
    )
    off = errors(found[..., best], slow(own[None, best])[1][0], values, own[best])
    print(f"  rtol 1e-9 against SciPy, {' '.join(some)}: {off.max():.1e}")


def case(model_id: str, params: dict[str, float], sets: int) -> None:
    model, span = ax.load(model_id), card(model_id).span
    times = np.linspace(float(span[0]), float(span[1]), POINTS + 1)[:-1]
    times[1:] += 0.37 * times[1]  # away from the moments at which rates jump
    outputs = [state.id for state in model.states]
    first = sensitivity(model, t=times, params=params, outputs=outputs)
    by_equations = first["derived"].values == "forward"
    picked = np.flatnonzero(by_equations)[:: 1 if len(outputs) < 40 else 5]
    keys = [str(key) for key in first["parameter"].values[picked]]
    own = first["value"].values[picked]
    told: dict[str, Any] = {"t": times, "outputs": outputs, "params": params, "method": "rodas5p"}
    tight = {**told, "rtol": 1e-12}
    fixed = {key: value for key, value in params.items() if key not in keys}
    print(f"{model_id}: {len(outputs)} states, {len(keys)} of {by_equations.size} parameters")
    several = [differences(model, keys, own, tight, far) for far in (1e-3, 2e-4, 2e-5)]
    kept = {}
    for rtol in (1e-6, 1e-9):
        kept[rtol] = Sensitivities(model, keys, times, outputs, params=fixed, rtol=rtol)
        values, found, ok = kept[rtol](own[None])
        assert ok.all()
        off = np.min([errors(found[0], one, values[0], own) for one in several], axis=0)
        worst = keys[int(np.argmax(off))]
        print(f"  rtol {rtol:g}: median {np.median(off):.1e}, worst {off.max():.1e} ({worst})")
    if model_id not in LONG:
        scipy(model, keys, own, (times, outputs, {**params, **fixed}), found[0], values[0])
    rough = central(model, keys, own, {**told, "rtol": 1e-6}, 1e-3)
    off = np.min([errors(rough, one, values[0], own) for one in several], axis=0)
    print(f"  central differences at 1e-6: median {np.median(off):.1e}, worst {off.max():.1e}")
    rng = np.random.default_rng(0)
    many = own * np.exp(0.02 * rng.normal(size=(sets, len(own))))
    forward = seconds(lambda: kept[1e-6](many)) / sets
    runs = {"rtol": 1e-6, **{key: told[key] for key in ("t", "outputs", "params")}}
    alone = seconds(lambda: swept(model, keys, np.tile(many, (16, 1)), runs)) / sets / 16
    fine_runs = {**runs, "rtol": 1e-11}
    each = seconds(lambda: swept(model, keys, np.tile(many, (8, 1)), fine_runs)) / sets / 8
    print(
        f"  a set: {1e3 * forward:.2f} ms forward, {1e6 * forward / len(keys):.0f} us a parameter; "
        f"{1e3 * 2 * len(keys) * each:.2f} ms by differences at 1e-11, "
        f"{1e3 * 2 * len(keys) * alone:.2f} ms at 1e-6; a run {1e6 * alone:.0f} us; "
        f"one call {1e3 * seconds(lambda: kept[1e-6](own[None])):.1f} ms"
    )


if __name__ == "__main__":
    for model_id, params, sets in CASES:
        if len(sys.argv) == 1 or model_id in sys.argv[1:]:
            case(model_id, params, sets)
