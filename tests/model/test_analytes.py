"""Hormones: molar masses, mass to substance, and international units that do not mix."""

import pytest

from axissim.model.analytes import ANALYTES, molar_mass
from axissim.model.units import registry


def test_molar_masses() -> None:
    """PubChem's molecular weights: CID 5819, 5920, 5754, 6013, 5757, 5994, 681."""
    published = {
        "T4": 776.87,
        "T3": 650.97,
        "cortisol": 362.5,
        "testosterone": 288.4,
        "E2": 272.4,
        "P4": 314.5,
        "dopamine": 153.18,
    }
    for analyte, wanted in published.items():
        last = 10.0 ** -len(str(wanted).partition(".")[2])  # PubChem sums rounded weights
        assert molar_mass(analyte) == pytest.approx(wanted, abs=last)
    with pytest.raises(KeyError, match="no molecular formula"):
        molar_mass("TSH")


@pytest.mark.parametrize(
    ("amount", "unit_text", "wanted", "to", "analyte"),
    [
        (1.0, "ug/L", 1.287, "nmol/L", "T4"),  # the factors printed with THYROSIM
        (1.0, "ng/L", 1.287, "pmol/L", "T4"),
        (1.0, "ng/L", 1.536, "pmol/L", "T3"),
        (540.0, "ng/dL", 18.7, "nmol/L", "testosterone"),
    ],
)
def test_mass_and_substance_convert(
    amount: float, unit_text: str, wanted: float, to: str, analyte: str
) -> None:
    quantity = registry().Quantity(amount, unit_text)
    assert quantity.to(to, analyte).magnitude == pytest.approx(wanted, rel=2e-3)
    assert quantity.to(to, analyte).to(unit_text, analyte).magnitude == pytest.approx(amount)


def test_mass_and_substance_do_not_convert_without_an_analyte() -> None:
    from pint import DimensionalityError

    with pytest.raises(DimensionalityError):
        registry().Quantity(1.0, "ng/L").to("pmol/L")


def test_international_units() -> None:
    from pint import DimensionalityError

    known = registry()
    assert known.Quantity(2.1, "mIU/L").to("mU/L").magnitude == pytest.approx(2.1)
    assert known.Quantity(1.0, "mIU_TSH/L").to("IU_TSH/mL").magnitude == pytest.approx(1e-6)
    for other in ("IU_LH", "IU", "mol/s"):
        with pytest.raises(DimensionalityError):
            known.Quantity(1.0, "IU_TSH") + known.Quantity(1.0, other)
    assert {key for key, analyte in ANALYTES.items() if analyte.international} >= {
        "TSH",
        "LH",
        "FSH",
    }
