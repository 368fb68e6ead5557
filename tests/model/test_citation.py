"""Sources as a line and as BibTeX."""

from __future__ import annotations

import re

import pytest

from axissim.model.citation import Citation, bibliography
from axissim.model.library import card, shipped

BEST = Citation(
    authors="Best JA, Azulay D-O, van der Graaf PH",
    year="2009",
    title="Homeostatic mechanisms & more",
    journal="Theor Biol Med Model",
    volume="6",
    pages="8-27",
    doi="10.1186/1742-4682-6-21",
    note="Table 1",
)


def test_a_line_of_text() -> None:
    assert BEST.text == (
        "Best JA, Azulay D-O, van der Graaf PH (2009). Homeostatic mechanisms & more. "
        "Theor Biol Med Model 6:8-27. (Table 1)"
    )
    assert Citation(authors="Author A", year="1999").text == "Author A (1999)."


def test_an_article() -> None:
    assert BEST.bibtex("x").splitlines() == [
        "@article{x,",
        "  author = {Best, J. A. and Azulay, D.-O. and van der Graaf, P. H.},",
        r"  title = {{Homeostatic mechanisms \& more}},",
        "  journal = {Theor Biol Med Model},",
        "  year = {2009},",
        "  volume = {6},",
        "  pages = {8--27},",
        "  doi = {10.1186/1742-4682-6-21},",
        "  note = {Table 1}",
        "}",
    ]


@pytest.mark.parametrize(
    ("authors", "key"),
    [
        ("Best JA, Nijhout HF", "Best2009"),
        ("van der Graaf PH", "vanderGraaf2009"),
        ("Törnøe CW", "Torne2009"),
        ("Volkow ND et al.", "Volkow2009"),
        ("The axissim developers", "Theaxissimdevelopers2009"),
    ],
)
def test_the_key_is_the_first_author_and_the_year(authors: str, key: str) -> None:
    assert Citation(authors=authors, year="2009").key == key


def test_a_body_and_others_as_authors() -> None:
    assert "author = {{The axissim developers}}" in Citation(
        authors="The axissim developers"
    ).bibtex("x")
    assert "author = {Volkow, N. D. and others}" in Citation(authors="Volkow ND et al.").bibtex("x")


def test_what_is_no_article_says_where_it_lies() -> None:
    entry = Citation(authors="A B", journal="GitHub", url="https://example.org/a_b").bibtex("x")
    assert entry.startswith("@misc{x,")
    assert "howpublished = {GitHub}" in entry
    assert "url = {https://example.org/a_b}" in entry


def test_the_same_author_and_year_get_letters() -> None:
    keys = re.findall(r"@\w+\{(\w+),", bibliography((BEST, BEST, BEST)))
    assert keys == ["Best2009", "Best2009b", "Best2009c"]


@pytest.mark.parametrize("model", shipped())
def test_every_model_can_be_cited(model: str) -> None:
    text = bibliography(card(model).citations)
    keys = re.findall(r"@\w+\{([A-Za-z]+\d*[a-z]?),", text)
    assert len(set(keys)) == len(card(model).citations)
    assert text.count("{") == text.count("}")
