"""Units of a model: how each is spelt in results, and a registry that knows hormones."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

from axissim.model.analytes import ANALYTES, molar_mass
from axissim.model.consistency import inconsistencies
from axissim.model.dimensions import ITEM_OF, KINDS, Unit, read, spelling, unit
from axissim.model.model import Model, ModelError, UnitFactor, suggestion

# An international unit is an `item` of SBML whose unit id says so: IU_LH_per_L, mU_TSH_per_L.
_INTERNATIONAL = re.compile(r"(?:^|_)[munk]?(?:IU|U)(?:_(?P<analyte>[A-Z][A-Za-z0-9]*))?(?=_|$)")


def spelled(model: Model, unit_id: str) -> str:
    """A unit as UDUNITS and pint read it: ``umol/L/h``, ``1/h``, ``mU/L``, ``pg/mL``.

    Parameters
    ----------
    unit_id : str
        A key of `Model.units` or a base unit of SBML; "" gives "".

    Returns
    -------
    str
        As the author spells it, if that means the same; "1" if dimensionless.
    """
    if not unit_id:
        return ""
    factors = _factors(model, unit_id)
    said = getattr(factors, "name", "")
    meant = read(said)
    if meant is not None and meant.equals(unit(factors)):
        return str(said)
    return spelling(factors, "IU" if _INTERNATIONAL.search(unit_id) else "count")


def meaning(model: Model, unit_id: str) -> Unit | None:
    """The size and dimension of a unit; None if the model does not declare one.

    IU of each analyte has a dimension of its own: ``IU_LH`` is never added to ``IU_FSH``.
    """
    if not unit_id:
        return None
    factors = _factors(model, unit_id)
    match = _INTERNATIONAL.search(unit_id)
    if match is not None and match["analyte"]:
        own = ITEM_OF + match["analyte"]
        factors = tuple(replace(f, kind=own) if f.kind == "item" else f for f in factors)
    return unit(factors)


def check(model: Model, numbers: str = "any") -> list[str]:
    """Every inconsistency of units in a model, one line each.

    Parameters
    ----------
    model : Model
    numbers : {"any", "dimensionless"}
        What a bare number in a formula is in: a unit that is not known, as SBML has it (what it
        multiplies is then not known either, and not reported), or none.

    Returns
    -------
    list of str
        Each names where, the sub-expression, both units and the likely mend; empty if all is well.
    """
    if numbers not in ("any", "dimensionless"):
        raise ModelError(f"numbers='{numbers}' is not 'any' or 'dimensionless'")
    known = {part.id: meaning(model, part.unit) for part in model.parts}
    return inconsistencies(model, known, numbers == "dimensionless")


def _factors(model: Model, unit_id: str) -> tuple[UnitFactor, ...]:
    if unit_id in model.units:
        return model.units[unit_id]
    if unit_id in KINDS:
        return (UnitFactor(unit_id),)
    raise ModelError(
        f"model '{model.id}' has no unit '{unit_id}'" + suggestion(unit_id, model.units)
    )


@cache
def registry() -> Any:
    """A `pint.UnitRegistry` in which the units of endocrinology mean what they mean there.

    ``U`` and ``IU`` are international units of whatever is measured (pint's own ``U`` is an enzyme
    unit); ``IU_TSH``, ``IU_LH`` and so on have a dimension each, so that they never add. A context
    named for an analyte turns mass into substance by its molar mass::

        >>> q = registry().Quantity(1.3, "ng/dL").to("pmol/L", "T4")
        >>> round(q.magnitude, 1)
        16.7
    """
    import pint

    known: Any = pint.UnitRegistry(on_redefinition="ignore", cache_folder=None)
    known.define("international_unit = [biological_activity] = IU = U")
    known.define("item = count")
    for analyte in ANALYTES.values():
        if analyte.international:
            known.define(f"IU_{analyte.id} = [activity_of_{analyte.id}] = U_{analyte.id}")
        if analyte.formula:
            known.add_context(_context(known, pint, analyte.id))
    return known


def _context(known: Any, pint: Any, analyte: str) -> Any:
    """The context in which mass and substance of `analyte` convert."""
    mass_per_mole = known.Quantity(molar_mass(analyte), "g/mol")
    made = pint.Context(analyte)
    for per in ("", "/[volume]", "/[time]", "/[volume]/[time]"):
        made.add_transformation(
            f"[mass]{per}", f"[substance]{per}", lambda _, value: value / mass_per_mole
        )
        made.add_transformation(
            f"[substance]{per}", f"[mass]{per}", lambda _, value: value * mass_per_mole
        )
    return made
