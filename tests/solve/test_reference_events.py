"""The reference on doses, events, implicit quantities and delays, each with its exact answer."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import factorial

import numpy as np
import pytest

import axissim as ax
from axissim.compile.kernel import kernel_of
from axissim.solve.reference.runs import METHODS, solve_by_scipy
from axissim.solve.work import EVENT_ERROR, MAX_STEPS, NON_FINITE, OK, Runs

HOW = {"rtol": 1e-10, "atol": 1e-12}
BALL = """model ball()
  x' = v; v' = -9.81; x = 1; v = 0; hits = 0; last = 0; hits' = 0; last' = 0
  at x < 0 && v < 0: x = 0, v = -0.8*v, hits = hits + 1, last = time
end"""


@pytest.fixture(params=METHODS)
def scipy(request):
    """Every method of SciPy."""
    return f"scipy:{request.param}"


@cache
def model(text):
    return ax.load(text)


def run(text, times, method="scipy:DOP853", **how):
    return ax.simulate(model(text), t=times, method=method, **(HOW | how))


def ok(text, times, method="scipy:DOP853", **how):
    result = run(text, times, method, **how)
    assert int(result.status) == OK
    return result


def impact(n, rebound=0.8, height=1.0, g=9.81):
    """When a ball let fall bounces for the n-th time."""
    fall = np.sqrt(2 * height / g)
    return fall * (1 + 2 * rebound * (1 - rebound ** (n - 1)) / (1 - rebound))


# Where relations change


@pytest.mark.parametrize("n", [1, 2, 5, 10])
def test_a_bouncing_ball(scipy, n):
    result = ok(BALL, (0.0, impact(n) + 1e-3, 2), scipy, rtol=1e-11, atol=1e-13)
    assert int(result.hits[-1]) == n
    assert float(result["last"][-1]) == pytest.approx(impact(n), abs=1e-9)


def test_a_ball_that_bounces_ever_faster_has_no_end(scipy):
    times = np.linspace(0.0, 10.0, 101)
    result = run(BALL, times, scipy)
    rest = impact(np.inf)
    assert int(result.status) == EVENT_ERROR
    assert float(result.t_fail) == pytest.approx(rest, abs=1e-3)
    assert np.all(np.isfinite(result.x[times < rest - 1e-3]))
    assert np.all(np.isnan(result.x[times > rest]))


@pytest.mark.parametrize("name", ["Radau", "DOP853", "RK45"])
def test_a_ball_does_not_fall_through_the_floor(name):
    """Where the height alone is looked at, and nothing else could hold it."""
    text = """model ball()
      x' = v; v' = -9.81; x = 1; v = 0
      at x < 0: v = -0.9*v
    end"""
    result = run(text, (0.0, 10.0, 101), f"scipy:{name}")
    assert int(result.status) == EVENT_ERROR
    assert float(result.t_fail) == pytest.approx(impact(np.inf, 0.9), abs=1e-8)


def test_instants_without_end_that_are_passed(scipy):
    """Each event halves how far b is above 1, in half the time, until it is there; a goes on."""
    text = """model m()
      a = 1; a' = 1; b = 2; b' = -1
      at a > b: a = 1
    end"""
    result = ok(text, [0.0, 0.25, 0.999, 3.0], scipy)
    np.testing.assert_allclose(result.b, 2 - result.time.values, atol=1e-9)
    assert float(result.a[-1]) == pytest.approx(3.0, abs=1e-8)


@pytest.mark.parametrize("course", ["x > a && x < a + 0.001", "time > a && time < a + 0.001"])
@pytest.mark.parametrize("start", [0.0, 1 / 3, 5.0, 9.9985])
def test_a_narrow_window_is_seen_once(scipy, course, start):
    """A ten-thousandth of the run."""
    text = f"model m()\n a = 3; x' = 1; x = 0; n = 0; n' = 0\n at {course}: n = n + 1\nend"
    result = ok(text, (0.0, 10.0, 3), scipy, params={"a": start})
    assert int(result.n[-1]) == 1


@pytest.mark.parametrize(("level", "hits"), [(1 - 1e-9, 8), (0.5, 8), (1 + 1e-9, 0)])
def test_a_crest_is_seen(level, hits):
    """The trigger is true for a hundred-thousandth of each wave, or misses it by as little."""
    text = f"""model m()
      n = 0; n' = 0; last = 0; last' = 0
      at sin(time) > {level!r}: n = n + 1, last = time
    end"""
    result = ok(text, (0.0, 50.0, 2))
    assert int(result.n[-1]) == hits
    exact = 14 * np.pi + np.arcsin(min(level, 1.0)) if hits else 0.0
    assert float(result["last"][-1]) == pytest.approx(exact, abs=1e-9)


def test_each_way_a_comparison_counts_what_is_equal():
    """x comes to rest at 1 exactly, by an event; only what counts equality sees it."""
    text = """model m()
      x = 0; x' = 0; a = 0; b = 0; c = 0; d = 0; a' = 0; b' = 0; c' = 0; d' = 0
      at time >= 1: x = 1
      at x > 1: a = 1
      at x >= 1: b = 1
      at x == 1: c = 1
      at !(x != 1): d = 1
    end"""
    result = ok(text, (0.0, 2.0, 3))
    assert [float(result[key][-1]) for key in "abcd"] == [0.0, 1.0, 1.0, 1.0]


# What happens at an instant


@pytest.mark.parametrize(("comparison", "value"), [(">=", 1.0), (">", 0.0)])
def test_a_save_point_holds_what_is_true_at_exactly_its_time(scipy, comparison, value):
    text = f"model m()\n x = 0; x' = 0\n at time {comparison} 5: x = 1\nend"
    result = ok(text, [0.0, 5.0, 5.0 + 1e-12, 10.0], scipy)
    np.testing.assert_array_equal(result.x, [0.0, value, 1.0, 1.0])


@pytest.mark.parametrize(("initially", "value"), [("true", 0.0), ("false", 1.0)])
def test_what_is_true_at_the_start(initially, value):
    text = f"model m()\n x = 0; x' = 0\n at time >= 0, t0={initially}: x = 1\nend"
    np.testing.assert_array_equal(ok(text, (0.0, 1.0, 2)).x, [value, value])


@pytest.mark.parametrize(
    ("persistent", "early", "y"), [("true", "true", 1), ("true", "false", 3), ("false", "true", 0)]
)
def test_a_delayed_event(scipy, persistent, early, y):
    """Triggered at 1, executed at 3; the trigger is true until 2."""
    text = f"""model m()
      x = 0; x' = 1; y = 0; y' = 0; z = 0; z' = y
      at 2 after x > 1 && x < 2, persistent={persistent}, fromTrigger={early}: y = x
    end"""
    result = ok(text, [0.0, 2.999, 3.0, 4.0], scipy)
    np.testing.assert_allclose(result.y, [0.0, 0.0, y, y], atol=1e-9)
    np.testing.assert_allclose(result.z[-1], y, atol=1e-9)


def test_the_delay_is_that_of_the_firing():
    text = """model m()
      x = 0; x' = 1; d = 1; d' = 0; at_ = 0; at_' = 0
      at d after x >= 1, fromTrigger=false: at_ = time
      at x >= 1.5: d = 10
    end"""
    assert float(ok(text, (0.0, 5.0, 2)).at_[-1]) == pytest.approx(2.0, abs=1e-9)


@pytest.mark.parametrize(("first", "second", "left"), [(2, 1, 2), (1, 2, 1)])
def test_the_highest_priority_goes_first(first, second, left):
    """What is assigned last stays."""
    text = f"""model m()
      x = 0; x' = 0
      at time >= 1, priority={first}: x = 1
      at time >= 1, priority={second}: x = 2
    end"""
    assert float(ok(text, (0.0, 2.0, 2)).x[-1]) == left


def test_equals_are_drawn_by_lot():
    """Each of two comes last about as often, and not in turn; the lanes draw the same lots."""
    text = """model m()
      due = 1; due' = 0; often = 0; often' = 0; last = 0; last' = 0; turns = 0; turns' = 0
      A: at time >= due, fromTrigger=false: last = 1
      B: at time >= due, fromTrigger=false: last = 2
      C: at time >= due, priority=-1, fromTrigger=false: often = often + last - 1,
         turns = turns + 2^(due - 1)*(last - 1), due = due + 1
    end"""
    found = [
        ax.simulate(ax.load(text), t=(0.0, 40.5, 2), method=method)
        for method in ("scipy:DOP853", "tsit5", "rodas5p")
    ]
    assert {int(ds.status) for ds in found} == {OK}
    assert len({float(ds.turns[-1]) for ds in found}) == 1
    assert 10 <= int(found[0].often[-1]) <= 30
    lots = f"{int(found[0].turns[-1]):040b}"
    assert 10 <= sum(a != b for a, b in pairwise(lots)) <= 30


def test_priorities_are_asked_again_after_each_execution():
    """The first raises the third above the second; one without a priority comes last."""
    text = """model m()
      p = 0; p' = 0; x = 0; x' = 0
      at time >= 1, fromTrigger=false: x = 10*x + 4
      at time >= 1, fromTrigger=false, priority=1: x = 10*x + 2
      at time >= 1, fromTrigger=false, priority=p: x = 10*x + 3
      at time >= 1, fromTrigger=false, priority=5: x = 10*x + 1, p = 2
    end"""
    assert float(ok(text, (0.0, 2.0, 2)).x[-1]) == 1324


def test_values_are_those_of_the_firing_unless_asked_otherwise():
    """Two events at one moment exchange what they read."""
    text = """model m()
      x = 1; y = 2; x' = 0; y' = 0
      at time >= 1: x = y
      at time >= 1: y = x
    end"""
    result = ok(text, (0.0, 2.0, 2))
    assert (float(result.x[-1]), float(result.y[-1])) == (2.0, 1.0)


def test_an_event_takes_another_back():
    """Both fire; the first makes the trigger of the second, which does not persist, false."""
    text = """model m()
      x = 0; y = 0; x' = 0; y' = 0
      at time >= 1, priority=2: x = 1
      at time >= 1 && x < 0.5, priority=1, persistent=PERSISTENT: y = 1
    end"""
    for persistent, y in (("false", 0.0), ("true", 1.0)):
        result = ok(text.replace("PERSISTENT", persistent), (0.0, 2.0, 2))
        assert float(result.y[-1]) == y


def test_a_cascade(scipy):
    text = """model m()
      x = 0; x' = 1; a = 0; b = 0; c = 0; a' = 0; b' = 0; c' = 0
      at c > 0.5: x = x - 1, c = 0
      at b > 0.5: c = 1, b = 0
      at a > 0.5: b = 1, a = 0
      at x >= 1: a = 1
    end"""
    result = ok(text, np.linspace(0.0, 3.3, 10), scipy)
    np.testing.assert_allclose(result.x, result.time.values % 1.0, atol=1e-9)


def test_events_triggered_by_each_other_for_ever():
    text = """model m()
      x = 0; x' = 1; a = 0; a' = 0
      at a > 0.5: a = 0
      at a < 0.5 && x > 1: a = 1
    end"""
    result = run(text, [0.0, 0.5, 1.5, 2.0])
    assert int(result.status) == EVENT_ERROR
    assert float(result.t_fail) == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_array_equal(np.isnan(result.x), [False, False, True, True])


@pytest.mark.parametrize("delay", ["1 - x", "log(-1)"])
def test_a_negative_delay(delay):
    text = f"model m()\n x = 0; x' = 1\n at {delay} after x > 2: x = 0\nend"
    result = run(text, (0.0, 4.0, 5))
    assert int(result.status) == EVENT_ERROR
    assert float(result.t_fail) == pytest.approx(2.0, abs=1e-9)


@pytest.mark.parametrize(("delay", "status"), [(0.63, OK), (0.7, EVENT_ERROR)])
def test_sixty_four_executions_may_wait(delay, status):
    text = f"""model m()
      n = 0; n' = 0; due = 0.01; due' = 0
      at time >= due: due = due + 0.01
      at {delay} after time - 0.01*floor(time/0.01) > 0.005: n = n + 1
    end"""
    assert int(run(text, (0.0, 2.0, 2)).status) == status


def test_an_assignment_that_is_no_number():
    text = "model m()\n x = 0; x' = 1\n at x > 1: x = log(-x)\nend"
    result = run(text, (0.0, 2.0, 3))
    assert int(result.status) == NON_FINITE
    assert float(result.t_fail) == pytest.approx(1.0, abs=1e-9)


def test_too_many_steps():
    result = run("model m()\n x' = y; y' = -x; x = 1; y = 0\nend", (0.0, 1e5, 2), max_steps=100)
    assert int(result.status) == MAX_STEPS
    assert 0.0 < float(result.t_fail) < 1e5


def test_a_rate_that_jumps_where_a_state_is(scipy):
    """Behind such a jump LSODA goes on in the smallest steps, if it is not begun anew."""
    text = """model m()
      x' = -factorial(ceil(4*x))/25; x = 1; y' = factorial(ceil(4*x))/25; y = 0
    end"""
    result = ok(text, np.linspace(0.0, 2.0, 51), scipy, rtol=1e-9, max_steps=5000)
    exact = 0.5 - (2.0 - 0.25 / 0.96 - 0.25 / 0.24) * 0.08
    assert float(result.x[-1]) == pytest.approx(exact, abs=1e-7)


# Doses


def dosed(text, times, jumps, method="DOP853"):
    """One run in which (time, state, scale, shift) happen."""
    kernel = kernel_of(model(text))
    states, count = list(kernel.system.states), len(times)
    when, which, scale, shift = zip(*jumps, strict=True)
    none = {key: np.zeros(1, np.int64) for key in Runs._fields}
    runs = Runs(**none)._replace(
        defaults=np.array(list(kernel.system.inputs.values())),
        columns=np.empty(0, np.int64),
        design=np.empty((1, 0)),
        times=np.asarray(times, float),
        picked=np.arange(len(states)),
        rtol=1e-11,
        atol=np.full(len(states), 1e-13),
        max_steps=100_000,
        out=np.empty((1, count, len(states))),
        status=np.zeros(1, np.int8),
        t_fail=np.full(1, np.nan),
        jump_last=np.full(1, len(jumps)),
        jump_time=np.array(when, float),
        jump_state=np.array([states.index(key) for key in which]),
        jump_scale=np.array(scale, float),
        jump_shift=np.array(shift, float),
    )
    solve_by_scipy(method, kernel, runs)
    assert runs.status[0] == OK
    return dict(zip(states, runs.out[0].T, strict=True))


@pytest.mark.parametrize("name", METHODS)
def test_repeated_bolus(name):
    """Troughs D e^(-k tau) (1 - e^(-n k tau)) / (1 - e^(-k tau)); peaks are D more."""
    k, dose, tau = 0.3, 5.0, 0.7
    text = f"model m()\n x' = -{k}*x; x = 0\nend"
    n = np.arange(20)
    found = dosed(text, n * tau, [(t, "x", 1.0, dose) for t in n * tau], name)
    decay = np.exp(-k * tau)
    trough = dose * decay * (1 - decay**n) / (1 - decay)
    np.testing.assert_allclose(found["x"], trough + dose, rtol=1e-9)


def test_repeated_bolus_by_an_event(scipy):
    k, dose, tau = 0.3, 5.0, 0.7
    text = f"""model m()
      x' = -{k}*x; x = 0; due = {tau}; due' = 0
      at time >= due: x = x + {dose}, due = due + {tau}
    end"""
    n = np.arange(1, 20)
    found = ok(text, np.concatenate([[0.0], n * tau + 0.1]), scipy, rtol=1e-11).x[1:]
    decay = np.exp(-k * tau)
    peak = dose * (1 - decay**n) / (1 - decay)
    np.testing.assert_allclose(found, peak * np.exp(-k * 0.1), rtol=1e-9)


def test_doses_at_one_time_go_in_order():
    text = "model m()\n x = 1; x' = 0\nend"
    jumps = [(0.0, "x", 1.0, 1.0), (1.0, "x", 3.0, 0.0), (1.0, "x", 1.0, 4.0), (2.0, "x", 0.0, 5.0)]
    np.testing.assert_array_equal(dosed(text, [0.0, 0.5, 1.0, 2.0], jumps)["x"], [2, 2, 10, 5])


def test_a_dose_triggers_an_event_at_once():
    text = "model m()\n x = 0; x' = 0; y = 0; y' = 0\n at x > 1: y = x\nend"
    found = dosed(text, [0.0, 1.0, 2.0], [(1.0, "x", 1.0, 2.0)])
    np.testing.assert_array_equal(found["y"], [0.0, 2.0, 2.0])


# Implicit quantities

ROOT = """model rooted()
  x' = -x; x = 4; z' = y; z = 0; var y; y = 1.5
  0 = y*y - x
