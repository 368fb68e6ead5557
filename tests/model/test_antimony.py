"""Antimony to a model: what is read, where errors point, and that imports stay in their folder."""

from pathlib import Path

import pytest
from documents import start

from axissim.model.library import load
from axissim.model.model import ModelError
from axissim.model.reading import apart
from axissim.model.reading.antimony import read_antimony
from axissim.model.text import show

DECAY = """model decay()
  unit uM = 1e-6 mole/litre;  uM is "umol/L"
  unit hour = 3600 second
  unit time_unit = 3600 second
  unit per_hour = 1/(3600 second)
  x = 8 uM;        x is "Hormone";   x notes "Table 1"
  const k = 0.5 per_hour
  flow := k*x
  x' = -flow
end
"""


def test_a_model_with_units_names_and_notes() -> None:
    model = read_antimony(DECAY)
    assert (model.id, model.time_unit) == ("decay", "h")
    (x,) = model.states
    assert (x.id, x.unit, x.name, x.note) == ("x", "uM", "Hormone", "Table 1")
    assert show(x.rate) == "-flow"
    assert [part.id for part in model.parameters] == ["k"]
    assert start(model)[1] == {"x": -4.0}


def test_reactions() -> None:
    text = "S1 -> 2 S2; k*S1\nS1 = 3; S2 = 0; k = 0.1"
    model = read_antimony(text, "two.ant")
    assert model.id == "two"
    assert start(model)[1] == pytest.approx({"S1": -0.3, "S2": 0.6})


def test_the_last_module_is_the_model_and_submodels_are_flattened() -> None:
    text = """model terminal(drive)
  eda = 1
  eda' = drive - eda
end
model whole()
  u := 3*time
  A: terminal(u)
  eA is A.eda
end
"""
    model = read_antimony(text)
    assert (model.id, [part.id for part in model.states]) == ("whole", ["eA"])
    assert start(model, 2.0)[1] == {"eA": 5.0}
    marked = read_antimony(
        text.replace("model terminal(drive)", "model *terminal(drive)\n  drive = 1")
    )
    assert marked.id == "terminal"


def test_reading_leaves_nothing_behind() -> None:
    first = read_antimony("model a\n x = 1\n x' = -x\nend\n")
    with pytest.raises(ModelError):
        read_antimony("model b\n x = = 1\nend\n")
    again = read_antimony("model a\n x = 1\n x' = -x\nend\n")
    assert show(first.states[0].rate) == show(again.states[0].rate)
    with pytest.raises(ModelError):  # `a` of the text before is not to be had
        read_antimony("model c\n A: a()\nend\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model m\n x = 1 +* 2\nend\n", "m.ant:2: .*mend the line"),
        ("model m\n x := y\n y := x\nend\n", "m.ant:3: Loop detected"),
        ("model m\n x = 1\n x' = foo(x)\nend\n", "m.ant:\\d: The formula 'foo\\(x\\)'"),
        ("model m\n x = 1\n x' = -k*x\nend\n", "m.ant:3: parameter 'k' has no value"),
        ("model m\n\n x' = -x\nend\n", "m.ant:3: parameter 'x' has no initial value"),
        ("model m\n x = 1\n y = \uff58\nend\n", "m.ant:3: '\uff58' is not ASCII"),
        ("model m\n x = 1\0\nend\n", "m.ant:2: a NUL byte"),
        (
            "model m\n x = " + "(" * 300 + "1" + ")" * 300 + "\nend\n",
            "m.ant:2: brackets are nested",
        ),
        ("model m\n import x\nend\n", 'm.ant:2: write import "FILE" on one line'),
        ("import", 'm.ant:1: write import "FILE" on one line'),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ModelError, match=f"^{said}") as wrong:
        read_antimony(text, "m.ant")
    assert "\n" not in str(wrong.value)


def test_a_formula_that_libantimony_chokes_on_is_refused_first() -> None:
    long = "model m\n x = 1\n x' = " + "+".join(["x"] * 6_000) + "\nend\n"
    with pytest.raises(ModelError, match=r"^m\.ant:3: a formula of over 5,000 operators; name its"):
        read_antimony(long, "m.ant")
    many = "model m\n" + "; ".join(f"x{k} = -{k}" for k in range(2_000)) + "\nend\n"
    assert len(read_antimony(many, "m.ant").parameters) == 2_000


