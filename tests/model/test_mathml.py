"""Every operator of SBML's MathML, by value."""

import math

import pytest
from documents import document, infix, parameters, rules, start
from documents import math as mathml

from axissim.model.model import ModelError
from axissim.model.reading.sbml import read_sbml


def evaluated(inside: str, functions: str = "") -> float:
    """The value of MathML that may read x = 0.7, y = -2.5 and n = 3, at time 0.25."""
    model = read_sbml(
        document(
            functions
            + parameters("x=0.7", "y=-2.5", "n=3", "out")
            + f'<listOfRules><assignmentRule variable="out">{mathml(inside)}</assignmentRule>'
            "</listOfRules>"
        )
    )
    return start(model, 0.25)[0]["out"]


def applied(op: str, *args: str) -> str:
    return f"<apply><{op}/>{''.join(args)}</apply>"


X, Y, N = "<ci>x</ci>", "<ci>y</ci>", "<ci>n</ci>"


def cn(number: float) -> str:
    return f"<cn>{number!r}</cn>"


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        (applied("plus"), 0.0),
        (applied("plus", X), 0.7),
        (applied("plus", X, Y, N, N), 4.2),
        (applied("times"), 1.0),
        (applied("times", X, Y, N), -5.25),
        (applied("minus", X), -0.7),
        (applied("minus", X, Y), 3.2),
        (applied("divide", X, Y), -0.28),
        (applied("power", Y, N), -15.625),
        (applied("root", X), math.sqrt(0.7)),
        ("<apply><root/><degree><ci>n</ci></degree><ci>x</ci></apply>", 0.7 ** (1 / 3)),
        (applied("exp", X), math.exp(0.7)),
        (applied("ln", X), math.log(0.7)),
        (applied("log", X), math.log10(0.7)),
        ("<apply><log/><logbase><ci>n</ci></logbase><ci>x</ci></apply>", math.log(0.7, 3)),
        (applied("abs", Y), 2.5),
        (applied("floor", Y), -3.0),
        (applied("ceiling", Y), -2.0),
        (applied("factorial", N), 6.0),
        (applied("min", X, Y, N), -2.5),
        (applied("max", X, Y, N), 3.0),
        (applied("quotient", cn(7.5), cn(2.0)), 3.0),
        (applied("quotient", cn(-7.5), cn(2.0)), -3.0),
        (applied("rem", cn(7.5), cn(2.0)), 1.5),
        (applied("rem", cn(-7.5), cn(2.0)), -1.5),
        (applied("rem", cn(7.5), cn(-2.0)), 1.5),
    ],
)
def test_arithmetic(inside: str, wanted: float) -> None:
    assert evaluated(inside) == pytest.approx(wanted, rel=1e-14)


@pytest.mark.parametrize("tail", ["", "h"])
@pytest.mark.parametrize("stem", ["sin", "cos", "tan"])
def test_trigonometry(stem: str, tail: str) -> None:
    op = stem + tail
    reciprocal = {"sin": "csc", "cos": "sec", "tan": "cot"}[stem] + tail
    direct = getattr(math, op)(0.7)
    assert evaluated(applied(op, X)) == pytest.approx(direct, rel=1e-14)
    assert evaluated(applied(reciprocal, X)) == pytest.approx(1 / direct, rel=1e-14)


@pytest.mark.parametrize("tail", ["", "h"])
@pytest.mark.parametrize("stem", ["sin", "cos", "tan", "csc", "sec", "cot"])
def test_inverses_undo(stem: str, tail: str) -> None:
    """arc(f(x)) is x for x in the first quadrant."""
    assert evaluated(applied(f"arc{stem}{tail}", applied(stem + tail, X))) == pytest.approx(0.7)


