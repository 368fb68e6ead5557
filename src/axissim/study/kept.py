"""What is worked out once for a thing and kept for as long as that thing lives."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

_MOST = 64  # answers about one thing
_answers: WeakKeyDictionary[Any, dict[Hashable, Any]] = WeakKeyDictionary()


def kept(about: Any, asked: Hashable, found: Callable[[], T]) -> T:
    """What `found` gave when this was asked `about` the same thing before; else what it gives now.

    Parameters
    ----------
    about : Model or Kernel
        Anything frozen that is compared by identity.
    asked : hashable
        The question; all that the answer depends on besides `about`.
    """
    answers = _answers.setdefault(about, {})
    try:
        answer: T = answers[asked]
    except KeyError:
        answer = found()
        if len(answers) >= _MOST:
            answers.clear()
        answers[asked] = answer
    return answer