end"""


def test_a_root(scipy):
    """y^2 = x from a guess that is not on it; z' = y is integrated too."""
    result = ok(ROOT, np.linspace(0.0, 4.0, 9), scipy, outputs=["y", "z"])
    decay = np.exp(-result.time.values / 2)
    np.testing.assert_allclose(result.y, 2 * decay, rtol=1e-8)
    np.testing.assert_allclose(result.z, 4 * (1 - decay), atol=1e-8)


def test_a_root_after_a_jump(scipy):
    """At once, in the saved point too; an event is triggered by it."""
    text = ROOT.replace("0 =", "n = 0; n' = 0\n at time >= 1: x = 16\n at y > 3: n = n + y\n 0 =")
    result = ok(text, [0.0, 0.5, 1.0, 2.0], scipy, outputs=["y", "n"])
    expected = [2.0, 2 * np.exp(-0.25), 4.0, 4 * np.exp(-0.5)]
    np.testing.assert_allclose(result.y, expected, rtol=1e-8)
    np.testing.assert_allclose(result.n, [0.0, 0.0, 4.0, 4.0], rtol=1e-12)


def test_nothing_but_a_constraint():
    """Kepler's equation."""
    text = "model m()\n var E; E = 0\n 0 = E - 0.3*sin(E) - time\nend"
    result = ok(text, np.linspace(0.0, 6.0, 13), outputs=["E"])
    np.testing.assert_allclose(
        result.E - 0.3 * np.sin(result.E), result.time.values, rtol=1e-14, atol=1e-15
    )


