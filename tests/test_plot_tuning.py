"""The picture of a tuning: of one person and of many, over a cost or a lever."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import axissim as ax
from axissim import plot
from axissim.analysis.tuning import tune

MODEL = ax.load(
    "model m()\n  var x = 0; const u = 1; const k = 0.5\n  x' = u - k*x; side := u^2\nend\n"
)


def tuned(**asked: Any) -> xr.Dataset:
    return tune(
        MODEL,
        **{
            "levers": {"u": (0.1, 2.0), "k": (0.3, 0.7)},
            "targets": "mean(x) in 0.9..1.1 over 40..50",
            "costs": ["u", "max(side) < 1"],
            "t": (0, 50, 51),
            "n": 16,
            "rounds": 2,
        }
        | asked,
    )


@pytest.fixture(scope="module")
def many() -> xr.Dataset:
    who = xr.Dataset({"x": ("sample", np.linspace(0.0, 2.0, 60))})
    return tuned(people=who, screen=8, finalists=4)


def test_the_front_and_the_best_are_where_the_result_has_them(many: xr.Dataset) -> None:
    figure = plot.picture(many)
    benefit, share, reasons = figure.axes
    best = int(many.attrs["best"])
    star = next(line for line in benefit.lines if line.get_marker() == "*")
    assert star.get_xdata()[0] == float(many["cost_mean"][best, 0])
    assert star.get_ydata()[0] == float(many["miss"][best])
    front = next(line for line in benefit.lines if line.get_label() == "front")
    assert len(front.get_xdata()) == int(many["front"].sum())
    assert share.get_ylabel() == "Share of 60 people (%)"
    numbers = [text.get_text() for text in reasons.texts]
    assert len(numbers) == 2 * 3  # what is read of runs, not what is set
    assert f"{float(many['elasticity'][0, 0]):+.2g}" in numbers
    words = [text.get_text() for text in figure.texts]
    assert "What it finds is a hypothesis for study; not medical advice." in words
    assert any("of 60 people in all bands" in text for text in words)


def test_one_person_shows_the_band_and_what_was_reached() -> None:
    ds = tuned()
    reading = plot.tuning(ds).axes[1]
    assert reading.get_ylabel() == "mean(x)"
    band = reading.patches[0].get_window_extent().transformed(reading.transData.inverted())
    assert (band.y0, band.y1) == pytest.approx((0.9, 1.1))


def test_over_a_lever_and_without_costs(many: xr.Dataset) -> None:
    assert plot.tuning(many, "k").axes[0].get_xlabel() == "k"
    ds = tuned(costs=())
    assert plot.tuning(ds).axes[0].get_xlabel() == "u"


def test_what_is_refused(many: xr.Dataset) -> None:
    with pytest.raises(
        ValueError, match="'v' is no cost and no lever; there are u, max_side, u, k"
    ):
        plot.tuning(many, "v")
    with pytest.raises(ValueError, match="of no tuning"):
        plot.picture(ax.simulate(MODEL, t=(0, 1, 2)), "tuning")
