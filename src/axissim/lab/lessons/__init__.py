"""The lessons: files that a teacher can add to, each a question and a goal reached by sliders."""

from __future__ import annotations

from axissim.lab.lessons.reading import lessons

__all__ = ["lessons"]