def test_a_constraint_that_cannot_be_met(scipy):
    """x falls through 0 at t = 1."""
    text = "model m()\n x' = -1; x = 1; z' = y; z = 0; var y; y = 1\n 0 = y*y - x\nend"
    result = run(text, np.linspace(0.0, 2.0, 5), scipy)
    assert int(result.status) == NON_FINITE
    assert float(result.t_fail) == pytest.approx(1.0, abs=1e-3)


# Delays


def stepwise(t):
    """x' = -x(t - 1), x = 1 before: sum of (-1)^k (t - k + 1)^k / k!."""
    terms = ((-1) ** k * (t - (k - 1)) ** k / factorial(k) for k in range(int(t) + 2))
    return sum(terms)


def test_a_constant_delay(scipy):
    times = np.linspace(0.0, 8.0, 33)
    result = ok("model m()\n x' = -delay(x, 1); x = 1\nend", times, scipy)
    np.testing.assert_allclose(result.x, [stepwise(t) for t in times], atol=1e-9)


def test_a_delay_that_is_a_share_of_the_time(scipy):
    """The pantograph equation x' = -x(t/2), whose delay is 0 at the start."""
    times = np.linspace(0.0, 4.0, 9)
    result = ok("model m()\n x' = -delay(x, time/2); x = 1\nend", times, scipy)
    k = np.arange(40)
    terms = np.cumprod(np.concatenate([[1.0], -(0.5 ** k[:-1]) / k[1:]]))
    np.testing.assert_allclose(result.x, (times[:, None] ** k) @ terms, atol=3e-9)


