"""Dopamine terminal: the numbers of Best 2009 and of its mended equations, made again."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import axissim as ax
from axissim.model.library import folder

MODEL = ax.load("dopamine_terminal")
FLUXES = [
    "V_TYRin",
    "V_TH",
    "V_DRR",
    "V_AADC",
    "V_MAT",
    "V_REL",
    "V_DAT",
    "V_CATAB",
    "V_REM",
    "V_MAO",
    "A_TH",
]
STATES = ["bh2", "bh4", "tyr", "ldopa", "cda", "vda", "eda", "hva", "tyrpool"]
SETTLED = 1000.0  # h; the slowest mode of the terminal has long died out by then

Settings = tuple[tuple[str, float], ...]


def run(times, params: Settings = (), init=None, outputs=STATES):
    """Trajectories as a dictionary from id to array."""
    result = ax.simulate(
        MODEL, t=times, params=dict(params), init=init, outputs=list(outputs), rtol=1e-8
    )
    return {name: result[name].values for name in outputs}


@lru_cache
def at_rest(params: Settings = ()) -> dict[str, float]:
    """Steady state and fluxes after a long run."""
    end = run((0.0, SETTLED, 2), params, outputs=STATES + FLUXES)
    return {name: float(values[-1]) for name, values in end.items()}


@lru_cache
def last_day(params: Settings, per_hour: int) -> dict[str, np.ndarray]:
    """The seventh day of a run, by which time a daily rhythm repeats itself."""
    path = run((0.0, 168.0, 168 * per_hour + 1), params)
    return {name: values[144 * per_hour :] for name, values in path.items()}


def fold(quantity: str, found: dict[str, float]) -> float:
    """A state, a flux or a sum of states over its value at rest."""
    parts = quantity.split(" + ")
    rest = at_rest()
    return sum(found[part] for part in parts) / sum(rest[part] for part in parts)


@pytest.mark.reference("dopamine_terminal", "steady_state")
def test_steady_state(row):
    assert row.holds(at_rest()[row.quantity])


def test_the_file_starts_at_the_steady_state():
    start = run((0.0, 1.0, 2))
    for name in STATES:
        assert start[name][0] == pytest.approx(at_rest()[name], rel=1e-6)


@pytest.mark.parametrize("scale", [0.02, 0.5, 3.0, 20.0])
def test_one_attractor(scale):
    """From far away, with the same total of biopterin, the terminal comes home."""
    rest = at_rest()
    init = {name: scale * rest[name] for name in STATES}
    init["bh2"] = rest["bh2"] * scale / 10
    init["bh4"] = rest["bh2"] + rest["bh4"] - init["bh2"]
    end = run((0.0, SETTLED, 2), init=init)
    for name in STATES:
        assert end[name][-1] == pytest.approx(rest[name], rel=1e-6)


@pytest.mark.reference("dopamine_terminal", "folds")
def test_fold_of_rest(row):
    assert row.holds(fold(row.quantity, at_rest(row.settings)))


@pytest.mark.reference("dopamine_terminal", "th_velocity")
def test_velocity_of_tyrosine_hydroxylase(row):
    """Its rate as tyrosine alone departs from rest: inhibited by its own substrate."""
    if row.quantity == "V_TH":
        (name, value) = row.settings[0]
        assert row.holds(run((0.0, 1e-6, 2), init={name: value}, outputs=["V_TH"])["V_TH"][0])
        return
    tyrosine = np.arange(85.0, 103.0, 1.0)
    start = [run((0.0, 1e-6, 2), init={"tyr": t}, outputs=["V_TH"])["V_TH"][0] for t in tyrosine]
    fine = np.arange(85.0, 102.0, 0.01)
    assert row.holds(fine[CubicSpline(tyrosine, start)(fine).argmax()])


def measure(values: np.ndarray, statistic: str) -> float:
    """Least, greatest, or greatest less least in percent of the mean over the day."""
    if statistic == "range":
        return 100 * float(np.ptp(values) / values.mean())
    return float({"min": np.min, "max": np.max}[statistic](values))


@pytest.mark.reference("dopamine_terminal", "meals")
def test_three_meals_a_day(row):
    name, statistic = row.quantity.split()
    day = last_day((("meals", 1.0), *row.settings), per_hour=4)
    assert row.holds(measure(day[name], statistic))


@pytest.mark.reference("dopamine_terminal", "th_wave")
def test_daily_wave_of_tyrosine_hydroxylase(row):
    name, statistic = row.quantity.split()
    day = last_day((("TH_amplitude", 0.5), *row.settings), per_hour=20)
    if statistic == "lag":  # the wave itself is greatest at six o'clock
        assert row.holds(day[name].argmax() / 20 - 6)
    else:
        assert row.holds(measure(day[name], statistic) / at_rest()[name])


def test_biopterin_is_conserved():
    path = run((0.0, 48.0, 481), (("meals", 1.0), ("TH_activity", 1.7)))
    total = path["bh2"] + path["bh4"]
    assert np.abs(total / total[0] - 1).max() < 1e-9


@pytest.mark.finding("dopamine_terminal")
def test_substrate_inhibition_steadies_cytosolic_dopamine():
    """Best 2009, abstract: meals hardly reach it as long as tyrosine inhibits its enzyme."""
    swing = [
        measure(last_day((("meals", 1.0), ("substrate_inhibition", on)), 4)["cda"], "range")
        for on in (1.0, 0.0)
    ]
    assert swing[0] < swing[1] / 4


@pytest.mark.finding("dopamine_terminal")
@pytest.mark.parametrize("dial", ["TH_activity", "fire"])
@pytest.mark.parametrize("value", [0.5, 2.0])
def test_autoreceptor_dampens_extracellular_dopamine(dial, value):
    """Best 2009, abstract: changes of expression and of firing are felt less with it."""
    felt = [
        abs(np.log(fold("eda", at_rest(((dial, value), ("autoreceptor", on))))))
        for on in (1.0, 0.0)
    ]
    assert felt[0] < felt[1]


# ---- Options that Best 2009 does not have --------------------------------------------------------


@pytest.mark.reference("dopamine_terminal", "variants")
def test_variant(row):
    assert row.holds(fold(row.quantity, at_rest(row.settings)))


@pytest.mark.parametrize(("eda", "effect"), [(0.0, 1.37), (1e3, 0.27)])
def test_range_of_the_autoreceptor_on_release(eda, effect):
    """Without dopamine and in excess of it, of release at rest."""
    found = run((0.0, 1e-9, 2), (("release_autoreceptor", 1.0),), {"eda": eda}, ["R_REL"])
    assert found["R_REL"][0] == pytest.approx(effect, abs=0.005)


ORAL = """// 100 mg of levodopa by mouth: two compartments, medians of 25 patients (ModelDB 261624)
import "dopamine_terminal.ant"
model oral()
  D: dopamine_terminal();
  unit time_unit = 3600 second;
  u := piecewise(3.33, 60*time >= 11.9 && 60*time < 41.9, 0)  // mg/min
  c1 = 0; c1' = 60*(u - 1.90*c1 + 2.21*c2 - 0.60*c1)/12  // mg/L
  c2 = 0; c2' = 60*(1.90*c1 - 2.21*c2)/32
  ld := 5.07*c1  // umol/L
  D.LDp is ld
