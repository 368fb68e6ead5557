"""Units: how they are spelt, what they mean, what does not fit, and the registry of hormones."""

import pytest
from documents import document

from axissim.model.dimensions import DIMENSIONLESS, UnitDefinition, read, spelling, unit
from axissim.model.library import load, shipped
from axissim.model.model import Model, ModelError, UnitFactor
from axissim.model.reading.antimony import read_antimony
from axissim.model.reading.sbml import read_sbml
from axissim.model.units import check, meaning, registry, spelled

U = UnitFactor


@pytest.mark.parametrize(
    ("factors", "wanted"),
    [
        ((U("mole", 1, -6), U("litre", -1)), "umol/L"),
        ((U("mole", 1, -6), U("litre", -1), U("second", -1, 0, 3600)), "umol/L/h"),
        ((U("second", -1, 3, 3.6), U("mole", 1, -6), U("litre", -1)), "umol/L/h"),
        ((U("second", -1, 0, 60),), "1/min"),
        ((U("second", 1, 0, 86400),), "d"),
        ((U("second", 1, -3),), "ms"),
        ((U("gram", 1, -12), U("litre", -1, -3)), "pg/mL"),
        ((U("gram", 1, -9), U("litre", -1, -1)), "ng/dL"),
        ((U("kilogram", 1, -9),), "ug"),
        ((U("mole", -2, -6),), "1/umol^2"),
        ((U("metre", 2),), "m^2"),
        ((U("meter", 1), U("liter", -1)), "m/L"),
        ((U("mole", 1, 0, 2.5),), "2.5*mol"),
        ((U("dimensionless"),), "1"),
        ((U("dimensionless", 1, 0, 60),), "60"),
        ((U("litre"), U("litre", -1)), "1"),
        ((), "1"),
        ((U("item"), U("second", -1)), "count/s"),
        ((U("volt", 1, -3),), "mV"),
        ((U("mole", 0.5),), "mol^0.5"),
    ],
)
def test_spelling(factors: tuple[UnitFactor, ...], wanted: str) -> None:
    assert spelling(factors) == wanted


@pytest.mark.parametrize(
    "text", ["umol/L/h", "1/min", "d", "pg/mL", "1/umol^2", "m^2", "mV", "ng/dL", "kg", "mmol/L"]
)
def test_a_spelling_means_what_pint_and_we_say(text: str) -> None:
    ours = read(text)
    assert ours is not None
    theirs = registry().Quantity(1.0, text).to_base_units()
    assert theirs.magnitude == pytest.approx(ours.size, rel=1e-12)


@pytest.mark.parametrize("text", ["", "foo", "umol per L", "1e-3 mol", "mm Hg", "/"])
def test_what_is_no_spelling(text: str) -> None:
    assert read(text) is None or text == "/"


def test_size_and_dimension() -> None:
    hour = unit([U("second", 1, 3, 3.6)])
    assert hour.equals(unit([U("second", 1, 0, 3600)]))
    assert not hour.equals(unit([U("second")]))
    assert (hour * hour**-1.0).equals(DIMENSIONLESS)
    assert unit([U("joule")]).equals(unit([U("newton"), U("metre")]))
    assert unit([U("litre")]).equals(unit([U("metre", 3, -1)]))  # a cubic decimetre


MODEL = """model m
  unit hour = 3600 second;  unit time_unit = 3600 second
  unit uM = 1e-6 mole/litre;     unit nM = 1e-9 mole/litre
  unit uM_per_h = 1e-6 mole/litre/(3600 second)
  unit per_h = 1/(3600 second);  unit per_s = 1/second
  unit IU_LH_per_L = item/litre; IU_LH_per_L is "IU/L"
  unit IU_FSH_per_L = item/litre
  unit mU_TSH_per_L = 1e-3 item/litre; mU_TSH_per_L is "mU/L"
  unit odd = 3 mole;             odd is "mol"
  x = 1 uM; y = 2 nM; k = 1 per_h; fast = 1 per_s; n = 2 dimensionless; K = 3 uM
  LH = 1 IU_LH_per_L; FSH = 1 IU_FSH_per_L; TSH = 1 mU_TSH_per_L; strange = 1 odd
  z has uM
  {equations}
end
"""


def model(equations: str) -> Model:
    return read_antimony(MODEL.replace("{equations}", equations))


