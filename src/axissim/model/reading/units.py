"""The units of an SBML model: its definitions, its defaults, and the composites it implies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from axissim.model.dimensions import KINDS, UnitDefinition, spelling, unit
from axissim.model.model import UnitFactor
from axissim.model.reading.refusal import Source

# What Level 2 means by these ids unless the model redefines them (SBML Level 2 Version 4, 4.4.3).
_LEVEL_2 = {
    "substance": UnitDefinition((UnitFactor("mole"),)),
    "volume": UnitDefinition((UnitFactor("litre"),)),
    "area": UnitDefinition((UnitFactor("metre", 2.0),)),
    "length": UnitDefinition((UnitFactor("metre"),)),
    "time": UnitDefinition((UnitFactor("second"),)),
}
_SIZES = {3: "volume", 2: "area", 1: "length"}
_CLOCK = {"s", "min", "h", "d"}


@dataclass
class Units:
    """Unit ids of a model, as far as it declares them.

    Attributes
    ----------
    definitions : dict
        Unit id to its factors; composites that are asked for are added.
    substance, extent, time : str
        The model's defaults, "" if it has none.
    sizes : dict
        Number of spatial dimensions to the default for compartments.
    """

    definitions: dict[str, UnitDefinition]
    substance: str
    extent: str
    time: str
    sizes: dict[int, str]

    def factors(self, key: str) -> tuple[UnitFactor, ...] | None:
        """The factors of a unit id; None if the model gives the id no meaning."""
        if key in self.definitions:
            return self.definitions[key]
        return (UnitFactor(key),) if key in KINDS else None

    def quotient(self, above: str, below: str) -> str:
        """The id of `above` per `below`, added to the definitions if none is equal to it."""
        top, bottom = self.factors(above), self.factors(below)
        if top is None or bottom is None:
            return ""
        wanted = unit(top) * unit(bottom) ** -1.0
        for key, factors in self.definitions.items():
            if unit(factors).equals(wanted):
                return key
        key = f"{above}_per_{below}"
        while key in self.definitions:
            key += "_"
        self.definitions[key] = UnitDefinition(wanted.factors)
        return key

    def clock(self) -> str:
        """The time unit as `Model.time_unit` has it."""
        factors = self.factors(self.time)
        spelt = spelling(factors) if factors is not None else ""
        return spelt if spelt in _CLOCK else ""

    def of_compartment(self, compartment: Any) -> str:
        """The unit of a compartment's size."""
        return str(compartment.getUnits()) or self.sizes.get(_dimensions(compartment), "")

    def of_substance(self, species: Any) -> str:
        """The unit of a species' amount."""
        return str(species.getSubstanceUnits()) or self.substance

    def of_species(self, species: Any, compartment: Any) -> str:
        """The unit of a species' amount (no compartment given) or of its concentration."""
        amount = self.of_substance(species)
        if compartment is None:
            return amount
        size = self.of_compartment(compartment)
        return self.quotient(amount, size) if amount and size else ""

    def of_reaction(self) -> str:
        """The unit of a reaction's rate: extent per time."""
        return self.quotient(self.extent, self.time) if self.extent and self.time else ""


def read_units(model: Any, level: int, source: Source) -> Units:
    """The units of a libSBML model; ModelError for one of no finite size."""
    definitions = {}
    for i in range(model.getNumUnitDefinitions()):
        given = model.getUnitDefinition(i)
        for factor in _factors(given):
            if factor.kind not in KINDS:
                raise source.error(given, "has a unit of no kind that SBML knows; mend its kind")
        made = UnitDefinition(_factors(given), str(given.getName()))
        if not 0.0 < unit(made).size < math.inf:
            raise source.error(given, "has no finite size; mend its scales and multipliers")
        definitions[str(given.getId())] = made
    if level < 3:
        definitions = _LEVEL_2 | definitions
        return Units(definitions, "substance", "substance", "time", _SIZES)
    sizes = {3: model.getVolumeUnits(), 2: model.getAreaUnits(), 1: model.getLengthUnits()}
    return Units(
        definitions,
        substance=str(model.getSubstanceUnits()),
        extent=str(model.getExtentUnits()),
        time=str(model.getTimeUnits()),
        sizes={dimensions: str(key) for dimensions, key in sizes.items()},
    )


def _factors(definition: Any) -> list[UnitFactor]:
    from libsbml import UnitKind_toString

    units = [definition.getUnit(i) for i in range(definition.getNumUnits())]
    return [
        UnitFactor(
            str(UnitKind_toString(given.getKind())),
            float(given.getExponentAsDouble()),
            int(given.getScale()),
            float(given.getMultiplier()),
        )
        for given in units
    ]


def _dimensions(compartment: Any) -> int:
    count = compartment.getSpatialDimensionsAsDouble()
    return int(count) if count in (1.0, 2.0, 3.0) else 0
