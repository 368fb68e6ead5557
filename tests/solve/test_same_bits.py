"""A run is the same bits alone, in any block or order, on any threads, beside any neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim.solve.work import OK

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Ensemble:
    """A model, how to solve it, what varies from run to run, and what ruins a run.

    Attributes
    ----------
    ranges : dict
        Id to least and greatest value.
    poisons : tuple of dict
        Values that no run can survive.
    """

    name: str
    source: str
    method: str
    times: tuple
    ranges: dict
    poisons: tuple

    @cached_property
    def model(self):
        return ax.load(self.source)

    def design(self, count, seed=1):
        rng = np.random.default_rng(seed)
        columns = {k: np.exp(rng.uniform(*np.log(v), count)) for k, v in self.ranges.items()}
        return xr.Dataset({key: ("sample", column) for key, column in columns.items()})

    def solved(self, design, threads=1):
        """The Dataset of a sweep, without what may differ: provenance."""
        return ax.sweep(self.model, design, t=self.times, method=self.method, threads=threads)


TERMINAL = {
    "source": "dopamine_terminal",
    "times": (0.0, 24.0, 13),
    "ranges": {"Vd": (4000.0, 16000.0), "fire": (0.5, 2.0), "k_rem": (200.0, 800.0)},
    "poisons": ({"Vd": np.nan}, {"fire": np.inf}, {"k_rem": -1e6}),
}
HUNTED = """model hunted()
  a = 1; b = 1; c = 0.001; x' = x*(a - y) + c*x^2; y' = y*(b*x - 1); x = 2; y = 1
end"""
ENSEMBLES = [
    Ensemble("terminal", method="rodas5p", **TERMINAL),
    Ensemble("terminal-auto", method="auto", **TERMINAL),
    Ensemble(
        "robertson",
        str(DATA / "rober.ant"),
        "rodas4",
        (0.0, 1e4, 6),
        {"k1": (0.01, 0.1), "k2": (1e7, 1e8), "k3": (1e3, 1e5)},
        ({"k2": np.nan}, {"k1": -1e3}, {"k3": np.inf}),
    ),
    Ensemble(
        "hunted",
        HUNTED,
        "tsit5",
        (0.0, 10.0, 11),
        {"a": (0.5, 2.0), "b": (0.3, 3.0), "c": (1e-4, 1e-3)},
        ({"a": np.nan}, {"c": 100.0}, {"b": -np.inf}),
    ),
]
COUNT = 36


@pytest.fixture(scope="module", params=ENSEMBLES, ids=lambda ensemble: ensemble.name)
def ensemble(request):
    return request.param


@pytest.fixture(scope="module")
def reference(ensemble):
    """All runs in one sweep."""
    found = ensemble.solved(ensemble.design(COUNT))
    assert np.all(found.status == OK)
    return found


def same(ours, theirs):
    """Whether two Datasets hold the same bits, NaN and the sign of zero too."""
    names = set(ours.data_vars)
    return names == set(theirs.data_vars) and all(
        ours[name].values.tobytes() == theirs[name].values.tobytes() for name in names
    )


def test_alone(ensemble, reference):
    design = ensemble.design(COUNT)
    for member in (0, 7, 8, COUNT - 1):
        alone = ensemble.solved(design.isel(sample=[member]))
        assert same(alone, reference.isel(sample=[member]))


def test_as_a_single_run(ensemble, reference):
    design = ensemble.design(COUNT)
    for member in (3, 20):
        params = {key: float(design[key][member]) for key in design.data_vars}
        single = ax.simulate(
            ensemble.model, t=ensemble.times, params=params, method=ensemble.method
        )
        assert same(single, reference.isel(sample=member).drop_vars(design.data_vars))


@pytest.mark.parametrize("size", range(1, 18))
def test_in_blocks(ensemble, reference, size):
    """Blocks of 1 to 17 runs: fewer than lanes, as many, and a few more."""
    design = ensemble.design(COUNT)
    for first in range(0, COUNT, max(size, 9)):
        block = slice(first, first + size)
        assert same(ensemble.solved(design.isel(sample=block)), reference.isel(sample=block))


@pytest.mark.parametrize("threads", [1, 2])
def test_in_any_order(ensemble, reference, threads):
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(COUNT)
        shuffled = ensemble.solved(ensemble.design(COUNT).isel(sample=order), threads)
        assert same(shuffled, reference.isel(sample=order))


def test_on_two_threads(ensemble):
    """Enough runs that both threads get some."""
    design = ensemble.design(400)
    assert same(ensemble.solved(design, threads=2), ensemble.solved(design, threads=1))


@pytest.mark.parametrize("share", [0.01, 0.1, 0.99])
@pytest.mark.parametrize("threads", [1, 2])
def test_beside_poisoned_runs(ensemble, share, threads):
    """Each bad run is flagged, none is ok with a NaN, and the others keep every bit."""
    count = 200
    clean = ensemble.design(count)
    rng = np.random.default_rng(7)
    bad = np.sort(rng.permutation(count)[: round(share * count)])
    poisoned = clean.copy(deep=True)
    for at, member in enumerate(bad):
        for key, value in ensemble.poisons[at % len(ensemble.poisons)].items():
            poisoned[key][member] = value
    found = ensemble.solved(poisoned, threads)
    good = np.setdiff1d(np.arange(count), bad)
    assert np.all(found.status.values[bad] > OK)
    assert np.all(np.isfinite(found.t_fail.values[bad]))
    assert np.all(found.status.values[good] == OK)
    assert same(found.isel(sample=good), ensemble.solved(clean.isel(sample=good)))
    outputs = [part.id for part in (*ensemble.model.states, *ensemble.model.observables)]
    for name in outputs:
        assert np.all(np.isfinite(found[name].values[good]))


def test_the_loop_is_compiled_once_for_all_kinds_of_arrays():
    """What a protocol shares between runs comes as read-only arrays, which are another type."""
    from axissim.solve.method import method_module
    from axissim.solve.tableaus import TABLEAUS

    model = ax.load("model m()\n x = 1; x' = -x\nend")
    ax.simulate(model, t=(0.0, 2.0, 3), method="tsit5")
    before = set(method_module(TABLEAUS["tsit5"]).solve.signatures)
    design = ax.design.grid({"x": [1.0, 2.0]})
    for protocol in ([ax.dose("x", 1.0, at=1.0)], [ax.dose("x", 1.0, at=1.0, every=0.5, count=2)]):
        ax.simulate(model, t=(0.0, 2.0, 3), protocol=protocol, method="tsit5")
        ax.sweep(model, design, t=(0.0, 2.0, 3), protocol=protocol, method="tsit5")
    assert set(method_module(TABLEAUS["tsit5"]).solve.signatures) == before
