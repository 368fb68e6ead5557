"""The race against other solvers: rates at equal error, its tables, the peers' equations."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

import axissim as ax
from axissim.compile.system import system_of
from axissim.model.expression import value
from axissim.model.model import ModelError

PEERS = Path(__file__).parents[1] / "benchmarks" / "peers"


@pytest.fixture(scope="module")
def room():
    """The modules of benchmarks/peers, by name; they are run as scripts, from their own folder."""
    before = set(sys.modules)
    sys.path.insert(0, str(PEERS))
    yield importlib.import_module
    sys.path.remove(str(PEERS))
    for key in set(sys.modules) - before:
        if (PEERS / f"{key}.py").exists():
            del sys.modules[key]


def point(emed, rate, **others):
    return {"peer": "a", "rtol": emed, "emed": emed, "tps_cpu": rate, "wall": rate} | others


def test_the_rate_at_an_error_lies_between_its_neighbours_in_logarithms(room):
    equal_error = room("equal_error")
    points = [point(1e-2, 1000.0), point(1e-4, 10.0)]
    assert equal_error.at_error(points, 1e-3, "tps_cpu") == pytest.approx(100.0)
    assert equal_error.at_error(points, 1.0, "tps_cpu") == pytest.approx(1000.0)  # keeps its rate
    assert equal_error.at_error(points, 1e-5, "tps_cpu") is None


def test_a_point_that_another_beats_in_both_is_not_read(room):
    equal_error = room("equal_error")
    points = [point(1e-2, 50.0), point(1e-3, 100.0), point(1e-4, 10.0)]
    assert [p["emed"] for p in equal_error.frontier(points, "tps_cpu")] == [1e-4, 1e-3]
    assert equal_error.at_error(points, 1e-2, "tps_cpu") == pytest.approx(100.0)


def test_runs_that_fail_or_are_exact_are_no_points(room):
    equal_error = room("equal_error")
    bad = [point(float("inf"), 1.0), point(float("nan"), 1.0), point(0.0, 1.0)]
    assert equal_error.good(bad) == []
    assert equal_error.at_error(bad, 1e-3, "tps_cpu") is None


def test_rounds_are_merged_by_their_median(room):
    rounds = [[point(1e-3, rate)] for rate in (1.0, 5.0, 100.0)]
    (merged,) = room("equal_error").merged(rounds)
    assert (merged["tps_cpu"], merged["rounds"]) == (5.0, 3)


def test_later_rounds_measure_what_the_interpolation_reads(room):
    points = [point(10.0**-k, 10.0 ** (8 - k)) for k in range(1, 9)]
    asked = [float(x) for x in room("equal_error").bracket(points).split(",")]
    assert asked == pytest.approx([1e-3, 1e-4, 1e-6, 1e-7])


RESULTS = {
    "date": "2026-01-01 00:00",
    "cpu": "a processor",
    "compiler": "g++",
    "load": "0.10",
    "versions": {"axissim rodas5p": "axissim 1", "cpp rodas5pv": "g++ 1", "amici": "amici 1"},
    "first": {"axissim": {"best": 12.34}},
    "problems": {
        "best": {
            "points": {
                "axissim rodas5p": [point(1e-3, 1000.0), point(1e-7, 10.0)],
                "cpp rodas5pv": [point(1e-3, 2000.0), point(1e-7, 5.0)],
                "amici": [point(1e-3, 1.25)],
            },
            "troubles": {"amici": "not done in 45 s"},
        }
    },
}


def test_the_table_shows_what_is_lost_and_why_there_is_a_dash(room):
    tables = room("tables")
    text = tables.short_table(f"before\n{tables.BEGIN}\nstale\n{tables.END}\nafter\n", RESULTS)
    assert text.startswith("before\n")
    assert text.endswith(f"{tables.END}\nafter\n")
    assert "stale" not in text
    assert "| axissim Rodas5P | 1,000 / 31.6 |" in text
    assert "| C++ Rodas5P, AVX-512 lanes | **2,000** / 22.4 |" in text
    assert "| AMICI | 1.25 / — |" in text
    assert "C++ Rodas5P, AVX-512 lanes at 0.001 (2.00 times)" in text
    assert "AMICI on `best`, 1e-06: its least error was 1.0e-03 at rtol 0.001; not done in" in text
    assert "| axissim | 12.3 |" in text
    assert tables.short_table(text, RESULTS) == text


def test_a_page_without_the_two_lines_is_left_alone(room):
    with pytest.raises(ValueError, match="has no line"):
        room("tables").short_table("nothing", RESULTS)


def test_a_picture_has_a_line_a_peer(room):
    (axes,) = room("pictures").draw(RESULTS, "best").axes
    assert {"axissim Rodas5P", "C++ Rodas5P, AVX-512 lanes", "AMICI"} <= {
        text.get_text() for text in axes.get_legend().get_texts()
    }


SWEPT = ("Vth", "Vd")


@pytest.fixture(scope="module")
def problem(room, tmp_path_factory):
    """A small problem that reads the time, its folder and the model that peers get."""
    folder = tmp_path_factory.mktemp("problem")
    asked = room("problem").Problem("day", "dopamine_terminal", SWEPT, end=24.0, size=256)
    return asked, folder, room("problem").write(asked, folder)


def equations(folder):
    """The module that peers import, on Python's own numbers."""
    found = {}
    exec((folder / "day_py.py").read_text(), found)
    return found


