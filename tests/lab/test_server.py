"""The page, its files, and what it is told about models."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from axissim.lab.described import described, scale_of
from axissim.lab.opening import opening
from axissim.lab.server import STATIC, application
from axissim.lab.shelf import Shelf
from axissim.model.library import card, load, shipped
from axissim.model.model import ModelError

from .conftest import HOST, OWN, ask, question


def test_the_page_and_its_files_come_from_here_alone(page: TestClient) -> None:
    said = page.get("/")
    assert said.status_code == 200
    policy = said.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    for path in re.findall(r'(?:href|src)="(/[^"#]*)"', said.text):
        assert page.get(path).status_code == 200, path
    sources = [*STATIC.rglob("*.js"), *STATIC.rglob("*.css"), STATIC / "index.html"]
    for source in sources:
        for address in re.findall(r"https?://[^\s\"'`)]+", source.read_text("utf-8")):
            assert "doi.org" in address or "w3.org" in address or "vendor" in str(source)


def test_the_licence_of_what_is_vendored_is_there() -> None:
    for folder in (STATIC / "vendor").iterdir():
        assert "MIT" in (folder / "LICENSE").read_text()


@pytest.mark.parametrize("path", ["/static/../server.py", "/static/%2e%2e/server.py", "/x", "/ws"])
def test_nothing_else_is_served(page: TestClient, path) -> None:
    assert page.get(path).status_code in (403, 404)


def test_the_gallery_holds_every_model_with_a_picture(page: TestClient) -> None:
    start = page.get("/api/start").json()
    assert [m["id"] for m in start["models"]] == list(shipped())
    for model in start["models"]:
        about = card(model["id"])
        for key in ("title", "summary", "axis", "origin"):
            assert model[key] == getattr(about, key), "python -m axissim.lab.thumbnails"
        assert model["states"] == len(load(model["id"]).states)
        assert model["curves"], f"{model['id']}: python -m axissim.lab.thumbnails"
        assert all(0 <= y <= 100 for curve in model["curves"] for y in curve)
    assert start["disclaimer"] == "For research and teaching; not medical advice."


@pytest.mark.parametrize("key", shipped())
def test_every_model_is_described(key) -> None:
    model, about = load(key), card(key)
    said = json.loads(json.dumps(described(model, about), allow_nan=False))
    assert [p["id"] for p in said["parameters"] if p["group"] == "inputs"] == [
        i for i in about.inputs if i in {p["id"] for p in said["parameters"]}
    ]
    for p in said["parameters"]:
        assert p["low"] <= p["value"] <= p["high"], p
        assert p["low"] < p["high"], p
        assert p["low"] > 0 or not p["log"], p
    assert set(said["outputs"]) == set(about.outputs)
    assert len(said["equations"]) >= len(model.states) + len(model.observables)
    first = opening(key)
    assert set(first["params"]) <= {p["id"] for p in said["parameters"]}
    assert {d["target"] for d in first["doses"]} <= set(said["targets"])


def test_openings_are_of_shipped_models() -> None:
    import tomllib

    from axissim.lab.opening import FILE

    assert set(tomllib.loads(FILE.read_text())) <= set(shipped())


@pytest.mark.parametrize(
    ("value", "name", "ends"),
    [
        (5.0, "Firing", (1.0, 25.0, True)),
        (0.0, "Amplitude", (0.0, 1.0, False)),
        (-2.0, "Potential", (-4.0, 0.0, False)),
        (1.0, "Meals, 1 on, 0 off", (0.0, 1.0, False)),
        (1.0, "Kinetics, 1 Dreyer, 2 Hunger, 3 Ejdrup", (1.0, 3.0, False)),
    ],
)
def test_a_slider_reaches_as_far_as_it_should(value, name, ends) -> None:
    scale = scale_of(value, name)
    assert (scale["low"], scale["high"], scale["log"]) == ends
    assert ("step" in scale) == bool(re.search(r"\d \w", name))


def test_a_file_named_on_the_command_line_is_on_the_shelf(own_model: Path) -> None:
    app = application([str(own_model)], port=8765)
    with TestClient(app, base_url=f"http://{HOST}", headers=OWN) as page:
        assert page.get("/api/start").json()["named"] == ["decay"]
        assert page.get("/api/model/decay").json()["parameters"][0]["id"] == "k"
        said = ask(page, question(model="decay", outputs=["x"], params={"k": 0.1}, t=[0, 10, 3]))
        assert said["values"][0].tolist() == pytest.approx([1.0, 0.60653, 0.36788], rel=1e-4)


def test_other_files_are_not(page: TestClient, own_model: Path) -> None:
    for wrong in (str(own_model), "decay", "..%2f..%2fetc%2fpasswd"):
        assert page.get(f"/api/model/{wrong}").status_code == 404
    with pytest.raises(ModelError, match="no such file"):
        Shelf(["no/such.ant"])
    again = own_model.with_name("again.ant")
    again.write_text(own_model.read_text())
    with pytest.raises(ModelError, match=r"'decay' is the id of the model in decay\.ant, too"):
        Shelf([str(own_model), str(again)])


def test_every_word_of_the_page_is_in_its_language_file() -> None:
    words = json.loads((STATIC / "texts" / "en.json").read_text("utf-8"))
    code = "\n".join(path.read_text("utf-8") for path in (STATIC / "js").glob("*.js"))
    said = set(re.findall(r'\bt\(\s*"([\w.]+)"', code))
    said |= set(re.findall(r'data-text="([\w.]+)"', (STATIC / "index.html").read_text()))
    said |= set(re.findall(r'\? "([a-z]+\.[\w.]+)" : "[a-z]+\.', code))
    assert said - set(words) == set()
    patterns = [re.sub(r"\$\{[^}]*\}", "[^ ]+", key) for key in re.findall(r"\bt\(`([^`]+)`", code)]
    patterns = [re.escape(p).replace(r"\[\^\ \]\+", "[^ ]+") for p in patterns]
    unused = [
        key
        for key in words
        if f'"{key}"' not in code and key not in said
        and not any(re.fullmatch(p, key) for p in patterns)
    ]  # fmt: skip
    assert unused == []
    assert {f"axis.{m.axis}" for m in map(card, shipped())} <= set(words)
    assert {f"origin.{m.origin}" for m in map(card, shipped())} <= set(words)
