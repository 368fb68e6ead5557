"""Phase planes, tornados, reference intervals, triangles: what they show is what results hold."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import axissim as ax
from axissim import plot
from axissim.analysis.directional.ranking import ranking

SPRING = "model spring()\n  var x = 1; var v = 0; const k = 1\n  x' = v; v' = -k*x\nend\n"
DECAY = (
    "model decay()\n  var x = 2; var y = 1; const k = 0.5; const u = 3; const idle = 1\n"
    "  x' = -k*x; y' = u - y\nend\n"
)
BLOW = (
    "model blow()\n  unit dose = mole; unit rate = 1/3600 second\n"
    "  var x = 1; const k = 1; const c = 1; const d = 1; const e = 1\n"
    "  x' = k*x^2 - c*x - d*x\n  c has {unit}; d has {unit}; k has {unit}\nend\n"
)


def saved(figure: Figure) -> Figure:
    """The figure, once it has been drawn without a warning."""
    figure.savefig(io.BytesIO(), format="png", dpi=40)
    return figure


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.texts)


def lines(axes: Axes, name: str) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata()) for line in axes.lines if line.get_label() == name]


@pytest.fixture(scope="module")
def spring() -> xr.Dataset:
    return ax.simulate(ax.load(SPRING), t=(0, 3, 31))


@pytest.fixture(scope="module")
def decay() -> xr.Dataset:
    asked = ["idle", "y", "u", "x", "k"]
    return ax.sensitivity(ax.load(DECAY), asked, t=(0, 2, 41), outputs=["x", "y"], relative=True)


def test_a_phase_plane_is_one_quantity_against_the_other(spring: xr.Dataset) -> None:
    (axes,) = saved(plot.phase_plane(spring, "v", "x")).axes
    course = np.stack([spring["v"], spring["x"]], axis=1)
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), course)
    np.testing.assert_array_equal(lines(axes, "start"), course[None, :1])
    np.testing.assert_array_equal(lines(axes, "end"), course[None, -1:])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("v", "x")


def test_a_notebook_shows_a_picture_without_pyplot(spring: xr.Dataset) -> None:
    png = plot.picture(spring)._repr_png_()  # what IPython asks for
    assert png.startswith(b"\x89PNG")
    high, wide = plot.picture(spring).get_size_inches()[::-1]
    size = [int.from_bytes(png[at : at + 4]) for at in (16, 20)]
    assert size == [round(100 * wide), round(100 * high)]


def test_left_out_a_plane_is_of_the_first_two(spring: xr.Dataset) -> None:
    for x, y, shown in ((None, None, ("x", "v")), ("v", None, ("v", "x")), (None, "x", ("v", "x"))):
        (axes,) = plot.phase_plane(spring, x, y).axes
        assert (axes.get_xlabel(), axes.get_ylabel()) == shown


def test_a_plane_of_several_runs_leaves_failed_ones_out() -> None:
    ds = ax.sweep(ax.load(SPRING), ax.design.grid({"k": np.linspace(1, 2, 40)}), t=(0, 3, 31))
    ds["status"][3] = 3
    figure = saved(plot.picture(ds, "phase_plane"))
    assert len(figure.axes[0].lines) == 3 * 25
    assert "40 runs over k; 1 failed; 25 drawn" in words(figure)
    ds["status"][:] = 3
    assert plot.phase_plane(ds).axes[0].texts[0].get_text() == "no run succeeded"


def test_nullclines_are_where_rates_are_zero() -> None:
    model = ax.load("model m()\n  var x = 1; var v = 0\n  x' = v - 1; v' = x - v\nend\n")
    grid = ax.design.grid({"x": np.linspace(-2, 2, 9), "v": np.linspace(-2, 2, 8)})
    field = ax.sweep(model, grid, t=(0, 1, 3), outputs=["x", "v", "rate(x)", "rate(v)"])
    for ds, given in ((ax.simulate(model, t=(0, 1, 11)), field), (field, None)):
        (axes,) = saved(plot.phase_plane(ds, "x", "v", field=given)).axes
        of_x, of_v = (np.concatenate([p.vertices for p in c.get_paths()]) for c in axes.collections)
        np.testing.assert_allclose(of_x[:, 1], 1.0)  # v = 1
        np.testing.assert_allclose(of_v[:, 0], of_v[:, 1], atol=1e-12)  # v = x
        assert len(lines(axes, "x stands still")) == len(lines(axes, "v stands still")) == 1
    assert len(axes.lines) == 2 + 3 * 25  # of 72 runs, spread over the grid


def test_a_plane_that_cannot_be_is_refused(spring: xr.Dataset) -> None:
    with pytest.raises(ValueError, match="'z' is not in the result; it holds x, v"):
        plot.phase_plane(spring, "x", "z")
    with pytest.raises(ValueError, match="of two quantities, and the result holds but one"):
        plot.phase_plane(spring[["x", "status"]])
    with pytest.raises(ValueError, match="of two quantities, not 3"):
        plot.picture(spring, "phase_plane", ids=["x", "v", "x"])
    with pytest.raises(ValueError, match=r"the outputs rate\(x\) and rate\(v\)"):
        plot.phase_plane(spring, "x", "v", field=spring)


def bars(axes: Axes) -> dict[str, float]:
    names = [text.get_text() for text in axes.get_yticklabels()]
    return dict(zip(names, [float(patch.get_width()) for patch in axes.patches], strict=True))


def test_a_tornado_has_exact_lengths_and_order(decay: xr.Dataset) -> None:
    of_x, of_y = saved(plot.tornado(decay, of="end")).axes
    assert bars(of_x) == pytest.approx({"x": 1.0, "k": -1.0}, abs=1e-4)  # d ln x/d ln k = -k t
    end = 3.0 - 2.0 * np.exp(-2.0)
    start = np.exp(-2.0) / end  # the share of y's end that is its start's
    assert bars(of_y) == pytest.approx({"u": 1.0 - start, "y": start}, abs=1e-4)
    assert list(bars(of_y)) == ["u", "y"]
    assert "the last value for 1 %" in words(plot.tornado(decay, "x", of="end"))


def test_a_tornado_says_what_the_table_says(decay: xr.Dataset) -> None:
    table = ranking(decay)["of_mean"]
    plain = ax.sensitivity(ax.load(DECAY), t=(0, 2, 41), outputs=["x", "y"])
    for ds in (decay, plain):
        for axes, key in zip(plot.picture(ds, "tornado").axes, ("x", "y"), strict=True):
            for parameter, length in bars(axes).items():
                told = float(table.sel(output=key, parameter=parameter))
                assert length == pytest.approx(told, rel=1e-4)


def test_a_tornado_of_nothing_is_a_picture_too() -> None:
    still = ax.sensitivity(ax.load(DECAY), ["idle"], t=(0, 1, 3), outputs=["x"])
    (axes,) = saved(plot.tornado(still)).axes
    assert axes.texts[0].get_text() == "nothing moves it"


def test_a_tornado_of_something_else_is_refused(decay: xr.Dataset) -> None:
    with pytest.raises(ValueError, match="of='start' is not mean or end"):
        plot.tornado(decay, of="start")
    with pytest.raises(ValueError, match="axissim sensitivity --local"):
        plot.tornado(ax.simulate(ax.load(DECAY), t=(0, 1, 3)))
    with pytest.raises(ValueError, match="'z' is not in the result; it holds x, y"):
        plot.tornado(decay, "z")
    lost = decay.assign(status=decay["status"] * 0 + 3)
    for kind in ("tornado", "sensitivities"):
        with pytest.raises(ValueError, match="5 of the runs failed; there is nothing to rank"):
            plot.picture(lost, kind)
    with pytest.raises(ValueError, match=r"axissim\.plot\.importance"):
        plot.tornado(xr.Dataset(attrs={"importance": "sobol"}))


def shaded(axes: Axes) -> tuple[float, float] | None:
    """From where to where a panel is shaded."""
    for patch in axes.patches:
        if patch.get_gid() == "reference":
            box = patch.get_extents().transformed(axes.transData.inverted())
            return float(box.y0), float(box.y1)
    return None


def test_an_interval_is_shaded_behind_its_course_alone(spring: xr.Dataset) -> None:
    figure = saved(plot.timecourse(spring, bands={"x": (-0.5, 1.5)}))
    of_x, of_v = figure.axes
    assert shaded(of_x) == pytest.approx((-0.5, 1.5))
    assert shaded(of_v) is None
    assert of_x.texts[0].get_text() == "shaded: reference, -0.5 to 1.5"
    assert of_x.get_ylim()[1] > 1.5


def test_a_result_may_say_its_interval_and_an_argument_goes_first(spring: xr.Dataset) -> None:
    ds = spring.copy()
    ds["x"].attrs |= {"reference_interval": [0.0, 0.8], "units": "mU/L"}
    assert shaded(saved(plot.timecourse(ds)).axes[0]) == pytest.approx((0.0, 0.8))
    axes = plot.timecourse(ds, bands={"x": (0.1, None)}).axes[0]
    assert shaded(axes) == pytest.approx((0.1, axes.get_ylim()[1]))
    assert axes.texts[0].get_text() == "shaded: reference, above 0.1 mU/L"


def test_an_interval_far_off_does_not_flatten_the_course(spring: xr.Dataset) -> None:
    axes = saved(plot.timecourse(spring, bands={"x": (-1000.0, 0.5)})).axes[0]
    bottom, top = axes.get_ylim()
    assert top - bottom < 4.0
    assert shaded(axes) == pytest.approx((bottom, 0.5))


def test_a_fan_has_intervals_too_on_either_axis() -> None:
    model = ax.load("model m()\n  var x = 1; const k = 1\n  x' = k*x\nend\n")
    ds = ax.sweep(model, ax.design.grid({"k": np.linspace(0.1, 3, 70)}), t=(0, 3, 31))
    axes = saved(plot.timecourse(ds, bands={"x": (None, 50.0)})).axes[0]  # many runs: a fan
    assert axes.get_yscale() == "log"
    assert shaded(axes) == pytest.approx((axes.get_ylim()[0], 50.0))


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ({"z": (0, 1)}, "'z' is not drawn; drawn are x, v"),
        ({"x": (1, 0)}, "of 'x' the least, 1, is not below 0"),
        ({"x": (1,)}, "'x' needs two numbers"),
        ({"x": ("a", "b")}, "'x' needs two numbers"),
    ],
)
def test_an_interval_that_is_none_is_refused(spring: xr.Dataset, bands, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        plot.timecourse(spring, bands=bands)


@pytest.fixture(scope="module")
def blown() -> xr.Dataset:
    model = ax.load(BLOW.replace("{unit}", "rate"))
    ranges = {"e": (1, 2), "d": (0.05, 1), "k": (0.05, 3), "c": (0.05, 1)}
    return ax.sweep(model, ax.design.sobol(ranges, n=200, seed=1), t=(0, 3, 3))


def test_a_triangle_shows_shares_of_the_sum(blown: xr.Dataset) -> None:
    figure = saved(plot.ternary(blown, ["c", "d", "k"]))
    (axes,) = figure.axes
    dots = np.concatenate([np.asarray(found.get_offsets()) for found in axes.collections])
    assert len(dots) == 200
    bad = blown["status"].values == 3
    assert bad.any()
    share = {key: blown[key] / (blown["c"] + blown["d"] + blown["k"]) for key in "dk"}
    across, up = share["d"] + share["k"] / 2, share["k"] * np.sqrt(0.75)
    red = next(found for found in axes.collections if found.get_label() == "step too small")
    np.testing.assert_allclose(red.get_offsets(), np.stack([across, up], axis=1)[bad])
    corners = [text.get_text() for text in axes.texts[-3:]]
    assert corners == ["c", "d", "k"]
    assert words(figure).count("median") == 0


def test_a_triangle_of_different_units_says_what_each_is_divided_by(blown: xr.Dataset) -> None:
    ds = blown.copy()
    ds["k"].attrs["units"] = "L/mol/h"
    figure = saved(plot.picture(ds, "ternary"))
    assert "each by its median" in words(figure)
    corners = "\n".join(text.get_text() for text in figure.axes[0].texts[-3:])
    assert f"k\n/ {np.median(ds['k']):.3g} L/mol/h" in corners
    assert "e" not in corners.split("\n")  # the fourth, which tells nothing


def test_a_triangle_that_cannot_be_is_refused(blown: xr.Dataset) -> None:
    with pytest.raises(ValueError, match="of three swept quantities, not 2"):
        plot.ternary(blown, ["c", "d"])
    with pytest.raises(ValueError, match="'q' is not swept; swept are e, d, k, c"):
        plot.ternary(blown, ["c", "d", "q"])
    negative = blown.assign_coords(c=-blown["c"])
    with pytest.raises(ValueError, match="'c' is negative in some run"):
        plot.ternary(negative, ["c", "d", "k"])
    nothing = blown.assign_coords({key: blown[key].where(blown["sample"] != 5, 0) for key in "cdk"})
    with pytest.raises(ValueError, match="all three are zero in some run"):
        plot.ternary(nothing, ["c", "d", "k"])
    fine = blown.assign(status=blown["status"] * 0 + 1)
    with pytest.raises(ValueError, match="no run failed"):
        plot.ternary(fine)


def test_an_overview_leaves_out_what_is_the_same_in_every_run(blown: xr.Dataset) -> None:
    ds = blown.assign_coords(e=blown["e"] * 0.0)
    shown = [axes.get_xlabel() for axes in saved(plot.overview(ds)).axes]
    assert [label for label in shown if label.endswith(" (1/h)")] == [
        f"{key} (1/h)" for key in ("d", "k", "c", "d")
    ]  # a panel each, and the map of the first two
    assert "e" not in shown


def test_the_python_of_the_page_runs_and_every_figure_is_on_it() -> None:
    page = (Path(__file__).parents[1] / "docs" / "guides" / "figures.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(code, "figures.md", "exec"), {})
    for name in set(plot.__all__) - {"KINDS"}:
        assert re.search(rf"`{name}[`(]", page), name