T, F = "<true/>", "<false/>"


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        (applied("lt", Y, X, N), 1.0),
        (applied("lt", Y, N, X), 0.0),
        (applied("leq", X, X, N), 1.0),
        (applied("gt", N, X, Y), 1.0),
        (applied("geq", N, N, X, Y), 1.0),
        (applied("eq", X, X, X), 1.0),
        (applied("eq", X, X, Y), 0.0),
        (applied("neq", X, Y), 1.0),
        (applied("and"), 1.0),
        (applied("and", T, T, F), 0.0),
        (applied("or"), 0.0),
        (applied("or", F, F, T), 1.0),
        (applied("xor"), 0.0),
        (applied("xor", T, T, T), 1.0),
        (applied("xor", T, F, T), 0.0),
        (applied("xor", T, F), 1.0),
        (applied("not", T), 0.0),
        (applied("not", F), 1.0),
        (applied("implies", T, F), 0.0),
        (applied("implies", F, F), 1.0),
        (applied("implies", T, T), 1.0),
        (applied("plus", applied("lt", Y, X), N), 4.0),  # a truth value as a number
        (applied("and", X, N), 1.0),  # numbers as truth values
        (applied("not", cn(0.0)), 1.0),
        (applied("eq", applied("lt", Y, X), T), 1.0),
        (applied("xor", applied("lt", Y, X), N), 0.0),
    ],
)
def test_logic(inside: str, wanted: float) -> None:
    assert evaluated(inside) == wanted


@pytest.mark.parametrize(
    ("inside", "wanted"),
    [
        ("<cn>1.5</cn>", 1.5),
        ('<cn type="integer"> -7 </cn>', -7.0),
        ('<cn type="e-notation">6.02214179<sep/>23</cn>', 6.02214179e23),
        ('<cn type="e-notation">-1.5<sep/>-3</cn>', -1.5e-3),
        ('<cn type="e-notation">1e3<sep/>2</cn>', 1e5),
        ('<cn type="rational">1<sep/>3</cn>', 1 / 3),
        ('<cn type="rational">-1<sep/>0</cn>', -math.inf),
        ("<infinity/>", math.inf),
        ("<notanumber/>", math.nan),
        ("<pi/>", math.pi),
        ("<exponentiale/>", math.e),
        ("<true/>", 1.0),
        ("<false/>", 0.0),
    ],
)
def test_numbers(inside: str, wanted: float) -> None:
    assert evaluated(inside) == pytest.approx(wanted, rel=0, abs=0, nan_ok=True)


def csymbol(kind: str) -> str:
    return f'<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/{kind}">z</csymbol>'


def test_time_and_avogadro() -> None:
    assert evaluated(csymbol("time")) == 0.25
    assert evaluated(csymbol("avogadro")) == 6.02214179e23


def piecewise(*pieces: tuple[str, str], otherwise: str = "") -> str:
    inside = "".join(f"<piece>{worth}{when}</piece>" for worth, when in pieces)
    last = f"<otherwise>{otherwise}</otherwise>" if otherwise else ""
    return f"<piecewise>{inside}{last}</piecewise>"


def test_piecewise_takes_the_first_piece_that_holds() -> None:
    no, yes = applied("gt", Y, X), applied("lt", Y, X)
    assert evaluated(piecewise((N, no), (X, yes), (Y, yes), otherwise=cn(9.0))) == 0.7
    assert evaluated(piecewise((N, no), otherwise=cn(9.0))) == 9.0
    assert math.isnan(evaluated(piecewise((N, no))))
    assert evaluated(piecewise((yes, yes), otherwise=F)) == 1.0


def function(key: str, wanted: str, body: str) -> str:
    bvars = "".join(f"<bvar><ci>{arg}</ci></bvar>" for arg in wanted.split())
    return (
        f'<functionDefinition id="{key}">{mathml(f"<lambda>{bvars}{body}</lambda>")}'
        "</functionDefinition>"
    )


def functions(*made: str) -> str:
    return f"<listOfFunctionDefinitions>{''.join(made)}</listOfFunctionDefinitions>"


def test_functions_are_put_in_whatever_their_order() -> None:
    outer = function(
        "f", "a b", applied("minus", "<apply><ci>g</ci><ci>b</ci></apply>", "<ci>a</ci>")
    )
    inner = function("g", "a", applied("times", "<ci>a</ci>", "<ci>a</ci>"))
    call = "<apply><ci>f</ci><ci>x</ci><ci>y</ci></apply>"
    assert evaluated(call, functions(outer, inner)) == pytest.approx(2.5**2 - 0.7)
    assert evaluated(call, functions(inner, outer)) == pytest.approx(2.5**2 - 0.7)