def test_units_are_spelt_for_results() -> None:
    made = model("")
    wanted = {
        "x": "umol/L",
        "k": "1/h",
        "LH": "IU/L",
        "FSH": "IU/L",
        "TSH": "mU/L",
        "n": "1",
        "strange": "3*mol",  # the author's own spelling says 1 mol, so it is not taken
    }
    assert {key: spelled(made, made.part(key).unit) for key in wanted} == wanted
    assert spelled(made, "") == ""
    assert spelled(made, "second") == "s"
    with pytest.raises(ModelError, match="no unit 'uMM'; did you mean 'uM'"):
        spelled(made, "uMM")


def test_iu_of_two_hormones_differ() -> None:
    made = model("")
    one, other = meaning(made, "IU_LH_per_L"), meaning(made, "IU_FSH_per_L")
    assert one is not None
    assert other is not None
    assert not one.equals(other)
    assert one.equals(one)


@pytest.mark.parametrize(
    "equations",
    [
        "x' = -k*x",
        "x' = k*K*x/(K + x)",
        "x' = -k*x*(x/K)^2.5",
        "x' = k*K*x^n/(K^n + x^n)",  # n is a number, if by name
        "x' = k*sqrt(x*K)*exp(-x/K)",
        "x' = -2*k*x + 1",  # bare numbers may be in anything
        "z := piecewise(x, time > 1/k, K)",
        "z := max(x, K) + abs(x)",
        "z := x + 1000*y",
    ],
)
def test_what_fits_is_not_reported(equations: str) -> None:
    assert check(model(equations)) == []


@pytest.mark.parametrize(
    ("equations", "said"),
    [
        (
            "x' = -k*(x + y)",
            "rate of 'x': in x + y, x is in umol/L but y is in nmol/L; "
            "one is 1000 times the other; convert one of them",
        ),
        (
            "x' = -fast*x",
            "rate of 'x': -fast * x is in umol/L/s but should be in umol/L/h; "
            "one is 3600 times the other; convert one of them",
        ),
        (
            "x' = -x",
            "rate of 'x': -x is in umol/L but should be in umol/L/h; "
            "a factor in 1/h is missing or too much",
        ),
        (
            "z := LH + FSH",
            "'z': in LH + FSH, LH is in IU_LH/L but FSH is in IU_FSH/L; "
            "a factor in IU_FSH/IU_LH is missing or too much",
        ),
        (
            "z := K*exp(x)",
            "'z': in exp(x), x is in umol/L but should be dimensionless; "
            "divide it by a quantity in umol/L",
        ),
        (
            "z := K*2^x",
            "'z': in 2^x, x is in umol/L but should be dimensionless; "
            "divide it by a quantity in umol/L",
        ),
        (
            "z := piecewise(x, x > y, K)",
            "'z': in x > y, x is in umol/L but y is in nmol/L; "
            "one is 1000 times the other; convert one of them",
        ),
        (
            "z := piecewise(x, x > K, k)",
            "'z': in where(x > K, x, k), x is in umol/L but k is in 1/h; a factor in L/umol/h is "
            "missing or too much",
        ),
    ],
)
def test_what_does_not_fit_is_named(equations: str, said: str) -> None:
    assert said in check(model(equations))


def test_bare_numbers_can_be_taken_as_dimensionless() -> None:
    made = model("x' = -k*x + 1")
    assert check(made) == []
    (said,) = check(made, numbers="dimensionless")
    assert said.startswith(
        "rate of 'x': in -k * x + 1, -k * x is in umol/L/h but 1 is in no unit; "
    )
    assert check(model("x' = -2*k*x + 0"), numbers="dimensionless") == []
    with pytest.raises(ModelError, match="not 'any' or 'dimensionless'"):
        check(made, numbers="all")


def test_one_mistake_is_reported_once() -> None:
    assert len(check(model("x' = k*(x + y)\n z := x + y"))) == 1


@pytest.mark.parametrize("identifier", shipped())
def test_shipped_models_have_consistent_units(identifier: str) -> None:
    assert check(load(identifier), numbers="dimensionless") == []


@pytest.mark.parametrize("identifier", shipped())
def test_units_of_shipped_models_are_read_by_pint(identifier: str) -> None:
    made = load(identifier)
    for key in made.units:
        assert registry().parse_expression(spelled(made, key))


SPECIES = (
    "<listOfCompartments><compartment id='C' spatialDimensions='3' size='1' constant='true'/>"
    "</listOfCompartments><listOfSpecies><species id='S' compartment='C' initialAmount='1' {}"
    " hasOnlySubstanceUnits='{}' boundaryCondition='false' constant='false'/></listOfSpecies>"
)
DEFAULTS = 'substanceUnits="mole" volumeUnits="litre" timeUnits="second" extentUnits="mole"'


