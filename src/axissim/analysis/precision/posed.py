"""A question made ready to be solved by one method after another, by the clock."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from axissim.analysis.precision.plainly import solve_plainly, uneventful
from axissim.model.model import Model, ModelError
from axissim.solve.reference.equations import RunEquations, RunError
from axissim.solve.threads import solve
from axissim.study.choice import Choice, choose, runs_of
from axissim.study.jumps import Jumps
from axissim.study.plan import Plan, planned
from axissim.study.question import Question, question_of
from axissim.study.solving import solved
from axissim.study.steady_doses import protocol_jumps

if TYPE_CHECKING:
    import xarray as xr

SCIPY = "scipy:"
TIGHT = 1e-11  # relative tolerance of what counts as the truth
ALWAYS = ("rodas5p", "tsit5", "rodas4", "scipy:LSODA")  # what the reference is sought with


class Made(NamedTuple):
    """Runs that were made.

    `out` is (runs, times, outputs), `status` (runs,); `cpu` and `wall` are seconds of them all.
    """

    out: Any
    status: Any
    cpu: float
    wall: float


@dataclass
class Posed:
    """A model, a design and times, resolved once; what is timed is the solving alone.

    `plainly`: nothing happens in a run, and SciPy's `solve_ivp` has it whole.
    """

    question: Question
    plan: Plan
    max_steps: int
    compiled: dict[str, float] = field(default_factory=dict)
    jumps: Jumps | None = None
    plainly: bool = False
    _atol: dict[float, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many runs the design has."""
        return len(self.question.design)

    def make(self, method: str, rtol: float, rows: Any, max_steps: int = 0) -> Made:
        """Solve the runs `rows` of the design, on one thread."""
        name = method.removeprefix(SCIPY)
        steps = max_steps or self.max_steps
        choice = Choice(name, rtol, self.atol(rtol), steps, by_scipy=method != name)
        runs = self.runs(rtol, choice.atol, rows, steps)
        wall, cpu = time.perf_counter(), time.process_time()
        if self.plainly and choice.by_scipy:
            solve_plainly(name, self.question.kernel, runs)
        else:
            solved(self.question.kernel, choice, runs, steps, threads=1)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return Made(runs.out, runs.status, cpu, wall)

    def atol(self, rtol: float) -> Any:
        """The absolute tolerances that a sweep would take with `rtol`."""
        if rtol not in self._atol:
            chosen = choose(self.question, "rodas5p", rtol, None, self.max_steps)
            self._atol[rtol] = chosen.atol
        return self._atol[rtol]

    def none_of(self) -> Any:
        """No run, as the solver has it."""
        return self.runs(1e-3, np.ones(len(self.question.kernel.system.states)), np.arange(0), 1)

    def compile(self, methods: Sequence[str]) -> None:
        """Compile all that will be run, and keep how long each part took."""
        kernel = self.question.kernel
        begun = time.perf_counter()
        equations = kernel.equations
        self.compiled["equations"] = time.perf_counter() - begun
        for method in dict.fromkeys(methods):
            if method.startswith(SCIPY):
                continue
            begun = time.perf_counter()
            solve(method, equations, self.none_of())
            self.compiled[method] = time.perf_counter() - begun
        if any(method.startswith(SCIPY) for method in methods):
            begun = time.perf_counter()
            self._touch_scalar()
            self.compiled["scipy"] = time.perf_counter() - begun

    def _touch_scalar(self) -> None:
        """Ask each of the equations that SciPy is given once."""
        import scipy.integrate

        del scipy
        system, start = self.question.kernel.system, float(self.question.times[0])
        floor = np.full(len(system.states) - system.differential, 1e-6)
        one = RunEquations(self.question.kernel, self.question.defaults, floor, 1000)
        try:
            one.settle(start, one.start)
            one.rates(start, one.reduced(one.start))
            one.jacobian(start, one.reduced(one.start))
            one.observed(start, one.start)
        except RunError:  # told where the runs are made
            return

    def runs(self, rtol: float, atol: Any, rows: Any, steps: int) -> Any:
        """Room for the results of the runs `rows` of the design."""
        q = self.question
        design = np.ascontiguousarray(q.design[rows])
        runs = runs_of(q, design, q.times, q.picked, rtol, atol, steps)
        if self.jumps is None:
            return runs
        own = self.jumps._asdict()
        return runs._replace(
            **{**own, "jump_first": own["jump_first"][rows], "jump_last": own["jump_last"][rows]}
        )


def posed(
    model: Model,
    design: xr.Dataset,
    times: Any,
    params: Mapping[str, float],
    init: Mapping[str, float],
    actions: Sequence[Any],
    outputs: Sequence[str] | None,
    methods: Sequence[str],
    max_steps: int,
) -> Posed:
    """Resolve and compile; ModelError says what is wrong."""
    begun = time.perf_counter()
    plan = planned(model, design, actions, times).with_outputs(tuple(outputs or ()))
    question = question_of(plan, design, times, params, init, outputs)
    ready = Posed(question, plan, max_steps)
    ready.compiled["reading"] = time.perf_counter() - begun
    if not question.picked.size:
        raise ModelError("none of the outputs moves; give one that does, or leave outputs out")
    if not ready.count:
        raise ModelError("the design has no runs; give one at least")
    ready.compile([*methods, *ALWAYS])
    if actions:  # steady doses are settled at the tightest tolerance, for all methods alike
        tight = Choice("rodas5p", TIGHT, ready.atol(TIGHT), max_steps)
        ready.jumps = protocol_jumps(plan, question, tight)
    ready.plainly = uneventful(question.kernel, ready.none_of())
    return ready
