"""Protocols: what is done to a model from outside - doses, infusions, clamps, blocks, rhythms.

A protocol is a list of actions, made by the functions of this module.  An amount, a time, a rate,
... is a number; in a sweep also an array over the design's dimensions (a DataArray may have some
of them), or the name of a variable of the design that is no id of the model: every run then has
its own.

Amounts are in the unit of the state they go into, and times in the model's.  A species whose id
means a concentration is a state in that unit, so a dose raises its concentration; where its
compartment's size varies, doses and clamps of it are amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from axissim.model.model import ModelError
from axissim.study import dosing_table, protocol_file
from axissim.study.action import (
    ACTIONS,
    block,
    circadian,
    clamp,
    dose,
    infuse,
    pulse_train,
    reset,
)

__all__ = ["block", "circadian", "clamp", "dose", "infuse", "pulse_train", "read", "reset"]


def read(source: Any) -> tuple[Any, ...]:
    """The actions of a protocol.

    Parameters
    ----------
    source : action, sequence, str, Path or pandas.DataFrame
        Actions; the path of a ``.toml`` file; the path of a table with NONMEM's columns
        (``TIME AMT CMT ...``), or such a table as a frame.  A sequence may hold all of these.

    Raises
    ------
    ModelError
        ``file:line: what; mend``.
    OSError
        If a file cannot be read.
    """
    if isinstance(source, (str, Path)):
        path = Path(source)
        toml = path.suffix.lower() == ".toml"
        return protocol_file.read(path) if toml else (dosing_table.read(path),)
    if hasattr(source, "columns") and hasattr(source, "to_numpy"):
        return (dosing_table.of_frame(source),)
    if isinstance(source, Sequence):
        return tuple(action for part in source for action in read(part))
    if isinstance(source, (*ACTIONS.values(), dosing_table.DosingTable)):
        return (source,)
    raise ModelError(f"a protocol is a list of actions, a table or a path, not {source!r:.60}")