@pytest.mark.parametrize(
    ("amount_only", "options", "wanted"),
    [
        ("true", {"attributes": DEFAULTS}, "mol"),
        ("false", {"attributes": DEFAULTS}, "mol/L"),
        ("false", {}, ""),
        ("true", {"level": 2, "version": 4}, "mol"),
        ("false", {"level": 2, "version": 4}, "mol/L"),
    ],
)
def test_units_of_species(amount_only: str, options: dict[str, object], wanted: str) -> None:
    inside = SPECIES.format("", amount_only)
    if options.get("level") == 2:
        inside = inside.replace("constant='true'", "")
    made = read_sbml(document(inside, **options))  # type: ignore[arg-type]
    assert spelled(made, made.part("S").unit) == wanted


@pytest.mark.parametrize(
    ("time", "wanted"),
    [("second", "s"), ("hour", "h"), ("day", "d"), ("odd", ""), ("dimensionless", "")],
)
def test_the_time_unit_is_recognised_by_its_size(time: str, wanted: str) -> None:
    units = "".join(
        f"<unitDefinition id='{key}'><listOfUnits><unit kind='second' exponent='1' scale='{scale}' "
        f"multiplier='{multiplier}'/></listOfUnits></unitDefinition>"
        for key, scale, multiplier in (("hour", 2, 36), ("day", 0, 86400), ("odd", 0, 90))
    )
    inside = f"<listOfUnitDefinitions>{units}</listOfUnitDefinitions>"
    assert read_sbml(document(inside, attributes=f'timeUnits="{time}"')).time_unit == wanted


def test_a_definition_is_a_tuple_with_a_name() -> None:
    made = UnitDefinition((U("mole"),), "mol")
    assert made == (U("mole"),)
    assert made.name == "mol"


@pytest.mark.parametrize(
    ("scale", "multiplier"), [(400, 1), (-400, 1), (0, 0), (0, "INF"), (0, "NaN")]
)
def test_a_unit_without_a_size_is_refused(scale: int, multiplier: object) -> None:
    inside = (
        "<listOfUnitDefinitions><unitDefinition id='u'><listOfUnits><unit kind='second' "
        f"exponent='1' scale='{scale}' multiplier='{multiplier}'/></listOfUnits></unitDefinition>"
        "</listOfUnitDefinitions>"
    )
    with pytest.raises(ModelError, match=r"m\.xml:4: unit definition 'u' has no finite size"):
        read_sbml(document(inside), "m.xml")


EVENTS = """model m()
  unit hour = 3600 second;  unit time_unit = 3600 second
  unit uM = 1e-6 mole/litre;  unit per_h = 1/(3600 second)
  const k = 0.5 per_h;  const top = 3 uM;  const lag = 2 hour;  const rank = 2 dimensionless
  var x = 1 uM;  x' = -k*delay(x, lag)
  var z = 1 uM;  0 = z^3/top^2 + z - x
  E: at lag after x > top && time > lag, priority=rank: x = x + top
  F: at 2 after x > top, priority=1: x = 4
end
"""


def test_units_of_events_constraints_and_lags_agree() -> None:
    assert check(read_antimony(EVENTS), "dimensionless") == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("delay(x, lag)", "delay(x, top)", "rate of 'x': in delay(x, top), the lag top is in"),
        ("delay(x, lag)", "delay(lag, lag)", "rate of 'x': -k * delay(lag, lag) is in no unit but"),
        ("z^3/top^2", "z^3/top", "constraint on 'z': in z^3 / top + z, z^3 / top is in umol^2/L^2"),
        ("at lag after", "at top after", "delay of 'E': top is in umol/L but should be in h"),
        ("x > top &&", "x > lag &&", "trigger of 'E': in x > lag, x is in umol/L but lag is in h"),
        ("=rank", "=top", "priority of 'E': top is in umol/L but should be in no unit"),
        ("x + top", "x*top", "'x' as 'E' sets it: x * top is in umol^2/L^2 but should"),
    ],
)  # fmt: skip
def test_a_unit_that_does_not_fit_in_them_is_told(old: str, new: str, wanted: str) -> None:
    assert old in EVENTS
    line, *_ = check(read_antimony(EVENTS.replace(old, new)), "dimensionless")
    assert line.startswith(wanted)
