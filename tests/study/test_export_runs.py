"""Models written as SBML and Antimony run as they did, here and in libRoadRunner."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import axissim as ax
from axissim.model.export import to_antimony, to_sbml
from axissim.model.library import card, folder, shipped
from axissim.model.model import Model

EVENTS = """model pulses()
  compartment C = 2
  species $S in C;  S = 3;  S' = -k*S
  substanceOnly species $A in C;  A = 4;  A' = 0.3*A*(1 - A/5)
  const k = 0.5
  var x = 1;  x' = -k*x + 0.1*sin(time)
  var n = 0
  y := piecewise(x, x > 0.5, 2*x, time > 3, 0.25)
  E1: at 0.4 after x < 0.6, persistent=false, priority=k+1: x = x + 1, n = n + 1
  E2: at time > 2.5, t0=false, fromTrigger=false: S = S + x, A = 1
  E3: at S < 0.9: n = n + 10
end
"""


METHODS = ("auto", "scipy:LSODA")


def course(model: Model, times: Any, keys: list[str], method: str = "auto") -> np.ndarray[Any, Any]:
    """What axissim makes of a model, at rtol 1e-9: an array (id, time)."""
    ds = ax.simulate(model, t=times, outputs=keys, rtol=1e-9, method=method)
    assert int(ds["status"]) == 1
    return np.array([ds[key].values for key in keys])


def elsewhere(text: str, times: Any, keys: list[str]) -> np.ndarray[Any, Any]:
    """What libRoadRunner makes of SBML text."""
    roadrunner = pytest.importorskip("roadrunner")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    # of a large model libRoadRunner 2.10's first instance does not start; the next one does
    _, runner = [roadrunner.RoadRunner(text) for _ in range(2)]
    runner.integrator.setValue("relative_tolerance", 1e-11)
    runner.integrator.setValue("absolute_tolerance", 1e-15)
    runner.integrator.setValue("maximum_num_steps", 1_000_000)
    rooms = set(runner.model.getFloatingSpeciesIds()) | set(runner.model.getBoundarySpeciesIds())
    amounts = {key for key in rooms if f'id="{key}"' in text and _is_amount(text, key)}
    runner.timeCourseSelections = [
        f"[{key}]" if key in rooms and key not in amounts else key for key in keys
    ]
    start, stop, points = times
    return np.array(runner.simulate(start, stop, points)).T


def _is_amount(text: str, key: str) -> bool:
    (line,) = (line for line in text.splitlines() if f'<species id="{key}"' in line)
    return 'hasOnlySubstanceUnits="true"' in line


def assert_near(first: Any, second: Any, keys: list[str], within: float) -> None:
    for key, ours, theirs in zip(keys, first, second, strict=True):
        apart = np.max(np.abs(ours - theirs)) / (np.max(np.abs(ours)) or 1.0)
        assert apart <= within, f"{key} is {apart:.1e} apart"


def without_delay() -> list[str]:
    """The shipped models that libRoadRunner can run."""
    return [key for key in shipped() if "delay(" not in (folder() / key / f"{key}.ant").read_text()]


@pytest.mark.parametrize("key", without_delay())
def test_libroadrunner_runs_a_shipped_model_alike(key: str) -> None:
    model, times = ax.load(key), card(key).span
    keys = [part.id for part in (*model.states, *model.observables)]
    ours = course(model, times, keys)
    assert_near(ours, elsewhere(to_sbml(model), times, keys), keys, 1e-6)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("write", [to_sbml, to_antimony])
def test_a_model_with_events_runs_alike_once_it_is_back(write: Any, method: str) -> None:
    model, times = ax.load(EVENTS), (0.0, 6.0, 62)
    keys = [part.id for part in (*model.states, *model.observables)]
    first = course(model, times, keys, method)
    np.testing.assert_array_equal(first, course(ax.load(write(model)), times, keys, method))
    assert first[keys.index("n")][-1] > 10.0  # every event happened


@pytest.mark.parametrize("method", METHODS)
def test_libroadrunner_runs_a_model_with_events_alike(method: str) -> None:
    model, times = ax.load(EVENTS), (0.0, 6.0, 62)
    keys = [part.id for part in (*model.states, *model.observables)]
    ours = course(model, times, keys, method)
    assert_near(ours, elsewhere(to_sbml(model), times, keys), keys, 1e-6)
