"""Dosing tables: NONMEM's columns read, each row where it belongs, refusals with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import axissim as ax
from axissim.model.model import Model, ModelError
from axissim.study import protocol as p
from axissim.study.jumps import jumps_of, series_of
from axissim.study.plan import planned
from axissim.study.timetable import members

MODEL = """model two()
  var depot = 0, blood = 0
  const ka = 1, ke = 0.2
  depot' = -ka*depot
  blood' = ka*depot - ke*blood
end
"""


@pytest.fixture(scope="module")
def model() -> Model:
    return ax.load(MODEL)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write a table and read it."""
    monkeypatch.chdir(tmp_path)

    def call(text: str) -> Any:
        Path("doses.csv").write_text(text)
        return p.read("doses.csv")

    return call


def jumps(model: Model, actions: Any, design: xr.Dataset | None = None) -> list[list[Any]]:
    """Each run's jumps: time, state, scale, shift."""
    design = members(actions) if design is None else design
    plan = planned(model, design, actions, np.array([0.0, 100.0]))
    ids = [state.id for state in plan.model.states]
    series = series_of(plan.timeline, plan.inputs, {"depot": 0.0, "blood": 0.0}, [])
    runs = int(np.prod([design.sizes[dim] for dim in design.dims]))
    j = jumps_of(series, ids, runs, 100.0)
    return [
        [
            (float(j.jump_time[i]), ids[j.jump_state[i]], float(j.jump_scale[i]),
             round(float(j.jump_shift[i]), 12))
            for i in range(j.jump_first[run], j.jump_last[run])
        ]
        for run in range(runs)
    ]  # fmt: skip


def test_columns_in_any_case_and_order(model: Model, write: Any) -> None:
    actions = write("time,amt,cmt,DV,wt\n0,.,depot,1.5,70\n2,5,depot,.,70\n4,7,2,.,70\n")
    assert jumps(model, actions) == [[(2.0, "depot", 1.0, 5.0), (4.0, "blood", 1.0, 7.0)]]
    assert actions[0].unused == ("DV", "WT")


@pytest.mark.parametrize("mark", [",", ";", "\t", "   "])
def test_columns_stand_apart_as_they_like(model: Model, write: Any, mark: str) -> None:
    rows = ["TIME AMT CMT", "2 5 depot"]
    actions = write("# a comment\n" + "\n".join(row.replace(" ", mark) for row in rows) + "\n\n")
    assert jumps(model, actions) == [[(2.0, "depot", 1.0, 5.0)]]


def test_infusions_by_rate_or_duration(model: Model, write: Any) -> None:
    actions = write("TIME,AMT,RATE,DUR,CMT\n1,6,2,0,blood\n10,6,0,4,blood\n")
    flow = "blood_infusion"
    assert jumps(model, actions) == [
        [(t, flow, 0.0, rate) for t, rate in ((1.0, 2.0), (4.0, 0.0), (10.0, 1.5), (14.0, 0.0))]
    ]  # fmt: skip


def test_more_doses(model: Model, write: Any) -> None:
    actions = write("TIME,AMT,II,ADDL,CMT\n1,6,12,2,depot\n3,1,0,0,depot\n")
    (found,) = jumps(model, actions)
    assert [(t, amount) for t, _, _, amount in found] == [(1, 6), (3, 1), (13, 6), (25, 6)]


def test_resets(model: Model, write: Any) -> None:
    actions = write("TIME,AMT,RATE,CMT,EVID\n1,9,1,blood,1\n3,0,0,0,2\n4,0,0,0,3\n6,2,0,depot,4\n")
    (found,) = jumps(model, actions)
    assert found == [
        (1.0, "blood_infusion", 0.0, 1.0),
        (4.0, "depot", 0.0, 0.0), (4.0, "blood", 0.0, 0.0), (4.0, "blood_infusion", 0.0, 0.0),
        (6.0, "depot", 0.0, 0.0), (6.0, "blood", 0.0, 0.0), (6.0, "depot", 1.0, 2.0),
    ]  # fmt: skip


