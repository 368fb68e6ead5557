"""The substances of neuroendocrinology: names, formulas, and which are counted in IU.

Molar masses are computed from the formula and IUPAC's standard atomic weights of 2021
(doi:10.1515/pac-2019-0603; the conventional value where that gives an interval), as PubChem does;
formulas are PubChem's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ATOMIC_WEIGHT = {
    "H": 1.008,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "S": 32.06,
    "I": 126.90447,
}


@dataclass(frozen=True)
class Analyte:
    """A substance: its id, name, molecular formula ("" for proteins), and whether IU count it."""

    id: str
    name: str
    formula: str = ""
    international: bool = False


_ALL = (
    Analyte("T4", "thyroxine", "C15H11I4NO4"),
    Analyte("T3", "triiodothyronine", "C15H12I3NO4"),
    Analyte("cortisol", "cortisol", "C21H30O5"),
    Analyte("testosterone", "testosterone", "C19H28O2"),
    Analyte("E2", "estradiol", "C18H24O2"),
    Analyte("P4", "progesterone", "C21H30O2"),
    Analyte("tyrosine", "tyrosine", "C9H11NO3"),
    Analyte("levodopa", "levodopa", "C9H11NO4"),
    Analyte("dopamine", "dopamine", "C8H11NO2"),
    Analyte("noradrenaline", "noradrenaline", "C8H11NO3"),
    Analyte("adrenaline", "adrenaline", "C9H13NO3"),
    Analyte("HVA", "homovanillic acid", "C9H10O4"),
    Analyte("MHPG", "3-methoxy-4-hydroxyphenylglycol", "C9H12O4"),
    Analyte("serotonin", "serotonin", "C10H12N2O"),
    Analyte("melatonin", "melatonin", "C13H16N2O2"),
    Analyte("aldosterone", "aldosterone", "C21H28O5"),
    Analyte("methimazole", "methimazole", "C4H6N2S"),
    Analyte("TSH", "thyrotropin", international=True),
    Analyte("LH", "luteinising hormone", international=True),
    Analyte("FSH", "follicle-stimulating hormone", international=True),
    Analyte("PRL", "prolactin", international=True),
    Analyte("GH", "growth hormone", international=True),
    Analyte("hCG", "chorionic gonadotropin", international=True),
    Analyte("insulin", "insulin", international=True),
    Analyte("IhA", "inhibin A", international=True),
    Analyte("TRAb", "TSH receptor antibodies", international=True),
)
ANALYTES = {analyte.id: analyte for analyte in _ALL}


def molar_mass(analyte: str) -> float:
    """The molar mass of an analyte in g/mol; KeyError if it has no one formula."""
    formula = ANALYTES[analyte].formula
    if not formula:
        raise KeyError(f"{analyte} has no molecular formula; its mass does not give its activity")
    return sum(
        ATOMIC_WEIGHT[element] * int(count or 1)
        for element, count in re.findall(r"([A-Z])(\d*)", formula)
    )
