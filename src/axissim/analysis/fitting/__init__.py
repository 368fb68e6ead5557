"""Fitting models to data: problems, multi-start least squares, profiles, sampling.

::

    problem = fitting.petab("problem.yaml")  # or fitting.table(model, "data.csv", {"k": (0.1, 10)})
    found = fitting.fit(problem, starts=50, seed=1)
    limits = fitting.profiles(problem, found)
    drawn = fitting.sample(problem, found, steps=2000, seed=1)
"""

from axissim.analysis.fitting.fitted import fit
from axissim.analysis.fitting.identifiability import directions
from axissim.analysis.fitting.likelihood import Objective
from axissim.analysis.fitting.petab import petab
from axissim.analysis.fitting.problem import Condition, Measurement, Problem, Reading, Unknown
from axissim.analysis.fitting.profiles import profiles
from axissim.analysis.fitting.sampling import inference_data, sample
from axissim.analysis.fitting.tables import table

__all__ = [
    "Condition",
    "Measurement",
    "Objective",
    "Problem",
    "Reading",
    "Unknown",
    "directions",
    "fit",
    "inference_data",
    "petab",
    "profiles",
    "sample",
    "table",
]
