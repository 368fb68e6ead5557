"""The gate on the engine's own times: its suite runs, its budgets are whole, its verdicts right.

Nothing here measures a time.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from asv_runner.discovery import disc_benchmarks

FOLDER = Path(__file__).parents[1] / "benchmarks"
sys.path.insert(0, str(FOLDER))
try:
    budgets, measuring = map(importlib.import_module, ("budgets", "measuring"))
    EVERY = measuring.benchmarks()
    PIECES = importlib.import_module("suite.calibration").PIECES
finally:
    sys.path.remove(str(FOLDER))

SMALLEST = [b for b in EVERY if b.params == measuring.rows(getattr(b.kind, "params", ()))[0]]
LONG = {"start.Cold", "memory.Memory"}  # compile a method, sweep 100,000 runs


def measured(*ratios: float, wall: tuple[float, ...] | None = None) -> measuring.Measured:
    """Rounds made up: a calibration takes 0.5 s."""
    ones = [0.5] * len(ratios)
    return measuring.Measured([0.5 * r for r in ratios], ones, list(wall or ratios))


def made_up(name: str, calibration: str = "python") -> measuring.Benchmark:
    return measuring.Benchmark("a.B", SimpleNamespace(calibration=calibration), f"time_{name}")


def test_every_benchmark_has_a_budget_and_every_budget_a_benchmark() -> None:
    told = {(kind, name) for kind, table in budgets.read().items() for name in table}
    assert told == {(b.calibration, b.name) for b in EVERY}
    assert all(limit > 0.0 for table in budgets.read().values() for limit in table.values())


def test_the_gate_holds_what_asv_runs() -> None:
    """The same methods with the same parameters, all but the calibrations."""
    found = set()
    for benchmark in disc_benchmarks(str(FOLDER / "suite")):
        for row in measuring.rows(benchmark.params):
            told = ", ".join(str(value).strip("'") for value in row)
            found.add(f"{benchmark.name}({told})" if told else benchmark.name)
    own = {f"calibration.Calibration.time_piece({kind})" for kind in PIECES}
    assert found == own | {b.name for b in EVERY}


@pytest.mark.parametrize("benchmark", EVERY, ids=lambda b: b.name)
def test_a_calibration_is_one_there_is(benchmark: measuring.Benchmark) -> None:
    if benchmark.method.startswith("peakmem_"):
        assert benchmark.calibration == measuring.MEMORY
    else:
        assert benchmark.calibration in PIECES


@pytest.mark.parametrize("piece", PIECES.values(), ids=list(PIECES))
def test_a_calibration_runs(piece) -> None:
    piece()


@pytest.mark.parametrize("benchmark", SMALLEST, ids=lambda b: b.name)
def test_a_benchmark_is_set_up_and_runs(benchmark: measuring.Benchmark) -> None:
    with benchmark.ready() as call:
        if benchmark.group not in LONG:
            call()


def test_rows_are_those_of_asv() -> None:
    assert measuring.rows(()) == [()]
    assert measuring.rows(["a", "b"]) == [("a",), ("b",)]
    assert measuring.rows((["a", "b"], [1])) == [("a", 1), ("b", 1)]


def test_the_median_round_counts() -> None:
    assert measured(1.0, 9.0, 2.0).ratio == 2.0
    assert budgets.verdict(measured(1.0, 9.0, 2.0), 2.5) == "kept"
    assert budgets.verdict(measured(1.0, 9.0, 3.0), 2.5) == "BROKEN"


def test_a_machine_twice_as_slow_breaks_nothing() -> None:
    slow = measuring.Measured([2.0, 2.0], [1.0, 1.0], [2.0, 2.0])
    fast = measuring.Measured([1.0, 1.0], [0.5, 0.5], [2.0, 2.0])
    assert budgets.verdict(slow, 2.5) == budgets.verdict(fast, 2.5) == "kept"


def test_what_waits_breaks_a_budget_if_it_waits_in_every_round() -> None:
    assert budgets.verdict(measured(1.0, 1.0, 1.0, wall=(9.0, 9.0, 1.5)), 1.5) == "kept"
    assert budgets.verdict(measured(1.0, 1.0, 1.0, wall=(9.0, 9.0, 3.1)), 1.5).startswith("BROKEN")


def test_what_has_no_budget_is_told() -> None:
    assert budgets.verdict(measured(1.0), None) == "no budget"
    assert budgets.judged([made_up("a")], {}, {"a.B.time_a": measured(1.0)}) == [made_up("a")]


def test_of_two_measurements_the_better_counts() -> None:
    good, loaded, waiting = measured(1.0), measured(2.0), measured(1.0, wall=(5.0,))
    assert budgets.better(loaded, good) is good
    assert budgets.better(good, waiting) is good


@pytest.mark.parametrize(
    ("own", "rounds", "enough"),
    [
        ([], 5, False),
        ([0.1] * 4, 5, False),
        ([0.1] * 5, 5, True),
        ([1.5] * 3, 5, True),
        ([9.0], 5, True),
    ],
)
def test_what_is_long_has_few_rounds(own: list[float], rounds: int, enough: bool) -> None:
    assert measuring.Measured(own, [1.0] * len(own), own).enough(rounds) is enough


def test_budgets_are_written_with_room_and_what_is_gone_goes() -> None:
    every = [made_up("a"), made_up("b"), made_up("c", "memory")]
    old = {"python": {"a.B.time_a": 7.0, "a.B.time_b": 8.0, "a.B.time_gone": 9.0}}
    found = {"a.B.time_b": measured(2.0), "a.B.time_c": measuring.Measured([123.4], [1.0])}
    text = budgets.written(old, every, found)
    new = {"python": {"a.B.time_a": 7.0, "a.B.time_b": 3.0}, "memory": {"a.B.time_c": 190.0}}
    assert budgets.tomllib.loads(text) == new


def gate(monkeypatch: pytest.MonkeyPatch, *rounds: measuring.Measured) -> int:
    """The gate's end with these measurements of one benchmark, one after another."""
    coming = iter(rounds)
    monkeypatch.setattr(budgets, "benchmarks", lambda: [made_up("a")])
    monkeypatch.setattr(budgets, "read", lambda: {"python": {"a.B.time_a": 1.5}})
    monkeypatch.setattr(
        budgets, "measure", lambda picked, _: {b.name: next(coming) for b in picked}
    )
    return budgets.main([])


def test_the_gate_looks_twice_before_it_shuts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gate(monkeypatch, measured(1.0)) == 0
    assert gate(monkeypatch, measured(2.0), measured(1.1)) == 0
    assert "1 benchmarks, 0 not within budget" in capsys.readouterr().out
    assert gate(monkeypatch, measured(2.0), measured(1.9)) == 1
    assert "BROKEN" in capsys.readouterr().out


def test_a_name_that_nothing_has_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        budgets.main(["--only", "nonsense"])
    assert "nonsense" in capsys.readouterr().err
