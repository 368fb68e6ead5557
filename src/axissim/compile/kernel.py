"""A model compiled: its system, and the machine code of its equations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import ModuleType
from typing import NamedTuple

from axissim.compile.build import lane_module, scalar_module
from axissim.compile.emit import FUNCTIONS, emit
from axissim.compile.system import System, system_of
from axissim.model.model import Model


class Equations(NamedTuple):
    """A model as the loop sees it: addresses of its C functions, and counts."""

    prepare: int
    rhs: int
    rhs_jacobian: int
    factor: int
    solve: int
    observe: int
    states: int
    inputs: int
    fixed: int
    observables: int
    jacobian: int
    lu: int
    switches: int
    autonomous: bool


@dataclass(frozen=True)
class Kernel:
    """What a solver needs of a model; each part is made when first asked for."""

    system: System

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of each function of the equations."""
        return emit(self.system)

    @cached_property
    def equations(self) -> Equations:
        """The equations in lanes, compiled or found in the cache."""
        module = lane_module(self.system.model_id, self.texts)
        s = self.system
        return Equations(
            **{title: int(getattr(module, f"call_{title}").address) for title in FUNCTIONS},
            states=len(s.states),
            inputs=len(s.inputs),
            fixed=len(s.fixed),
            observables=len(s.observables),
            jacobian=len(s.jacobian),
            lu=len(s.elimination.entries),
            switches=len(s.switches),
            autonomous=s.autonomous,
        )

    @cached_property
    def scalar(self) -> ModuleType:
        """The equations of one run as compiled functions, for the reference solvers."""
        return scalar_module(self.system.model_id, self.texts)


@lru_cache(maxsize=64)
def _kernel(model: Model, varied: frozenset[str]) -> Kernel:
    return Kernel(system_of(model, varied))


def kernel_of(model: Model, varied: Iterable[str] = ()) -> Kernel:
    """Compile `model` for runs that change the quantities `varied`."""
    return _kernel(model, frozenset(varied))