def states_at_random(model, seed=0):
    start = np.array([state.initial.value for state in model.states])
    states = start * np.random.default_rng(seed).uniform(0.5, 2.0, (5, len(start)))
    states[:, -1] = [0.5, 7.5, 11.0, 13.0, 23.0]  # the clock
    return states


def test_the_equations_of_the_peers_are_those_of_the_model(problem):
    """Against the model as it is shipped, with its time, at states at random."""
    asked, folder, made = problem
    shipped = system_of(ax.load("dopamine_terminal"), asked.swept)
    rhs = equations(folder)
    member = [100.0, 9000.0]
    for state in states_at_random(made):
        env = {**shipped.inputs, **shipped.baked, **dict(zip(SWEPT, member, strict=True))}
        env |= dict(zip([s.id for s in made.states], state, strict=True))
        for key, formula in shipped.fixed.items():
            env[key] = value(formula, env)
        own = {
            key: value(rate, env, time=state[-1])
            for key, rate in zip(shipped.states, shipped.rates, strict=True)
        }
        told = np.array(rhs["rhs_list"](0.0, list(state), member))
        expected = [own.get(s.id, 1.0) for s in made.states]
        size = np.abs(expected).max()
        np.testing.assert_allclose(told, expected, rtol=1e-12, atol=1e-12 * size)
        inplace = np.empty_like(told)
        rhs["rhs_inplace"](0.0, state, member, inplace)
        np.testing.assert_array_equal(inplace, told)


def test_the_jacobian_of_the_peers_is_that_of_differences(problem):
    _, folder, made = problem
    functions = equations(folder)
    member = [100.0, 9000.0]
    for state in states_at_random(made, seed=1):
        whole = np.array(functions["jac_list"](0.0, list(state), member))
        sparse = np.zeros_like(whole)
        functions["jac_inplace"](0.0, state, member, sparse)
        np.testing.assert_array_equal(sparse, whole)
        for j in range(len(state)):
            step = 1e-6 * max(abs(state[j]), 1e-3)
            ends = [state + sign * step * (np.arange(len(state)) == j) for sign in (1, -1)]
            high, low = (np.array(functions["rhs_list"](0.0, list(y), member)) for y in ends)
            slope = (high - low) / (2 * step)
            size = np.abs(slope).max() + 1e-3
            np.testing.assert_allclose(whole[:, j], slope, rtol=1e-4, atol=1e-6 * size)


def test_the_files_of_a_problem_agree(problem):
    asked, folder, made = problem
    told = json.loads((folder / "day_meta.json").read_text())
    assert told["states"] == [state.id for state in made.states]
    assert told["states"][-1] == "clock"
    members = np.load(folder / "day_params.npy")
    assert members.shape == (asked.size, len(SWEPT))
    ratio = members / told["pnom"]
    assert ratio.min() >= 0.5
    assert ratio.max() <= 2.0
    again = ax.load(folder / "day.xml")
    assert [state.id for state in again.states] == told["states"]
    header = (folder / "day.h").read_text()
    for name in ("rhs", "jac_sp", "jac_dense_cm", "rhsjac", "lu", "lusolve"):
        assert f"static inline void {name}(" in header


def test_the_factors_of_the_header_solve(room, problem):
    """The text of ``lu`` and ``lusolve``, read as Python, solves with g I - J."""
    asked, folder, made = problem
    system = system_of(made, asked.swept)
    entries = sorted(system.jacobian)
    lines = room("written")._factors(system.elimination, entries)
    found = {}
    for line in lines[1:]:
        if line.startswith("template"):
            arguments = "g, J, A" if " lu(" in line else "A, b"
            name = "lu" if " lu(" in line else "lusolve"
            found[name] = [f"def {name}({arguments}):"]
        elif line != "}":
            found[name].append("    " + line.strip().removeprefix("T ").replace("T(", "float("))
    functions = {}
    for text in found.values():
        exec("\n".join(text), functions)
    state = states_at_random(made)[1]
    jacobian = np.array(equations(folder)["jac_list"](0.0, list(state), [100.0, 9000.0]))
    factors, known = np.zeros(len(system.elimination.entries)), np.arange(1.0, len(state) + 1)
    functions["lu"](30.0, [jacobian[entry] for entry in entries], factors)
    unknown = (30.0 * np.eye(len(state)) - jacobian) @ known
    functions["lusolve"](factors, unknown)
    np.testing.assert_allclose(unknown, known, rtol=1e-9)


@pytest.mark.parametrize(
    ("model", "swept", "words"),
    [
        ("motivational_axis", ("dopamine__Vth",), "has the event 'testis__pulse'"),
        ("prolactin", ("PRL0",), "depends on 'PRL0'"),
    ],
)
def test_what_peers_cannot_take_is_said(room, model, swept, words):
    with pytest.raises(ModelError, match=words):
        room("flat").flat(ax.load(model), swept)
