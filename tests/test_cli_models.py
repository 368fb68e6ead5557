"""``axissim convert``, ``validate``, ``compare``, and ``show`` of all that a model may hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from axissim.model.library import load, shipped

GOOD = """model good()
  unit hour = 3600 second;  unit time_unit = 3600 second
  unit uM = 1e-6 mole/litre;  unit per_h = 1/(3600 second)
  var x = 2 uM;  x is "Hormone"
  const k = 0.5 per_h;  const top = 3 uM;  const lag = 2 hour
  flux := k*x;  flux has uM_per_h;  unit uM_per_h = 1e-6 mole/litre/(3600 second)
  x' = -flux
end
"""
WRONG = """model wrong()
  unit hour = 3600 second;  unit time_unit = 3600 second
  unit uM = 1e-6 mole/litre
  const k = 0.5 uM;  const lag = 2 uM
  var x = 1 uM
  x' = -k*x
  w := delay(x, lag)
  E: at lag after x > k:
    x = k*k
end
"""
ALL = """model all()
  const k = 0.5;  const lag = 1.5
  var x = 1;  x' = -k*delay(x, lag)
  var z = 1;  0 = z^3 + z - x
  E1: at time > 5 && x < 2, t0=false: x = x + 1
  E1 is "A dose"
  E2: at lag after x > 3, priority=2, persistent=false, fromTrigger=false: x = k
end
"""
REACTIONS = """model reactions()
  // A -> B in words is no reaction
  compartment C = 1;  species A in C = 1, B in C = 0
  R: A -> B; 0.3*A
end
"""

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """A file of the given name and text."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return written


Write = Callable[[str, str], Path]

# ---- convert ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["xml", "sbml", "ant"])
def test_convert_writes_by_the_ending(axissim: Call, tmp_path: Path, ending: str) -> None:
    path = tmp_path / "new" / f"thyroid.{ending}"
    assert axissim("convert", "thyroid_human", path) == (0, f"{path}\n", "")
    assert path.read_text().startswith("model" if ending == "ant" else "<?xml")
    assert load(path).states == load("thyroid_human").states


def test_convert_replaces_nothing_unless_told_to(axissim: Call, write: Write) -> None:
    source, target = write("a.ant", GOOD), write("b.xml", "mine")
    code, out, err = axissim("convert", source, target)
    assert (code, out) == (2, "")
    assert "b.xml exists; give another name, or --force" in err
    assert target.read_text() == "mine"
    assert axissim("convert", source, target, "--force")[0] == 0
    assert load(target).id == "good"


def test_convert_refuses_what_it_cannot_write_or_read(axissim: Call, write: Write) -> None:
    source = write("a.ant", GOOD)
    code, _, err = axissim("convert", source, source.with_suffix(".txt"))
    assert code == 2
    assert "models are written to .xml, .sbml or .ant files" in err
    code, _, err = axissim("convert", "thyroid_humn", source.with_suffix(".xml"))
    assert code == 2
    assert "did you mean 'thyroid_human'?" in err
    assert not source.with_suffix(".xml").exists()


def test_convert_tells_what_is_lost(axissim: Call, write: Write, tmp_path: Path) -> None:
    source = write("r.ant", REACTIONS)
    code, _, err = axissim("convert", source, tmp_path / "r.xml")
    assert (code, err) == (0, "note: reactions (1) are rules and rates of change now\n")
    xml = write("s.xml", (tmp_path / "r.xml").read_text())
    text = xml.read_text().replace("<listOfComp", "<annotation/><listOfComp", 1)
    xml.write_text(text.replace('id="R"', 'id="volume"').replace("<ci> R ", "<ci> volume "))
    xml.write_text(xml.read_text().replace('variable="R"', 'variable="volume"'))
    _, _, err = axissim("convert", xml, tmp_path / "s.ant")
    assert err.count("\n") == 1
    assert "left out: annotations (1)" in err
    assert "'volume', a word of Antimony's own, is now 'volume_'" in err
    assert axissim("convert", xml, tmp_path / "t.ant", "-q")[2] == ""


# ---- validate -----------------------------------------------------------------------------------


def test_the_shipped_models_are_valid_strictly(axissim: Call) -> None:
    code, out, err = axissim("validate", *shipped(), "--strict")
    assert (code, out, err) == (0, "", f"no problems in {len(shipped())} models\n")


def test_validate_tells_a_line_a_problem_and_its_place(axissim: Call, write: Write) -> None:
    path = write("wrong.ant", WRONG)
    code, out, err = axissim("validate", path)
    assert code == 1
    assert err == "4 problems in 1 model\n"
    rate, lag, delay, assigned = out.splitlines()
    assert rate.startswith(f"{path}:6: rate of 'x': -k * x is in umol^2/L^2 but should be in ")
    assert lag.startswith(f"{path}:7: 'w': in delay(x, lag), the lag lag is in umol/L")
    assert delay.startswith(f"{path}:8: delay of 'E': lag is in umol/L but should be in h; ")
    assert assigned.startswith(f"{path}:8: 'x' as 'E' sets it: k * k is in umol^2/L^2")


def test_validate_finds_the_place_in_sbml(axissim: Call, write: Write, tmp_path: Path) -> None:
    axissim("convert", write("wrong.ant", WRONG), tmp_path / "wrong.xml")
    lines = (tmp_path / "wrong.xml").read_text().splitlines()
    out = axissim("validate", tmp_path / "wrong.xml")[1].splitlines()
    at = [int(line.removeprefix(f"{tmp_path / 'wrong.xml'}:").split(":")[0]) for line in out]
    assert '<rateRule variable="x">' in lines[at[0] - 1]
    assert '<assignmentRule variable="w">' in lines[at[1] - 1]
    assert '<event id="E"' in lines[at[2] - 1]


