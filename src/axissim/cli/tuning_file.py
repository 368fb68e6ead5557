"""A case for ``axissim tune``: from its options, or from a TOML file that states it whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from axissim.model.library import Card
    from axissim.model.model import Model
    from axissim.study.toml_file import Table

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

    if source.endswith(".toml"):
        said = _of_file(Path(source))
    else:
        said = {"model": (source, load(source), card(source) if source in shipped() else None)}
    name, model, known = said["model"]
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
        "t": span,
        "people": design,
        "levers": said.get("levers", {}) | asked["levers"],
        "targets": [*said.get("target", ()), *asked["targets"]],
        "costs": [*said.get("cost", ()), *asked["costs"]],
        "derived": said.get("derived", {}) | asked["derived"],
        "params": said.get("params", {}) | asked["params"],
        "init": said.get("init", {}) | asked["init"],
        "protocol": [*said.get("protocol", []), *asked["protocol"]],
        **search,
    }
    sizes = {key: int(arguments[key]) for key in ("n", "rounds", "screen", "finalists")}
    runs = most_runs(**sizes, levers=len(arguments["levers"]), people=int(count))
    return Case(model, known, arguments, runs)


def _of_file(path: Path) -> dict[str, Any]:
    """What a file says by key, read; the actions of its protocol are ``protocol``."""
    from axissim.analysis.tuning.levers import levers_of
    from axissim.analysis.tuning.targets import costs_of, targets_of
    from axissim.study.action import ACTIONS
    from axissim.study.protocol_file import actions
    from axissim.study.toml_file import model_of, read_table

    table, _ = read_table(path)
    table.only((*_KEYS, *ACTIONS))
    levers = table.table("levers")
    found = {
        key: _setting(table, key, own) for key, own in _SETTINGS.items() if key in table.values
    }
    found |= {key: table.table(key).values for key in ("derived", "people") if key in table.values}
    return found | {
        "model": model_of(table),
        "time": table.span("time"),
        "params": table.numbers("params"),
        "init": table.numbers("init"),
        "levers": {
            key: _told(levers, levers_of, {key: given}, key)[0]
            for key, given in levers.values.items()
        },
        "target": _each(table, "target", targets_of),
        "cost": _each(table, "cost", costs_of),
        "protocol": actions(table),
    }


def _setting(table: Table, key: str, own: Any) -> Any:
    if isinstance(own, str):
        return table.text(key)
    return table.number(key) if isinstance(own, float) else table.count(key, own)


def _each(table: Table, key: str, read: Callable[[Any], Any]) -> list[Any]:
    """What is asked in double brackets, or in a list of texts."""
    given = table.values.get(key, [])
    several = given if isinstance(given, list) else [given]
    return [one for at, said in enumerate(several) for one in _told(table, read, said, key, at)]


def _told(table: Table, read: Callable[[Any], Any], given: Any, *place: str | int) -> Any:
    """What `read` makes of a part of a file, or its complaint with the line."""
    try:
        return read(given)
    except ValueError as wrong:
        table.wrong(str(wrong), *place)


def _first(*given: Any) -> Any:
    """The first that is given."""
    return next(one for one in given if one is not None)
