"""One step: the unrolled text against a loop over the tableau, the engine against the textbook."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import axissim as ax
from axissim.compile import plain
from axissim.solve.steps import step_text
from axissim.solve.tableaus import TABLEAUS

N, T, H = 3, 2.0, 0.37


@pytest.fixture
def tableau(method):
    return TABLEAUS[method]


@pytest.fixture
def text(tableau):
    """The functions of `step_text`, in plain Python."""
    module = {"njit": lambda **_: lambda function: function} | vars(plain)
    exec(compile(step_text(tableau), tableau.name, "exec"), module)
    return module


@pytest.fixture
def k(tableau):
    """Stages, shape (stages, N)."""
    return np.random.default_rng(5).normal(size=(tableau.stages, N))


@pytest.fixture
def step(tableau, text, k):
    """One step in which the stages come out as `k`: its memory, and what was asked for when."""
    w = SimpleNamespace(k=np.zeros(tableau.stages * N), y=np.array([1.0, -2.0, 0.5]), f=None)
    w.stage, w.shift, w.y1, w.error = np.zeros((4, N))
    w.places, w.shifts, w.moments, w.slopes = [], [], [], [0.0] * tableau.stages

    def solve_stage(m, w, stage):
        w.shifts.append(w.shift.copy())
        w.k[stage * N :][:N] = k[stage]

    def rates(m, w, into):
        w.places.append(w.stage.copy())
        if into is not None:
            into[:N] = k[len(w.places)]

    def add_slope(m, w, factor):
        w.slopes[len(w.shifts)] = factor

    text |= {
        "factorise": lambda m, w, diagonal: setattr(w, "diagonal", diagonal),
        "look": lambda w, moment: w.moments.append(moment),
        "moved": lambda array, by: array[by:],
        "solve_stage": solve_stage,
        "rates": rates,
        "add_slope": add_slope,
        "constrain": lambda m, w: None,  # there is nothing implicit here
    }
    w.k[:N] = k[0]
    text["take_step"](SimpleNamespace(states=N), w, T, H)
    return w


def test_stages_are_combined_as_the_tableau_says(tableau, step, k):
    scale = 1.0 if tableau.implicit else H
    for stage in range(1, tableau.stages):
        expected = step.y + scale * sum(a * k[j] for j, a in enumerate(tableau.a[stage]))
        np.testing.assert_allclose(step.places[stage - 1], expected, rtol=1e-13)
        if tableau.implicit:
            expected = sum(c * k[j] for j, c in enumerate(tableau.c[stage])) / H
            np.testing.assert_allclose(step.shifts[stage], expected, rtol=1e-13)


def test_the_step_is_finished_as_the_tableau_says(tableau, step, k):
    scale = 1.0 if tableau.implicit else H
    expected = step.y + scale * np.array(tableau.solution) @ k
    np.testing.assert_allclose(step.y1, expected, rtol=1e-13)
    np.testing.assert_allclose(step.error, scale * np.array(tableau.error) @ k, rtol=1e-12)


def test_interpolants_are_as_the_tableau_says(tableau, text, k):
    vectors = np.zeros((len(tableau.dense), N))
    flat = vectors.ravel()
    text["interpolants"](SimpleNamespace(whole=True), N, H, k.ravel(), flat)
    scale = 1.0 if tableau.implicit else H
    np.testing.assert_allclose(vectors, scale * np.array(tableau.dense) @ k, rtol=1e-12)


def test_only_what_is_saved_is_interpolated(tableau, text, k):
    flat = np.zeros(len(tableau.dense) * N)
    text["interpolants"](SimpleNamespace(whole=False, width=1, picked=[1]), N, H, k.ravel(), flat)
    vectors = flat.reshape(-1, N)
    assert np.all(vectors[:, [0, 2]] == 0.0)
    assert np.all(vectors[:, 1] != 0.0)


def test_where_stages_stand(tableau, step):
    np.testing.assert_allclose(step.moments, T + tableau.alpha[1:] * H, rtol=1e-12)
    assert step.moments[-1] == T + H  # exactly: a stage must not look past the end
    if tableau.implicit:
        np.testing.assert_allclose(step.slopes, tableau.gammas * H, atol=1e-12)
        assert step.diagonal == pytest.approx(1.0 / (tableau.gamma * H), rel=1e-15)


MODEL = """model forced()
  x' = -x^2 + y*sin(2*time) + 0.3
  y' = x*exp(-time) - 2*y
  x = 1; y = 0.4
end"""


def rates(t, z):
    x, y = z
    return np.array([-x * x + y * np.sin(2 * t) + 0.3, x * np.exp(-t) - 2 * y])


def jacobian(t, z):
    x, _ = z
    return np.array([[-2 * x, np.sin(2 * t)], [np.exp(-t), -2.0]])


def slope_in_time(t, z):
    x, y = z
    return np.array([2 * y * np.cos(2 * t), -x * np.exp(-t)])


def textbook_step(tableau, t, y, h):
    """One step in the classical form: Hairer & Wanner, Solving ODEs II, eq. IV.7.4 and 7.5."""
    alpha, gamma = tableau.classical, tableau.coupling
    jac, ft = jacobian(t, y), slope_in_time(t, y)
    k = np.zeros((tableau.stages, y.size))
    for i in range(tableau.stages):
        right = h * rates(t + tableau.alpha[i] * h, y + alpha[i] @ k)
        if tableau.implicit:
            right += h * jac @ (gamma[i, :i] @ k[:i]) + h * h * tableau.gammas[i] * ft
        k[i] = np.linalg.solve(np.eye(y.size) - h * tableau.gamma * jac, right)
    return y + tableau.weights @ k


@pytest.mark.parametrize("start", [0.0, 0.8])
def test_one_step_of_the_engine_is_one_step_of_the_textbook(tableau, start):
    """Also where the rates depend on the time, which takes the slope in time."""
    result = ax.simulate(
        ax.load(MODEL), t=[start, start + 0.25], step=0.25, method=tableau.name, atol=1e-9
    )
    expected = textbook_step(tableau, start, np.array([1.0, 0.4]), 0.25)
    assert int(result.n_steps) == 1
    np.testing.assert_allclose([result.x[-1], result.y[-1]], expected, rtol=1e-13)
