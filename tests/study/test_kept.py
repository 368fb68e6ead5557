"""What is worked out once for a thing."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

import axissim as ax
from axissim.study import choice
from axissim.study.dataset import model_hash
from axissim.study.kept import kept

TEXT = "model m\n x = 1; k = 0.5; x' = -k*x\nend"


class Thing:
    """Compared by identity, as models are."""


def test_a_question_is_answered_once_for_each_thing_and_each_asking() -> None:
    asked: list[int] = []

    def found() -> int:
        asked.append(1)
        return len(asked)

    one, other = Thing(), Thing()
    assert [kept(one, "a", found), kept(one, "a", found)] == [1, 1]
    assert [kept(one, "b", found), kept(other, "a", found)] == [2, 3]
    assert kept(one, "a", found) == 1


def test_answers_go_with_what_they_are_about() -> None:
    thing = Thing()
    gone = weakref.ref(kept(thing, "a", Thing))
    del thing
    gc.collect()
    assert gone() is None


def test_answers_about_one_thing_do_not_pile_up() -> None:
    thing, made = Thing(), []
    for number in range(1000):
        made.append(weakref.ref(kept(thing, number, Thing)))
    gc.collect()
    assert sum(one() is not None for one in made) <= 64


def test_trial_runs_are_made_once_for_a_span(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    trial = choice._trial
    monkeypatch.setattr(choice, "_trial", lambda q, m, *rest: made.append(m) or trial(q, m, *rest))
    model = ax.load(TEXT)
    first = ax.simulate(model, t=(0, 5, 11), params={"k": 0.6})
    count = len(made)
    assert count
    again = ax.simulate(model, t=(0, 5, 51), params={"k": 0.7})  # the span decides, not these
    assert len(made) == count
    assert (again["x"][::5] != first["x"])[1:].all()
    ax.simulate(model, t=(0, 6, 11))
    ax.simulate(model, t=(0, 6, 11), rtol=1e-3)
    assert len(made) > count
    assert model_hash(model) == model_hash(ax.load(TEXT)) == first.attrs["model_hash"]


def test_threads_may_ask_at_once() -> None:
    thing = Thing()

    def ask(start: int) -> list[int]:
        return [kept(thing, (start + n) % 100, lambda n=n: (start + n) % 100) for n in range(5000)]

    with ThreadPoolExecutor(8) as pool:
        for start, given in enumerate(pool.map(ask, range(8))):
            assert given == [(start + n) % 100 for n in range(5000)]
