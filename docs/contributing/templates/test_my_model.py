"""TITLE: its rest against the closed form, and what feedback does."""

from __future__ import annotations

import numpy as np
import pytest

import axissim as ax

MODEL = ax.load("my_model")


def rest(**params: float) -> float:
    """H when it has settled."""
    return float(
        ax.simulate(MODEL, t=(0, 200, 2), params=params, outputs=["H"], rtol=1e-9)["H"][-1]
    )


@pytest.mark.reference("my_model", "my_model")
def test_published_numbers(row):
    assert row.holds(rest(**dict(row.settings)))


def test_feedback_holds_back_half_of_a_change():
    """Four times the secretion is 2.37 times the hormone, not four times."""
    np.testing.assert_allclose(rest(s=320.0) / rest(), 2.372, atol=1e-3)
