"""Tuning: which setting of the levers brings people into the bands, and at what cost."""

from axissim.analysis.tuning.levers import Lever
from axissim.analysis.tuning.result import DISCLAIMER
from axissim.analysis.tuning.targets import Cost, Target
from axissim.analysis.tuning.whole import tune

__all__ = ["DISCLAIMER", "Cost", "Lever", "Target", "tune"]
