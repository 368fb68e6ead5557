"""Elimination without row exchanges: the fill foreseen is the fill there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import axissim as ax
from axissim.compile import plain
from axissim.compile.elimination import eliminate, eliminate_blocks
from axissim.compile.emit import emit
from axissim.compile.system import system_of
from axissim.model.expression import name, number, operation
from axissim.model.model import Model, State


@st.composite
def patterns(draw):
    """(size, set of places off or on the diagonal)."""
    size = draw(st.integers(1, 12))
    index = st.integers(0, size - 1)
    return size, draw(st.sets(st.tuples(index, index), max_size=4 * size))


def matrix_of(size, pattern, seed=0):
    """Random numbers where `pattern` says, diagonally dominant so that no pivot is small."""
    rng = np.random.default_rng(seed)
    full = np.zeros((size, size))
    for row, column in sorted(pattern):
        full[row, column] = rng.uniform(0.5, 1.5) * rng.choice([-1.0, 1.0])
    return full + 10.0 * size * np.eye(size)


def dense_lu(matrix):
    """L and U in one matrix, by rows, as textbooks do it."""
    a = matrix.copy()
    for pivot in range(len(a)):
        a[pivot + 1 :, pivot] /= a[pivot, pivot]
        a[pivot + 1 :, pivot + 1 :] -= np.outer(a[pivot + 1 :, pivot], a[pivot, pivot + 1 :])
    return a


@given(patterns())
@settings(deadline=None, max_examples=200, derandomize=True)
def test_fill_is_foreseen_and_nothing_else(given_pattern):
    size, pattern = given_pattern
    plan = eliminate(size, pattern)
    assert sorted(plan.order) == list(range(size))
    order = np.array(plan.order)
    factored = dense_lu(matrix_of(size, pattern)[np.ix_(order, order)])
    foreseen = np.zeros((size, size), bool)
    foreseen[tuple(np.array(plan.entries).T)] = True
    assert np.all(factored[~foreseen] == 0.0)  # nothing is missed
    assert np.all(factored[foreseen] != 0.0)  # and nothing is stored in vain


@given(patterns())
@settings(deadline=None, max_examples=50, derandomize=True)
def test_no_more_fill_than_in_the_order_given(given_pattern):
    """A chain, a star or a tree fills nothing; here: never more than a full matrix."""
    size, pattern = given_pattern
    plan = eliminate(size, pattern)
    whole = {*pattern, *((i, i) for i in range(size))}
    assert len(whole) <= len(plan.entries) <= size * size


def test_a_star_fills_nothing():
    """Its centre must go last, which the order given, centre first, does not do."""
    star = {(0, i) for i in range(1, 9)} | {(i, 0) for i in range(1, 9)}
    plan = eliminate(9, star)
    assert len(plan.entries) == 9 + 16
    assert plan.order[-1] == 0 or plan.order[-2] == 0


def test_a_chain_fills_nothing():
    chain = {(i, i + 1) for i in range(9)} | {(i + 1, i) for i in range(9)}
    assert len(eliminate(10, chain).entries) == 10 + 18


def test_the_order_does_not_depend_on_the_order_of_the_pattern():
    rng = np.random.default_rng(0)
    pattern = [tuple(pair) for pair in rng.integers(0, 12, (40, 2)).tolist()]
    assert eliminate(12, pattern) == eliminate(12, pattern[::-1]) == eliminate(12, set(pattern))


def linear(matrix):
    """The model x' = matrix x."""
    states = []
    for row, entries in enumerate(matrix.tolist()):
        rate = number(0.0)
        for column, entry in enumerate(entries):
            if entry:
                term = operation("mul", number(entry), name(f"x{column}"))
                rate = operation("add", rate, term)
        states.append(State(f"x{row}", initial=number(1.0), rate=rate))
    return Model("linear", (), tuple(states))


@given(patterns(), st.integers(0, 1000))
@settings(deadline=None, max_examples=40, derandomize=True)
def test_factor_and_solve_solve(given_pattern, seed):
    """The text of a linear model's equations, in plain Python, against a dense solver."""
    size, pattern = given_pattern
    matrix = matrix_of(size, pattern, seed) - 10.0 * size * np.eye(size)
    system = system_of(linear(matrix))
    names = dict(vars(plain))
    for function in emit(system).values():
        exec(compile(function, "linear", "exec"), names)
    entries = np.array([matrix[place] for place in system.jacobian])
    lu = np.zeros(len(system.elimination.entries) + 1)
    right, k = np.random.default_rng(seed).normal(size=(2, size))
    names["factor"](np.array([10.0 * size]), entries, lu)
    names["solve"](lu, right, np.zeros(size), k)
    expected = np.linalg.solve(10.0 * size * np.eye(size) - matrix, right)
    np.testing.assert_allclose(k, expected, rtol=1e-10, atol=1e-14)


@given(patterns(), st.integers(0, 1000))
@settings(deadline=None, max_examples=40, derandomize=True)
def test_blocks_solve_too(given_pattern, seed):
    """x beside s, s' = (J + noise where J is not) x + J s: block by block, J's LU once."""
    size, pattern = given_pattern
    corner = matrix_of(size, pattern, seed) - 10.0 * size * np.eye(size)
    both = np.block([[corner, np.zeros((size, size))], [2.0 * corner.T, corner]])
    system = system_of(replace(linear(both), tangent=True))
    names = dict(vars(plain))
    texts = emit(system)
    for function in texts.values():
        exec(compile(function, "linear", "exec"), names)
    entries = np.array([both[place] for place in system.jacobian])
    lu = np.zeros(len(system.elimination.entries) + 1)
    right, k = np.random.default_rng(seed).normal(size=(2, 2 * size))
    names["factor"](np.array([10.0 * size]), entries, lu)
    names["solve"](lu, right, np.zeros(2 * size), k)
    expected = np.linalg.solve(10.0 * size * np.eye(2 * size) - both, right)
    np.testing.assert_allclose(k, expected, rtol=1e-9, atol=1e-13)
    assert texts["factor"].count("1.0 / ") <= size


def test_blocks_are_in_order():
    """A chain is blocks of one, each after what it reads; a ring is one block."""
    chain = eliminate_blocks(4, [(i, i + 1) for i in range(3)])
    assert chain.order == (3, 2, 1, 0)
    assert chain.blocks == (0, 1, 2, 3)
    ring = eliminate_blocks(4, [(i, (i + 1) % 4) for i in range(4)])
    assert ring.blocks == (0, 0, 0, 0)


def test_fill_of_the_menstrual_cycle():
    """A real pattern fills by less than a half."""
    system = system_of(ax.load("menstrual_cycle"))
    size = len(system.states)
    whole = {*system.jacobian, *((i, i) for i in range(size))}
    assert len(system.elimination.entries) < 1.5 * len(whole)
