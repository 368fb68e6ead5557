"""Computational neuroendocrine simulation: models, machine code made for them, sweeps."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from axissim import plot as plot
    from axissim.analysis.fitting import fit as fit
    from axissim.analysis.sensitivity import sensitivity as sensitivity
    from axissim.analysis.steady import steady_state as steady_state
    from axissim.analysis.tuning import tune as tune
    from axissim.model.library import load as load
    from axissim.model.library import models as models
    from axissim.study import design as design
    from axissim.study import protocol as protocol
    from axissim.study.action import dose as dose
    from axissim.study.sweep import simulate as simulate
    from axissim.study.sweep import sweep as sweep

_DOOR = {
    "load": "axissim.model.library",
    "models": "axissim.model.library",
    "simulate": "axissim.study.sweep",
    "sweep": "axissim.study.sweep",
    "dose": "axissim.study.action",
    "design": "axissim.study",
    "protocol": "axissim.study",
    "plot": "axissim",
    "steady_state": "axissim.analysis.steady",
    "sensitivity": "axissim.analysis.sensitivity",
    "fit": "axissim.analysis.fitting",
    "tune": "axissim.analysis.tuning",
}
_MODULES = ("design", "protocol", "plot")
__all__ = sorted(_DOOR)


def __getattr__(name: str) -> Any:
    """Rooms open when somebody enters: the import itself stays light."""
    if name not in _DOOR:
        raise AttributeError(f"module 'axissim' has no attribute '{name}'")
    room = _DOOR[name]
    module = import_module(f"{room}.{name}" if name in _MODULES else room)
    return module if name in _MODULES else getattr(module, name)
