"""The socket: right numbers, the newest question first, and nothing that brings it down."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from axissim.lab import limits
from axissim.lab.server import application
from axissim.model.library import load
from axissim.study import design
from axissim.study.action import dose
from axissim.study.sweep import simulate, sweep

from .conftest import HOST, LINE, OWN, PORT, ask, question


def test_a_run_is_that_of_simulate(page: TestClient) -> None:
    params = {"fire": 2.0, "Vd": 4000.0}
    said = ask(page, question(params=params))
    ds = simulate(load("dopamine_terminal"), t=(0, 24, 49), params=params, outputs=["eda", "cda"])
    assert said["status"] == "ok"
    np.testing.assert_allclose(said["t"], ds["time"], rtol=1e-6)
    for row, key in zip(said["values"], ["eda", "cda"], strict=True):
        np.testing.assert_allclose(row, ds[key], rtol=2e-4)


def test_doses_go_where_they_should(page: TestClient) -> None:
    given = [{"target": "gut", "amount": 10, "at": 3}, {"target": "gut", "amount": 5, "at": 12}]
    said = ask(page, question(model="hydrocortisone", doses=given, outputs=["total", "gut"]))
    protocol = [dose("gut", 10, at=3), dose("gut", 5, at=12)]
    ds = simulate(
        load("hydrocortisone"), t=(0, 24, 49), protocol=protocol, outputs=["total", "gut"]
    )
    np.testing.assert_allclose(said["values"][0], ds["total"], rtol=2e-4, atol=1e-3)
    assert said["values"][1][6] == pytest.approx(10.0)  # at a dose the value after it


def test_a_parameter_as_an_output_is_a_line(page: TestClient) -> None:
    said = ask(page, question(outputs=["eda", "Vd"], params={"Vd": 5000}))
    assert set(said["values"][1]) == {5000.0}


def test_a_fan_holds_the_quantiles_of_a_sweep(page: TestClient) -> None:
    said = ask(page, question("fan", over=["Vd"], spread=1.5, t=[0, 24, 31]))
    assert said["runs"] == limits.FAN_RUNS
    assert said["failed"] == 0
    ranges = {"Vd": (8000 / 1.5, 8000 * 1.5)}
    points = design.latin_hypercube(ranges, n=limits.FAN_RUNS, seed=1, scale="log")
    ds = sweep(load("dopamine_terminal"), points, t=(0, 24, 31), outputs=["eda", "cda"])
    for at, key in enumerate(["eda", "cda"]):
        expected = np.quantile(ds[key], said["quantiles"], axis=0)
        np.testing.assert_allclose(said["bands"][:, at], expected, rtol=5e-3)


def test_a_fan_about_zero_goes_up(page: TestClient) -> None:
    said = ask(page, question("fan", over=["LDp"], outputs=["LDp"]))
    assert said["bands"].min() >= 0.0
    assert said["bands"].max() > 0.2


def test_the_plane_holds_the_path_and_both_rates(page: TestClient) -> None:
    said = ask(page, question("plane", model="gnrh_smith", axes=["R", "L"], t=[0, 24, 200]))
    assert said["axes"] == ["R", "L"]
    assert said["dx"].shape == said["dy"].shape == (limits.PLANE_SIDE, limits.PLANE_SIDE)
    model = load("gnrh_smith")
    run = simulate(model, t=(0, 24, 200), outputs=["R", "L", "T"])
    for row, key in zip(said["path"], ["R", "L"], strict=True):
        np.testing.assert_allclose(row, run[key], atol=2e-3 * float(run[key].max()))
    every = slice(None, None, 8)
    starts = design.grid({"R": said["x"][every].tolist(), "L": said["y"][every].tolist()})
    rest = {"T": float(run["T"][-1])}  # all others as at the end of the run
    rates = sweep(
        model, starts, t=(0, 1, 2), init=rest, outputs=["rate(R)", "rate(L)"]
    ).isel(time=0)  # fmt: skip
    for found, key in ((said["dx"], "R"), (said["dy"], "L")):
        exact = rates[f"rate({key})"].transpose("L_0", "R_0")
        size = float(abs(exact).max())
        np.testing.assert_allclose(found[every, every], exact, atol=2e-3 * size)


def test_why_names_the_term_that_moved(page: TestClient) -> None:
    said = ask(
        page, question("why", axes=["eda"], params={"Vd": 4000.0}, before={}, t=[0, 24, 201])
    )
    terms = {tuple(row["reads"]): row for row in said["terms"]}
    assert set(terms) == {("V_REL",), ("V_DAT",), ("V_CATAB",), ("V_REM",)}
    rates = [sum(row[when] for row in said["terms"]) for when in ("before", "after")]
    release = terms["V_REL",]["before"]
    # at rest, and after half the transporter is gone, the terms add up to no change
    np.testing.assert_allclose(rates, 0.0, atol=5e-3 * release)
    assert terms["V_REM",]["after"] < terms["V_REM",]["before"] < 0.0  # more is there to remove


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"model": "nonsense"}, "no model"),
        ({"model": "../../etc/passwd"}, "no model"),
        ({"model": 3}, "not an id"),
        ({"params": {"no_such": 1}}, "no_such"),
        ({"params": {"eda": 1}}, "no slider"),
        ({"params": {"Vd": "8"}}, "not a number"),
        ({"params": {"Vd": True}}, "not a number"),
        ({"params": [1]}, "mapping"),
        ({"params": {"Vd": 10**400}}, "finite"),
        ({"outputs": ["no_such"]}, "no_such"),
        ({"outputs": ["rate(eda)"]}, "rate(eda)"),
        ({"outputs": ["__import__('os')"]}, "__import__"),
        ({"outputs": ["eda"] * 3 + [str(i) for i in range(30)]}, "at most"),
        ({"t": [0, 24]}, "start, stop"),
        ({"t": [24, 0, 10]}, "rising"),
        ({"t": [0, 24, 10**9]}, "points"),
        ({"t": [0, 24, 2.5]}, "points"),
        ({"t": None}, "start, stop"),
        ({"doses": [{"target": "eda"}]}, "amount"),
        ({"doses": [{"target": "eda", "amount": 1, "at": 1, "path": "x"}]}, "a dose is"),
        ({"doses": [{"target": "Vd", "amount": 1, "at": 1}]}, "constant"),
        ({"doses": [{"target": "eda", "amount": 1, "at": 0, "every": -1}]}, "above 0"),
        ({"doses": [{"target": "eda", "amount": 1, "at": i} for i in range(99)]}, "at most"),
        ({"kind": "shell"}, "kind"),
        ({"kind": "plane"}, "two states"),
        ({"kind": "plane", "axes": ["eda", "V_REL"]}, "not a state"),
        ({"kind": "why", "axes": ["V_REL"]}, "not a state"),
        ({"kind": "fan", "over": ["eda"]}, "no slider"),
        ({"kind": "fan", "spread": 1e9}, "spread"),
    ],
)
def test_a_wrong_question_gets_one_line(page: TestClient, change, word) -> None:
    said = ask(page, question() | change)
    assert said["kind"] == "error"
    assert said["n"] == 1
    kind = change.get("kind", "run")
    assert said["of"] == ("" if kind == "shell" else kind)  # the page may ask this kind again
    assert word in said["text"]
    assert "\n" not in said["text"]
    assert "Traceback" not in said["text"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '"x"', "NaN", "[" * 5000, "{}"])
def test_what_is_no_question_gets_one_line_and_the_line_lives(page: TestClient, text) -> None:
    with page.websocket_connect(LINE) as line:
        line.send_text(text)
        said = json.loads(line.receive_text())
        assert said["kind"] == "error"
        line.send_text(json.dumps(question()))
        assert line.receive()["bytes"]


def test_numbers_that_json_does_not_have_are_refused(page: TestClient) -> None:
    for number in ("NaN", "Infinity", "1e999"):
        text = json.dumps(question(params={"Vd": 1.5})).replace("1.5", number)
        with page.websocket_connect(LINE) as line:
            line.send_text(text)
            assert "finite" in json.loads(line.receive_text())["text"]


@pytest.mark.parametrize("frame", ["text", "bytes"])
def test_an_oversized_or_binary_message_ends_the_line(page: TestClient, frame) -> None:
    with page.websocket_connect(LINE) as line:
        if frame == "text":
            line.send_text("x" * (limits.MESSAGE_BYTES + 1))
        else:
            line.send_bytes(b"\x00\x01")
        with pytest.raises(WebSocketDisconnect) as left:
            line.receive_text()
        assert left.value.code == 1009
    assert ask(page, question())["status"] == "ok"


def test_the_newest_question_wins(page: TestClient) -> None:
    with page.websocket_connect(LINE) as line:
        for n in range(1, 41):
            line.send_text(json.dumps(question(n=n, params={"fire": 1 + 0.01 * n})))
        seen = []
        while not seen or seen[-1] != 40:
            length_then = line.receive_bytes()
            seen.append(json.loads(length_then[4 : 4 + int.from_bytes(length_then[:4], "little")]))
            seen[-1] = seen[-1]["n"]
    assert seen == sorted(set(seen))


@pytest.fixture(scope="module")
def blow(tmp_path_factory) -> Iterator[TestClient]:
    """A page beside a model that leaves all bounds at time 1/k."""
    path = tmp_path_factory.mktemp("own") / "blow.ant"
    path.write_text("model blow()\n  var x = 1; x' = k*x^2\n  const k = 1\nend\n")
    app = application([str(path)], port=PORT)
    with TestClient(app, base_url=f"http://{HOST}", headers=OWN) as client:
        yield client


def test_a_run_that_blows_up_is_told_and_ends_where_it_did(blow: TestClient) -> None:
    said = ask(blow, question(model="blow", outputs=["x"], t=[0, 2, 20]))
    assert said["status"] == "step_too_small"
    times, x = np.linspace(0, 2, 20), said["values"][0]
    np.testing.assert_allclose(x[:10], 1 / (1 - times[:10]), rtol=1e-3)
    assert np.isnan(x[10:]).all()
    why = ask(blow, question("why", model="blow", axes=["x"], t=[0, 2, 20]))
    assert "the run failed (step_too_small)" in why["text"]


def test_a_fan_counts_the_runs_that_failed_and_leaves_them_out(blow: TestClient) -> None:
    said = ask(blow, question("fan", model="blow", over=["k"], outputs=["x"], t=[0, 0.9, 10]))
    points = design.latin_hypercube(
        {"k": (1 / 1.5, 1.5)}, n=limits.FAN_RUNS, seed=1, scale={"k": "log"}
    )
    k = points["k"].values
    assert said["failed"] == (k * 0.9 > 1).sum() > 0
    ends = 1 / (1 - 0.9 * k[k * 0.9 < 1])
    np.testing.assert_allclose(
        said["bands"][:, 0, -1], np.quantile(ends, said["quantiles"]), rtol=0.05
    )


@pytest.mark.parametrize(
    ("value", "ends"), [(2.0, (1.0, 4.0)), (-2.0, (-4.0, -1.0)), (0.0, (0, 1))]
)
def test_a_fan_goes_up_and_down_by_one_factor(blow: TestClient, value, ends) -> None:
    given = {"model": "blow", "over": ["k"], "outputs": ["k"], "params": {"k": value}}
    said = ask(blow, question("fan", **given, spread=2.0, t=[0, 0.01, 2]))
    assert ends[0] <= said["bands"].min() < said["bands"].max() <= ends[1]
    assert said["bands"].max() - said["bands"].min() > 0.85 * (ends[1] - ends[0])


def test_there_is_an_end_to_pages(page: TestClient, monkeypatch) -> None:
    monkeypatch.setattr("axissim.lab.talk.CONNECTIONS", 2)
    with page.websocket_connect(LINE), page.websocket_connect(LINE):
        with pytest.raises(WebSocketDisconnect) as left, page.websocket_connect(LINE):
            pass
        assert left.value.code == 1013
    assert ask(page, question())["status"] == "ok"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:8765"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:8765"},
        {"Host": ""},
    ],
)
def test_pages_of_others_are_refused(page: TestClient, headers) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as left,
        page.websocket_connect(LINE, headers=headers),
    ):
        pass
    assert left.value.code == 1008
    assert page.get("/", headers=headers).status_code == 403


def test_a_caller_without_an_origin_is_refused(page: TestClient) -> None:
    del page.headers["Origin"]
    try:
        with pytest.raises(WebSocketDisconnect), page.websocket_connect(LINE):
            pass
        assert page.get("/").status_code == 200  # a person who types the address
    finally:
        page.headers["Origin"] = f"http://{HOST}"


def test_every_number_of_the_fan_is_finite(page: TestClient) -> None:
    said = ask(page, question("fan", over=["Vd", "fire"]))
    assert all(math.isfinite(x) for x in said["bands"].ravel())
