"""A plan as Antimony text that libantimony reads back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from axissim.model.export.formula import formula, written
from axissim.model.export.plan import Plan, base, is_constant
from axissim.model.export.sbml import clean
from axissim.model.model import Event, Part, Quantity, UnitFactor

# What libantimony reads as something else than a name of the model's own.
_WORDS = frozenset((
    "DNA", "abs", "acos", "acosh", "acot", "acsc", "after", "and", "arccos", "arccosh", "arccot",
    "arccsc", "arcsec", "arcsin", "arcsinh", "arctan", "arctanh", "area", "asec", "asin", "asinh",
    "assert", "at", "atan", "atanh", "avogadro", "bernoulli", "binomial", "cauchy", "ceil",
    "ceiling", "chisquare", "compartment", "const", "constraint", "cos", "cosh", "cot", "coth",
    "csc", "csch", "delay", "delete", "divide", "else", "encodes", "end", "eq", "event", "exp",
    "exponential", "exponentiale", "ext", "extent", "factorial", "floor", "formula", "function",
    "gamma", "gene", "geq", "gt", "has", "hypothesis", "implies", "import", "in", "is", "laplace",
    "length", "leq", "ln", "log", "log10", "lognormal", "lt", "max", "maximize", "min", "minimize",
    "minus", "model", "module", "neq", "normal", "not", "notes", "operator", "or", "persistent",
    "pi", "piecewise", "plus", "poisson", "pow", "power", "priority", "quotient", "rate", "rateOf",
    "rayleigh", "reaction", "rem", "root", "sbo", "sec", "sech", "sin", "since", "sinh", "species",
    "sqr", "sqrt", "substance", "substanceOnly", "tan", "tanh", "time", "time_unit", "times",
    "truncatedNormal", "uniform", "unit", "var", "volume", "xor",
))  # fmt: skip
_KINDS = frozenset((
    "ampere", "becquerel", "candela", "celsius", "coulomb", "dimensionless", "farad", "gram",
    "gray", "henry", "hertz", "item", "joule", "katal", "kelvin", "kilogram", "liter", "litre",
    "lumen", "lux", "meter", "metre", "mole", "newton", "ohm", "pascal", "radian", "second",
    "siemens", "sievert", "steradian", "tesla", "volt", "watt", "weber",
))  # fmt: skip
_SAME_IN_ANY_CASE = frozenset(("true", "false", "nan", "inf", "infinity", "notanumber"))
_SPECIAL = "time_unit"


def antimony(plan: Plan) -> tuple[str, list[str]]:
    """The text, and what Antimony cannot hold."""
    model, lost = plan.model, list[str]()
    ids = [model.id, *(part.id for part in (*model.parts, *model.events))]
    spelt = _apart(ids, set(), lost)
    units = _used_units(plan)
    unit_ids = _apart(units, set(spelt.values()), []) | {key: key for key in _KINDS}
    if plan.time == _SPECIAL:
        unit_ids[_SPECIAL] = _SPECIAL
    page = _Page(plan, spelt, unit_ids)
    head = spelt[model.id]
    note = clean(model.note).replace("`", "'")
    moving: tuple[Part, ...] = (*model.states, *model.implicit)
    return "\n".join([
        f"model *{head}()",
        *([f"\n  model notes ```{note}```"] if note else []),
        *_section("Units", page.units(units)),
        *_section("Compartments and species", page.places()),
        *_section("Parameters", page.quantities(model.parameters)),
        *_section("States and constrained quantities", page.quantities(moving)),
        *_section("Read-outs", page.quantities(model.observables)),
        *_section("Rules", page.rules()),
        *_section("Rates of change", page.rates()),
        *_section("Constraints", page.constraints()),
        *_section("Events", map(page.event, model.events)),
        "",
        "end",
        *([f'{head} is "{_quoted(model.name)}"'] if clean(model.name) else []),
        "",
    ]), lost  # fmt: skip


def _apart(ids: Iterable[str], taken: set[str], lost: list[str]) -> dict[str, str]:
    """How each id is spelt: with an underscore after it where Antimony has the word."""
    keys, spelt = set(ids := tuple(ids)), dict[str, str]()
    for key in ids:
        word = key
        while _is_taken(word) or word in taken or (word != key and word in keys):
            word += "_"
        taken = taken | {word}
        spelt[key] = word
        if word != key:
            lost.append(f"'{key}', a word of Antimony's own, is now '{word}'")
    return spelt


def _is_taken(word: str) -> bool:
    return word in _WORDS or word in _KINDS or word.lower() in _SAME_IN_ANY_CASE


def _used_units(plan: Plan) -> dict[str, tuple[UnitFactor, ...]]:
    """The units that something is in; Level 2's own, such as `volume`, would mean more here."""
    used = {part.unit for part in plan.model.parts} | {plan.time}
    return {key: factors for key, factors in plan.model.units.items() if key in used}


