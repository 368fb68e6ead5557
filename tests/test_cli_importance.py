"""``axissim sensitivity`` over ranges: a table, JSON, files, and what is refused."""

from __future__ import annotations

import json

import pytest

ASKED = ("sensitivity", "dopamine_terminal", "-p", "Vd=4000:16000:log", "-p", "fire=0.5:2:log",
         "-t", "0:24:25", "--summary", "mean(eda)")  # fmt: skip


def test_a_table_and_a_picture(axissim, tmp_path):
    plot, out = tmp_path / "matter.png", tmp_path / "matter.nc"
    code, told, err = axissim(*ASKED, "-p", "btyr=97", "-n", "256", "--plot", plot, "--out", out)
    assert code == 0
    assert told.splitlines()[0].startswith("mean(eda) (umol/L): 0.00")
    assert "Vd" in told
    assert "fire" in told
    assert "1,536 runs" in err
    assert plot.read_bytes().startswith(b"\x89PNG")
    again = tmp_path / "again.svg"
    assert axissim("plot", out, "--out", again)[0] == 0
    assert "mean(eda)" in again.read_text()
    code, _, err = axissim(*ASKED, "-n", "64", "--plot", plot)
    assert code == 2
    assert "exists" in err.lower()


def test_json(axissim):
    code, out, err = axissim(*ASKED, "-n", "32", "--no-pairs", "--json", "-q")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert told["runs"] == 32 * 4
    assert told["status"] == {"ok": 128}
    assert told["parameters"] == ["Vd", "fire"]
    assert len(told["outputs"]["mean_eda"]["ST"]) == 2


def test_failed_runs_are_told(axissim):
    code, out, err = axissim(*ASKED, "-n", "16", "--max-steps", "5")
    assert code == 3
    assert "no index" in out
    assert "16 of 16 groups of runs left out" in err
    assert "max_steps" in err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("-n", "100"), "power of 2"),
        (("--method", "moris"), "did you mean 'morris'"),
        (("-p", "MAO=1:2:3"), "write MAO=1:20"),
        (("-p", "MAO=2:1"), "must lie below"),
        (("-p", "Vd=1"), "twice"),
        (("-p", "MAO=a:b"), "no number"),
        (("-p", "MAOO~uniform(0,1)"), "did you mean 'MAO'"),
        (("-o", "eda"), "--local"),
    ],
)
def test_what_cannot_be_asked(axissim, more, said):
    code, out, err = axissim(*ASKED, *more)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_ranges_need_a_summary(axissim):
    code, _, err = axissim(*ASKED[:6])
    assert code == 2
    assert "--summary" in err
