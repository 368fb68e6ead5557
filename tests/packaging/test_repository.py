"""Files that others read by rules of their own: forms of issues, the citation."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from tests.packaging.contents import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FORMS = sorted(
    path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"
)
KINDS = {"markdown": {"value"}, "input": {"label"}, "textarea": {"label"}}
# of the Citation File Format 1.2.0, what a citation here may need
MUST = {"cff-version", "message", "title", "authors"}
MAY = {
    "abstract", "commit", "contact", "date-released", "doi", "identifiers", "keywords", "license",
    "license-url", "preferred-citation", "references", "repository-code", "type", "url", "version",
}  # fmt: skip


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_has_what_github_asks(path: Path) -> None:
    form = yaml.safe_load(path.read_text())
    assert (
        {"name", "description", "body"} <= form.keys() <= {"name", "description", "body", "labels"}
    )
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert ids
    assert len(ids) == len(set(ids))
    for part in form["body"]:
        assert KINDS[part["type"]] <= part["attributes"].keys()


def test_there_are_forms_and_a_template() -> None:
    assert {path.stem for path in FORMS} == {"bug", "model"}
    assert (ROOT / ".github" / "pull_request_template.md").read_text().count("- [ ]") >= 5


def test_the_citation_is_valid_and_of_this_version() -> None:
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert told.keys() >= MUST
    assert told.keys() <= MUST | MAY
    assert told["cff-version"] == "1.2.0"
    assert told["type"] == "software"
    assert told["version"] == PROJECT["version"]
    assert told["license"] == PROJECT["license"]
    assert all({"name"} <= who.keys() or {"family-names"} <= who.keys() for who in told["authors"])
    assert [who["name"] for who in told["authors"]] == [who["name"] for who in PROJECT["authors"]]