def test_letters_beyond_ascii_are_fine_in_words() -> None:
    text = 'model m // naïve\n x = 1; x is "Östradiol"; x\' = -x\nend\n'
    assert read_antimony(text).states[0].name == "Östradiol"


EVENTFUL = """model m
  x = 2; k = 1; y = 0
  x' = -k*x
  at (x < 0.5): x = 2
  late: at 3 after (time > 5), priority = 2*k, t0 = false, persistent = false, fromTrigger = false:
    k = k + 1, y = x
end
"""


def test_events() -> None:
    model = read_antimony(EVENTFUL)
    first, second = model.events
    assert (show(first.trigger), first.delay, first.at_trigger) == ("x < 0.5", None, True)
    assert [key for key, _ in first.assignments] == ["x"]
    assert (second.id, show(second.trigger)) == ("late", "time > 5")
    assert [show(formula) for formula in second.formulas[1:3]] == ["3", "2 * k"]
    assert (second.initially, second.persistent, second.at_trigger) == (False, False, False)
    assert [(key, show(f)) for key, f in second.assignments] == [("k", "k + 1"), ("y", "x")]
    assert {state.id for state in model.states} == {"x", "k", "y"}


def test_delays_and_rates() -> None:
    model = read_antimony("model m\n x = 1\n x' = -delay(x, 2)\n y := rateOf(x)\nend\n")
    assert show(model.by_id["x"].rate) == "-delay(x, 2)"
    assert show(model.by_id["y"].value) == "-delay(x, 2)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model m\n x = 1\n y := x\n at x < 0.5: y = 1\n x' = -x\nend\n", "m.ant:\\d: An "),
        ("model m\n x = 1\n at x < z: x = 1\n x' = -x\nend\n", "m.ant:3: parameter 'z' has no"),
        ("model m\n x = 1\n x' = rateOf(x)\nend\n", "m.ant:\\d: There must not be circular"),
    ],
)
def test_what_is_wrong_with_events_and_rates_is_named(text: str, said: str) -> None:
    with pytest.raises(ModelError, match=f"^{said}"):
        read_antimony(text, "m.ant")


LIBRARY = "model part(u)\n  y = 1\n  y' = u - y\nend\n"
WHOLE = 'import "part.ant"\nmodel whole\n  u = 2\n  A: part(u)\nend\n'


def test_an_import_is_read_from_the_models_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    elsewhere.mkdir()
    here.mkdir()
    (here / "whole.ant").write_text(WHOLE)
    (here / "part.ant").write_text(LIBRARY)
    (elsewhere / "part.ant").write_text(LIBRARY.replace("u - y", "u + y"))
    monkeypatch.chdir(elsewhere)
    assert start(load(here / "whole.ant"))[1] == {"A__y": 1.0}


def test_imports_in_imports_and_in_circles(tmp_path: Path) -> None:
    (tmp_path / "whole.ant").write_text(WHOLE)
    (tmp_path / "part.ant").write_text('import "whole.ant"\nimport "deeper/base.ant"\n' + LIBRARY)
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "base.ant").write_text("model base\n z = 1\nend\n")
    assert load(tmp_path / "whole.ant").id == "whole"


CLOCKS = """
model inner()
  unit time_unit = 60 second; unit per_min = 1/(60 second)
  var x = 1; x' = -k*drive*x*wave
  wave := sin(time/minute); wave has dimensionless
  const k = 0.5 per_min; const minute = 1 time_unit
  const drive = 1 dimensionless; drive is "Drive"
end
model *outer()
  unit time_unit = 3600 second; unit hours_per_minute = 3600 second/(60 second)
  const clock = 1/60; clock has hours_per_minute
  A: inner(), timeconv=clock
  var drive; drive is A.drive; drive := 1 + gain*x; const gain = 2 dimensionless
  var x; x is A.x
end
"""


