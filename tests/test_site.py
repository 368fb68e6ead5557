"""The site: made without a warning, whole, with nothing that it must fetch from elsewhere."""

from __future__ import annotations

import ast
import functools
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import typer
from sphinx.util.inventory import InventoryFile

import axissim as ax
from axissim.cli.app import app
from axissim.model.library import models

ROOT = Path(__file__).parents[1]
DISCLAIMER = "For research and teaching; not medical advice."
ROOMS = {f"axissim.{name}" for name in ("model", "study", "analysis", "plot", "report", "lab")}
ASIDE = {"genindex.html", "py-modindex.html", "search.html"}  # no page of text


class Reader(HTMLParser):
    """What a page points at, what can be pointed at in it, its pictures and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []  # of <a>
        self.loads: list[str] = []  # what a browser fetches by itself
        self.ids: set[str] = set()
        self.pictures: list[dict[str, str | None]] = []
        self.words: list[str] = []
        self.math = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {given[key] or "" for key in ("id", "name") if key in given}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if tag == "link" and "canonical" not in (given.get("rel") or ""):
            self.loads.append(given.get("href") or "")
        if tag in ("script", "img", "iframe", "source", "object", "embed") and given.get("src"):
            self.loads.append(given["src"] or "")
        if tag == "img":
            self.pictures.append(given)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made anew; whatever Sphinx warns of ends the test, and a cell that raises."""
    out = tmp_path_factory.mktemp("site")
    command = ["-W", "--keep-going", "-q", "-j", "2", "-b", "html", "-d", str(out / "trees")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *command, str(ROOT / "docs"), str(out / "html")],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out / "html"


@functools.cache
def page(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text("utf-8"))
    return reader


def pages(site: Path) -> Iterator[Path]:
    return (path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts)


def local(path: Path, link: str) -> tuple[Path, str] | None:
    """The file and the anchor that a link of a page means; None if it leads elsewhere."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    return file, unquote(parts.fragment)


def test_links_lead_somewhere(site: Path) -> None:
    wrong = []
    for path in pages(site):
        for link in [*page(path).links, *page(path).loads]:
            meant = local(path, link)
            if meant is None:
                continue
            file, anchor = meant
            missing = not file.is_file()
            if not missing and anchor and file.suffix == ".html":
                missing = anchor not in page(file).ids
            if missing:
                wrong.append(f"{path.relative_to(site)}: {link}")
    assert not wrong, "\n".join(wrong)


def test_links_into_the_repository_lead_to_what_it_has(site: Path) -> None:
    found = set()
    for path in pages(site):
        for link in page(path).links:
            match = re.match(
                r"https://github\.com/axissim/axissim/(?:blob|tree)/main/([^#]+)", link
            )
            if match:
                found.add(match[1])
    assert len(found) > 40
    assert not [name for name in found if not (ROOT / unquote(name)).exists()]


def test_every_page_is_reached_from_the_first(site: Path) -> None:
    seen, waiting = set(), [site / "index.html"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.suffix != ".html":
            continue
        seen.add(path)
        waiting += [meant[0] for link in page(path).links if (meant := local(path, link))]
    missed = {str(path.relative_to(site)) for path in set(pages(site)) - seen}
    assert missed <= ASIDE


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for path in pages(site):
        away = [load for load in page(path).loads if urlsplit(load).netloc]
        assert not away, f"{path.relative_to(site)}: {away}"
    for path in site.rglob("*.css"):
        assert not re.search(
            r"url\([\"']?(?:https?:)?//|@import\s+[\"'](?:https?:)?//", path.read_text()
        )


def test_pictures_say_what_they_show(site: Path) -> None:
    for path in pages(site):
        for picture in page(path).pictures:
            text = picture.get("alt") or ""
            assert text, f"{path.name}: {picture}"
            assert not text.endswith((".png", ".svg")), f"{path.name}: {picture}"


def test_every_page_tells_what_it_is_not_for(site: Path) -> None:
    for path in pages(site):
        assert DISCLAIMER in " ".join(page(path).words), path.name


def known(site: Path) -> dict[str, set[str]]:
    """What the reference has, by kind."""
    found = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    return {kind: set(items) for kind, items in found.data.items()}


def room_of(module: str) -> str:
    """The room that a module is in: ``axissim.study``."""
    return ".".join(module.split(".")[:2])


def public() -> Iterator[str]:
    """What a user can import: the door, and what the rooms offer by their ``__all__``."""
    yield from (f"axissim.{name}" for name in ax.__all__)
    for module in pkgutil.walk_packages(ax.__path__, "axissim."):
        if module.ispkg and room_of(module.name) in ROOMS:
            opened = importlib.import_module(module.name)
            for name in getattr(opened, "__all__", ()):
                if callable(getattr(opened, name)):
                    yield f"{module.name}.{name}"


def shown() -> Iterator[str]:
    """What pages and examples import; pages for who builds on the inside may open any drawer."""
    texts = [path.read_text("utf-8") for path in (ROOT / "examples").rglob("*.py")]
    for path in (ROOT / "examples").rglob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        if path.is_relative_to(ROOT / "docs" / "contributing"):
            continue
        texts += re.findall(r"^```python\n(.*?)^```", path.read_text("utf-8"), re.S | re.M)
    for text in texts:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and room_of(node.module or "") in ROOMS:
                room: Any = importlib.import_module(node.module or "")
                for name in node.names:
                    if callable(getattr(room, name.name)):
                        yield f"{node.module}.{name.name}"


def test_the_reference_has_every_public_name(site: Path) -> None:
    kinds = ("py:function", "py:class", "py:data", "py:exception", "py:module")
    told = set().union(*(known(site).get(kind, set()) for kind in kinds))
    at_the_door = {
        getattr(getattr(ax, name), "__wrapped__", getattr(ax, name)): f"axissim.{name}"
        for name in ax.__all__
    }
    missing = []
    for name in sorted({*public(), *shown()}):
        room, _, last = name.rpartition(".")
        thing = getattr(importlib.import_module(room), last)
        home = f"{getattr(thing, '__module__', room)}.{last}"
        if not {name, home, at_the_door.get(thing, name)} & told:
            missing.append(name)
    assert not missing, missing


def test_the_reference_has_every_command(site: Path) -> None:
    group: Any = typer.main.get_command(app)
    told = known(site)["std:cmdoption"]
    for name, command in group.commands.items():
        assert (site / "reference" / "commands" / f"{name}.html").is_file()
        for parameter in command.params:
            if parameter.param_type_name == "option" and not parameter.hidden:
                assert f"axissim-{name}.{parameter.opts[0]}" in told, (name, parameter.opts)


def test_every_model_has_its_place(site: Path) -> None:
    gallery = page(site / "models" / "index.html")
    for card in models():
        path = site / "models" / f"{card.id}.html"
        assert f"{card.id}.html" in gallery.links
        assert any((p.get("src") or "").endswith(f"/{card.id}.png") for p in gallery.pictures)
        assert any((p.get("src") or "").endswith(f"/{card.id}.png") for p in page(path).pictures)
        text = " ".join(" ".join(page(path).words).split())
        assert "What is checked" in text
        assert "Sources" in text
        for misfit in card.misfits:
            assert misfit[:20].split("`")[0] in text
