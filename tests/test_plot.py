"""Pictures: what they show is what the result holds, of any shape, without a screen."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest
import xarray as xr
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

import axissim as ax
from axissim import plot
from axissim.plot.style import label, logarithmic, plain, spread_log

TIMES = np.linspace(0.0, 24.0, 25)
UNITS = {"eda": ("umol/L", "Extracellular dopamine"), "V_TH": ("1", "Synthesis")}


def result(shape: dict[str, Sequence[float]], status: np.ndarray | None = None) -> xr.Dataset:
    """A result over the dimensions of `shape`, whose values rise with the first of them."""
    sizes = tuple(len(values) for values in shape.values())
    level = np.ones(sizes)
    if shape:
        first = np.asarray(next(iter(shape.values())), float)
        level = level * (1.0 + first.reshape(-1, *[1] * (len(sizes) - 1)))
    course = level[..., None] * (2.0 - np.exp(-TIMES / 5.0))
    ended = np.ones(sizes, np.int8) if status is None else status
    course = np.where(ended[..., None] == 1, course, np.nan)
    dims = tuple(shape)
    variables = {
        key: ((*dims, "time"), course * scale, {"units": unit, "long_name": name})
        for scale, (key, (unit, name)) in enumerate(UNITS.items(), 1)
    }
    return xr.Dataset(
        {**variables, "status": (dims, ended)},
        coords={
            "time": ("time", TIMES, {"units": "h", "long_name": "time"}),
            **{dim: (dim, np.asarray(values)) for dim, values in shape.items()},
        },
        attrs={
            "title": "dopamine_terminal",
            "source": "axissim 0",
            "model_id": "dopamine_terminal",
            "model_hash": "abc123",
            "config": json.dumps({"set": {"meals": 1.0}}),
            "disclaimer": "For research and teaching; not medical advice.",
        },
    )


def sampled(count: int, bad: Sequence[int] = (), word: int = 3) -> xr.Dataset:
    """A result over ``sample``, of two quantities, with failed runs."""
    status = np.ones(count, np.int8)
    status[list(bad)] = word
    ds = result({"sample": np.linspace(0, 1, count)}, status)
    quantities = {
        "Vd": ("sample", np.geomspace(4000, 16000, count), {"long_name": "Transporter, V_max"}),
        "fire": ("sample", np.linspace(0.5, 2, count)[::-1].copy()),
    }
    return ds.assign_coords(sample=np.arange(count), **quantities)


def words(figure: Figure) -> str:
    """Every word on a picture's page."""
    return "\n".join(text.get_text() for text in figure.texts)


def saved(figure: Figure) -> Figure:
    """The figure, once it has been drawn without a warning."""
    figure.savefig(io.BytesIO(), format="png", dpi=40)
    return figure


def test_a_run_is_a_panel_a_variable() -> None:
    figure = saved(plot.timecourse(result({})))
    first, second = figure.axes
    assert first.get_title("left") == "Extracellular dopamine"
    assert first.get_ylabel() == "µmol/L"
    assert second.get_ylabel() == ""  # a pure number has no unit
    assert second.get_xlabel() == "Time (h)"
    np.testing.assert_array_equal(first.lines[0].get_ydata(), result({})["eda"])
    assert first.lines[0].get_color() != second.lines[0].get_color()


def test_the_page_says_what_a_reader_must_know() -> None:
    said = words(saved(plot.timecourse(result({}))))
    assert "Dopamine terminal" in said
    assert "meals = 1" in said
    assert "dopamine_terminal abc123" in said
    assert "For research and teaching; not medical advice." in said


def test_only_what_is_asked_for_is_drawn() -> None:
    figure = plot.timecourse(result({}), ["V_TH"])
    assert [axes.get_title("left") for axes in figure.axes] == ["Synthesis"]


@pytest.mark.parametrize("kind", ["auto", "timecourse", "fan", "heatmap", "overview"])
def test_an_unknown_variable_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="'edda' is not in the result; it holds eda, V_TH"):
        plot.picture(result({"k": [1, 2], "q": [1, 2]}), kind, ids=["edda"])


def test_a_diagram_is_of_a_continuation() -> None:
    with pytest.raises(ValueError, match="axissim continue"):
        plot.picture(result({}), "bifurcation")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind of picture 'pie'; choose from auto, time"):
        plot.picture(result({}), "pie")


def test_a_few_runs_are_told_apart_by_colour() -> None:
    ds = result({"k": [1, 2, 4]})
    figure = saved(plot.timecourse(ds, ["eda"]))
    lines = figure.axes[0].lines
    assert len({tuple(line.get_color()) for line in lines}) == 3
    np.testing.assert_array_equal(lines[2].get_ydata(), ds["eda"].sel(k=4))
    assert figure.axes[1].get_ylabel() == "k"  # the colour bar


