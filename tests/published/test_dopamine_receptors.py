"""D1 and D2 receptors: occupancy under three kinetics, cyclic AMP, sensitivity, PET."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import axissim as ax
from axissim.model.library import folder

MODEL = ax.load("dopamine_receptors")
HOUR = 3600.0
COURSE = np.arange(0.0, 40.0, 0.002)
KEYS = ["o_D1", "o_D2"]


def run(times, params, keys=KEYS, init=None) -> dict[str, np.ndarray]:
    path = ax.simulate(MODEL, t=times, params=dict(params), init=init, outputs=keys, rtol=1e-9)
    assert int(path["status"]) == 1
    return {key: path[key].values for key in keys}


@pytest.mark.reference("dopamine_receptors", "occupancy")
def test_occupancy(row):
    key, statistic = row.quantity.split()
    values = run((0.0, 500.0, 2) if statistic == "end" else COURSE, row.settings)[key]
    assert row.holds(
        {"base": values[0], "end": values[-1], "max": values.max(), "min": values.min()}[statistic]
    )


@pytest.mark.reference("dopamine_receptors", "cyclase")
def test_cyclic_amp_in_balance(row):
    assert row.holds(run((0.0, 300.0, 2), row.settings, [row.quantity])[row.quantity][-1])


@pytest.mark.reference("dopamine_receptors", "tracer")
def test_binding_of_a_tracer(row):
    """With dopamine depleted, over that at rest."""
    (_, tone), *_ = row.settings
    binding = [run((0.0, 1.0, 2), (("C", c),), ["PET_BP"])["PET_BP"][-1] for c in (0.0, tone)]
    assert row.holds(100 * (binding[0] / binding[1] - 1))


def test_occupancy_seen_by_a_tracer_lies_between_the_two_found():
    """15.5 % (Verhoeff 2001) and 21.9 % (Laruelle 1997) of D2."""
    assert 0.155 < run((0.0, 1.0, 2), (), ["PET_occ"])["PET_occ"][-1] < 0.219


@pytest.mark.parametrize(
    ("kinetics", "half", "off"),
    [(1.0, (1000, 1000), (10, 10)), (3.0, (1000, 7), (19.5, 0.2))],
)
def test_a_step_relaxes_at_its_own_rate(kinetics, half, off):
    times = np.linspace(0.0, 3.0, 31)
    path = run(times, (("kinetics", kinetics), ("step_height", 60.0)))
    for key, k, out in zip(KEYS, half, off, strict=True):
        before, after = 20 / (20 + k), 80 / (80 + k)
        wanted = after + (before - after) * np.exp(-out * (80 / k + 1) * times)
        np.testing.assert_allclose(path[key], wanted, rtol=1e-6)


def test_the_second_kinetics_are_chosen_by_number():
    """With the numbers of the third in their place, they run as the third."""
    numbers = {"EC50_D1": 1000.0, "EC50_D2": 7.0, "koff_D1": 19.5, "koff_D2": 0.2}
    burst = (("burst_height", 200.0),)
    second = [("kinetics", 2.0), *((f"{key}_S2", value) for key, value in numbers.items())]
    found, wanted = run(COURSE, (*second, *burst)), run(COURSE, (("kinetics", 3.0), *burst))
    for key in KEYS:
        np.testing.assert_allclose(found[key], wanted[key], rtol=1e-7)


def test_a_burst_begins_peaks_and_a_pause_ends_on_time():
    times = np.arange(0.0, 30.0, 0.01) + 0.005
    dials = (("burst_height", 200.0), ("pause_length", 5.0))
    dopamine = run(np.concatenate([[0.0], times]), dials, ["C_t"])["C_t"][1:]
    assert np.all(dopamine[times < 5] == 20)
    np.testing.assert_allclose(dopamine[500:520], 20 + 1000 * (times[500:520] - 5), rtol=1e-9)
    fall = (times > 5.2) & (times < 20)
    np.testing.assert_allclose(
        dopamine[fall], 20 + 200 * np.exp(-2 * (times[fall] - 5.2)), rtol=1e-9
    )
    assert np.all(dopamine[(times > 20) & (times < 25)] == 0)
    assert np.all(dopamine[times > 25] > 19.99)


def test_slow_receptors_outlast_a_burst():
    """Kinetics 3: two seconds after the burst began D1 has let go, D2 has not."""
    path = run(COURSE, (("kinetics", 3.0), ("burst_height", 200.0)))
    left = {key: (path[key][3500] - path[key][0]) / np.ptp(path[key]) for key in KEYS}
    assert left["o_D1"] < 0.05
    assert left["o_D2"] > 0.4


@pytest.mark.parametrize(
    ("key", "threshold", "rises"), [("net_D1", 53.191, True), ("net_D2", 47.619, False)]
)
def test_dopamine_at_which_cyclase_starts_or_stops(key, threshold, rises):
    """18 o = 10/11 and 50 o = 25/11, with o = C/(C + 1000)."""
    below, above = (
        run((0.0, 1.0, 2), (("C", c),), [key])[key][0] for c in (threshold - 0.01, threshold + 0.01)
    )
    assert (below < 0 < above) if rises else (below > 0 > above)


@pytest.mark.parametrize(("receptor", "hours"), [("D1", 30.0), ("D2", 120.0)])
@pytest.mark.parametrize("kinetics", [1.0, 3.0])
def test_a_full_block_raises_sensitivity_by_a_quarter(receptor, hours, kinetics):
    times = np.linspace(0.0, 8 * hours * HOUR, 9)
    dials = (("adapt", 1.0), (f"{receptor}_block", 1.0), ("kinetics", kinetics))
    found = run(times, dials, [f"B_{receptor}"])[f"B_{receptor}"]
    wanted = 1 + 0.25 * (1 - 0.5 ** (times / hours / HOUR))
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_sensitivity_rests_at_rest_and_falls_under_excess():
    times = (0.0, 2000 * HOUR, 3)
    assert run(times, (("adapt", 1.0),), ["B_D2"])["B_D2"] == pytest.approx([1, 1, 1], abs=1e-9)
    excess = (("adapt", 1.0), ("kinetics", 3.0), ("C", 40.0))
    target = 1 + 0.25 * (1 - (40 / 47) / (20 / 27))
    assert run(times, excess, ["B_D2"])["B_D2"][-1] == pytest.approx(target, rel=1e-4)
    flooded = (("adapt", 1.0), ("C", 200.0))
    assert run(times, flooded, ["B_D2"])["B_D2"][-1] == pytest.approx(0.1, rel=1e-3)


@pytest.mark.parametrize("receptor", ["D1", "D2"])
def test_dials_of_one_receptor_act_on_its_signal(receptor):
    keys = ["fold_D1", "fold_D2", "AC5_D1", "AC5_D2"]
    dials = ((f"sens_{receptor}", 3.0), (f"{receptor}_block", 0.5), ("C", 60.0))
    rest, dialled = (run((0.0, 1.0, 2), chosen, keys) for chosen in ((("C", 60.0),), dials))
    for other in ("D1", "D2"):
        fold = dialled[f"fold_{other}"][-1] / rest[f"fold_{other}"][-1]
        assert fold == pytest.approx(1.5 if other == receptor else 1.0, rel=1e-9)
    if receptor == "D1":
        assert dialled["AC5_D1"][-1] > rest["AC5_D1"][-1]


def test_receptors_are_conserved_while_some_are_desensitised():
    dials = (
        ("kinetics", 3.0),
        ("kd_D2", 0.05),
        ("kr_D2", 0.01),
        ("D2_block", 0.3),
        ("burst_height", 200.0),
    )
    path = run((0.0, 2000.0, 2001), dials, ["o_D2", "z_D2", "free_D2"])
    total = sum(path.values())
    np.testing.assert_allclose(total, 0.7, rtol=1e-9)
    assert min(values.min() for values in path.values()) >= 0
    assert path["z_D2"][-1] == pytest.approx(5 * path["o_D2"][-1], rel=1e-6)
    assert path["o_D2"][-1] == pytest.approx(20 / 7 * path["free_D2"][-1], rel=1e-6)


WAVE = """// Dopamine that swings between 0 and 120 nmol/L
import "dopamine_receptors.ant"
model wave()
  R: dopamine_receptors();
  unit time_unit = 1 second;
  tone := 60*(1 + sin(2*pi*time/100))
  R.C is tone
end
"""


def test_neurons_adapt_until_cyclic_amp_is_seldom_beyond_its_limits(tmp_path: Path):
    """Where the four Bmax end, a tenth of the time lies below and a tenth above."""
    (tmp_path / "wave.ant").write_text(WAVE)
    own = folder() / "dopamine_receptors" / "dopamine_receptors.ant"
    (tmp_path / "dopamine_receptors.ant").write_text(own.read_text())
    path = ax.simulate(
        ax.load(tmp_path / "wave.ant"),
        t=(0.0, 20_000.0, 40_001),
        params={"R__Kb": 0.005, "R__soft": 0.01},
        outputs=["R__cAMP_D1", "R__cAMP_D2", "R__Bmax_D1", "R__Bmax_D2"],
        rtol=1e-7,
    )
    for receptor, before in (("D1", 18), ("D2", 50)):
        cyclic = path[f"R__cAMP_{receptor}"].values[-20_000:]
        assert np.mean(cyclic < 0.1) == pytest.approx(0.1, abs=0.01)
        assert np.mean(cyclic > 10.0) == pytest.approx(0.1, abs=0.01)
        assert path[f"R__Bmax_{receptor}"].values[-1] != pytest.approx(before, rel=0.1)