def test_a_delay_that_the_state_sets(scipy):
    """y' = cos(t) y(y - 2) with y = 1 before is 1 + sin t (Neves 1975)."""
    text = "model m()\n y' = cos(time)*delay(y, time - (y - 2)); y = 1\nend"
    times = np.linspace(0.0, 1.5, 7)
    result = ok(text, times, scipy)
    np.testing.assert_allclose(result.y, 1 + np.sin(times), atol=1e-8)


@pytest.mark.parametrize("lag", [0.0, 1e-7, 1e-4, 1e-2])
def test_a_short_delay(lag):
    """x' = -x(t - lag) goes like e^(r t), r = -e^(-r lag), once the start is forgotten."""
    rate = -1.0
    for _ in range(50):
        rate = -np.exp(-rate * lag)
    found = ok(f"model m()\n x' = -delay(x, {lag!r}); x = 1\nend", (0.0, 2.0, 5)).x.values
    np.testing.assert_allclose(found[2:] / found[1:-1], np.exp(rate * 0.5), rtol=1e-9)


def test_a_negative_delay_is_no_number(scipy):
    result = run("model m()\n x' = -delay(x, 1 - time); x = 1\nend", (0.0, 4.0, 9), scipy)
    assert int(result.status) == NON_FINITE
    assert float(result.t_fail) == pytest.approx(1.0, abs=1e-2)