end
"""


@lru_cache
def after_levodopa(where: Path, params: Settings) -> dict[str, np.ndarray]:
    """Course of a dose of 100 mg over 6 hours; dopamine and its metabolite as folds of rest."""
    (where / "oral.ant").write_text(ORAL)
    terminal = folder() / "dopamine_terminal" / "dopamine_terminal.ant"
    (where / "dopamine_terminal.ant").write_text(terminal.read_text())
    given = {f"D__{name}": value for name, value in params}
    ids = ["cda", "vda", "eda", "hva"]
    path = ax.simulate(
        ax.load(where / "oral.ant"),
        t=(0.0, 6.0, 2401),
        params=given,
        outputs=["ld", *(f"D__{name}" for name in ids)],
        rtol=1e-8,
    )
    found = {name: path[f"D__{name}"].values / path[f"D__{name}"].values[0] for name in ids}
    return found | {"ld": path["ld"].values}


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("oral")


@pytest.mark.reference("dopamine_terminal", "levodopa")
def test_levodopa_by_mouth(row, where):
    name, statistic = row.quantity.split()
    values = after_levodopa(where, row.settings)[name]
    assert row.holds(values.max() if statistic == "max" else values.argmax() / 400)


def test_levodopa_keeps_tyrosine_out():
    """They share a carrier: with K_LD of levodopa in blood, tyrosine needs twice its K_m."""
    found = run((0.0, 1e-9, 2), (("LDp", 32.0),), outputs=["V_TYRin"])["V_TYRin"][0]
    assert found == pytest.approx(400 * 97 / (64 * 2 + 97), rel=1e-12)


@pytest.mark.parametrize("dial", ["BH4_supply", "BH4_activity", "iron_TH", "O2", "B6"])
def test_want_of_a_cofactor_lowers_dopamine(dial):
    """Decarboxylase only matters once levodopa has another way to go."""
    half = 20.0 if dial == "O2" else 0.5
    exit_ = (("k_3OMD", 5.0),)
    want = at_rest((*exit_, (dial, half)))
    assert want["eda"] < at_rest(exit_)["eda"]
    assert want["cda"] < at_rest(exit_)["cda"]
    if dial == "B6":
        assert at_rest(((dial, half),))["cda"] == pytest.approx(at_rest()["cda"], rel=1e-6)


@pytest.mark.finding("dopamine_terminal")
def test_iron_deficiency_raises_extracellular_dopamine():
    """Beard 1994, rats: +53 %; by loss of transporter (Bianco 2008). Size and metabolite misfit."""
    assert fold("eda", at_rest((("iron_DAT", 0.42),))) > 1.3


def test_without_monoamine_oxidase_dopamine_stays_bounded_by_oxidation():
    rest = at_rest((("MAO", 0.0), ("k_auto", 0.3)))
    assert rest["cda"] < 20 * at_rest()["cda"]
    lost = 0.3 * rest["cda"] + rest["V_CATAB"] + rest["V_REM"]
    assert lost == pytest.approx(rest["V_TH"], rel=1e-6)  # what is made is lost


def test_biopterin_supplied_is_a_start_with_that_total():
    """Supply 0.4 is Best 2009 begun with 0.4 of its biopterin."""
    start = {"bh2": 0.4 * 40.85519, "bh4": 0.4 * 319.1448}
    begun = run((0.0, 30.0, 31), init=start, outputs=["bh4", "cda", "eda"])
    supplied = run((0.0, 30.0, 31), (("BH4_supply", 0.4),), outputs=["bh4_s", "cda", "eda"])
    np.testing.assert_allclose(supplied["bh4_s"], begun["bh4"], rtol=1e-6)
    np.testing.assert_allclose(supplied["cda"], begun["cda"], rtol=1e-6)
    assert supplied["eda"][-1] < supplied["eda"][0]