def test_a_fan_is_the_spread_of_the_runs_that_succeeded() -> None:
    ds = sampled(40, bad=[3, 7])
    figure = saved(plot.fan(ds, ["eda"]))
    median = next(line for line in figure.axes[0].lines if line.get_label() == "median")
    good = ds["eda"].values[ds["status"] == 1]
    np.testing.assert_allclose(median.get_ydata(), np.median(good, axis=0))
    assert "40 runs over Vd and fire; 2 failed" in words(figure)


def test_runs_that_were_not_made_are_counted_apart() -> None:
    assert "1 not run" in words(plot.fan(sampled(9, bad=[3], word=0), ["eda"]))


def test_a_fan_of_very_many_runs_is_made_of_some_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for room in (plot.runs, plot.curves):
        monkeypatch.setattr(room, "MOST", 5)
    ds = sampled(41)
    figure = saved(plot.fan(ds, ["eda"]))
    median = next(line for line in figure.axes[0].lines if line.get_label() == "median")
    np.testing.assert_allclose(median.get_ydata(), ds["eda"][20])
    assert "41 runs over Vd and fire; 0 failed; fans of 5 of them" in words(figure)
    assert "fans" not in words(plot.fan(sampled(5), ["eda"]))


def test_a_heat_map_shows_the_end_with_its_axes_the_right_way_round() -> None:
    ds = result({"k": [1, 2, 3], "q": [5, 6, 7, 8]})
    figure = saved(plot.heatmap(ds, "eda"))
    mesh = next(art for art in figure.axes[0].get_children() if isinstance(art, QuadMesh))
    np.testing.assert_array_equal(mesh.get_array(), ds["eda"].isel(time=-1).values.T)
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("k", "q")
    assert "12 runs over k and q; 0 failed; at 24 h" in words(figure)


def test_a_heat_map_may_be_of_another_moment() -> None:
    ds = result({"k": [1, 2, 3], "q": [5, 6, 7]})
    figure = saved(plot.heatmap(ds, "eda", at=5.2))
    mesh = next(art for art in figure.axes[0].get_children() if isinstance(art, QuadMesh))
    np.testing.assert_array_equal(mesh.get_array(), ds["eda"].sel(time=5.0).values.T)
    assert "at 5 h" in words(figure)


def test_a_heat_map_crosses_out_what_failed() -> None:
    status = np.ones((3, 3), np.int8)
    status[2, 0] = 3
    figure = saved(plot.heatmap(result({"k": [1, 2, 3], "q": [5, 6, 7]}, status)))
    (crosses,) = figure.axes[0].lines
    assert (list(crosses.get_xdata()), list(crosses.get_ydata())) == ([3], [5])


def test_a_heat_map_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="a grid over two quantities, not 1"):
        plot.heatmap(sampled(5))


def test_an_overview_has_fans_and_what_decides() -> None:
    figure = saved(plot.overview(sampled(200, bad=[5, 6])))
    hero, ends, small, by_vd, by_fire, over, bar = figure.axes
    assert hero.get_title("left") == "Extracellular dopamine (µmol/L)"
    assert ends.get_title("left") == "at the end"
    assert small.get_title("left") == "Synthesis"
    assert by_vd.get_xlabel() == r"Transporter, $V_\mathrm{max}$"
    assert by_vd.get_xscale() == "log"
    assert by_fire.get_xscale() == "linear"
    assert over.get_title("left") == "2 failed (red)"
    assert len(over.lines[0].get_xdata()) == 2
    assert bar.get_ylabel() == "eda at the end"


def test_dots_become_hexagons_where_they_are_too_many() -> None:
    figure = saved(plot.overview(sampled(3001)))
    assert figure.axes[-1].get_ylabel() == "median of eda at the end"
    against = figure.axes[3]
    assert [line.get_linestyle() for line in against.lines] == ["-"]  # the medians, and no dots
    assert sum(against.collections[0].get_array()) > 0


@pytest.mark.parametrize(
    ("shape", "panels"),
    [({}, 2), ({"k": [1, 2]}, 3), ({"k": [1, 2], "q": [1, 2]}, 2)],
)
def test_the_shape_chooses_the_picture(shape: dict[str, list[float]], panels: int) -> None:
    assert len(saved(plot.picture(result(shape))).axes) == panels


def test_a_grid_of_three_gets_an_overview() -> None:
    figure = saved(plot.picture(result({"k": [1, 2], "q": [1, 2], "r": [1, 2]})))
    assert "8 runs over k, q and r" in words(figure)
    assert len(figure.axes) == 3 + 3 + 2


@pytest.mark.parametrize("kind", ["fan", "overview"])
def test_a_sweep_of_which_every_run_failed_is_still_a_picture(kind: str) -> None:
    figure = saved(plot.picture(sampled(6, bad=range(6)), kind))
    assert "no run succeeded" in {text.get_text() for text in figure.axes[0].texts}
    assert "6 failed" in words(figure)


