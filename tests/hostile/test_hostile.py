"""Hostile files and texts end as they deserve; a stretch of the fuzzing; a few models twice."""

from __future__ import annotations

import pytest
from apart import Answer
from corpus import ABSENT, Hostile, fault, inputs
from corpus import place as corpus_place
from fuzz import antimony_texts, put, sbml_texts
from fuzz import fault as fuzz_fault
from many_models import rounds
from open_suite import ABSENT as SUITE_ABSENT
from open_suite import cases
from open_suite import place as suite_place
from run_hostile import outcomes

needs_corpus = pytest.mark.skipif(corpus_place() is None, reason=ABSENT)
needs_suite = pytest.mark.skipif(suite_place() is None, reason=SUITE_ABSENT)


@needs_corpus
def test_each_as_it_deserves(tmp_path):
    found = list(outcomes(inputs(tmp_path), fresh=False))
    assert len(found) == 73 + 19
    assert {one.name: one.fault for one in found if one.fault} == {}


@needs_suite
def test_damaged_sbml():
    faults = [fuzz_fault(answer) for _, answer in put(sbml_texts(150, seed=2), "from_xml", 2)]
    assert [words for words in faults if words] == []


def test_damaged_antimony():
    faults = [fuzz_fault(answer) for _, answer in put(antimony_texts(60, seed=2), "from_text", 2)]
    assert [words for words in faults if words] == []


@pytest.mark.parametrize(
    "text",
    [
        "model m(d)\n x = d\n A: m(f);end\n",  # a module in itself: libantimony dies of it
        "model part(d)\n x = d\n A: part(f);end\n y = 1; model *whole()\n z = 1\nend\n",
    ],
)
def test_texts_that_kill_libantimony(text):
    ((_, answer),) = put([text], "from_text", 1)
    assert answer.kind == "error"
    assert fuzz_fault(answer) == ""


@needs_suite
def test_models_leave_no_trace_in_each_other():
    chosen = cases()[::50]
    found, _ = rounds(chosen, 2, seed=1)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("want", "answer", "good"),
    [
        ("reject", Answer("error", "ModelError: a:1: no; mend", 0.1, 80), True),
        ("reject", Answer("error", "KeyError: 'x'", 0.1, 80), False),
        ("reject", Answer("error", "ModelError: two\nlines", 0.1, 80), False),
        ("reject", Answer("ok", {"status": "ok", "finite": True, "last": {}}, 0.1, 80), False),
        ("reject", Answer("error", "ModelError: root:x:0", 0.1, 80), False),
        ("any", Answer("timeout", "over 10 s", 10.0), False),
        ("any", Answer("error", "ModelError: a:1: no; mend", 0.1, 4000), False),
        ("flag", Answer("ok", {"status": "ok", "finite": False, "last": {}}, 0.1, 80), False),
        ("flag", Answer("ok", {"status": "max_steps", "finite": False, "last": {}}, 0.1), True),
        ("solve", Answer("ok", {"status": "ok", "finite": True, "last": {"x": 2.0}}, 0.1), False),
        ("solve", Answer("ok", {"status": "ok", "finite": True, "last": {"x": 1.05}}, 0.1), True),
    ],
)
def test_the_judge(want, answer, good):
    one = Hostile("a.xml", "from_file", "a.xml", want, "x(t) = 1 + 5*0.001*t")
    assert (fault(one, answer, "") == "") is good
