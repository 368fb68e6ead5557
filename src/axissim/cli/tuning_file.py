"""A case for ``axissim tune``: from its options, or from a TOML file that states it whole."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from axissim.model.library import Card
    from axissim.model.model import Model

_SETTINGS: dict[str, Any] = {
    "n": 128, "rounds": 12, "screen": 32, "finalists": 16, "tolerate": 0.0, "seed": 0,
    "method": "auto", "rtol": 1e-6, "max_steps": 100_000,
}  # fmt: skip
_PERSONS = 1000
_KEYS = (
    "model", "time", "params", "init", "levers", "derived", "target", "cost", "people",
    *_SETTINGS,
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What ``axissim tune`` is asked.

    Attributes
    ----------
    arguments : dict
        Of `axissim.analysis.tuning.tune`.
    runs : int
        How many it will make, at most.
    """

    model: Model
    card: Card | None
    arguments: dict[str, Any]
    runs: int


def read_case(
    source: str,
    *,
    times: Any,
    people: dict[str, Any] | None,
    settings: Mapping[str, Any],
    **asked: Any,
) -> Case:
    """Put a case together; what the options say goes before what the file says.

    Parameters
    ----------
    source : str
        A model, or the path of a ``.toml`` file.
    asked
        ``levers``, ``targets``, ``costs``, ``derived``, ``params``, ``init``, ``protocol``.

    Raises
    ------
    ValueError
        For a file that cannot be read, an unknown key, and a case without times.
    """
    from axissim.analysis.tuning.whole import most_runs
    from axissim.model.library import card, load, shipped
    from axissim.study.design import population

    said = _of_file(Path(source)) if source.endswith(".toml") else {"model": source}
    name = _model(source, said)
    model, known = load(name), card(name) if name in shipped() else None
    span = times or said.get("time") or (known.span if known else None)
    if span is None:
        raise ValueError(f"-t is needed, since '{name}' has no card; as in -t 0:24:97")
    search = {key: _first(settings[key], said.get(key), own) for key, own in _SETTINGS.items()}
    who: Any = people if people is not None else said.get("people")
    count = 1
    design = None
    if who is None and settings["persons"] is not None:
        raise ValueError("--persons is for virtual people; give --people all, or what is known")
    if who is not None:
        who = dict(who)
        count = _first(settings["persons"], who.pop("n", None), _PERSONS)
        draw = who.pop("seed", search["seed"])
        design = population(name, n=count, seed=draw, people=who)
    arguments = {
        "t": tuple(span) if len(span) == 3 else span,
        "people": design,
        "levers": said.get("levers", {}) | asked["levers"],
        "targets": [*_list(said.get("target", ())), *asked["targets"]],
        "costs": [*_list(said.get("cost", ())), *asked["costs"]],
        "derived": said.get("derived", {}) | asked["derived"],
        "params": said.get("params", {}) | asked["params"],
        "init": said.get("init", {}) | asked["init"],
        "protocol": [*said.get("protocol", []), *asked["protocol"]],
        **search,
    }
    sizes = {key: int(arguments[key]) for key in ("n", "rounds", "screen", "finalists")}
    runs = most_runs(**sizes, levers=len(arguments["levers"]), people=int(count))
    return Case(model, known, arguments, runs)


def _model(source: str, said: Mapping[str, Any]) -> str:
    if "model" not in said:
        raise ValueError(f'{source}: lacks the model; write model = "thyroid_person"')
    name = str(said["model"])
    beside = Path(source).parent / name
    return str(beside) if "." in name and beside.is_file() else name


def _of_file(path: Path) -> dict[str, Any]:
    """A file's tables; actions of a protocol become ``protocol``."""
    from axissim.model.model import suggestion
    from axissim.study.action import ACTIONS

    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise ValueError(f"{path}: {wrong}") from None
    actions = {key: said.pop(key) for key in list(said) if key in ACTIONS}
    for key in said:
        if key not in _KEYS:
            known = [*_KEYS, *ACTIONS]
            near = suggestion(key, known) or f"; it has {', '.join(known)}"
            raise ValueError(f"{path}: there is no '{key}'{near}")
    for key in ("params", "init", "levers", "derived", "people"):
        if not isinstance(said.get(key, {}), dict):
            raise ValueError(f"{path}: {key} is a table; begin it with [{key}]")
    for key in ("params", "init"):
        for name, value in said.get(key, {}).items():
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ValueError(f"{path}: [{key}] {name} = {value!r:.40} is not a number")
    if not isinstance(said.get("time", []), list):
        raise ValueError(f"{path}: time is [start, stop, points], as [0, 24, 97]")
    for key, own in _SETTINGS.items():
        kind = (int, float) if isinstance(own, float) else type(own)
        if not isinstance(said.get(key, own), kind):
            raise ValueError(f"{path}: {key} = {said[key]!r:.40} is not what it can be; as {own!r}")
    said["protocol"] = [_action(path, k, one) for k in actions for one in _tables(path, k, actions)]
    return said


def _tables(path: Path, kind: str, actions: Mapping[str, Any]) -> list[dict[str, Any]]:
    tables = actions[kind]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ValueError(f"{path}: write [[{kind}]], in double brackets")
    return tables


def _action(path: Path, kind: str, table: dict[str, Any]) -> Any:
    """An action; its values are numbers, or names of levers and derived quantities."""
    from axissim.model.model import suggestion
    from axissim.study import action

    make = getattr(action, kind)
    accepted = inspect.signature(make).parameters
    for key in table:
        if key not in accepted:
            near = suggestion(key, accepted) or f"; it has {', '.join(accepted)}"
            raise ValueError(f"{path}: [[{kind}]] has no '{key}'{near}")
    for key, parameter in accepted.items():
        if parameter.default is inspect.Parameter.empty and key not in table:
            raise ValueError(f"{path}: [[{kind}]] lacks '{key}'; give it")
    try:
        return make(**table)
    except ValueError as wrong:
        raise ValueError(f"{path}: {wrong}") from None


def _list(given: Any) -> list[Any]:
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _first(*given: Any) -> Any:
    """The first that is given."""
    return next(one for one in given if one is not None)