def test_a_module_of_another_clock_keeps_its_units() -> None:
    """What it says of time is in its own unit, by the factor of the join, and so are its rates."""
    model = read_antimony(CLOCKS)
    assert model.time_unit == "h"
    assert show(model.part("x").rate) == "-A__k * drive * x * A__wave / clock"
    assert show(model.part("A__wave").value) == "sin(time / clock / A__minute)"
    assert show(model.part("drive").value) == "1 + gain * x"
    assert model.part("A__k").unit == "A__per_min"
    assert [unit.multiplier for unit in model.units["A__per_min"]] == [6.0]


def test_a_shipped_model_may_import_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("whole", WHOLE.replace("part.ant", "../part/part.ant")), ("part", LIBRARY)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.ant").write_text(text)
    monkeypatch.setattr("axissim.model.library.folder", lambda: tmp_path)
    assert start(load("whole"))[1] == {"A__y": 1.0}
    (tmp_path / "part" / "part.ant").write_text(LIBRARY.replace("y = 1", "y = 3"))
    assert start(load("whole"))[1] == {"A__y": -1.0}
    monkeypatch.undo()
    with pytest.raises(ModelError, match="leaves the model's folder"):
        load(tmp_path / "whole" / "whole.ant")


def test_an_error_in_an_import_points_there(tmp_path: Path) -> None:
    (tmp_path / "whole.ant").write_text(WHOLE)
    (tmp_path / "part.ant").write_text("\n\n" + LIBRARY.replace("u - y", "u - * y"))
    with pytest.raises(ModelError, match=r"^part\.ant:5: "):
        load(tmp_path / "whole.ant")


@pytest.mark.parametrize("wanted", ["/etc/hostname", "../secret.ant", "a/../../secret.ant"])
def test_an_import_cannot_leave_the_folder(tmp_path: Path, wanted: str) -> None:
    (tmp_path / "secret.ant").write_text("model s\n x = 1\nend\n")
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "m.ant").write_text(f'import "{wanted}"\nmodel m\n x = 1\nend\n')
    with pytest.raises(ModelError, match=r"m\.ant:1: import of .* leaves the model's folder"):
        load(folder / "m.ant")


def test_an_import_cannot_leave_the_folder_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "secret.ant").write_text("model s\n x = 1\nend\n")
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "link.ant").symlink_to(tmp_path / "secret.ant")
    (folder / "m.ant").write_text('import "link.ant"\nmodel m\n x = 1\nend\n')
    with pytest.raises(ModelError, match="leaves the model's folder"):
        load(folder / "m.ant")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("part.xml", "only Antimony"), ("nowhere.ant", "cannot read 'nowhere.ant'")],
)
def test_an_import_that_cannot_be_read(tmp_path: Path, wanted: str, said: str) -> None:
    (tmp_path / "m.ant").write_text(f'\nimport "{wanted}"\nmodel m\n x = 1\nend\n')
    with pytest.raises(ModelError, match=f"m.ant:2: {said}"):
        load(tmp_path / "m.ant")


def test_an_import_in_a_comment_or_a_string_is_none() -> None:
    text = '// import "a.ant"\n/* import "b.ant" */\nmodel m\n x = 1; x is "import it"\n'
    text += " x' = -x\nend\n"
    assert read_antimony(text).states[0].name == "import it"


def test_text_alone_imports_nothing() -> None:
    with pytest.raises(ModelError, match=r"^text:1: text cannot import 'a\.ant'; put the"):
        load('import "a.ant"\nmodel m\n x = 1\nend\n')


def test_what_kills_libantimony_is_refused_and_the_next_text_is_read() -> None:
    before = read_antimony(DECAY)
    with pytest.raises(ModelError, match=r"^self\.ant: takes libantimony over"):
        read_antimony("model m(d)\n x = d\n A: m(f);\nend\n", "self.ant")
    assert read_antimony(DECAY).parts == before.parts


def test_one_process_translates_all_texts() -> None:
    read_antimony(DECAY)
    (process,) = apart._kept.values()
    with pytest.raises(ModelError, match=r"^model:2: "):
        read_antimony("model m\n x = 1 +* 2\nend\n")
    read_antimony(DECAY)
    assert [*apart._kept.values()] == [process]


def test_a_translator_that_does_not_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    apart._end()
    monkeypatch.setattr(apart.translator, "__file__", "/nonexistent/translator.py")
    with pytest.raises(ModelError, match=r"^bomb\.ant: takes libantimony over"):
        read_antimony(DECAY, "bomb.ant")
