"""Problems that own their truth, handed to every test that asks for a `problem` or a `method`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.special import ellipj

import axissim as ax
from axissim.model.model import Model
from axissim.solve.tableaus import TABLEAUS


@dataclass(frozen=True)
class Problem:
    """An initial value problem whose solution can be written down.

    Attributes
    ----------
    text : str
        Antimony.
    end : float
        The run goes from 0 to here.
    steps : int
        With so many equal steps and more, an error falls as theory says.
    exact : callable
        Times, shape (t,), to each state's values there.
    """

    name: str
    text: str
    end: float
    steps: int
    exact: Callable[[Any], Mapping[str, Any]]

    @cached_property
    def model(self) -> Model:
        return ax.load(self.text)

    def error(self, result: Any) -> float:
        """The largest error in a Dataset over states and times, relative to each state's size."""
        truth = self.exact(result.time.values)
        return max(
            float(np.max(np.abs(result[state].values - values)) / np.max(np.abs(values)))
            for state, values in truth.items()
        )


_CHAIN = np.array([[-1.0, 0.2, 0.0], [1.0, -3.0, 0.5], [0.0, 2.8, -0.5]])


def _chain(t: Any) -> dict[str, Any]:
    values = np.array([expm(_CHAIN * moment) @ [1.0, 0.0, 2.0] for moment in t])
    return {"x": values[:, 0], "y": values[:, 1], "z": values[:, 2]}


def _elliptic(t: Any) -> dict[str, Any]:
    sn, cn, dn, _ = ellipj(t, 0.51)
    return {"x": sn, "y": cn, "z": dn}


def _rhythm(t: Any) -> dict[str, Any]:
    radius = 1 / np.sqrt(1 + 99 * np.exp(-2 * t))
    return {"x": radius * np.cos(3 * t), "y": radius * np.sin(3 * t)}


def _roots(t: Any) -> dict[str, Any]:
    return {"u": np.sqrt(1 + 0.5 * np.cos(t)), "v": np.sqrt(2 + np.cos(2 * t))}


def _roots_text(pull: float) -> str:
    """Square roots of two waves, each pulled back to its course and to the other's."""
    return f"""model roots()
      pull = {pull}
      off_u := (u^2 - 1 - 0.5*cos(time))/(2*u)
      off_v := (v^2 - 2 - cos(2*time))/(2*v)
      u' = -pull*off_u + 0.5*off_v - sin(time)/(4*u)
      v' = 0.5*off_u - off_v - sin(2*time)/v
      u = sqrt(1.5); v = sqrt(3)
    end"""


PROBLEMS = [
    Problem(
        "logistic",
        "model logistic()\n r = 1.3; K = 2; x' = r*x*(1 - x/K); x = 0.1\nend",
        5.0,
        96,
        lambda t: {"x": 2 / (1 + 19 * np.exp(-1.3 * t))},
    ),
    Problem(
        "chain",
        """model chain()
          x' = -x + 0.2*y; y' = x - 3*y + 0.5*z; z' = 2.8*y - 0.5*z; x = 1; y = 0; z = 2
        end""",
        4.0,
        240,
        _chain,
    ),
    Problem(
        "elliptic",
        "model elliptic()\n m = 0.51; x' = y*z; y' = -x*z; z' = -m*x*y; x = 0; y = 1; z = 1\nend",
        8.0,
        128,
        _elliptic,
    ),
    Problem(
        "rhythm",
        """model rhythm()
          w = 3; g := 1 - x^2 - y^2; x' = g*x - w*y; y' = w*x + g*y; x = 0.1; y = 0
        end""",
        6.0,
        768,
        _rhythm,
    ),
    Problem(
        "breath",
        "model breath()\n x' = cos(time)*x; x = 1\nend",
        9.0,
        256,
        lambda t: {"x": np.exp(np.sin(t))},
    ),
    Problem("roots", _roots_text(2.0), 5.0, 120, _roots),
    Problem(
        "followed",
        """model followed()
          pull = 10; y' = -pull*(y - sin(3*time)) + 3*cos(3*time); y = 1
        end""",
        3.0,
        480,
        lambda t: {"y": np.sin(3 * t) + np.exp(-10 * t)},
    ),
]
METHODS = sorted(TABLEAUS)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All by all: every method and every problem, to whoever asks."""
    if "problem" in metafunc.fixturenames:
        metafunc.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
    if "method" in metafunc.fixturenames:
        metafunc.parametrize("method", METHODS)
