"""How a quantity varies between runs: distributions, in Python and as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

_TEXT = re.compile(r"(?:(?P<factor>[^*~()]+)\*)?\s*(?P<kind>[A-Za-z_]+)\s*\((?P<numbers>[^()]*)\)")


@dataclass(frozen=True)
class Distribution:
    """A distribution, times a factor.

    Attributes
    ----------
    kind : str
        ``uniform``, ``loguniform``, ``normal`` or ``lognormal``.
    first, second : float
        Low and high; mean and standard deviation; for ``lognormal``, those of the logarithm.
    low, high : float
        Where ``normal`` and ``lognormal`` are cut off (before the factor), and drawn anew.
    factor : float
        What every draw is multiplied by: ``8000 * lognormal(0, 0.3)`` has the median 8000.
    """

    kind: str
    first: float
    second: float
    low: float = -np.inf
    high: float = np.inf
    factor: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in _QUANTILES:
            raise ValueError(f"unknown distribution '{self.kind}'; {_FORMS}")
        numbers = (self.first, self.second, self.factor)
        if not all(np.isfinite(number) for number in numbers):
            raise ValueError(f"{self}: every number must be finite")
        if self.factor == 0.0:
            raise ValueError(f"{self}: the factor is 0, so that nothing varies")
        if "uniform" in self.kind and not self.first < self.second:
            raise ValueError(f"{self}: the low end must lie below the high one")
        if self.kind == "loguniform" and self.first <= 0.0:
            raise ValueError(f"{self}: both ends must be above 0")
        if "normal" in self.kind and self.second <= 0.0:
            raise ValueError(f"{self}: the standard deviation must be above 0")
        if not self.low < self.high:
            raise ValueError(f"{self}: the cut-offs must rise")
        if not self._share(self.high) > self._share(self.low):
            raise ValueError(f"{self}: nothing is left between the cut-offs")

    def __mul__(self, factor: float) -> Distribution:
        return replace(self, factor=self.factor * float(factor))

    __rmul__ = __mul__

    def __str__(self) -> str:
        cuts = [self.low, self.high] if np.isfinite(self.low) or np.isfinite(self.high) else []
        text = ", ".join(f"{number:.12g}" for number in [self.first, self.second, *cuts])
        return f"{'' if self.factor == 1.0 else f'{self.factor:.12g}*'}{self.kind}({text})"

    @property
    def median(self) -> float:
        """The value that half of the draws lie below."""
        return float(self.quantile(np.array(0.5)))

    def quantile(self, u: Any) -> Any:
        """The value that a share `u` of the draws lies below, elementwise."""
        below, above = self._share(self.low), self._share(self.high)
        return self.factor * _QUANTILES[self.kind](below + u * (above - below), self)

    def _share(self, cut: float) -> float:
        """How much of the whole distribution lies below a cut-off."""
        from scipy.special import ndtr

        if not np.isfinite(cut):
            return float(cut > 0.0)
        if self.kind == "lognormal":
            cut = float(np.log(cut)) if cut > 0.0 else -np.inf
        return float(ndtr((cut - self.first) / self.second))


def _even(u: Any, d: Distribution) -> Any:
    return d.first + u * (d.second - d.first)


def _even_logarithm(u: Any, d: Distribution) -> Any:
    low, high = np.log(d.first), np.log(d.second)
    return np.clip(np.exp(low + u * (high - low)), d.first, d.second)


def _bell(u: Any, d: Distribution) -> Any:
    from scipy.special import ndtri

    # A Sobol' point may be 0 itself: half a step of its grid inside, so that no draw is infinite.
    inside = np.clip(u, 2.0**-54, 1.0 - 2.0**-53)
    return np.clip(d.first + d.second * ndtri(inside), *_ends(d))


def _ends(d: Distribution) -> tuple[float, float]:
    if d.kind == "normal":
        return d.low, d.high
    with np.errstate(divide="ignore"):
        return float(np.log(max(d.low, 0.0))), float(np.log(d.high))


_QUANTILES: dict[str, Callable[[Any, Distribution], Any]] = {
    "uniform": _even,
    "loguniform": _even_logarithm,
    "normal": _bell,
    "lognormal": lambda u, d: np.exp(_bell(u, d)),
}


def uniform(low: float, high: float) -> Distribution:
    """Evenly between `low` and `high`."""
    return Distribution("uniform", float(low), float(high))


def loguniform(low: float, high: float) -> Distribution:
    """Its logarithm evenly between those of `low` and `high`: as often a half as twice."""
    return Distribution("loguniform", float(low), float(high))


def normal(mean: float, sd: float, low: float = -np.inf, high: float = np.inf) -> Distribution:
    """Normal, cut off at `low` and `high`."""
    return Distribution("normal", float(mean), float(sd), float(low), float(high))


def lognormal(mu: float, sigma: float, low: float = -np.inf, high: float = np.inf) -> Distribution:
    """exp of a normal of mean `mu` and standard deviation `sigma`, as NumPy has it.

    It gives the value itself, of median exp(mu), not a factor on the model's own value; for that
    multiply: ``8000 * lognormal(0, 0.3)``.
    """
    return Distribution("lognormal", float(mu), float(sigma), float(low), float(high))


def distribution(given: Distribution | str) -> Distribution:
    """`given`, or what its text says: ``"[FACTOR*]KIND(NUMBERS)"``.

    Examples
    --------
    >>> str(distribution("8000*lognormal(0, 0.3)"))
    '8000*lognormal(0, 0.3)'
    """
    if isinstance(given, Distribution):
        return given
    match = _TEXT.fullmatch(str(given).strip())
    kinds = {"uniform": 2, "loguniform": 2, "normal": 4, "lognormal": 4}
    if match is None or match["kind"] not in kinds:
        raise ValueError(f"'{given}' is not a distribution; {_FORMS}")
    numbers = [_number(given, cell) for cell in match["numbers"].split(",")]
    if not 2 <= len(numbers) <= kinds[match["kind"]]:
        raise ValueError(f"'{given}' has {len(numbers)} numbers; {_FORMS}")
    factor = 1.0 if match["factor"] is None else _number(given, match["factor"])
    return factor * Distribution(match["kind"], *numbers)


_FORMS = "write uniform(low, high), loguniform(low, high), normal(mean, sd) or lognormal(mu, sigma)"


def _number(text: str, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"'{text}': '{cell.strip()}' is not a number; {_FORMS}") from None
