"""Protocols in TOML: ``[[dose]]``, ``[[infuse]]``, ``[[clamp]]``, ... with the functions' names."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from axissim.model.model import ModelError, suggestion
from axissim.study import action


def read(path: Path) -> tuple[Any, ...]:
    """The actions of a file, in its order; ModelError is ``file:line: what; mend``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        said = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(wrong))
        line = (said and said[2]) or text.count("\n") + 1
        raise ModelError(f"{path}:{line}: {said[1] if said else wrong}") from None
    except UnicodeDecodeError:
        raise ModelError(f"{path}:1: is not text in UTF-8; save it so") from None
    found = [_action(f"{path}:{line}", kind, table) for line, kind, table in _tables(
        path, text, given)]  # fmt: skip
    if not found:
        raise ModelError(f"{path}:1: holds no action; begin one with [[dose]]")
    return tuple(found)


def _tables(
    path: Path, text: str, given: Mapping[str, Any]
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Each table with its line and kind, in the order of the lines."""
    lines: dict[str, list[int]] = {}
    for at, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*(?:\[\[?)?\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*(?:\]|=)", line)
        if head:
            lines.setdefault(head[1], []).append(at)
    rows = []
    for kind, tables in given.items():
        where = lines.get(kind, [1])
        if kind not in action.ACTIONS:
            raise ModelError(
                f"{path}:{where[0]}: '{kind}' is no action"
                + (suggestion(kind, action.ACTIONS) or f"; write {_all(action.ACTIONS)}")
            )
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise ModelError(f"{path}:{where[0]}: write [[{kind}]], in double brackets")
        rows += [(where[min(at, len(where) - 1)], kind, table) for at, table in enumerate(tables)]
    yield from sorted(rows, key=lambda row: row[0])


def _action(where: str, kind: str, table: dict[str, Any]) -> Any:
    make = getattr(action, kind)
    accepted = inspect.signature(make).parameters
    for key, value in table.items():
        if key not in accepted:
            near = suggestion(key, accepted) or f"; it has {_all(accepted)}"
            raise ModelError(f"{where}: [[{kind}]] has no '{key}'{near}")
        if not isinstance(value, (int, float, str)):
            raise ModelError(f"{where}: [[{kind}]]: {key} is a number or a name")
    for key, parameter in accepted.items():
        if parameter.default is inspect.Parameter.empty and key not in table:
            raise ModelError(f"{where}: [[{kind}]] lacks '{key}'; give it")
    try:
        return make(**table)
    except ModelError as wrong:
        raise ModelError(f"{where}: {wrong}") from None


def _all(keys: Any) -> str:
    return ", ".join(keys)
