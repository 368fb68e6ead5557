"""A study from its file to its report: runs, resuming, and a page that needs nothing else."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from axissim.report import read_study, study

MODEL = "model m\n x = 1; k = 1; a = 2; J: x -> ; k*x; top := a*x; end"
TEXT = """\
title = "Does <more> decay faster?"
question = "Does a greater rate bring x down sooner?"
hypothesis = "Twice the rate squares what is left."
background = "First. & second."
sources = ["Any textbook."]
model = "m.ant"
time = [0, 2, 21]
resamples = 200

[design]
n = 24

[design.vary]
a = [1, 3]

[readouts]
left = "last(x)"
top = "max(top)"

[[arms]]
name = "slow"

[[arms]]
name = "fast"
label = "twice the rate"
params = { k = 2 }

[[tests]]
claim = "Less is left."
readout = "left"
arms = ["fast", "slow"]
compare = "ratio"
expect = "0.135..0.136"

[[tests]]
claim = "The top follows a."
readout = "top"
arms = ["slow"]
compare = "correlation"
against = "a"
expect = "> 0.99"
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "m.ant").write_text(MODEL)
    path = tmp_path / "decay.toml"
    path.write_text(TEXT)
    return path


class Reading(HTMLParser):
    """What a page asks for, and whether its tags close."""

    def __init__(self):
        super().__init__()
        self.open, self.asked = [], []

    def handle_starttag(self, tag, attrs):
        self.asked += [value for key, value in attrs if key in ("src", "srcset", "data", "poster")]
        self.asked += [v for k, v in attrs if k == "href" and tag in ("link", "use", "image")]
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.asked += [v for k, v in attrs if k == "href" and tag == "image"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_study_runs_and_tells(file):
    ds = study(file)
    assert ds.attrs["verdict"] == "supported"
    np.testing.assert_allclose(ds["left"].sel(arm="slow"), np.exp(-2.0), rtol=1e-5)
    np.testing.assert_allclose(ds["left"].sel(arm="fast"), np.exp(-4.0), rtol=1e-5)
    assert float(ds["number"][0]) == pytest.approx(np.exp(-2.0), rel=1e-5)
    assert json.loads(ds.attrs["status"]) == {"slow": {"ok": 24}, "fast": {"ok": 24}}
    audits = json.loads(ds.attrs["audit"])
    assert all(audit["kept"] and audit["runs"] for audit in audits.values())
    page = file.with_suffix(".html").read_text()
    for said in ("Supported by this model", "Does &lt;more&gt; decay faster?",
                 "First. &amp; second", "Any textbook.", "not medical advice", "24 ok", "numba",
                 ds.attrs["model_hash"], "max(top)", "prefers-color-scheme: dark",
                 "rank correlation"):  # fmt: skip
        assert said.lower() in page.lower()
    reading = Reading()
    reading.feed(page)
    assert reading.open == []
    assert all(value.startswith("#") for value in reading.asked)
    assert not re.search(r"url\((?!#)|@import|<script", page)
    assert len(page) < 500_000


def test_it_goes_on_and_replaces_nothing_unasked(file):
    first = study(file)
    with pytest.raises(FileExistsError):
        study(file)
    report = file.with_suffix(".html")
    report.unlink()
    stores = sorted(file.with_suffix(".runs").glob("*.zarr"))
    assert [store.stem for store in stores] == ["fast", "slow"]
    before = [store.stat().st_mtime_ns for store in stores]
    told = []
    again = study(file, watch=told.append)
    assert [store.stat().st_mtime_ns for store in stores] == before
    np.testing.assert_array_equal(first["low"], again["low"])
    file.write_text(TEXT.replace("a = [1, 3]", "a = [1, 4]"))
    report.unlink()
    with pytest.raises(ValueError, match=r"store|study"):
        study(file)
    assert not report.exists()
    changed = study(file, force=True, audit=0)
    assert float(changed["top"].max()) > float(first["top"].max())


def test_what_is_done_stays_when_it_is_interrupted(file):
    def stop(done):
        if done >= 24:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study(file, watch=stop, audit=0)
    report = file.with_suffix(".html")
    assert not report.exists()
    assert (file.with_suffix(".runs") / "slow.zarr").is_dir()
    assert study(file, audit=0).attrs["verdict"] == "supported"
    assert report.exists()


def test_runs_that_fail_are_not_results(file):
    file.write_text(TEXT.replace("resamples = 200", "max_steps = 3\naudit = 0"))
    ds = study(file)
    assert ds.attrs["verdict"] == "undecided"
    assert np.isnan(ds["left"]).all()
    page = file.with_suffix(".html").read_text()
    assert "24 max_steps" in page
    assert "24 of 24 runs gave no number" in page
    assert "Undecided in this model" in page


def test_runs_without_a_number_are_left_out_and_told(file):
    text = TEXT.replace("max(top)", "(max(top) - 2)**0.5").replace("> 0.99", "> 0.9")
    file.write_text(text.replace("resamples = 200", "resamples = 200\ntolerate = 0.9\naudit = 0"))
    ds = study(file)
    left = int(np.isnan(ds["top"].sel(arm="slow")).sum())
    assert 0 < left < 24
    assert int(ds["people"][1]) == 24 - left
    assert f"{left} of 24 runs gave no number" in file.with_suffix(".html").read_text()


def test_one_run_without_a_design(file):
    text = TEXT.replace("[design]\nn = 24\n\n[design.vary]\na = [1, 3]\n", "")
    file.write_text(text[: text.rindex("[[tests]]")].replace("0.135..0.136", "0.135..0.1356"))
    ds = study(file)
    assert ds.attrs["verdict"] == "supported"
    assert ds.sizes["sample"] == 1
    assert json.loads(ds.attrs["audit"])["slow"]["runs"] == 1
    assert "without chance" in file.with_suffix(".html").read_text()
    with pytest.raises(ValueError, match=r"\.html file"):
        study(read_study(file), out=file.with_suffix(".pdf"))


def test_an_action_may_be_drawn_and_arms_without_it_do(file):
    text = TEXT.replace("a = [1, 3]", "hour = [0.5, 1.5]").replace(
        "params = { k = 2 }",
        """\
[[arms.dose]]
target = "x"
amount = 1
at = "hour\"""",
    )
    text = (
        text[: text.index("[[tests]]")]
        + """
[[tests]]
claim = "The later it is given, the more is left."
readout = "left"
arms = ["fast"]
compare = "correlation"
against = "hour"
expect = "> 0.99"
"""
    )
    file.write_text(text)
    ds = study(file)
    assert ds.attrs["verdict"] == "supported"
    np.testing.assert_allclose(ds["left"].sel(arm="slow"), np.exp(-2.0), rtol=1e-5)
    hours = read_study(file).design["hour"].values
    np.testing.assert_allclose(
        ds["left"].sel(arm="fast"), np.exp(-2.0) + np.exp(hours - 2.0), rtol=1e-5
    )


def test_the_command(file, axissim, tmp_path):
    out = tmp_path / "reports" / "decay.html"
    code, told, err = axissim("study", file, "--out", out, "--audit", "0")
    assert code == 0
    assert told.splitlines()[0] == "Does <more> decay faster?: supported"
    assert told.splitlines()[-1] == str(out)
    assert re.search(r"^48 runs in [0-9.]+ s, with compiling$", err, re.MULTILINE)
    code, told, err = axissim("study", file, "--out", out)
    assert (code, told) == (2, "")
    assert "exists" in err
    code, told, err = axissim("study", file, "--out", out, "--force", "--json", "-q")
    assert (code, err) == (0, "")
    assert json.loads(told)["tests"][0]["verdict"] == "supported"
    file.write_text(TEXT.replace("expect =", "expct =", 1))
    code, _, err = axissim("study", file, "--force")
    assert code == 2
    assert err.startswith(f"error: {file}:33: [[tests]] has no 'expct'; did you mean 'expect'?")
    file.write_text(TEXT.replace("resamples = 200", "max_steps = 3\naudit = 0"))
    code, _, err = axissim("study", file, "--force")
    assert code == 3
    assert "48 runs failed" in err
    assert axissim("study", tmp_path / "none.toml")[0] == 2
