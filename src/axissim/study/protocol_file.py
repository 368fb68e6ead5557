"""Protocols in TOML: ``[[dose]]``, ``[[infuse]]``, ``[[clamp]]``, ... with the functions' names."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from axissim.model.model import ModelError, suggestion
from axissim.study import action
from axissim.study.toml_file import Table, read_table


def read(path: Path) -> tuple[Any, ...]:
    """The actions of a file, in its order; ModelError is ``file:line: what; mend``."""
    table, _ = read_table(path)
    for kind in table.values:
        if kind not in action.ACTIONS:
            near = suggestion(kind, action.ACTIONS) or f"; write {', '.join(action.ACTIONS)}"
            table.wrong(f"'{kind}' is no action{near}", kind)
    found = actions(table)
    if not found:
        table.wrong("holds no action; begin one with [[dose]]")
    return found


def actions(table: Table) -> tuple[Any, ...]:
    """The actions within a table, in the order of their lines."""
    kinds = [kind for kind in table.values if kind in action.ACTIONS]
    found = [(one.line(), kind, one) for kind in kinds for one in table.tables(kind)]
    return tuple(_action(kind, one) for _, kind, one in sorted(found, key=lambda row: row[0]))


def _action(kind: str, table: Table) -> Any:
    make = getattr(action, kind)
    accepted = inspect.signature(make).parameters
    table.only(accepted)
    for key, value in table.values.items():
        if not isinstance(value, (int, float, str)):
            table.wrong(f"{table.name}: {key} is a number or a name", key)
    for key, parameter in accepted.items():
        if parameter.default is inspect.Parameter.empty and key not in table.values:
            table.wrong(f"{table.name} lacks '{key}'; give it")
    try:
        return make(**table.values)
    except ModelError as wrong:
        table.wrong(str(wrong))
