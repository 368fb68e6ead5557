"""Small SBML documents, and what a model says at its start."""

import re

from axissim.model.expression import names, value
from axissim.model.model import Model
from axissim.model.reading.sbml import read_sbml

ORDER = [
    f"listOf{kind}"
    for kind in [
        "FunctionDefinitions",
        "UnitDefinitions",
        "Compartments",
        "Species",
        "Parameters",
        "InitialAssignments",
        "Rules",
        "Constraints",
        "Reactions",
        "Events",
    ]
]
MATHML = "http://www.w3.org/1998/Math/MathML"


def math(inside: str) -> str:
    return f'<math xmlns="{MATHML}">{inside}</math>'


def infix(formula: str) -> str:
    """A formula in libSBML's infix as a <math> element."""
    import libsbml

    text = libsbml.writeMathMLToString(libsbml.parseL3Formula(formula))
    return str(text[text.index("<math") :])


def document(inside: str, level: int = 3, version: int = 2, attributes: str = "") -> bytes:
    """A document around the content of its model, which starts on line 4, its lists in order."""
    space = {
        (3, 2): "http://www.sbml.org/sbml/level3/version2/core",
        (3, 1): "http://www.sbml.org/sbml/level3/version1/core",
        (2, 1): "http://www.sbml.org/sbml/level2",
    }.get((level, version), f"http://www.sbml.org/sbml/level2/version{version}")
    lists = [re.search(f"<{kind}>.*</{kind}>", inside, re.DOTALL) for kind in ORDER]
    inside = "".join(found[0] for found in lists if found) or inside
    if (level, version) == (3, 1):
        inside = re.sub("<reaction (?![^>]*fast=)", '<reaction fast="false" ', inside)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sbml xmlns="{space}" level="{level}" version="{version}">\n'
        f'<model id="m" {attributes}>\n{inside}\n</model></sbml>'
    ).encode()


def parameters(*given: str) -> str:
    """``"k=1"`` a constant, ``"x"`` a variable without value, ``"~x=1"`` one with."""
    made = []
    for word in given:
        key, _, number = word.lstrip("~").partition("=")
        at = f' value="{number}"' if number else ""
        constant = "true" if number and not word.startswith("~") else "false"
        made.append(f'<parameter id="{key}"{at} constant="{constant}"/>')
    return f"<listOfParameters>{''.join(made)}</listOfParameters>"


def rules(**formulas: str) -> str:
    """``x="..."`` an assignment rule, ``x_rate="..."`` a rate rule."""
    made = []
    for key, formula in formulas.items():
        kind = "rateRule" if key.endswith("_rate") else "assignmentRule"
        variable = key.removesuffix("_rate")
        made.append(f'<{kind} variable="{variable}">{infix(formula)}</{kind}>')
    return f"<listOfRules>{''.join(made)}</listOfRules>"


def initial_assignments(**formulas: str) -> str:
    made = [
        f'<initialAssignment symbol="{key}">{infix(formula)}</initialAssignment>'
        for key, formula in formulas.items()
    ]
    return f"<listOfInitialAssignments>{''.join(made)}</listOfInitialAssignments>"


def algebraic(*formulas: str) -> str:
    made = [f"<algebraicRule>{infix(formula)}</algebraicRule>" for formula in formulas]
    return f"<listOfRules>{''.join(made)}</listOfRules>"


def events(*given: str) -> str:
    return f"<listOfEvents>{''.join(given)}</listOfEvents>"


def event(
    key: str, when: str, sets: dict[str, str], more: str = "", flags: str = "", at: str = "true"
) -> str:
    """An event; `more` are elements after the trigger, `flags` its attributes if not the usual."""
    assignments = "".join(
        f'<eventAssignment variable="{target}">{infix(formula)}</eventAssignment>'
        for target, formula in sets.items()
    )
    trigger = flags or 'initialValue="true" persistent="true"'
    identity = f'id="{key}"' if key else ""
    return (
        f'<event {identity} useValuesFromTriggerTime="{at}"><trigger {trigger}>{infix(when)}'
        f"</trigger>{more}<listOfEventAssignments>{assignments}</listOfEventAssignments></event>"
    )


def reaction(key: str, before: str, after: str, law: str, extra: str = "") -> str:
    """A reaction; ``before`` and ``after`` are like ``"2 S1 + S2"``."""
    sides = [
        "".join(_reference(term) for term in side.split("+") if term.strip())
        for side in (before, after)
    ]
    lists = "".join(
        f"<{kind}>{side}</{kind}>"
        for kind, side in zip(("listOfReactants", "listOfProducts"), sides, strict=True)
        if side
    )
    return (
        f'<reaction id="{key}" reversible="false">{lists}'
        f"<kineticLaw>{infix(law)}{extra}</kineticLaw></reaction>"
    )


def _reference(term: str) -> str:
    count, _, species = term.strip().rpartition(" ")
    return f'<speciesReference species="{species}" stoichiometry="{count or 1}" constant="true"/>'


def species(key: str, **attributes: object) -> str:
    said = {
        "compartment": "C",
        "hasOnlySubstanceUnits": "false",
        "boundaryCondition": "false",
        "constant": "false",
        **attributes,
    }
    return f'<species id="{key}" {" ".join(f"{k}={str(v)!r}" for k, v in said.items())}/>'


def compartment(size: float = 2.0) -> str:
    return (
        f'<listOfCompartments><compartment id="C" spatialDimensions="3" size="{size}" '
        'constant="true"/></listOfCompartments>'
    )


def network(all_species: str, *reactions: str) -> str:
    """A compartment of 2, species and reactions."""
    return (
        f"{compartment()}<listOfSpecies>{all_species}</listOfSpecies>"
        f"<listOfReactions>{''.join(reactions)}</listOfReactions>"
    )


def read(inside: str, **options: object) -> Model:
    return read_sbml(document(inside, **options), "m.xml")  # type: ignore[arg-type]


def start(model: Model, time: float = 0.0) -> tuple[dict[str, float], dict[str, float]]:
    """Every quantity at the start, and every state's rate there."""
    waiting = {part.id: getattr(part, "initial", None) or part.value for part in model.parts}
    env: dict[str, float] = {}
    while waiting:
        ready = [key for key, formula in waiting.items() if names(formula) <= env.keys()]
        assert ready, f"a circle among {sorted(waiting)}"
        for key in ready:
            env[key] = float(value(waiting.pop(key), env, time))
    return env, {part.id: float(value(part.rate, env, time)) for part in model.states}
