"""A model made ready for questions that come many times a second.

What `axissim.study.sweep` works out anew for each sweep - the method, the tolerances - is kept
here, and nothing is labelled: a page knows the names already.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.compile.kernel import Kernel
from axissim.lab.asked import Asked
from axissim.lab.limits import RUN_STEPS
from axissim.model.library import Card
from axissim.model.model import Model, ModelError, Parameter
from axissim.solve.work import STATUS
from axissim.study.choice import Choice, choose, runs_of
from axissim.study.plan import planned
from axissim.study.question import Question, question_of
from axissim.study.solving import solved
from axissim.study.steady_doses import protocol_jumps

if TYPE_CHECKING:
    import xarray as xr

RTOL = 1e-5  # of what is drawn
_KEPT = 16  # choices of a method


class Alone:
    """The design of one run, which changes nothing.

    An empty Dataset is the same, but for the imports, which a first picture would wait for.
    """

    dims: tuple[str, ...] = ()
    sizes: Mapping[str, Any] = MappingProxyType({})
    variables = data_vars = indexes = sizes

    def rename(self, _: Any) -> Alone:
        return self


class Bench:
    """A model with all its parameters open to change, so that one kernel serves every slider."""

    def __init__(self, model: Model, card: Card) -> None:
        self.model, self.card = model, card
        self.numbers: dict[str, float] = {
            p.id: float(p.value.value) for p in model.parameters if p.value.op == "number"
        }
        self._choices: dict[Any, tuple[Kernel, Choice]] = {}
        self._lock = threading.Lock()

    def params(self, changed: Mapping[str, float]) -> dict[str, float]:
        """Every parameter's value; ModelError if something is changed that is none."""
        for key in changed.keys() - self.numbers.keys():
            part = self.model.part(key)
            kind = "computed" if isinstance(part, Parameter) else "not a parameter"
            raise ModelError(f"'{key}' is {kind} and has no slider")
        return {**self.numbers, **changed}

    def choice(self, asked: Asked) -> Choice:
        """Method and tolerances of a question's run."""
        times = np.linspace(asked.start, asked.stop, asked.points)
        question, _ = self._posed(Alone(), self.params(asked.params), times, (), ())
        return self._choice(question, RTOL)

    def run(
        self,
        changed: Mapping[str, float],
        times: Any,
        outputs: Sequence[str],
        doses: Sequence[Any] = (),
        rtol: float = RTOL,
    ) -> tuple[Any, str]:
        """One run.

        Returns
        -------
        (outputs, times) array, str
            NaN from where the run failed; and the word for how it ended.
        """
        made, status = self.runs(Alone(), changed, times, outputs, doses, rtol, RUN_STEPS)
        return made[0], STATUS[int(status[0])]

    def runs(
        self,
        design: xr.Dataset | Alone,
        changed: Mapping[str, float],
        times: Any,
        outputs: Sequence[str],
        doses: Sequence[Any],
        rtol: float,
        max_steps: int,
    ) -> tuple[Any, Any]:
        """A run for each member of a design: (runs, outputs, times) array and (runs,) statuses."""
        swept = {str(key) for key in design.variables}
        params = {key: v for key, v in self.params(changed).items() if key not in swept}
        question, plan = self._posed(design, params, times, outputs, doses)
        choice = self._choice(question, rtol)
        runs = runs_of(
            question, question.design, times, question.picked, choice.rtol, choice.atol, max_steps
        )
        if doses:
            runs = runs._replace(**protocol_jumps(plan, question, choice)._asdict())
        solved(question.kernel, choice, runs, max_steps, 1 if len(question.design) <= 8 else None)
        runs.out[runs.status == 0] = np.nan
        return _with_constants(question, runs.out), runs.status

    def _posed(
        self, design: Any, params: Any, times: Any, outputs: Sequence[str], doses: Sequence[Any]
    ) -> tuple[Question, Any]:
        for key in outputs:
            self.model.part(key)  # no read-out that another kernel would have to be made for
        plan = planned(self.model, design, tuple(doses), times).with_outputs(tuple(outputs))
        return question_of(plan, design, times, params, {}, outputs), plan

    def _choice(self, question: Question, rtol: float) -> Choice:
        """Method and tolerances, worked out once for a span of time."""
        key = (id(question.kernel), float(question.times[0]), float(question.times[-1]), rtol)
        with self._lock:
            if key not in self._choices:
                if len(self._choices) >= _KEPT:
                    self._choices.pop(next(iter(self._choices)))
                chosen = choose(question, "auto", rtol, None, RUN_STEPS)
                self._choices[key] = question.kernel, chosen  # kept, so that its id stays its own
            return self._choices[key][1]


def _with_constants(question: Question, out: Any) -> Any:
    """`out` as (runs, outputs, times), with the outputs that are parameters put in."""
    moving = {key: out[:, :, at] for at, key in enumerate(question.saved)}
    runs, times = out.shape[:2]
    full = np.empty((runs, len(question.outputs), times))
    for at, key in enumerate(question.outputs):
        full[:, at] = moving[key] if key in moving else question.parameter(key)[:, None]
    return full
