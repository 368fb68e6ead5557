"""``axissim continue``: a table, JSON, files and pictures."""

from __future__ import annotations

import json

import pytest

from axissim.study import store


def test_a_table_of_what_is_special(axissim):
    code, out, err = axissim("continue", "hpa_sriram", "-p", "kstress=0.01:40", "--no-cycles")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["what", "kstress", "period", "criticality"]
    assert [line.split()[0] for line in lines[1:]] == ["hopf", "hopf"]
    assert lines[2].split()[1].startswith("36.7119")
    assert "1 branch," in err


def test_two_parameters_to_files_and_a_picture(axissim, tmp_path):
    nc, png = tmp_path / "window.nc", tmp_path / "window.png"
    code, out, _ = axissim(
        "continue", "hpa_sriram", "-p", "kstress=0.01:40", "-p", "Ki=1:2", "-o", "F,A",
        "--out", nc, "--plot", png, "--json",
    )  # fmt: skip
    told = json.loads(out)
    assert code == 0
    assert [one["kind"] for one in told["special"]] == ["hopf", "hopf"]
    assert told["special"][0]["criticality"] == "supercritical"
    assert told["files"] == [str(nc), str(png)]
    assert png.read_bytes().startswith(b"\x89PNG")
    with store.open(nc) as ds:
        assert ds.attrs["parameter"] == "kstress"
        assert {"curve_point", "cycle_point", "special", "point"} <= set(ds.sizes)
    again = tmp_path / "again.png"
    assert axissim("plot", nc, "--out", again, "-o", "A")[0] == 0
    assert again.read_bytes().startswith(b"\x89PNG")
    code, _, err = axissim("plot", nc, "--out", tmp_path / "no.png", "-o", "G")
    assert (code, err.strip()) == (2, "error: 'G' is not in the result; it holds F, A")


def test_a_fixed_parameter_beside_the_range(axissim):
    code, out, _ = axissim(
        "continue", "hpa_sriram", "-p", "kstress=1:10", "-p", "Ki=1.8", "--no-cycles", "--json"
    )
    assert code == 0
    assert [one["kind"] for one in json.loads(out)["special"]] == ["hopf"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hpa_sriram"], "nothing is varied"),
        (["hpa_sriram", "-p", "kstress=1:2", "-p", "kstress=2:3"], "twice"),
        (["hpa_sriram", "-p", "kstress=1:x"], "ID=FROM:TO"),
        (["hpa_sriram", "-p", "kstress=1:2", "-p", "Ki=1,2"], "several values"),
        (["hpa_sriram", "-p", "F=1:2"], "is a state"),
        (["hpa_bangsgaard", "-p", "a0=1:2"], "with the clock"),
        (["hpa_sriram", "-p", "kstress=1:2", "--out", "x.csv"], "FILE.nc or .zarr"),
    ],
)
def test_wrong_questions_get_one_line(axissim, arguments, said):
    code, out, err = axissim("continue", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1
