"""Studies are read from TOML, and what is wrong in one is told with its line."""

from __future__ import annotations

import numpy as np
import pytest

from axissim.model.model import ModelError
from axissim.report import read_study
from axissim.report.stated import expectation

MODEL = "model m\n x = 1; k = 1; a = 2; J: x -> ; k*x; top := a*x; end"
GOOD = """\
title = "A title"
question = "Why?"
hypothesis = "Because."
model = "m.ant"
time = [0, 2, 21]
seed = 3

[params]
a = 3

[design]
n = 16

[design.vary]
k = "k*lognormal(0, 0.3)"

[[dose]]
target = "x"
amount = 1
at = 1

[readouts]
end = "last(x)"

[readouts.late]
formula = "mean(top)"
over = [1, 2]

[[arms]]
name = "plain"

[[arms]]
name = "fed"
label = "with a second dose"
params = { a = 4 }

[[arms.dose]]
target = "x"
amount = 2
at = 1.5

[[tests]]
claim = "More goes in."
readout = "late"
arms = ["fed", "plain"]
compare = "difference"
expect = "> 0"
"""


@pytest.fixture
def written(tmp_path):
    (tmp_path / "m.ant").write_text(MODEL)

    def write(text):
        path = tmp_path / "study.toml"
        path.write_text(text)
        return path

    return write


def test_a_study_is_read(written):
    study = read_study(written(GOOD))
    assert study.times == (0.0, 2.0, 21)
    assert study.courses == ("x", "top")
    assert study.design.sizes["sample"] == 16
    assert float(np.median(study.design["k"])) == pytest.approx(1.0, rel=0.1)
    assert [len(arm.protocol) for arm in study.arms] == [1, 2]
    assert study.readout("late").over == (1.0, 2.0)
    assert study.runs == 32
    again = read_study(written(GOOD))
    np.testing.assert_array_equal(study.design["k"], again.design["k"])


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("seed = 3", "sed = 3", 6, "did you mean 'seed'"),
        ('question = "Why?"', "question = 3", 2, "text, in quotes"),
        ('title = "A title"', "", 1, "lacks 'title'"),
        ("time = [0, 2, 21]", "time = [2, 0, 21]", 5, "rises"),
        ('model = "m.ant"', 'model = "dopamine_termnal"', 4, "did you mean 'dopamine_terminal'"),
        ("time = [0, 2, 21]", "time = [0, 2, 20.5]", 5, "[start, stop, points]"),
        ("time = [0, 2, 21]", "time = [0, inf, 21]", 5, "rises"),
        ("seed = 3", "tolerate = 3", 6, "tolerate = 3 is no share of the runs"),
        ("seed = 3", "audit = nan", 6, "audit = nan is no share of the runs"),
        ("seed = 3", 'rtol = "fine"', 6, "rtol = 'fine' is not a number"),
        ("seed = 3", "max_steps = 0", 6, "1 or more"),
        ("a = 3", "b = 3", 9, "no 'b'"),
        ("a = 3", "x = 3", 9, "belongs under init"),
        ("n = 16", "m = 16", 12, "[design] has no 'm'"),
        ("n = 16", "n = 1", 12, "2 or more"),
        ('k = "k*lognormal(0, 0.3)"', 'k = "even(0, 1)"', 15, "not a distribution"),
        ("amount = 1\n", "amont = 1\n", 19, "did you mean 'amount'"),
        ("amount = 1\n", "", 17, "lacks 'amount'"),
        ('k = "k*lognormal(0, 0.3)"', "kk = [1, 2]", 15, "did you mean 'k'"),
        ('k = "k*lognormal(0, 0.3)"', "a = [1, 2]", 15, "set elsewhere"),
        ('end = "last(x)"', 'end = "last(y)"', 23, "'y'"),
        ("over = [1, 2]", "over = [1, 3]", 27, "not within the times"),
        ('formula = "mean(top)"', 'formula = "bands(top)"', 25, "no number a run"),
        ('name = "fed"', 'name = "plain"', 33, "two arms"),
        ('name = "fed"', 'name = "a b"', 33, "is a word"),
        ("params = { a = 4 }", "parms = { a = 4 }", 35, "did you mean 'params'"),
        ("at = 1.5", "at = [1.5]", 40, "a number or a name"),
        ('readout = "late"', 'readout = "lat"', 44, "did you mean 'late'"),
        ('arms = ["fed", "plain"]', 'arms = ["fed"]', 45, "takes 2 arms"),
        ('arms = ["fed", "plain"]', 'arms = ["fed", "plein"]', 45, "did you mean 'plain'"),
        ('compare = "difference"', 'compare = "diference"', 46, "did you mean 'difference'"),
        ('expect = "> 0"', 'expect = "positive"', 47, "write > 0"),
        ('expect = "> 0"', 'expect = "rising"', 47, "a trend"),
        ('expect = "> 0"', 'expect = "> 0"\nlevel = 3', 48, "has a level"),
        ('expect = "> 0"', 'expect = "> 0"\nagainst = "k"', 48, "against what"),
        ("[[tests]]", "[[test]]", 42, "did you mean 'tests'"),
        ("seed = 3", "seed = ", 6, "Invalid value"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(written, old, new, line, said):
    assert old in GOOD
    path = written(GOOD.replace(old, new, 1))
    with pytest.raises(ModelError) as told:
        read_study(path)
    assert str(told.value).startswith(f"{path}:{line}: ")
    assert said in str(told.value)


def test_what_is_done_is_done_in_the_order_of_the_file(written):
    """So that of a reset and a dose at one time the later line has the last word."""
    reset = '[[arms.reset]]\nat = 1.5\n\n[[arms.dose]]\ntarget = "x"\namount = 2'
    text = GOOD.replace('[[arms.dose]]\ntarget = "x"\namount = 2', reset)
    dose, *own = read_study(written(text)).arms[1].protocol
    assert dose.at == 1
    assert [type(one).__name__ for one in own] == ["Reset", "Dose"]


def test_a_study_tests_something(written):
    with pytest.raises(ModelError, match="tests nothing"):
        read_study(written(GOOD[: GOOD.index("[[tests]]")]))


def test_expectations():
    assert expectation("> 0").holds(1e-9)
    assert not expectation("> 0").holds(0.0)
    assert expectation(">= 0").holds(0.0)
    assert expectation("-1.5 .. 2e1").holds(19.0)
    assert not expectation("1..2").holds(2.5)
    with pytest.raises(ValueError, match="no expectation"):
        expectation("2..1")


def test_people_need_a_model_that_knows_them(written):
    text = GOOD.replace(
        '[design.vary]\nk = "k*lognormal(0, 0.3)"', '[design.people]\nsex = "female"'
    )
    with pytest.raises(ModelError, match=r"study\.toml:14: .*m\.ant"):
        read_study(written(text))
    text = text.replace('"m.ant"', '"thyroid_person"').replace("[params]\na = 3\n", "")
    text = text.replace("{ a = 4 }", "{ sex = 1 }").replace('"x"', '"q10"').replace("(x)", "(TSH)")
    with pytest.raises(ModelError, match="'sex' is drawn by the design and set elsewhere"):
        read_study(written(text.replace("(top)", "(TSH)")))
