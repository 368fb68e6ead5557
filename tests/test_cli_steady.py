"""``axissim steady``: tables, JSON, files, and exit codes."""

from __future__ import annotations

import json

import pytest

from axissim.study import store


def test_a_table_with_units_and_time_constants(axissim):
    code, out, _ = axissim("steady", "dopamine_terminal", "-o", "eda,vda")
    assert code == 0
    assert "eda  0.002023684  umol/L" in out
    assert "conserved: bh2 + bh4" in out
    assert "slowest time constant: 5.0" in out


def test_json_and_a_setting(axissim):
    code, out, _ = axissim("steady", "hpa_walker", "-p", "p1=100", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["status"] == {"steady": 1}
    assert told["values"]["a"] == pytest.approx(told["values"]["o"])
    assert told["eigenvalues"]["real"][0] < 0


def test_no_rest_is_told_in_one_line(axissim):
    code, out, err = axissim("steady", "hpa_sriram")
    assert code == 3
    assert out == ""
    assert err.strip() == "no rest: the run swings for ever; axissim cycle tells its period"
    code, _, err = axissim("steady", "dopamine_terminal", "-p", "meals=1")
    assert (code, err.strip()) == (3, "no rest: rates change with the clock for ever")


def test_unstable_rests_are_shown_among_several(axissim):
    code, out, err = axissim("steady", "hpa_sriram", "--several", "--starts", "10")
    assert code == 0
    assert "unstable; eigenvalues (1/h): 0.05" in out
    assert err == "1 steady state found\n"


def test_a_clock_leaves_no_rest_among_several_either(axissim, tmp_path):
    path = tmp_path / "driven.ant"
    path.write_text("model driven\n x=1; x' = 1 + sin(time) - x\nend\n")
    code, out, err = axissim("steady", path, "--several")
    assert (code, out) == (3, "")
    assert err.splitlines() == [
        "0 steady states found",
        "no rest: rates change with the clock for ever",
    ]


def test_many_go_to_a_file(axissim, tmp_path):
    path = tmp_path / "rest.nc"
    code, out, _ = axissim("steady", "dopamine_terminal", "-p", "Vd=4000:8000:3", "--out", path)
    assert (code, out.strip()) == (0, str(path))
    with store.open(path) as ds:
        assert ds["eda"].sizes == {"Vd": 3}
        assert "axissim" in ds.attrs["history"]
    assert axissim("steady", "dopamine_terminal", "-p", "Vd=4000:8000:3", "--out", path)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dopamine_terminal", "-p", "Vd=1:2:3"], "give --out FILE.nc"),
        (["dopamine_terminal", "-p", "cda=1"], "--init cda=1"),
        (["dopamine_terminal", "--out", "rest.csv"], "--out FILE.nc or .zarr"),
        (["dopamine_terminal", "-o", "edaa"], "did you mean 'eda'"),
    ],
)
def test_wrong_questions_get_one_line(axissim, arguments, said):
    code, out, err = axissim("steady", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1
