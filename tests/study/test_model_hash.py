"""The hash of a model: all that decides its trajectories, and nothing else."""

from __future__ import annotations

import pytest

from axissim.model.library import load
from axissim.study.dataset import model_hash

TEXT = """model m()
  var x = 1;  x' = -x
  var z = 1;  0 = z^3 + z - x
  E: at 2 after x < 0.5, priority=1, t0=false, persistent=false, fromTrigger=false: x = 3
end
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("z^3 + z", "z^3 + 2*z"),
        ("z = 1;", "z = 2;"),
        ("at 2 after", "at 3 after"),
        ("at 2 after", "at"),
        ("x < 0.5", "x < 0.6"),
        ("priority=1", "priority=2"),
        ("priority=1, ", ""),
        ("t0=false, ", ""),
        ("persistent=false, ", ""),
        (", fromTrigger=false", ""),
        ("x = 3", "x = 4"),
    ],
)
def test_events_and_constraints_count(old: str, new: str) -> None:
    assert old in TEXT
    assert model_hash(load(TEXT)) != model_hash(load(TEXT.replace(old, new)))


def test_names_do_not_count() -> None:
    other = TEXT.replace("end", '  x is "Hormone"; E is "Dose"; E notes "why"\nend')
    assert model_hash(load(TEXT)) == model_hash(load(other))