def test_an_argument_that_hides_a_parameter_is_the_argument() -> None:
    swap = function("f", "y x", applied("minus", "<ci>x</ci>", "<ci>y</ci>"))
    assert evaluated("<apply><ci>f</ci><ci>x</ci><ci>y</ci></apply>", functions(swap)) == -3.2


def test_a_function_may_take_and_give_a_truth_value() -> None:
    pick = function("f", "c", piecewise(("<cn>1.5</cn>", "<ci>c</ci>"), otherwise="<cn>2.5</cn>"))
    call = "<apply><ci>f</ci><apply><lt/><ci>y</ci><ci>x</ci></apply></apply>"
    assert evaluated(call, functions(pick)) == 1.5


@pytest.mark.parametrize(
    ("made", "call", "said"),
    [
        (function("f", "a", "<ci>x</ci>"), "<apply><ci>f</ci><ci>x</ci></apply>", "reads 'x'"),
        (function("f", "a", "<ci>a</ci>"), "<apply><ci>f</ci></apply>", "with 0 argument"),
        (
            function("f", "a", "<apply><ci>f</ci><ci>a</ci></apply>"),
            "<apply><ci>f</ci><ci>x</ci></apply>",
            "calls itself: f -> f",
        ),
        (function("f", "a", "<ci>a</ci>"), "<apply><ci>g</ci><ci>x</ci></apply>", "calls 'g'"),
    ],
)
def test_a_wrong_call_is_named(made: str, call: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        evaluated(call, functions(made))


def grown(levels: int, one: str, other: str) -> str:
    """Definitions each of which calls the one before twice, on `one` and on `other`."""
    made = [function("f0", "a", applied("sin", "<ci>a</ci>"))]
    for level in range(1, levels):
        calls = [f"<apply><ci>f{level - 1}</ci>{arg}</apply>" for arg in (one, other)]
        made.append(function(f"f{level}", "a", applied("times", *calls)))
    return functions(*made)


def test_a_doubling_chain_costs_nothing_where_the_halves_are_the_same() -> None:
    chain = grown(60, "<ci>a</ci>", "<ci>a</ci>")
    assert evaluated("<apply><ci>f59</ci><cn>0.5</cn></apply>", chain) == 0.0


def test_a_doubling_chain_of_different_halves_is_refused() -> None:
    chain = grown(
        60, applied("plus", "<ci>a</ci>", cn(1.0)), applied("minus", "<ci>a</ci>", cn(1.0))
    )
    with pytest.raises(ModelError, match="expand to over 500,000 nodes"):
        evaluated("<apply><ci>f59</ci><ci>x</ci></apply>", chain)


def test_a_long_sum_is_not_deep() -> None:
    assert evaluated(applied("plus", *["<cn>1</cn>"] * 5000)) == 5000.0


def test_a_delayed_value_is_that_of_the_start_before_it() -> None:
    assert evaluated(f"<apply>{csymbol('delay')}<ci>x</ci><cn>1</cn></apply>") == 0.7


def test_a_function_without_a_body_cannot_be_called() -> None:
    empty = functions(
        '<functionDefinition id="f">'
        + mathml("<lambda><bvar><ci>a</ci></bvar></lambda>")
        + "</functionDefinition>"
    )
    assert evaluated("<ci>x</ci>", empty) == 0.7
    with pytest.raises(ModelError, match="calls 'f', which is not defined"):
        evaluated("<apply><ci>f</ci><ci>x</ci></apply>", empty)


@pytest.mark.parametrize("op", ["implies", "not", "divide", "exp", "lt", "max", "power"])
def test_a_wrong_count_of_operands_is_named(op: str) -> None:
    with pytest.raises(ModelError, match=r"^model:\d+: "):
        evaluated(applied(op))


def test_an_unknown_name_is_named_with_its_neighbour() -> None:
    inside = parameters("Vmax=1", "~x=1") + rules(x_rate="-Vmx*x")
    with pytest.raises(ModelError, match=r"m.xml:\d+: rate rule 'x' reads 'Vmx', .* mean 'Vmax'"):
        read_sbml(document(inside), "m.xml")


def test_infix_and_mathml_are_the_same() -> None:
    assert "<ci> x </ci>" in infix("x + 1")
