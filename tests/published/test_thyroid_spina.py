"""SPINA and the indices of TSH: the tests of the public program, and what the formulas imply."""

from __future__ import annotations

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("thyroid_spina")
NAMES = ["GT", "GD", "sGD", "JTI", "sJTI", "TTSI"]


def read(**measured: float) -> dict[str, float]:
    run = ax.simulate(MODEL, t=(0.0, 1.0, 2), params=measured, outputs=NAMES)
    return {name: float(run[name].values[0]) for name in NAMES}


@pytest.mark.reference("thyroid_spina", "vectors")
def test_vectors(row):
    assert row.holds(read(**dict(row.settings))[row.quantity])


def test_a_sweep_without_states():
    """One run a sample of blood; the clock means nothing."""
    tsh = [0.5, 1.0, 2.0, 4.0]
    swept = ax.sweep(MODEL, ax.design.grid({"TSH": tsh}), t=(0.0, 1.0, 2), outputs=["GT", "JTI"])
    assert (swept["status"] == 1).all()
    np.testing.assert_array_equal(swept["GT"].values[:, 0], swept["GT"].values[:, 1])
    np.testing.assert_allclose(np.diff(swept["JTI"].values[:, 0]), np.log(2), rtol=1e-12)


def test_standard_scores():
    """The mean of the healthy scores 0, a deviation above it 1."""
    found = read()
    assert found["sGD"] == pytest.approx((found["GD"] - 30) / 5, rel=1e-12)
    assert found["sJTI"] == pytest.approx((found["JTI"] - 2.7) / 0.676, rel=1e-12)


def test_gland_and_deiodinases_undo_their_own_formulas():
    """From a gland and deiodinases of known strength, at rest, back to their strength."""
    tsh, gland, enzyme = 2.5, 4.0, 33.0
    free4 = 0.1 * gland * tsh / (1.1e-6 * (2.75 + tsh) * 6901)
    free3 = 0.026 * enzyme * 1e3 * free4 / (8e-6 * (5e5 + free4) * 601)
    found = read(TSH=tsh, FT4=free4, FT3=free3)
    assert found["GT"] == pytest.approx(gland, rel=1e-12)
    assert found["GD"] == pytest.approx(enzyme, rel=1e-12)