def test_ids_are_runs(model: Model, write: Any) -> None:
    actions = write("ID,TIME,AMT,CMT\n7,0,1,depot\n7,5,2,depot\n3,1,4,depot\n5,2,0,depot\n")
    assert members(actions)["sample"].values.tolist() == [7, 3, 5]  # 5 is only observed
    found = jumps(model, actions)
    assert [[(t, amount) for t, _, _, amount in run] for run in found] == [
        [(0, 1), (5, 2)], [(1, 4)], [],
    ]  # fmt: skip
    design = xr.Dataset({"ka": ("sample", np.ones(4))}, coords={"sample": [3, 5, 7, 9]})
    found = jumps(model, actions, design)
    assert [len(run) for run in found] == [1, 0, 2, 0]


def test_ids_may_be_words(model: Model, write: Any) -> None:
    actions = write("ID,TIME,AMT,CMT\nann,0,1,depot\nbob,1,4,depot\n")
    assert members(actions)["sample"].values.tolist() == ["ann", "bob"]
    assert [len(run) for run in jumps(model, actions)] == [1, 1]


def test_without_ids_all_are_dosed(model: Model, write: Any) -> None:
    actions = write("TIME,AMT,CMT\n2,5,depot\n")
    design = xr.Dataset({"ka": ("sample", np.ones(3))})
    assert jumps(model, actions, design) == [[(2.0, "depot", 1.0, 5.0)]] * 3


def test_a_frame_is_a_table(model: Model) -> None:
    frame = pd.DataFrame(
        {"ID": [0, 1], "TIME": [0.0, 1], "AMT": [1.0, 2], "CMT": ["depot", 2], "DV": [np.nan] * 2}
    )
    actions = p.read(frame)
    assert jumps(model, actions) == [[(0.0, "depot", 1.0, 1.0)], [(1.0, "blood", 1.0, 2.0)]]


@pytest.mark.parametrize("method", ["auto", "rodas5p", "scipy:LSODA"])
def test_a_table_runs(model: Model, write: Any, method: str) -> None:
    actions = write("ID,TIME,AMT,CMT,II,ADDL\n1,0,1,depot,4,3\n2,0,2,blood,0,0\n")
    ds = ax.sweep(model, t=(0, 20, 21), protocol=actions, method=method, rtol=1e-10)
    assert ds["sample"].values.tolist() == [1, 2]
    alone = ax.simulate(
        model, t=(0, 20, 21), protocol=[ax.dose("depot", 1, at=0, every=4, count=4)], rtol=1e-10,
        method=method,
    )  # fmt: skip
    np.testing.assert_array_equal(ds["blood"][0], alone["blood"])
    np.testing.assert_allclose(ds["blood"][1], 2 * np.exp(-0.2 * ds["time"]), rtol=1e-7)


