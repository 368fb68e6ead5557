"""Tableaus: order conditions over rooted trees: method, error estimate and dense output.

A tree is the tuple of its root's subtrees.  In a Rosenbrock method a vertex with one branch sums
over alpha + gamma, any other over alpha (Hairer & Wanner, Solving ODEs II, section IV.7).
"""

from __future__ import annotations

import dataclasses
from functools import cache
from itertools import product

import numpy as np
import pytest

from axissim.solve.tableaus import RODAS4, TABLEAUS, TSIT5, Tableau

COUNTS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 9, 6: 20, 7: 48}  # OEIS A000081
DENSE_ORDER = {"rodas4": 3, "rodas5p": 4, "tsit5": 4}


@cache
def trees(order):
    """Every rooted tree of `order` vertices."""
    if order == 1:
        return ((),)
    found = set()
    for sizes in partitions(order - 1, order - 1):
        found |= {tuple(sorted(branches)) for branches in product(*map(trees, sizes))}
    return tuple(sorted(found))


def partitions(total, largest):
    """`total` as sums of whole numbers that do not rise."""
    if total == 0:
        yield ()
    for first in range(min(total, largest), 0, -1):
        for rest in partitions(total - first, first):
            yield (first, *rest)


def vertices(tree):
    return 1 + sum(map(vertices, tree))


def density(tree):
    return vertices(tree) * np.prod([density(branch) for branch in tree])


def elementary_weights(tableau, tree):
    """What each stage makes of `tree`."""
    alpha = tableau.classical
    matrix = alpha + tableau.coupling if len(tree) == 1 else alpha
    factors = [matrix @ elementary_weights(tableau, branch) for branch in tree]
    return np.prod([np.ones(tableau.stages), *factors], axis=0)


def defect(tableau, weights, order, theta=1.0):
    """By how much the worst condition of exactly `order` is missed at `theta` of the step."""
    return max(
        abs(weights @ elementary_weights(tableau, tree) - theta**order / density(tree))
        for tree in trees(order)
    )


def dense_weights(tableau, theta):
    """The classical weights of the dense output at `theta` of the step."""
    inner = sum(theta**q * np.array(row) for q, row in enumerate(tableau.dense))
    row = theta * (np.array(tableau.solution) + (1.0 - theta) * inner)
    return row @ tableau.coupling if tableau.implicit else row


@pytest.fixture
def tableau(method) -> Tableau:
    return TABLEAUS[method]


@pytest.mark.parametrize("order", COUNTS)
def test_trees_are_all_there(order):
    assert len(trees(order)) == COUNTS[order]


def test_the_method_has_its_order_and_no_more(tableau):
    defects = [defect(tableau, tableau.weights, order) for order in range(1, tableau.order + 2)]
    assert max(defects[:-1]) < 1e-10
    assert defects[-1] > 1e-4


def test_the_embedded_method_has_its_order_and_no_more(tableau):
    orders = range(1, tableau.embedded_order + 2)
    defects = [defect(tableau, tableau.embedded_weights, order) for order in orders]
    assert max(defects[:-1]) < 1e-10
    assert defects[-1] > 1e-4


@pytest.mark.parametrize("theta", [0.0, 0.1, 0.5, 0.77, 1.0])
def test_the_dense_output_has_its_order_everywhere(tableau, theta):
    weights = dense_weights(tableau, theta)
    for order in range(1, DENSE_ORDER[tableau.name] + 1):
        assert defect(tableau, weights, order, theta) < 1e-10


def test_stages_stay_within_the_step(tableau):
    assert np.all(tableau.alpha >= 0.0)
    assert np.all(tableau.alpha <= 1.0 + 1e-12)


@pytest.mark.parametrize("stiff", ["rodas4", "rodas5p"])
def test_stiff_methods_damp_what_is_infinitely_fast(stiff):
    """R(z) goes to 0 as z does to minus infinity, of the solution and of the embedded method."""
    tableau = TABLEAUS[stiff]
    full = tableau.classical + tableau.coupling
    for weights in (tableau.weights, tableau.embedded_weights):
        assert abs(1.0 - weights @ np.linalg.solve(full, np.ones(tableau.stages))) < 1e-10


def test_what_is_derived():
    assert (RODAS4.implicit, TSIT5.implicit) == (True, False)
    assert (RODAS4.first_same_as_last, TSIT5.first_same_as_last) == (False, True)
    assert all("doi:" in tableau.source for tableau in TABLEAUS.values())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"a": TSIT5.a[:-1]}, "do not fit"),
        ({"solution": (*TSIT5.solution[:-1], 0.25)}, "do not add up to 1"),
        ({"a": (*TSIT5.a[:-1], (1.0, *TSIT5.a[-1][1:])), "error": TSIT5.error[:-1]}, "do not fit"),
    ],
)
def test_a_wrong_tableau_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(TSIT5, **changes)
