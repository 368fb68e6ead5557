"""Work against precision: what each method costs on a model, and how far off it is."""

from axissim.analysis.precision.advice import advice, duration, recommended, spelled
from axissim.analysis.precision.measured import METHODS, RTOLS, perturbed, precision

__all__ = [
    "METHODS",
    "RTOLS",
    "advice",
    "duration",
    "perturbed",
    "precision",
    "recommended",
    "spelled",
]