@pytest.mark.parametrize("method", ["auto", "rodas5p", "scipy:LSODA"])
def test_a_steady_state_a_run(model: Model, write: Any, method: str) -> None:
    actions = write("ID,TIME,AMT,CMT,II,SS\n1,5,1,blood,4,1\n2,0,2,blood,0,0\n3,5,1,blood,8,1\n")
    ds = ax.sweep(model, t=[0, 5, 9], protocol=actions, method=method, rtol=1e-10)
    peak = [1 / (1 - np.exp(-0.2 * 4)), 2 * np.exp(-1), 1 / (1 - np.exp(-0.2 * 8))]
    np.testing.assert_allclose(ds["blood"][:, 1], peak, rtol=1e-8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "doses.csv:1: the table is empty"),
        ("TIME,AMT,CMT\n", "doses.csv:1: the table has no rows"),
        ("TIME,CMT\n0,depot\n", "doses.csv:1: a dosing table has columns TIME, AMT and CMT"),
        ("TIME,AMT,AMT\n0,1,1\n", "doses.csv:1: each column needs a name of its own, not 'AMT'"),
        ("DATE,TIME,AMT,CMT\n1,0,1,2\n", "doses.csv:1: dates (DATE) are not read"),
        ("TIME,AMT,CMT\n0,1\n", "doses.csv:2: 2 values for 3 columns"),
        ("TIME,AMT,CMT\n0,1,depot\n8:30,1,depot\n", "doses.csv:3: TIME '8:30' is not a number"),
        ("TIME,AMT,CMT\n.,1,depot\n", "doses.csv:2: TIME is not finite"),
        ("TIME,AMT,CMT\n0,inf,depot\n", "doses.csv:2: AMT is not finite"),
        ("TIME,AMT,CMT\n\n0,1,depo\n", "doses.csv:3: CMT: model 'two' has no 'depo'; did you mean"),
        ("TIME,AMT,CMT\n0,1,3\n", "doses.csv:2: CMT 3: the states are numbered 1 to 2"),
        ("TIME,AMT,CMT\n0,1,-2\n", "doses.csv:2: CMT -2: the states are numbered 1 to 2"),
        ("TIME,AMT,CMT\n0,1,ka\n", "doses.csv:2: CMT: 'ka' is constant in the model"),
        ("TIME,AMT,CMT\n0,1,.\n", "doses.csv:2: CMT is missing; give the id"),
        ("TIME,AMT\n0,1\n", "doses.csv:2: CMT is missing; give the id"),
        ("TIME,AMT,CMT\n-1,1,1\n", "doses.csv:2: TIME is before the start of the run, 0"),
        ("TIME,AMT,CMT\n5,1,1\n4,1,1\n", "doses.csv:3: TIME goes back"),
        ("TIME,AMT,CMT,RATE\n0,1,1,-1\n", "doses.csv:2: RATE -1 (a modelled rate) is not done"),
        ("TIME,AMT,CMT,RATE\n0,1,1,-2\n", "doses.csv:2: RATE -2 (a modelled duration)"),
        ("TIME,AMT,CMT,RATE,DUR\n0,1,1,1,1\n", "doses.csv:2: both RATE and DUR"),
        ("TIME,AMT,CMT,SS,II\n0,1,1,2,4\n", "doses.csv:2: SS 2 (onto what is there) is not done"),
        ("TIME,AMT,CMT,SS\n0,1,1,1\n", "doses.csv:2: ADDL and SS need II"),
        ("TIME,AMT,CMT,ADDL\n0,1,1,2\n", "doses.csv:2: ADDL and SS need II"),
        ("TIME,AMT,CMT,ADDL,II\n0,1,1,1.5,2\n", "doses.csv:2: ADDL is a whole number"),
        ("TIME,AMT,CMT,SS,II,RATE,EVID\n0,0,1,1,0,2,1\n", "doses.csv:2: an infusion without end"),
        ("TIME,AMT,CMT,SS,II,DUR\n0,1,1,1,2,3\n", "doses.csv:2: an infusion longer than II"),
        ("TIME,AMT,CMT,EVID\n0,1,1,5\n", "doses.csv:2: EVID is 0, 1, 2, 3 or 4"),
        ("TIME,AMT,CMT,EVID\n0,1,1,0\n", "doses.csv:2: AMT of a row that is no dose"),
        ("TIME,AMT,CMT,EVID\n0,0,1,1\n", "doses.csv:2: AMT of a dose is above 0"),
        ("ID,TIME,AMT,CMT\n.,0,1,1\n", "doses.csv:2: ID is missing"),
    ],
)
def test_refused_with_file_and_line(model: Model, write: Any, text: str, said: str) -> None:
    with pytest.raises(ModelError) as wrong:
        jumps(model, write(text))
    assert str(wrong.value).startswith(said)
    assert "\n" not in str(wrong.value)


def test_ids_that_are_no_runs(model: Model, write: Any) -> None:
    actions = write("ID,TIME,AMT,CMT\n1,0,1,1\n8,0,1,1\n")
    sample = xr.Dataset({"ka": ("sample", np.ones(3))})
    with pytest.raises(ModelError, match=r"doses\.csv:3: ID is no run of the design"):
        jumps(model, actions, sample)
    with pytest.raises(ModelError, match="has 2 IDs; sweep over them"):
        ax.simulate(model, t=[0, 1], protocol=actions)
    with pytest.raises(ModelError, match="IDs are those of runs along 'sample', not of ka"):
        jumps(model, actions, ax.design.grid({"ka": [1, 2]}))
    alone = write("ID,TIME,AMT,CMT\n1,0,1,1\n")
    with pytest.raises(ModelError, match="has one ID, 1, for 3 runs; leave ID out"):
        jumps(model, alone, sample)
    assert len(jumps(model, alone, xr.Dataset())[0]) == 1
