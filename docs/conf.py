"""How Sphinx makes the site: ``make docs``, into out/site."""

from __future__ import annotations

import hashlib
import importlib
import sys
from importlib import metadata
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path.insert(0, str(DOCS))


def fingerprint() -> str:
    """Of all that decides what a notebook shows: its cells, the package, the models."""
    found = [*ROOT.glob("src/axissim/**/*.py"), *ROOT.glob("models/*/*.ant")]
    digest = hashlib.sha256()
    for path in sorted(found):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def benchmarks() -> dict[str, str]:
    """The pages beside the benchmarks: ``benchmarks/peers`` is ``benchmarks/peers/README.md``."""
    found = {}
    for path in sorted((ROOT / "benchmarks").glob("**/*.md")):
        inside = path.relative_to(ROOT / "benchmarks")
        name = "_".join(part for part in inside.with_suffix("").parts if part != "README")
        found[f"benchmarks/{name or 'index'}"] = f"benchmarks/{inside.as_posix()}"
    return found


project = "axissim"
author = "The axissim developers"
copyright = "The axissim developers, BSD-3-Clause"
release = metadata.version("axissim")

extensions = [
    "_ext.antimony",
    "_ext.repository",
    "_ext.models",
    "_ext.commands",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "_ext.docstrings",
    "sphinx_copybutton",
    "sphinx_design",
]
source_suffix = {".md": "myst-nb", ".made": "myst-nb", ".ipynb": "myst-nb"}
exclude_patterns = ["_ext", "gallery/README.md", "contributing/templates"]

# Pages that lie elsewhere in the repository, and where a reader of the site is sent for a file.
repository = "https://github.com/axissim/axissim"
repository_pages = {
    "changelog": "CHANGELOG.md",
    "contributing/house": "CONTRIBUTING.md",
    **benchmarks(),
    "tutorials/first_steps": "examples/notebooks/first_steps.ipynb",
    "tutorials/doses_and_people": "examples/notebooks/doses_and_people.ipynb",
    "tutorials/questions": "examples/notebooks/questions.ipynb",
}
repository_homes = importlib.import_module("_ext.models").homes()

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(ROOT / "out" / "notebooks" / fingerprint())
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_show_tb = True
nb_ipywidgets_js = {}
nb_merge_streams = True

smartquotes = False
default_role = "py:obj"
add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 72
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "pydata_sphinx_theme"
html_title = "axissim"
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["axissim.css"]
html_favicon = "_static/axissim.svg"
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"conformance": [], "changelog": []}
html_theme_options = {
    "logo": {
        "text": "axissim",
        "alt_text": "axissim",
        "image_light": "_static/axissim.svg",
        "image_dark": "_static/axissim.svg",
    },
    "navbar_align": "left",
    "header_links_before_dropdown": 5,
    "show_prev_next": False,
    "secondary_sidebar_items": {"**": ["page-toc"], "library": [], "conformance": []},
    "footer_start": ["disclaimer", "copyright"],
    "footer_end": [],
    "icon_links": [
        {"name": "GitHub", "url": repository, "icon": "fa-brands fa-github", "type": "fontawesome"}
    ],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