def test_a_jump_comes_back(scipy):
    """What an event sets is seen again by a read-out that much later, and by what it triggers."""
    text = """model m()
      x = 0; x' = 0; n = 0; n' = 0; z = 0; z' = delay(x, 2)
      y := delay(x, 2)
      at time >= 1: x = 1
      at y > 0.5: n = time
    end"""
    result = ok(text, [0.0, 1.0, 2.999, 3.0, 5.0], scipy)
    np.testing.assert_allclose(result.y, [0.0, 0.0, 0.0, 1.0, 1.0], atol=1e-12)
    np.testing.assert_allclose(result.z, [0.0, 0.0, 0.0, 0.0, 2.0], atol=1e-9)
    assert float(result.n[-1]) == pytest.approx(3.0, abs=1e-9)


def test_a_delayed_value_triggers(scipy):
    text = """model m()
      x = 1; x' = -x; at_ = 0; at_' = 0
      at delay(x, 1) < 0.5: at_ = time
    end"""
    result = ok(text, (0.0, 3.0, 2), scipy)
    assert float(result.at_[-1]) == pytest.approx(1 + np.log(2), abs=1e-9)


def test_an_implicit_quantity_of_the_past(scipy):
    text = ROOT.replace("0 =", "w := delay(y, 1)\n 0 =")
    result = ok(text, np.linspace(0.0, 4.0, 9), scipy, outputs=["w"])
    past = np.maximum(result.time.values - 1.0, 0.0)
    np.testing.assert_allclose(result.w, 2 * np.exp(-past / 2), rtol=1e-8)