def test_validate_strictly_wants_every_unit(axissim: Call, write: Write) -> None:
    path = write("all.ant", ALL)
    assert axissim("validate", path)[0] == 0
    code, out, _ = axissim("validate", path, "--strict")
    assert code == 1
    assert f"{path}: the model has no unit of time; " in out
    assert f"{path}:2: 'k' has no unit; declare one, or dimensionless" in out


def test_validate_of_what_cannot_be_read_exits_with_2(axissim: Call, write: Write) -> None:
    good, bad = write("good.ant", GOOD), write("bad.ant", "model bad()\n  x' = = 2\nend\n")
    code, out, _ = axissim("validate", good, bad)
    assert code == 2
    assert out.startswith(f"{bad}:2: ")
    assert axissim("validate", good, bad)[2] == "1 problem in 2 models\n"
    code, out, err = axissim("validate", good, bad, "--json")
    told = json.loads(out)
    assert [row["model"] for row in told] == [str(good), str(bad)]
    assert [len(row["problems"]) for row in told] == [0, 1]
    assert (code, err) == (2, "")


# ---- compare ------------------------------------------------------------------------------------


def test_a_model_is_the_same_as_its_other_languages(
    axissim: Call, write: Write, tmp_path: Path
) -> None:
    source = write("a.ant", GOOD)
    for ending in ("xml", "ant"):
        axissim("convert", source, tmp_path / f"b.{ending}")
        code, out, err = axissim("compare", source, tmp_path / f"b.{ending}", "-t", "0:4:5")
        assert (code, err) == (0, "")
        assert out.startswith("The equations are the same.\nThe trajectories are the same: 2 ")


def test_compare_tells_which_equations_and_how_far(axissim: Call, write: Write) -> None:
    first = write("a.ant", GOOD)
    changed = GOOD.replace("k = 0.5", "k = 0.6").replace("top = 3 uM", "bottom = 3 uM")
    second = write("b.ant", changed.replace("lag = 2 hour", "lag = 2 uM"))
    code, out, _ = axissim("compare", first, second, "-t", "0:4:5", "-o", "x")
    assert code == 4
    assert "  k: value 0.5 -> 0.6\n" in out
    assert "  top: only in the first model\n" in out
    assert "  bottom: only in the second model\n" in out
    assert "  lag: unit h -> umol/L\n" in out
    assert "  x  6.7e-02  at t = 2\n" in out  # e^-1 - e^-1.2, of the largest value, 1
    code, out, _ = axissim("compare", first, second, "-t", "0:4:5", "-o", "x", "--json")
    told = json.loads(out)
    assert (code, told["same"], told["status"]) == (4, False, ["ok", "ok"])
    assert told["trajectories"][0]["worst"] == pytest.approx(0.0667, abs=1e-4)
    assert {row["id"] for row in told["equations"]} == {"k", "top", "bottom", "lag"}


def test_compare_without_times_looks_at_the_equations(axissim: Call, write: Write) -> None:
    first = write("a.ant", ALL)
    swapped = ALL.replace("z^3 + z", "z^3 + 2*z").replace("priority=2", "priority=3")
    second = write("b.ant", swapped.replace("at time > 5", "at time > 6"))
    code, out, err = axissim("compare", first, second)
    assert code == 4
    assert err == "note: give -t START:STOP:POINTS to compare trajectories too\n"
    for line in (
        "  z: constraint 0 = z^3 + z - x -> z^3 + 2 * z - x",
        "  E1: trigger time > 5 && x < 2 -> time > 6 && x < 2",
        "  E2: priority 2 -> 3",
    ):
        assert line in out.splitlines()
    assert axissim("compare", first, first, "-q") == (0, "The equations are the same.\n", "")


def test_compare_takes_a_card_and_refuses_what_is_not_there(axissim: Call, write: Write) -> None:
    path = write("a.ant", GOOD)
    code, _, err = axissim("compare", path, path, "-t", "0:1:2", "-o", "y")
    assert code == 2
    assert "model 'good' has no 'y'" in err
    code, out, err = axissim("compare", "thyroid_human", path)
    assert code == 4
    assert "no state or rule in common" in err
    assert "  x: only in the second model" in out


# ---- show ---------------------------------------------------------------------------------------


def test_show_of_events_constraints_and_delays(axissim: Call, write: Write) -> None:
    out = axissim("show", write("all.ant", ALL))[1]
    for line in (
        "  d x/dt = -k * delay(x, lag)",
        "  0 = z^3 + z - x",
        "  E1: when time > 5 && x < 2, A dose; may happen at the start",
        "    x = x + 1",
    ):
        assert line in out.splitlines()
    assert (
        "  E2: when x > 3, after lag, priority 2; is dropped if its condition ends before;" in out
    )
    assert "Given by constraints, and first guesses\n  z  1\n" in out


def test_show_json_and_latex_hold_events(axissim: Call, write: Write) -> None:
    path = write("all.ant", ALL)
    told = json.loads(axissim("show", path, "--json")[1])
    assert told["implicit"][0]["residual"] == "z^3 + z - x"
    assert told["events"][0]["trigger"] == "time > 5 && x < 2"
    assert told["events"][1]["assignments"] == {"x": "k"}
    assert (told["events"][1]["delay"], told["events"][0]["delay"]) == ("lag", None)
    latex = axissim("show", path, "--latex")[1]
    assert r"-k \, x(t - \mathrm{lag})" in latex
    assert r"0 &= z^{3} + z - x" in latex
    assert r"\item when $t > 5 \wedge x < 2$: $x \leftarrow x + 1$" in latex
    assert latex.count(r"\begin{") == latex.count(r"\end{")
