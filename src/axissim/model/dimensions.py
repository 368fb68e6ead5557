"""Units as products of factors: their dimensions, their sizes, and how they are spelt.

Small enough to need no unit library, so that reading and labelling a model stay quick; `units`
holds the registry for conversions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from axissim.model.model import UnitFactor
from axissim.model.reading.operators import AVOGADRO

Dimension = tuple[tuple[str, float], ...]

# Each kind of unit of SBML in SI base units, with the symbol that UDUNITS and pint read.
_KINDS: dict[str, tuple[str, float, str]] = {
    "ampere": ("A", 1.0, "ampere"),
    "avogadro": ("", AVOGADRO, ""),
    "becquerel": ("Bq", 1.0, "second^-1"),
    "candela": ("cd", 1.0, "candela"),
    "celsius": ("degC", 1.0, "kelvin"),
    "coulomb": ("C", 1.0, "ampere second"),
    "dimensionless": ("", 1.0, ""),
    "farad": ("F", 1.0, "ampere^2 second^4 kilogram^-1 metre^-2"),
    "gram": ("g", 1e-3, "kilogram"),
    "gray": ("Gy", 1.0, "metre^2 second^-2"),
    "henry": ("H", 1.0, "kilogram metre^2 second^-2 ampere^-2"),
    "hertz": ("Hz", 1.0, "second^-1"),
    "item": ("count", 1.0, "item"),
    "joule": ("J", 1.0, "kilogram metre^2 second^-2"),
    "katal": ("kat", 1.0, "mole second^-1"),
    "kelvin": ("K", 1.0, "kelvin"),
    "kilogram": ("kg", 1.0, "kilogram"),
    "litre": ("L", 1e-3, "metre^3"),
    "lumen": ("lm", 1.0, "candela"),
    "lux": ("lx", 1.0, "candela metre^-2"),
    "metre": ("m", 1.0, "metre"),
    "mole": ("mol", 1.0, "mole"),
    "newton": ("N", 1.0, "kilogram metre second^-2"),
    "ohm": ("ohm", 1.0, "kilogram metre^2 second^-3 ampere^-2"),
    "pascal": ("Pa", 1.0, "kilogram metre^-1 second^-2"),
    "radian": ("rad", 1.0, ""),
    "second": ("s", 1.0, "second"),
    "siemens": ("S", 1.0, "ampere^2 second^3 kilogram^-1 metre^-2"),
    "sievert": ("Sv", 1.0, "metre^2 second^-2"),
    "steradian": ("sr", 1.0, ""),
    "tesla": ("T", 1.0, "kilogram second^-2 ampere^-1"),
    "volt": ("V", 1.0, "kilogram metre^2 second^-3 ampere^-1"),
    "watt": ("W", 1.0, "kilogram metre^2 second^-3"),
    "weber": ("Wb", 1.0, "kilogram metre^2 second^-2 ampere^-1"),
}
_AMERICAN = {"liter": "litre", "meter": "metre", "Celsius": "celsius"}
ITEM_OF = "item of "  # begins the kind of an international unit: each analyte's is its own
KINDS = frozenset(_KINDS) | frozenset(_AMERICAN)

_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "u", -3: "m", -2: "c", -1: "d", 0: "", 3: "k", 6: "M"}
_CLOCK = {60.0: "min", 3600.0: "h", 86400.0: "d"}


class UnitDefinition(tuple[UnitFactor, ...]):
    """The factors of a unit, and how its author spells it ("" if nowhere)."""

    name: str

    def __new__(cls, factors: Iterable[UnitFactor] = (), name: str = "") -> UnitDefinition:
        made = super().__new__(cls, tuple(factors))
        made.name = name
        return made


@dataclass(frozen=True)
class Unit:
    """What factors amount to: `size` in SI base units, the exponents of these, the factors."""

    size: float
    dimension: Dimension
    factors: tuple[UnitFactor, ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        return unit(merged((*self.factors, *other.factors)))

    def __pow__(self, exponent: float) -> Unit:
        return unit(
            UnitFactor(f.kind, f.exponent * exponent, f.scale, f.multiplier) for f in self.factors
        )

    def equals(self, other: Unit) -> bool:
        """The same dimension and, to rounding, the same size."""
        return self.dimension == other.dimension and math.isclose(
            self.size, other.size, rel_tol=1e-9
        )


def unit(factors: Iterable[UnitFactor]) -> Unit:
    """The unit of `factors`."""
    factors = tuple(factors)
    size = 1.0
    powers: dict[str, float] = {}
    for factor in factors:
        own, base = _kind(factor.kind)
        size *= _raised(factor_size(factor) * own, factor.exponent)
        for key, power in base:
            powers[key] = powers.get(key, 0.0) + power * factor.exponent
    rounded = ((key, round(power, 9)) for key, power in powers.items())
    return Unit(size, tuple(sorted(pair for pair in rounded if pair[1])), factors)


DIMENSIONLESS = unit(())


@cache
def _kind(kind: str) -> tuple[float, Dimension]:
    if kind.startswith(ITEM_OF):
        return 1.0, ((kind, 1.0),)
    _, size, base = _KINDS[_AMERICAN.get(kind, kind)]
    pairs = (word.partition("^") for word in base.split())
    return size, tuple((key, float(power or 1.0)) for key, _, power in pairs)


def factor_size(factor: UnitFactor) -> float:
    """How many of its kind one factor counts."""
    scale = float(f"1e{factor.scale}")  # inf or 0 where 10.0**scale would raise
    return float(f"{factor.multiplier * scale:.12g}")


def _raised(size: float, exponent: float) -> float:
    try:
        return float(size**exponent)
    except (OverflowError, ZeroDivisionError, TypeError):  # huge, by zero, a root of a negative
        return math.inf


def merged(factors: Iterable[UnitFactor]) -> tuple[UnitFactor, ...]:
    """`factors` with like ones joined and what cancels dropped."""
    exponents: dict[tuple[str, float], float] = {}
    for factor in factors:
        key = (_AMERICAN.get(factor.kind, factor.kind), factor_size(factor))
        exponents[key] = exponents.get(key, 0.0) + factor.exponent
    return tuple(
        UnitFactor(kind, exponent, 0, size)
        for (kind, size), exponent in exponents.items()
        if exponent and (kind, size) != ("dimensionless", 1.0)
    )


def spelling(factors: Iterable[UnitFactor], item: str = "count") -> str:
    """`factors` as UDUNITS and pint read them: ``umol/L/h``, ``1/h``; "1" if dimensionless.

    Parameters
    ----------
    item : str
        What SBML's `item` counts: "IU" where it stands for international units.
    """
    above: list[str] = []
    below: list[str] = []
    amount = 1.0
    for factor in sorted(merged(factors), key=lambda f: f.kind == "second"):
        symbol, rest = _symbol(factor, item)
        amount *= _raised(rest, factor.exponent)
        if symbol:
            power = abs(factor.exponent)
            text = symbol if power == 1 else f"{symbol}^{power:g}"
            (above if factor.exponent > 0 else below).append(text)
    lead = [] if math.isclose(amount, 1.0, rel_tol=1e-12) and above else [f"{amount:.12g}"]
    return "/".join(["*".join([*lead, *above]), *below])


def _symbol(factor: UnitFactor, item: str) -> tuple[str, float]:
    """The prefixed symbol of a factor, and the number that no prefix holds."""
    size = factor_size(factor)
    if factor.kind == "second" and size in _CLOCK:
        return _CLOCK[size], 1.0
    kind = factor.kind
    if kind == "kilogram":
        kind, size = "gram", size * 1000.0
    if kind.startswith(ITEM_OF):
        symbol = "IU_" + kind.removeprefix(ITEM_OF)
    else:
        symbol = item if kind == "item" else _KINDS[kind][0]
    power = round(math.log10(size)) if 0.0 < size < math.inf else 0
    if not symbol or symbol == "degC":
        return symbol, size * _KINDS[kind][1] if kind == "avogadro" else size
    if power in _PREFIXES and math.isclose(size, 10.0**power, rel_tol=1e-12):
        return _PREFIXES[power] + symbol, 1.0
    return symbol, size


_TERM = re.compile(r"(?P<symbol>[A-Za-zµμ]+)(?:\^|\*\*)?(?P<power>-?\d+)?")
_SYMBOLS = {symbol: kind for kind, (symbol, _, _) in _KINDS.items() if symbol and kind != "item"}
_SYMBOLS |= {"U": "item", "IU": "item", "l": "litre"}


def read(text: str) -> Unit | None:
    """The unit that a spelling such as ``mIU/L`` or ``1/h`` means; None if it is not one."""
    factors: list[UnitFactor] = []
    sign = 1.0
    for at, part in enumerate(re.split(r"\s*(/)\s*|\s*[* ]\s*", text.strip())):
        if part == "/":
            sign = -1.0
        elif part and not (part == "1" and at == 0):
            factor = _factor(part, sign)
            if factor is None:
                return None
            factors.append(factor)
            sign = 1.0
    return unit(factors) if text.strip() else None


def _factor(text: str, sign: float) -> UnitFactor | None:
    match = _TERM.fullmatch(text)
    if match is None:
        return None
    symbol = match["symbol"].replace("µ", "u").replace("μ", "u")
    exponent = sign * float(match["power"] or 1.0)
    for seconds, clock in _CLOCK.items():
        if symbol == clock:
            return UnitFactor("second", exponent, 0, seconds)
    for power, prefix in sorted(_PREFIXES.items(), key=lambda item: len(item[1])):
        if symbol.startswith(prefix) and symbol[len(prefix) :] in _SYMBOLS:
            return UnitFactor(_SYMBOLS[symbol[len(prefix) :]], exponent, power)
    return None
