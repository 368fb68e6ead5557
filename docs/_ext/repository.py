"""Pages as the repository has them: some lie outside docs/, and links may point anywhere in it.

A page from outside is copied beside the others as ``NAME.made``, which git ignores.  In every page
a link to a file is read from where the page lies in the repository: to a page of the site if the
file is one (named by its title where the link gives its path), to a picture where it lies, else to
the file at GitHub.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
_LINK = re.compile(r"(!?\[(?:[^\[\]]|\[[^\[\]]*\])*\])\(([^)\s#:]+)(#[^)\s]*)?\)")


def write(path: Path, text: str | bytes) -> None:
    """Write a file, unless it says the same already: Sphinx reads anew what is younger."""
    data = text.encode() if isinstance(text, str) else text
    if not path.is_file() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def file_of(page: str) -> Path:
    """The file that a page is read from."""
    found = [DOCS / f"{page}{suffix}" for suffix in (".md", ".made", ".ipynb")]
    return next((path for path in found if path.is_file()), found[0])


def bring(outside: dict[str, str]) -> None:
    """Copy files of the repository, by their paths in it, to where the site has them as pages.

    A page called ``index`` is given a list of those beside it, for the sidebar.
    """
    for page, origin in outside.items():
        notebook = origin.endswith(".ipynb")
        data = (ROOT / origin).read_bytes()
        if page.endswith("/index"):
            data += b"\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"
        write(DOCS / f"{page}{'.ipynb' if notebook else '.made'}", data)


def linked(app: Sphinx, page: str, source: list[str]) -> None:
    """Turn the links of a page, as it is read, to where the site has what they point at."""
    origins: dict[str, str] = app.config.repository_pages
    homes = {path: name for name, path in origins.items()} | app.config.repository_homes
    folder = (ROOT / origins[page]).parent if page in origins else file_of(page).parent

    def turned(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        file = Path(os.path.normpath(folder / target))
        if not file.exists() or not file.is_relative_to(ROOT):
            return found[0]  # Sphinx will say so
        name = file.relative_to(ROOT).as_posix()
        if homes.get(name, page) != page:
            file = file_of(homes[name])
        if app.env.path2doc(str(file)) in app.env.found_docs:
            if words.strip("[`]").endswith(".md"):
                words = "[]"  # MyST puts the title there
        elif not words.startswith("!"):
            kind = "tree" if file.is_dir() else "blob"
            return f"{words}({app.config.repository}/{kind}/main/{name}{anchor})"
        return f"{words}({os.path.relpath(file, file_of(page).parent)}{anchor})"

    source[0] = _LINK.sub(turned, source[0])


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in a build."""
    app.add_config_value("repository", "", "env")
    app.add_config_value("repository_pages", {}, "env")
    app.add_config_value("repository_homes", {}, "env")
    app.connect("config-inited", lambda _, config: bring(config.repository_pages))
    app.connect("source-read", linked)
    return {"parallel_read_safe": True}