def _section(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", f"  // {title}", *(f"  {line}" for line in found)] if found else []


def _quoted(text: str) -> str:
    return re.sub(r"&(?=#|\w+;)", "&amp;", clean(text)).replace('"', "&quot;")


@dataclass(frozen=True)
class _Page:
    """The lines of a model, with ids and units as Antimony has them."""

    plan: Plan
    spelt: Mapping[str, str]
    unit_ids: Mapping[str, str]

    def units(self, units: Mapping[str, tuple[UnitFactor, ...]]) -> Iterator[str]:
        for key, factors in units.items():
            name = _quoted(str(getattr(factors, "name", "")))
            word = self.unit_ids[key]
            yield f"unit {word} = {_factors(factors)};" + (f'  {word} is "{name}"' if name else "")
        if self.plan.time and self.plan.time != _SPECIAL:
            time = self.plan.time
            yield f"unit {_SPECIAL} = {_factors(units[time]) if time in units else time};"

    def places(self) -> Iterator[str]:
        for part in self.plan.compartments:
            yield self._quantity(f"compartment {self.spelt[part.id]}", part)
        for part in self.plan.species:
            home = self.plan.homes[part.id]
            kind = "substanceOnly species" if home.is_amount else "species"
            word = self.spelt[part.id]
            where = f"{kind} ${word} in {self.spelt[home.compartment]};"
            given = self._quantity(word, part).removeprefix(f"{word};").strip()
            yield f"{where}  {given}".rstrip()

    def quantities(self, parts: Iterable[Part]) -> Iterator[str]:
        for part in parts:
            if part.id not in self.plan.dimensions and part.id not in self.plan.homes:
                kind = "const" if is_constant(part) else "var"
                yield self._quantity(f"{kind} {self.spelt[part.id]}", part)

    def _quantity(self, head: str, part: Part) -> str:
        """A declaration: value at the start, unit, name and note."""
        given, word = self.plan.start(part), self.spelt[part.id]
        said = f" = {formula(given, self.spelt)}" if given is not None else ""
        unit = self.unit_ids[base(part.unit)] if part.unit else ""
        if unit and given is not None and given.op == "number" and said[-1].isdigit():
            return "  ".join([f"{head}{said} {unit};", *self._about(part)])
        told = [f"{word} has {unit};"] if unit else []
        return "  ".join([f"{head}{said};", *told, *self._about(part)])

    def _about(self, part: Quantity) -> list[str]:
        word, name, note = self.spelt[part.id], _quoted(part.name), _quoted(part.note)
        said = [f'{word} is "{name}";'] if name else []
        return [*said, f'{word} notes "{note}";'] if note else said

    def rules(self) -> Iterator[str]:
        for part in self.plan.model.observables:
            yield f"{self.spelt[part.id]} := {formula(part.value, self.spelt)};"

    def rates(self) -> Iterator[str]:
        for part in self.plan.model.states:
            yield f"{self.spelt[part.id]}' = {formula(part.rate, self.spelt)};"

    def constraints(self) -> Iterator[str]:
        for part in self.plan.model.implicit:
            yield f"0 = {formula(part.residual, self.spelt)};"

    def event(self, event: Event) -> str:
        """One event: ``E1: at 2 after (x > 5), priority=3, t0=false: x = 1, y = 2;``"""
        delay = f"({formula(event.delay, self.spelt)}) after " if event.delay is not None else ""
        rank = event.priority
        parts = [
            f"{self.spelt[event.id]}: at {delay}({formula(event.trigger, self.spelt, truth=True)})",
            *([f"priority={formula(rank, self.spelt)}"] if rank is not None else []),
            *([] if event.initially else ["t0=false"]),
            *([] if event.persistent else ["persistent=false"]),
            *([] if event.at_trigger else ["fromTrigger=false"]),
        ]
        assigned = ", ".join(
            f"{self.spelt[key]} = {formula(value, self.spelt)}" for key, value in event.assignments
        )
        return "  ".join([f"{', '.join(parts)}: {assigned};", *self._about(event)])


def _factors(factors: tuple[UnitFactor, ...]) -> str:
    """The factors of a unit: ``1e-06 mole/(3600 second)``."""
    text = ""
    for factor in sorted(factors, key=lambda f: f.exponent < 0.0):
        size = float(f"{factor.multiplier!r}e{factor.scale}")
        own = factor.kind if size == 1.0 else f"{written(size)} {factor.kind}"
        power = abs(factor.exponent)
        if size != 1.0 and (text or power != 1.0 or factor.exponent < 0.0):
            own = f"({own})"
        own += "" if power == 1.0 else f"^{written(power)}"
        if factor.exponent < 0.0:
            text = f"{text or '1'}/{own}"
        else:
            text = f"{text} * {own}" if text else own
    return text or "dimensionless"