@pytest.mark.parametrize("kind", ["timecourse", "fan", "overview"])
@pytest.mark.parametrize("count", [1, 2, 61])
def test_any_number_of_runs_can_be_drawn(kind: str, count: int) -> None:
    saved(plot.picture(sampled(count), kind))


@pytest.mark.parametrize("value", [0.0, -3.0, 5.0])
def test_what_never_changes_can_be_drawn(value: float) -> None:
    ds = sampled(30)
    ds["eda"][:] = value
    ds["V_TH"][:] = value
    for kind in ("fan", "overview"):
        saved(plot.picture(ds, kind))
    saved(plot.timecourse(ds.isel(sample=0)))


def test_a_run_of_nothing_but_gaps_can_be_drawn() -> None:
    saved(plot.timecourse(result({}) * np.nan))


def test_a_result_without_courses_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing that changes with time"):
        plot.timecourse(result({}).drop_vars(["eda", "V_TH"]))


def test_a_positive_quantity_stands_on_zero_if_it_comes_near() -> None:
    ds = result({})
    ds["eda"][:] = np.linspace(0.1, 5.0, 25)
    ds["V_TH"][:] = np.linspace(80.0, 81.0, 25)
    near, far = plot.timecourse(ds).axes
    assert near.get_ylim()[0] == 0.0
    assert far.get_ylim()[0] > 79.0


@pytest.mark.parametrize(
    ("values", "log"),
    [
        (np.geomspace(1, 100, 50), True),
        (np.linspace(1, 100, 50), False),
        (np.geomspace(1, 2, 50), False),
        (np.geomspace(1, 100, 50) - 50, False),
    ],
)
def test_an_axis_is_logarithmic_where_that_spreads_the_values(
    values: np.ndarray, log: bool
) -> None:
    assert spread_log(values) is log


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0005, "0.0005"), (2000, "2,000"), (1, "1"), (0, "0"), (2e-7, r"$2\times10^{-7}$")],
)
def test_numbers_are_plain(number: float, text: str) -> None:
    assert plain(number) == text


def test_a_logarithmic_axis_says_1_2_and_5() -> None:
    axes = Figure().subplots()
    axes.set_ylim(0.9, 60)
    logarithmic(axes, "y")
    ticks = [tick for tick in axes.get_yticks() if 0.9 <= tick <= 60]
    np.testing.assert_allclose(ticks, [1, 2, 5, 10, 20, 50])


def test_a_label_breaks_before_its_unit() -> None:
    variable = result({})["eda"].assign_attrs(long_name="A long name of a thing", units="umol/L")
    assert label(variable, 24) == "A long name of a thing\n(µmol/L)"
    assert label(variable) == "A long name of a thing (µmol/L)"


def test_no_state_of_pyplot_is_touched() -> None:
    code = "import axissim.plot, sys; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_look_stays_inside() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    plot.timecourse(result({}))
    assert dict(mpl.rcParams) == before


def test_a_map_of_failures() -> None:
    model = ax.load(
        "model m()\n  var x = 1; const k = 1; const c = 1; const d = 1\n  x' = k*x^2 - c*x\nend\n"
    )
    design = ax.design.sobol({"d": (1, 2), "k": (0.1, 3), "c": (0.1, 3)}, n=200, seed=1)
    ds = ax.sweep(model, design, t=(0, 2, 3))
    figure = ax.plot.failures(ds)
    first, second = figure.axes
    assert {first.get_xlabel(), first.get_ylabel()} == {"k", "c"}  # d tells nothing
    shown = sum(len(dots.get_offsets()) for dots in first.collections)
    assert shown == 200
    assert "d" in {second.get_xlabel(), second.get_ylabel()}
    one = ax.sweep(model, ax.design.grid({"k": [0.1, 5.0]}), t=(0, 2, 3))
    assert len(ax.plot.picture(one, "failures").axes) == 1
    fine = ax.sweep(model, ax.design.grid({"k": [0.1, 0.2]}), t=(0, 2, 3))
    with pytest.raises(ValueError, match="no run failed"):
        ax.plot.failures(fine)
    with pytest.raises(ValueError, match="'kk' is not swept; swept are k"):
        ax.plot.failures(one, "kk")


def test_bands_that_a_sweep_kept() -> None:
    model = ax.load("model m()\n  var x = 3; const k = 1\n  x' = -k*x\nend\n")
    d = ax.design.sample({"k": "uniform(0.5, 2)"}, n=99, seed=1)
    ds = ax.sweep(model, d, t=(0, 1, 5), summaries=["bands(x)", "max(x)"])
    figure = plot.picture(ds)
    (axes,) = figure.axes
    assert [collection.get_label() for collection in axes.collections] == [
        "5 to 95 %",
        "25 to 75 %",
    ]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), ds["bands_x"].sel(quantile=0.5))
    with pytest.raises(ValueError, match="holds no bands"):
        plot.bands(ax.sweep(model, d, t=(0, 1, 5)))
    with pytest.raises(ValueError, match="it holds bands_x"):
        plot.bands(ds, "bands_y")
