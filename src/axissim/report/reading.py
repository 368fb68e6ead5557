"""A study from its TOML file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from axissim.model.model import Model, ModelError, State, suggestion
from axissim.report.population import design_of
from axissim.report.stated import (
    COMPARE,
    STATISTICS,
    Arm,
    Criterion,
    ReadOut,
    Study,
    Window,
    expectation,
)
from axissim.study.action import ACTIONS
from axissim.study.plan import variables
from axissim.study.protocol_file import actions
from axissim.study.summaries import summaries
from axissim.study.toml_file import Table, model_of, read_table

_TOP = (
    "title", "question", "hypothesis", "background", "sources", "model", "time", "show", "courses",
    "seed", "tolerate", "audit", "resamples", "method", "rtol", "max_steps", "params", "init",
    "design", "readouts", "arms", "tests",
)  # fmt: skip
_ARM = ("name", "label", "params", "init")
_TEST = ("claim", "readout", "arms", "compare", "statistic", "level", "against", "expect")


def read_study(path: str | Path) -> Study:
    """Read a study; ModelError is ``file:line: what is wrong; the mend``."""
    path = Path(path)
    table, text = read_table(path)
    table.only([*_TOP, *ACTIONS])
    source, model, known = model_of(table)
    times = table.span("time") or (known.span if known else None)
    if times is None:
        table.wrong("the study lacks 'time'; write time = [0, 24, 97]: start, stop, points")
    whole = (times[0], times[1])
    readouts = _readouts(table.table("readouts"), model, whole)
    seed = table.count("seed", 0)
    arms = _arms(table, model, actions(table))
    params, init = _values(table, model, "params"), _values(table, model, "init")
    drawn, told = design_of(table.table("design"), source, model, seed)
    _drawn_well(table.table("design"), model, drawn, arms, {*params, *init})
    names = {arm.name: arm for arm in arms}
    varied = {str(key) for key in drawn.variables} - {"sample"}
    tests = tuple(_test(one, readouts, names, varied) for one in table.tables("tests"))
    if not tests:
        table.wrong("the study tests nothing; begin a criterion with [[tests]]")
    courses = table.texts("courses") or tuple(
        dict.fromkeys(key for one in readouts.values() for key in one.summary.outputs)
    )
    for key in courses:
        _part(table, model, key, "courses")
    options = {
        key: _of_kind(table, key) for key in ("method", "rtol", "max_steps") if key in table.values
    }
    return Study(
        path, text, table.text("title"), table.text("question"), table.text("hypothesis"),
        table.text("background", ""), table.texts("sources"), source, model, known, times,
        _window(table, "show", whole), courses, drawn, told, params, init,
        tuple(readouts.values()), arms, tests, seed,
        _share(table, "tolerate", 0.05), _share(table, "audit", 1e-3),
        table.count("resamples", 2000, 100), options,
    )  # fmt: skip


def _drawn_well(
    table: Table, model: Model, drawn: Any, arms: Collection[Arm], fixed: set[str]
) -> None:
    """Refuse a design that draws what is set elsewhere, or what nothing reads."""
    if not table.values:
        return
    inner = table.table("vary" if "vary" in table.values else "people")
    fixed = fixed.union(*({*arm.params, *arm.init} for arm in arms))
    read = {name for arm in arms for name in variables(arm.protocol)}
    for key in map(str, drawn.data_vars):
        if key in fixed:
            inner.wrong(
                f"'{key}' is drawn by the design and set elsewhere; a [[block]] scales it", key
            )
        if key not in model.by_id and key not in read:
            near = suggestion(key, {*model.by_id, *read})
            inner.wrong(f"the model has no '{key}', and no action names it{near}", key)


def _window(table: Table, key: str, whole: Window) -> Window:
    given = table.values.get(key, list(whole))
    good = isinstance(given, list) and len(given) == 2
    if not good or not all(isinstance(one, (int, float)) for one in given):
        table.wrong(f"{key} is [from, to]", key)
    low, high = float(given[0]), float(given[1])
    if not whole[0] <= low < high <= whole[1]:
        table.wrong(f"{key} = [{low:g}, {high:g}] is not within the times of the runs", key)
    return low, high


def _of_kind(table: Table, key: str) -> str | float | int:
    if key == "method":
        return table.text(key)
    return table.number(key) if key == "rtol" else table.count(key, 1, 1)


def _share(table: Table, key: str, own: float) -> float:
    found = table.number(key, own)
    if not 0.0 <= found <= 1.0:
        table.wrong(f"{key} = {found:g} is no share of the runs; give 0 to 1", key)
    return found


def _part(table: Table, model: Model, key: str, of: str) -> Any:
    try:
        return model.part(key)
    except ModelError as wrong:
        table.wrong(str(wrong), of)


def _values(table: Table, model: Model, key: str) -> dict[str, float]:
    """``params`` or ``init``: numbers by id."""
    found = table.numbers(key)
    inner = table.table(key)
    for name in found:
        part = _part(inner, model, name, name)
        if isinstance(part, State) != (key == "init"):
            other = "params" if key == "init" else "init"
            inner.wrong(f"'{name}' belongs under {other}", name)
    return found


def _readouts(table: Table, model: Model, whole: Window) -> dict[str, ReadOut]:
    found = {}
    for name, given in table.values.items():
        one = table.table(name) if isinstance(given, dict) else table
        if isinstance(given, dict):
            one.only(("formula", "label", "unit", "over"))
            formula, label = one.text("formula"), one.text("label", name)
            unit, over = one.text("unit", ""), _window(one, "over", whole)
        elif isinstance(given, str):
            formula, label, unit, over = given, given, "", whole
        else:
            table.wrong(f"{name} is a formula, max(eda) say, or a table with one", name)
        try:
            (summary,) = summaries({name: formula}, model.by_id)
        except ValueError as wrong:
            one.wrong(str(wrong), "formula" if isinstance(given, dict) else name)
        if summary.levels:
            table.wrong(f"{name}: bands are no number a run", name)
        found[name] = ReadOut(summary, label, unit, over)
    if not found:
        table.wrong('the study reads nothing off; write under [readouts] top = "max(eda)"')
    return found


def _arms(table: Table, model: Model, common: tuple[Any, ...]) -> tuple[Arm, ...]:
    found: dict[str, Arm] = {}
    for one in table.tables("arms"):
        one.only((*_ARM, *ACTIONS))
        name = one.text("name")
        if not name.isidentifier():
            one.wrong(f"an arm's name is a word of letters, digits and _, not '{name}'", "name")
        if name in found:
            one.wrong(f"two arms are called '{name}'", "name")
        params, init = _values(one, model, "params"), _values(one, model, "init")
        label = one.text("label", name)
        found[name] = Arm(name, label, params, init, (*common, *actions(one)))
    return tuple(found.values()) or (Arm("baseline", "baseline", {}, {}, common),)


def _test(
    table: Table, readouts: Collection[str], arms: Collection[str], varied: set[str]
) -> Criterion:
    table.only(_TEST)
    readout = _one_of(table, "readout", readouts)
    compare = _one_of(table, "compare", COMPARE)
    named = table.texts("arms") or tuple(arms)
    for name in named:
        if name not in arms:
            near = suggestion(name, arms) or f"; there are {', '.join(arms)}"
            table.wrong(f"there is no arm '{name}'{near}", "arms")
    least, most = COMPARE[compare]
    if not least <= len(named) <= most:
        many = f"{least} arm{'s' * (least > 1)}" + " or more" * (most > least)
        table.wrong(f'compare = "{compare}" takes {many}, not {len(named)}', "arms")
    statistic = _one_of(table, "statistic", STATISTICS, "median")
    level = table.number("level", 0.0)
    if ("level" in table.values) != (statistic == "share"):
        table.wrong('statistic = "share" has a level, that of runs above it; no other has', "level")
    against = table.text("against", "")
    if bool(against) != (compare == "correlation"):
        table.wrong('compare = "correlation" says against what; no other does', "against")
    if against and against not in {*varied, *readouts}:
        near = suggestion(against, {*varied, *readouts})
        table.wrong(f"'{against}' is neither varied by the design nor a read-out{near}", "against")
    try:
        expect = expectation(table.text("expect"))
    except ValueError as wrong:
        table.wrong(str(wrong), "expect")
    if (expect.text in ("rising", "falling")) != (compare == "trend"):
        table.wrong("a trend is expected rising or falling, and nothing else is", "expect")
    return Criterion(
        table.text("claim"), readout, named, compare, statistic, level, against, expect
    )


def _one_of(table: Table, key: str, known: Collection[str], otherwise: str | None = None) -> str:
    found = table.text(key, otherwise)
    if found not in known:
        near = suggestion(found, known) or f"; choose from {', '.join(known)}"
        table.wrong(f"{key} = '{found}'{near}" if near.startswith(";") else near, key)
    return found
