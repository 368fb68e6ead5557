"""The page as a person meets it, in headless Chromium; skipped where there is none."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib import image

from axissim.lab.asked import FILES, asked
from axissim.lab.export.files import file_of
from axissim.lab.opening import opening
from axissim.lab.shelf import Shelf
from axissim.model.library import card, load, shipped
from axissim.study.action import dose
from axissim.study.sweep import simulate

from .browser import browser_path, chromium, served

AXE = Path(__file__).parent / "axe" / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 812}


@pytest.fixture(scope="module")
def lab() -> Iterator[tuple[Any, str]]:
    """A browser and the address of a lab."""
    browser_path()
    with served() as address, chromium() as browser:
        yield browser, address


@pytest.fixture
def visit(lab: tuple[Any, str]) -> Iterator[Any]:
    """Open a page of the lab; at the end nothing may have left the machine, nor gone wrong."""
    browser, address = lab
    wrong: list[str] = []
    contexts = []

    def opened(where: str = "", size: Any = WIDE, light: str = "light", **more: Any) -> Any:
        context = browser.new_context(viewport=size, color_scheme=light, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda r: _inside(r.url, address, wrong))
        page.goto(address + where)
        page.wait_for_selector("body[data-answered] .panel canvas" if "model" in where else ".card")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def _inside(url: str, address: str, wrong: list[str]) -> None:
    if not url.startswith((address, address.replace("http", "ws"), "blob:", "data:")):
        wrong.append(f"a request left the machine: {url}")


def settled(page: Any) -> None:
    """Wait until every question is answered."""
    page.wait_for_function("() => !window.lab.line.asked.size && !window.lab.line.next.size")


def reading(page: Any, key: str) -> str:
    return str(page.text_content(f"[data-testid=panel-{key}] .reading"))


def picked(page: Any, key: str) -> Any:
    return page.locator(f"[data-testid='{key}']")


def test_a_model_opens_from_the_gallery(visit) -> None:
    page = visit()
    page.fill("#search", "hydrocortisone")
    picked(page, "model-hydrocortisone").click()
    page.wait_for_selector("body[data-answered] .panel canvas")
    settled(page)
    assert page.locator(".panel").count() == 4
    assert page.locator(".grip").count() == 3
    assert "not medical advice" in page.text_content("#disclaimer")
    assert page.locator("#disclaimer").is_visible()


def test_every_model_opens_and_its_first_slider_moves(visit) -> None:
    page = visit("#/model/dopamine_terminal")
    for key in shipped():
        page.evaluate("(key) => { location.hash = `#/model/${key}`; }", key)
        page.wait_for_selector(f".bench[data-id='{key}'] .panel canvas", timeout=120_000)
        settled(page)
        assert page.locator(".panel canvas").count() == min(len(card(key).outputs), 4), key
        answered = page.get_attribute("body", "data-answered")
        slider = page.locator("input[type=range]").first
        before = slider.input_value()
        slider.press("ArrowLeft" if before == "1000" else "ArrowRight")
        page.wait_for_function("(n) => document.body.dataset.answered !== n", arg=answered)
        settled(page)
        assert slider.input_value() != before, key
        assert not page.locator(".message:visible").count(), key


def test_the_gallery_is_searched_and_sorted(visit) -> None:
    page = visit()
    assert page.locator("[data-testid^=model-]").count() == len(shipped())
    page.click("[data-axis=cortisol]")
    assert 0 < page.locator("[data-testid^=model-]").count() < 10
    page.fill("#search", "no such model")
    assert "0" in page.text_content("[role=status].quiet")


def test_a_slider_moves_the_curve_by_keys_alone(visit) -> None:
    page = visit("#/model/dopamine_terminal")
    settled(page)
    before = reading(page, "eda")
    for _ in range(80):  # to the first slider, as someone without a mouse gets there
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.dataset.testid") == "slider-fire":
            break
    else:
        pytest.fail("the slider cannot be reached by Tab")
    for _ in range(5):
        page.keyboard.press("PageUp")
    settled(page)
    assert reading(page, "eda") != before
    assert page.input_value("[data-testid=number-fire]") != "1"
    assert page.locator("#tip").is_visible()  # what it is, on focus as on hover
    assert "Best 2009" in page.text_content("#tip")
    assert re.search(r"fire:\d", page.url)
    picked(page, "reset").press("Enter")
    settled(page)
    assert reading(page, "eda") == before


def test_the_address_holds_the_setting(visit) -> None:
    page = visit("#/model/dopamine_terminal")
    page.fill("[data-testid=number-fire]", "2.5")
    page.keyboard.press("Enter")
    settled(page)
    told, url = reading(page, "eda"), page.url
    again = visit(url[url.index("#") :])
    settled(again)
    assert reading(again, "eda") == told
    assert again.input_value("[data-testid=number-fire]") == "2.5"


def test_the_curve_is_that_of_simulate(visit) -> None:
    page = visit("#/model/dopamine_terminal?p=fire:2,meals:1")
    settled(page)
    ds = simulate(
        load("dopamine_terminal"), t=(0, 48, 481), params={"fire": 2, "meals": 1}, outputs=["eda"]
    )
    low, high = (float(x) for x in reading(page, "eda").split(" to "))
    assert low == pytest.approx(float(ds["eda"].min()), rel=5e-3)
    assert high == pytest.approx(float(ds["eda"].max()), rel=5e-3)


def test_a_dose_is_dragged_and_moved_by_keys(visit) -> None:
    page = visit("#/model/hydrocortisone")
    settled(page)
    grip = picked(page, "dose-0")
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 112, box["y"] + 12, steps=5)
    page.mouse.up()
    settled(page)
    dragged = float(page.input_value("[data-testid=dose-0-at]"))
    assert dragged > 8.0
    picked(page, "dose-0").press("ArrowRight")
    assert float(page.input_value("[data-testid=dose-0-at]")) == pytest.approx(
        dragged + 0.24, abs=0.1
    )
    before = reading(page, "total")
    picked(page, "dose-2").press("Delete")
    settled(page)
    assert page.locator(".grip").count() == 2
    picked(page, "add-dose").press("Enter")
    page.fill("[data-testid=dose-2-amount]", "60")
    page.keyboard.press("Tab")
    settled(page)
    assert reading(page, "total") != before


def test_the_fan_the_plane_the_equations_and_why(visit) -> None:
    page = visit("#/model/dopamine_terminal")
    page.select_option("[data-testid=fan]", "moved")
    page.wait_for_selector("body[data-fan]")
    first = page.get_attribute("body", "data-fan")
    picked(page, "slider-fire").press("ArrowRight")
    page.wait_for_selector(f"body[data-fan]:not([data-fan='{first}'])")
    picked(page, "tab-plane").click()
    settled(page)
    assert page.locator(".plane canvas").bounding_box()["width"] > 300
    page.select_option("[data-testid=plane-x]", "tyr")
    settled(page)
    picked(page, "tab-equations").click()
    assert page.locator(".equation math").count() > 40
    assert page.locator(".equation.hit").count() == 1  # firing is read by release alone
    picked(page, "tab-why").click()
    page.wait_for_selector(".terms tbody tr")
    settled(page)
    assert page.locator(".terms tbody tr").count() == 4
    picked(page, "tab-about").press("ArrowLeft")
    picked(page, "tab-about").click()
    assert "Best" in page.text_content(".about")
    assert page.locator(".about a[href*='doi.org']").count() > 2


@pytest.mark.parametrize("kind", ["png", "svg", "csv", "sbml", "antimony", "notebook", "page"])
def test_what_is_taken_away_is_a_file(visit, tmp_path, kind) -> None:
    page = visit("#/model/dopamine_terminal?p=fire:2", accept_downloads=True)
    settled(page)
    picked(page, "save").click()
    with page.expect_download() as download:
        picked(page, f"save-{kind}").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    begins = {
        "png": b"\x89PNG", "svg": b"<svg", "csv": b"time,eda", "sbml": b"<?xml",
        "antimony": b"model", "notebook": b"{", "page": b"<!doctype html>",
    }  # fmt: skip
    assert path.read_bytes().startswith(begins[kind]), path.read_bytes()[:60]
    assert path.stat().st_size > 1000
    opens_again(page, kind, path)


def opens_again(page: Any, kind: str, path: Path) -> None:
    """What was taken away, opened by what people open it with, says what it should."""
    if kind == "png":
        pixels = image.imread(path)
        assert pixels.shape[1] == 2 * 760
        assert len(np.unique(pixels.reshape(-1, 4), axis=0)) > 50
    elif kind == "svg":
        marks = [node.tag.split("}")[1] for node in ElementTree.parse(path).iter()]
        assert marks.count("polyline") == 4  # a curve a panel
    elif kind == "csv":
        assert pd.read_csv(path).shape == (481, 5)
    elif kind == "notebook":
        assert "'fire': 2" in "".join(json.loads(path.read_text())["cells"][1]["source"])
    elif kind == "page":
        alone = page.context.new_page()
        alone.goto(path.as_uri())
        alone.wait_for_selector(".panel canvas")
        assert float(alone.input_value("[data-testid=number-fire]")) == 2.0
        assert reading(alone, "eda") == reading(page, "eda")
        alone.close()
    else:
        assert load(path).part("fire").value.value == 2.0


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "375"])
def test_curves_are_on_the_screen(visit, size, light) -> None:
    """A screenshot has each panel's curve in its colour, from one side to the other."""
    page = visit("#/model/hydrocortisone", size, light)
    settled(page)
    for at, panel in enumerate(page.locator(".panel").all()):
        panel.scroll_into_view_if_needed()
        tone = page.evaluate(
            "(at) => getComputedStyle(document.body).getPropertyValue(`--c${at}`)", at
        )
        colour = [int(tone.strip()[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        pixels = image.imread(io.BytesIO(panel.locator("canvas").screenshot()), format="png")
        there = (np.abs(pixels[..., :3] - colour) < 0.02).all(axis=2).any(axis=0)
        assert there.sum() > 0.6 * len(there), (at, there.sum(), len(there))


def test_what_is_wrong_stays_told_until_it_is_mended(lab, tmp_path) -> None:
    path = tmp_path / "blow.ant"
    path.write_text("model blow()\n  var x = 1; x' = k*x^2\n  const k = 0.9\nend\n")
    with served(str(path)) as address:
        page = lab[0].new_page()
        page.goto(address + "?t=0:1")
        page.wait_for_selector("body[data-answered] .panel canvas")
        settled(page)
        message = page.locator(".message")
        assert not message.is_visible()
        page.select_option("[data-testid=fan]", "moved")
        page.wait_for_selector("body[data-fan]")
        settled(page)
        assert "runs of the fan failed" in message.text_content()
        page.fill("[data-testid=number-k]", "1.3")
        page.keyboard.press("Enter")
        settled(page)
        for told in ("This run failed: its steps became too small", "runs of the fan failed"):
            assert told in message.text_content()
        page.fill("[data-testid=number-k]", "0.1")
        page.keyboard.press("Enter")
        settled(page)
        assert not message.is_visible()
        page.close()


def test_a_dose_that_cannot_be_is_told_and_mended(visit) -> None:
    page = visit("#/model/hydrocortisone")
    settled(page)
    before = reading(page, "total")
    for every, wrong in (("-3", True), ("", False)):
        page.fill("[data-testid=dose-0-every]", every)
        page.keyboard.press("Tab")
        settled(page)
        assert page.locator(".message").is_visible() == wrong
    page.fill("[data-testid=dose-0-amount]", "40")
    page.keyboard.press("Tab")
    settled(page)
    assert reading(page, "total") != before


@pytest.mark.parametrize("name", ["dopamine_terminal", "hydrocortisone", "gnrh_smith"])
def test_the_page_that_stands_alone_agrees_with_python(lab, tmp_path, name) -> None:
    """In Chromium, from a file: curves to 1e-6 of their greatest size, no request."""
    first, about, shelf = opening(name), card(name), Shelf()
    question = {
        "kind": "page", "model": name, "params": first["params"], "doses": first["doses"],
        "t": [*about.span[:2], 97], "outputs": list(about.outputs[:4]),
    }  # fmt: skip
    path = tmp_path / "page.html"
    path.write_text(file_of(shelf.bench(name), asked(question, FILES), name).text, "utf-8")
    page = lab[0].new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith("file://") else None)
    page.goto(path.as_uri())
    page.wait_for_selector(".panel canvas")
    found = page.evaluate(
        "() => axissim.run({...axissim.start, rtol: 1e-9}).values.map((y) => [...y])"
    )
    ds = simulate(
        load(name), t=(*about.span[:2], 97), params=first["params"], rtol=1e-9,
        protocol=[dose(**one) for one in first["doses"]], outputs=about.outputs[:4],
    )  # fmt: skip
    for key, values in zip(about.outputs[:4], found, strict=True):
        exact = ds[key].values
        assert np.abs(np.array(values) - exact).max() < 1e-6 * np.abs(exact).max(), key
    slider = page.locator("input[type=range]").first
    before = page.text_content(".panel .reading")
    for _ in range(3):
        slider.press("PageUp")
    page.wait_for_timeout(100)
    assert page.text_content(".panel .reading") != before
    assert wrong == []
    page.close()


def test_a_lesson_can_be_finished(visit) -> None:
    page = visit()
    picked(page, "lesson-reuptake_autoreceptor").click()
    page.wait_for_selector("body[data-answered] .panel canvas")
    settled(page)
    assert page.locator(".goal.met").count() == 2
    picked(page, "slider-autoreceptor").press("Home")
    settled(page)
    assert page.locator(".goal.met").count() == 3
    picked(page, "choice-0").check()
    assert "finished" not in page.get_attribute("[data-testid=lesson]", "class")
    picked(page, "choice-1").check()
    assert "finished" in page.get_attribute("[data-testid=lesson]", "class")
    assert page.locator(".answer").is_visible()


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "375"])
def test_axe_finds_nothing(visit, size, light) -> None:
    """Labels, names, roles, contrast: axe-core's rules for WCAG 2.1 A and AA."""
    views = [
        "",
        "#/model/hydrocortisone",
        "#/model/dopamine_terminal?lesson=reuptake_autoreceptor",
        "#/model/gnrh_smith?view=plane",
        "#/model/dopamine_terminal?view=equations",
        "#/model/gnrh_smith?view=why",
        "#/model/thyroid_human?view=about",
    ]
    if (size is WIDE) != (light == "light"):  # colours and widths have met in the other two
        views = views[:3]
    for where in views:
        page = visit(where, size, light, bypass_csp=True) if "view" not in where else None
        if page is None:
            page = visit(where.split("?")[0], size, light, bypass_csp=True)
            picked(page, f"tab-{where.split('=')[1]}").click()
        if "model" in where:
            settled(page)
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, where
        page.add_script_tag(content=AXE.read_text("utf-8"))
        found = page.evaluate(
            "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', "
            "'wcag21aa', 'best-practice']})).violations"
        )
        told = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]
        assert told == [], (where, json.dumps(told, indent=1))
        page.close()


def test_two_hundred_lines_are_served_or_refused(lab) -> None:
    browser, address = lab
    page = browser.new_page()
    page.goto(address + "#/model/dopamine_terminal")
    page.wait_for_selector("body[data-answered] .panel canvas")
    settled(page)
    ends = page.evaluate(
        """async () => {
          const lines = Array.from({ length: 200 }, () => new WebSocket(`ws://${location.host}/ws`));
          const ends = await Promise.all(lines.map((line) => new Promise((done) => {
            line.onopen = () => done("open"); line.onerror = () => done("refused");
          })));
          lines.forEach((line) => line.close());
          return ends;
        }"""
    )
    assert set(ends) <= {"open", "refused"}
    assert ends.count("open") >= 32
    page.wait_for_timeout(300)
    picked(page, "slider-fire").press("ArrowRight")
    settled(page)
    assert not page.locator(".message:visible").count()
    page.close()
