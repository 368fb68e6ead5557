"""One HTML file with sliders that runs without Python: equations, method and page in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from axissim.lab.asked import Asked
from axissim.lab.bench import RTOL, Bench
from axissim.lab.described import DISCLAIMER, described
from axissim.lab.export.javascript import javascript
from axissim.lab.export.method import coefficients

_STATIC = Path(__file__).parents[1] / "static"
_MODULES = ("dom", "texts", "sliders", "doses", "courses")
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_KEPT = (
    "id", "title", "summary", "citations", "timeUnit", "span", "outputs", "targets", "quantities",
    "parameters", "disclaimer",
)  # fmt: skip


def page(bench: Bench, asked: Asked) -> str:
    """The page of a model as it is set: parameters, doses, curves.

    Raises
    ------
    ModelError
        The model has events, delays or constraints.
    """
    title = bench.card.title or bench.model.id
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<!-- Made by axissim lab. {DISCLAIMER}

Curves are drawn by uPlot:

{_read("vendor/uplot/LICENSE").replace("--", "- -")}
-->
<style>
{_read("vendor/uplot/uPlot.min.css")}
{_read("lab.css")}
</style>
</head>
<body>
<header class="top"><span class="brand"><span>axissim <b>lab</b></span></span></header>
<main id="content" tabindex="-1"></main>
<footer class="foot"><span id="disclaimer">{DISCLAIMER}</span></footer>
<script>
{_inside(_read("vendor/uplot/uPlot.iife.min.js"))}
</script>
<script>
"use strict";
(() => {{
{_inside(script(bench, asked))}
}})();
</script>
</body>
</html>
"""


def script(bench: Bench, asked: Asked) -> str:
    """The script of the page: runs by itself in any JavaScript engine as ``axissim.run``."""
    words = json.loads(_read("texts/en.json"))
    about = described(bench.model, bench.card)
    data: dict[str, Any] = {
        "MODEL": {key: about[key] for key in _KEPT},
        "METHOD": method(bench, asked),
        "START": start(asked),
        "WORDS": words,
    }
    constants = [f"const {key} = {json.dumps(value)};" for key, value in data.items()]
    parts = [javascript(bench.model), *constants, plain(_read("alone/solver.js"))]
    parts += [plain(_read(f"js/{name}.js")) for name in _MODULES]
    return "\n".join([*parts, _read("alone/alone.js")])


def method(bench: Bench, asked: Asked) -> dict[str, Any]:
    """The method that the server takes for this model, and its tolerances."""
    choice = bench.choice(asked)
    return {
        "tableau": coefficients(choice.method),
        "rtol": RTOL,
        "atol": [float(a) for a in choice.atol],
    }


def start(asked: Asked) -> Mapping[str, Any]:
    """The setting that the page opens with."""
    doses = [
        {"target": d.target, "amount": d.amount, "at": d.at}
        | ({"every": d.every, "count": int(d.count)} if d.every else {})
        for d in asked.doses
    ]
    return {
        "params": dict(asked.params),
        "doses": doses,
        "span": [asked.start, asked.stop],
        "points": asked.points,
        "outputs": list(asked.outputs),
    }


def plain(module: str) -> str:
    """The text of a module without its imports and exports, to stand beside others."""
    lines = [line for line in module.splitlines() if not line.startswith("import ")]
    return re.sub(r"^export ", "", "\n".join(lines), flags=re.MULTILINE)


def _read(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")


def _inside(text: str) -> str:
    """Text that can stand in a script element: nothing in it ends the element, or begins one."""
    return text.replace("</", "<\\/").replace("<!--", "<\\!--").replace("<script", "<\\script")
