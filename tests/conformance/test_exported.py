"""Cases of the SBML Test Suite come back from SBML and Antimony; exported.py looks at all."""

from __future__ import annotations

from exported import agreements

_RUN = 12
_READ = 150


def test_a_sample_comes_back_with_the_same_equations(suite):
    chosen = suite[:: max(1, len(suite) // _READ)]
    kinds = set()
    for number, answer in agreements(chosen):
        assert answer.kind in ("ok", "refused"), f"{number}: {answer.value}"
        kinds.add(answer.kind)
        if answer.kind == "ok":
            assert set(answer.value.values()) == {"same"}, f"{number}: {answer.value}"
    assert "ok" in kinds


def test_a_small_sample_runs_as_before(suite):
    chosen = suite[:: max(1, len(suite) // _RUN)]
    same = 0
    for number, answer in agreements(chosen, "plain"):
        assert answer.kind in ("ok", "refused"), f"{number}: {answer.value}"
        if answer.kind == "ok":
            assert set(answer.value.values()) == {"same"}, f"{number}: {answer.value}"
            same += 1
    assert same >= _RUN // 2
