"""``axissim cycle``: a table, JSON, files, and one line where there is no cycle."""

from __future__ import annotations

import json

import pytest

from axissim.study import store


def test_a_table_of_ranges_and_multipliers(axissim):
    code, out, _ = axissim("cycle", "hpa_sriram", "-o", "F,A")
    assert code == 0
    assert out.startswith("period 24.08")
    assert "ug/dL" in out
    assert "stable; Floquet multipliers: 1, 0.043" in out


def test_json_files_and_a_picture(axissim, tmp_path):
    nc, png = tmp_path / "cycle.nc", tmp_path / "cycle.png"
    code, out, _ = axissim(
        "cycle", "hpa_walker", "-p", "p1=20", "-o", "o,a", "--phase", "a", "--json",
        "--out", nc, "--plot", png,
    )  # fmt: skip
    told = json.loads(out)
    assert code == 0
    assert told["period"] == pytest.approx(63.46, abs=0.01)
    assert told["stable"] is True
    assert told["outputs"]["a"]["t_max"] == 0.0
    assert told["outputs"]["o"]["t_max"] > 15.0  # behind ACTH by more than the delay
    assert told["files"] == [str(nc), str(png)]
    with store.open(nc) as ds:
        assert float(ds["period"]) == told["period"]
    assert png.read_bytes().startswith(b"\x89PNG")


def test_events_are_told(axissim):
    code, _, err = axissim("cycle", "gnrh_goodwin", "-o", "x")
    assert code == 0
    assert "measured in a run" in err


def test_stability_that_is_not_known_is_not_told(axissim, tmp_path):
    path = tmp_path / "late.ant"
    path.write_text(
        "model late\n x=0.3; y=0; z=0; R2 := x^2+y^2\n x'=0.7*x*(1-R2)-2*y; y'=0.7*y*(1-R2)+2*x\n"
        " z' = delay(x, 4) - z\nend\n"
    )
    code, out, err = axissim("cycle", path)
    assert code == 0
    assert "stable" not in out
    assert err.startswith("a delay is longer than the period")
    assert json.loads(axissim("cycle", path, "--json", "-q")[1])["stable"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dopamine_terminal"], "comes to rest"),
        (["hpa_sriram", "-p", "kstress=1:2:3"], "axissim continue"),
        (["hpa_sriram", "-o", "F", "--phase", "A"], "not among the outputs"),
        (["hpa_bangsgaard"], "the clock's"),
    ],
)
def test_wrong_questions_get_one_line(axissim, arguments, said):
    code, out, err = axissim("cycle", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1
