"""What can be taken away opens again, and says the same."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient

from axissim.lab import limits
from axissim.lab.asked import FILES, Asked, asked
from axissim.lab.export.javascript import javascript
from axissim.lab.export.method import coefficients
from axissim.lab.export.page import script
from axissim.lab.opening import opening
from axissim.lab.shelf import Shelf
from axissim.model.library import card, load
from axissim.model.model import ModelError
from axissim.solve.tableaus import TABLEAUS
from axissim.study.action import dose
from axissim.study.sweep import simulate

from .conftest import question
from .engine import evaluated

TIGHT = 1e-9
# a stiff one with switches and meals, one with doses, one with a limit cycle
AGREEING = ("dopamine_terminal", "hydrocortisone", "gnrh_smith")


def taken(page: TestClient, kind: str, **more: Any) -> Any:
    said = page.post(f"/export/{kind}", json=question(kind, **more))
    assert said.status_code == 200, said.text
    assert said.headers["Content-Disposition"].startswith("attachment; filename=")
    return said


def test_csv_is_the_run(page: TestClient) -> None:
    table = pd.read_csv(io.StringIO(taken(page, "csv", params={"fire": 2}).text))
    ds = simulate(
        load("dopamine_terminal"), t=(0, 24, 49), params={"fire": 2}, outputs=["eda", "cda"]
    )
    assert list(table.columns) == ["time", "eda", "cda"]
    np.testing.assert_allclose(table["eda"], ds["eda"], rtol=1e-5)


@pytest.mark.parametrize("kind", ["sbml", "antimony"])
def test_a_model_comes_back_with_its_values(page: TestClient, kind) -> None:
    text = taken(page, kind, params={"fire": 2.5}).text
    back = load(text)
    assert back.part("fire").value.value == 2.5
    assert "not medical advice" in text
    given = simulate(load("dopamine_terminal"), t=(0, 4, 5), params={"fire": 2.5}, outputs=["eda"])
    found = simulate(back, t=(0, 4, 5), outputs=["eda"])
    np.testing.assert_allclose(found["eda"], given["eda"], rtol=1e-5)


def test_a_notebook_makes_the_same_run(page: TestClient) -> None:
    doses = [{"target": "gut", "amount": 10, "at": 3, "every": 8, "count": 2}]
    said = taken(page, "notebook", model="hydrocortisone", doses=doses, outputs=["total"])
    book = json.loads(said.text)
    assert book["nbformat"] == 4
    code = "".join(book["cells"][1]["source"])
    space: dict[str, Any] = {}
    exec(code, space)
    expected = simulate(
        load("hydrocortisone"), t=(0, 24, 49), outputs=["total"],
        protocol=[dose("gut", 10, at=3, every=8, count=2)],
    )  # fmt: skip
    np.testing.assert_array_equal(space["ds"]["total"], expected["total"])


@pytest.mark.parametrize(
    ("kind", "change", "word"),
    [
        ("page", {"model": "levodopa", "outputs": []}, "events"),
        ("page", {"model": "hpa_walker", "outputs": []}, "delays"),
        ("csv", {"params": {"no_such": 1}}, "no_such"),
        ("csv", {"model": "nonsense"}, "no model"),
        ("csv", {"t": [1]}, "start, stop"),
        ("exe", {}, "kind"),
    ],
)
def test_what_cannot_be_made_is_told_in_one_line(page: TestClient, kind, change, word) -> None:
    said = page.post(f"/export/{kind}", json=question(kind) | change)
    assert said.status_code == 400
    assert word in said.text
    assert "\n" not in said.text


def test_a_request_is_bounded_and_from_here(page: TestClient) -> None:
    long = json.dumps(question("csv", note="x" * limits.BODY_BYTES))
    assert "too long" in page.post("/export/csv", content=long).text
    assert page.post("/export/csv", content="{").status_code == 400
    assert page.post("/export/csv", json=question("sbml")).status_code == 400
    elsewhere = {"Origin": "http://evil.example"}
    assert page.post("/export/csv", json=question("csv"), headers=elsewhere).status_code == 403
    assert page.get("/export/csv").status_code == 405


def test_the_page_needs_nothing_from_outside(page: TestClient) -> None:
    text = taken(page, "page").text
    assert "default-src 'none'" in text
    assert "not medical advice" in text
    for sign in ("src=", "@import", "url(", "import(", "fetch(", "XMLHttp", "eval("):
        # the words that a page would need in order to load anything
        assert sign not in text.replace("fetch(`/static/texts", ""), sign


@pytest.mark.parametrize("method", ["rodas4", "rodas5p", "tsit5"])
def test_coefficients_are_those_of_the_tableau(method) -> None:
    found, own = json.loads(json.dumps(coefficients(method))), TABLEAUS[method]
    for key in ("solution", "error", "gamma"):
        np.testing.assert_array_equal(found[key], getattr(own, key))
    np.testing.assert_allclose(found["alpha"], own.alpha, atol=1e-11)
    assert found["order"] == own.embedded_order + 1


def posed(name: str) -> Asked:
    first, about = opening(name), card(name)
    return asked(
        {
            "kind": "page", "model": name, "params": first["params"], "doses": first["doses"],
            "t": [*about.span[:2], 97], "outputs": list(about.outputs),
        },
        FILES,
    )  # fmt: skip


@pytest.mark.parametrize("name", AGREEING)
def test_the_page_agrees_with_python(name) -> None:
    """The same equations, the same method: curves to 1e-6 of their greatest size."""
    bench, given = Shelf().bench(name), posed(name)
    model = bench.model
    every = [part.id for part in (*model.states, *model.observables)]
    setting = (
        "{...axissim.start, params: axissim.start.params, "
        f"outputs: {json.dumps(every)}, rtol: {TIGHT}}}"
    )
    found = evaluated(script(bench, given), f"axissim.run({setting})")
    first = opening(name)
    ds = simulate(
        model, t=(given.start, given.stop, given.points), params=first["params"],
        protocol=[dose(**one) for one in first["doses"]], rtol=TIGHT,
    )  # fmt: skip
    assert found["status"] == "ok"
    for key, values in zip(every, found["values"], strict=True):
        exact = ds[key].values
        size = np.abs(exact).max() or 1.0
        error = np.abs(np.array([values[str(i)] for i in range(len(values))]) - exact).max()
        assert error < 1e-6 * size, key


def test_the_script_hides_no_text_of_the_model_in_code() -> None:
    """Ids become places in arrays; a name or note is JSON, whatever it holds."""
    nasty = '</script><script>alert(1)</script>`${x}"'
    model = load(
        "model nasty()\n  var x = 1; x' = -k*x\n  const k = 0.5\n"
        '  k is "' + nasty.replace('"', "") + '"\nend\n'
    )
    text = javascript(model)
    assert "alert" not in text
    assert "y[0]" in text
    with pytest.raises(ModelError, match="events"):
        javascript(load("levodopa"))
