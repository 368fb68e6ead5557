"""Motivational axis: its parts are the models they were, its links what their sources say."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pytest

import axissim as ax
from axissim.model.library import card, folder
from axissim.model.model import Parameter

MODEL = ax.load("motivational_axis")
PARTS = dict(card("motivational_axis").parts)
TEXT = (folder() / "motivational_axis" / "motivational_axis.ant").read_text()
GAINS = [part.id for part in MODEL.parameters if part.id.startswith("g_")]
STATES = [state.id for state in MODEL.states]
# what tests turn, as it stands: always all of it, so that one kernel serves every test
DIALS = {
    p.id: float(p.value.value)
    for p in MODEL.parameters
    if p.id in (*GAINS, "links", "sex", "D2_blocker", "beta_blocked", "oral_estrogen")
}
# a part's quantity that has a name of its own in the axis: (part, id) -> name
PLAIN = {(part, key): name for name, part, key in re.findall(r"\b(\w+) is (\w+)\.(\w+)", TEXT)}
HOURS = {"h": 1.0, "s": 1 / 3600, "min": 1 / 60, "d": 24.0}


def run(times, outputs, params=None, init=None, protocol=(), **options):
    """Trajectories as a dictionary from id to array."""
    result = ax.simulate(
        MODEL, t=times, params=DIALS | (params or {}), init=init, protocol=protocol,
        outputs=list(outputs), max_steps=10**6, **options,
    )  # fmt: skip
    assert int(result["status"]) == 1
    return {name: result[name].values for name in outputs}


def name(part: str, key: str) -> str:
    """What the axis calls a quantity of a part."""
    return PLAIN.get((part, key), f"{part}__{key}")


def start(model, time: float, init: dict[str, float], params: dict[str, float], outputs):
    """Values at one moment, from given states."""
    if model is MODEL:
        init, params = begun() | init, DIALS | params
    result = ax.simulate(
        model, t=(time, time + 1e-9, 2), init=init, params=params, outputs=list(outputs)
    )
    return {key: float(result[key][0]) for key in outputs}


@lru_cache
def begun() -> dict[str, float]:
    """Every state of the axis at its start."""
    path = run((0.0, 1e-9, 2), STATES)
    return {key: float(values[0]) for key, values in path.items()}


@lru_cache
def settings() -> dict[str, float]:
    """The parameters that the axis gives its parts, as numbers: (axis' name) -> value."""
    return {p.id: p.value.value for p in MODEL.parameters if p.value.op == "number"}


@lru_cache
def anywhere(seed: int) -> tuple[float, dict[str, float]]:
    """A moment of the day, and every state of the axis somewhere about its start."""
    rng = np.random.default_rng(seed)
    states = {key: value * rng.uniform(0.6, 1.5) + 1e-4 for key, value in begun().items()}
    return float(rng.uniform(0.0, 24.0)), states


@pytest.mark.parametrize("cut", ["links", "gains"])
@pytest.mark.parametrize("part", PARTS)
def test_without_links_a_part_is_the_model_by_itself(part, cut):
    """The rate of every state, at some moment, from anywhere."""
    alone = ax.load(PARTS[part])
    zeros = {"links": 0.0} if cut == "links" else dict.fromkeys(GAINS, 0.0)
    zeros["sex"] = 1.0  # else the testis has no pulses
    time, states = anywhere(7)
    keys = [state.id for state in alone.states]
    whole = start(MODEL, time, states, zeros, [f"rate({name(part, key)})" for key in keys])
    known = settings() | zeros
    own = {p.id: known[name(part, p.id)] for p in alone.parameters if name(part, p.id) in known}
    scale = HOURS[alone.time_unit]
    init = {key: states[name(part, key)] for key in keys}
    single = start(alone, time / scale, init, own, [f"rate({key})" for key in keys])
    for key in keys:
        expected = single[f"rate({key})"] / scale
        assert whole[f"rate({name(part, key)})"] == pytest.approx(expected, rel=1e-9, abs=1e-12), (
            key
        )


def test_with_links_the_parts_are_not_the_models_by_themselves():
    """The test above can fail."""
    time, states = anywhere(7)
    for key in ("rate(thyroid__q7)", "rate(dopamine__ldopa)"):
        off, on = (start(MODEL, time, states, {"links": value}, [key])[key] for value in (0.0, 1.0))
        assert on != pytest.approx(off, rel=1e-9)


def test_every_link_has_a_gain_a_law_and_a_line_in_the_card():
    note = card("motivational_axis").note
    assert len(GAINS) == 20
    for gain in GAINS:
        part = MODEL.part(gain)
        assert isinstance(part, Parameter)
        assert f"| `{gain}` |" in note
        default = re.search(rf"\| `{gain}` \|[^|]*\| ([01]) \|", note)
        assert default
        assert float(default[1]) == part.value.value


@lru_cache
def at_rest() -> dict[str, float]:
    """Values of the default person that laws are relative to."""
    keys = ["x3_day", "T3_rest", "FT4_rest", "estradiol_rest"]
    return {key: settings()[key] for key in keys} | start(MODEL, 0.0, {}, {}, ["T3", "eda_0"])


def felt(condition: str) -> tuple[dict[str, float], dict[str, float]]:
    """The states and parameters that make a condition true."""
    what, _, value = condition.partition("=")
    rest, number = at_rest(), float(value)
    if what == "oral_estrogen":
        return {}, {what: number}
    if what == "T3":  # by the amount in plasma, which T3 is proportional to
        q4 = name("thyroid", "q4")
        return {q4: begun()[q4] * number * rest["T3_rest"] / rest["T3"]}, {}
    states = {
        "F": ("cortisol_mean", rest["x3_day"]),
        "tone": ("eda", rest["eda_0"]),
        "PROL": ("PROL", 1.0),
        "E": ("estradiol_mean", rest["estradiol_rest"]),
    }
    state, scale = states[what]
    return {state: number * scale}, {}


@pytest.mark.reference("motivational_axis", "links")
def test_law_at_the_figures_it_was_taken_from(row):
    init, params = felt(row.condition)
    assert row.holds(start(MODEL, 0.0, init, params, [row.quantity])[row.quantity])


@pytest.mark.parametrize("gain", GAINS)
def test_a_gain_scales_its_link(gain):
    """Half the gain, half the effect, on the first thing that the link reaches."""
    time, states = anywhere(3)
    states = states | {
        "thyroid__q4": begun()["thyroid__q4"] / 2
    }  # T3 at half, as in hypothyroidism
    link = gain.removeprefix("g_")
    reached = {
        "beta_deiodination": "deiodination", "cortisol_testosterone": "T_secretion",
        "estrogen_CBG": "CBG", "testosterone_CRH": "CRH_drive", "thyroid_TH": "TH_norepinephrine",
        "estradiol_DAT": "DAT", "cortisol_fire": "fire", "dopamine_prolactin": "tone_pituitary",
        "dopamine_receptors": "C", "receptors_drive": "tone_drive", "thyroid_beta": "rate(beta)",
        "thyroid_SHBG": "rate(SHBG)", "thyroid_NE": "NE_circulating",
    }.get(link, link)  # fmt: skip
    person = {"oral_estrogen": 1.0, "beta_blocked": 0.5}
    none, half, full = (
        start(MODEL, time, states, person | {gain: value}, [reached])[reached]
        for value in (0.0, 0.5, 1.0)
    )
    assert full != pytest.approx(none, rel=1e-9)
    assert half == pytest.approx((none + full) / 2, rel=1e-9)


DAYS = 60


@lru_cache
def weeks(sex: float = 0.0, given: str = "", **params: float) -> dict[str, float]:
    """Means over the last ten days of sixty."""
    protocol = {
        "": [],
        "stress": [ax.protocol.infuse("adrenal__x1", rate=100.0, at=240.0, duration=1200.0)],
        "T3": [ax.dose("thyroid__q12", 100 / 651, at=240.0, every=24.0, count=50)],
    }[given]
    keys = ["cortisol", "TSH", "testosterone", "PROL", "beta", "T3", "vigour_fold", "SHBG", "LH"]
    path = run((0.0, 24.0 * DAYS, 12 * DAYS + 1), keys, {"sex": sex, **params}, protocol=protocol)
    return {key: float(values[-121:].mean()) for key, values in path.items()}


@pytest.mark.finding("motivational_axis")
def test_stress_lowers_tsh_and_testosterone():
    """Samuels 1997, Cumming 1983: cortisol lowers TSH, and testosterone without less LH."""
    rest, stressed = weeks(1.0), weeks(1.0, "stress")
    assert stressed["cortisol"] > 1.5 * rest["cortisol"]
    assert stressed["TSH"] < 0.9 * rest["TSH"]
    assert stressed["testosterone"] < 0.9 * rest["testosterone"]
    assert stressed["LH"] > 0.95 * rest["LH"]
    cut = weeks(1.0, "stress", links=0.0)
    assert cut["testosterone"] == pytest.approx(weeks(1.0, links=0.0)["testosterone"], rel=1e-3)


@pytest.mark.finding("motivational_axis")
def test_t3_raises_beta_adrenoceptors_and_binding_globulin():
    """Ginsberg 1981: 100 ug of T3 a day raise the receptors of people 2.3-fold within a week."""
    rest, dosed = weeks(), weeks(0.0, "T3")
    assert 1.7 < dosed["beta"] / rest["beta"] < 2.4
    assert dosed["TSH"] < 0.7 * rest["TSH"]


@pytest.mark.finding("motivational_axis")
def test_a_d2_blocker_raises_prolactin_and_lowers_drive():
    """Friberg 2009: blockers of D2 raise prolactin; drive falls by the hypothesis of vigour."""
    rest, blocked = weeks(), weeks(D2_blocker=1.0)
    assert blocked["PROL"] > 1.3 * rest["PROL"]
    assert blocked["vigour_fold"] < 0.95 * rest["vigour_fold"]


def test_women_keep_their_cycle_and_men_their_pulses():
    days = np.arange(0.0, 24.0 * 120, 3.0)
    lh = run(days, ["LH"])["LH"]
    surges = days[1:-1][(lh[1:-1] > lh[:-2]) & (lh[1:-1] >= lh[2:]) & (lh[1:-1] > 60)]
    assert np.diff(surges) / 24 == pytest.approx(28.2, abs=0.4)
    minutes = np.arange(240.0, 264.0, 1 / 12)
    lh = run((0.0, 264.0, 264 * 12 + 1), ["LH"], {"sex": 1.0})["LH"][-len(minutes) :]
    pulses = ((lh[1:-1] > lh[:-2]) & (lh[1:-1] >= lh[2:])).sum()
    assert 14 <= pulses <= 18  # 16.2 a day in hpg_male


@pytest.mark.parametrize("sex", [0.0, 1.0])
def test_two_days_by_lanes_are_those_of_scipy(sex):
    """From a tenth of a second to weeks: the fast path against LSODA."""
    keys = ["tone", "vigour_fold", "ene", "TSH", "cortisol", "LH", "E2", "PROL", "beta", "T3"]
    times = (0.0, 48.0, 49)
    fast = run(times, keys, {"sex": sex}, rtol=1e-7)
    truth = run(times, keys, {"sex": sex}, method="scipy:LSODA", rtol=1e-9)
    for key in keys:
        apart = np.abs(fast[key] - truth[key]).max() / np.abs(truth[key]).max()
        assert apart < 2e-5, key
