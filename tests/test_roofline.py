"""The roofline's counts: exact on small texts, and the same from text and from machine code."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

import axissim as ax
from axissim.compile.kernel import kernel_of

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import counting

SMALL = """\
def rhs(t, y, q, f):
    y_a = load(y, 0)
    y_b = load(y, 1)
    q_k = load(q, 0)
    x1 = y_a * y_b
    store(f, 0, -(q_k * y_a) + x1 - 1.0 / (1.0 + x1))
    store(f, 1, where(lt(y_a, 0.0), -y_b, q_k))
"""


def test_a_small_text():
    count = counting.count_text(SMALL)
    assert count.does == {"load": 3, "mul": 2, "add": 3, "div": 1, "store": 2}
    assert count.flops == 6
    assert count.bytes == 8 * 5
    assert not count.calls
    assert not count.outside


def test_the_longest_chain_waits_for_the_factors_of_a_fused_product():
    one = counting.LATENCY
    text = "def rhs(t, y, q, f):\n    store(f, 0, {})\n"
    chain = counting.count_text(text.format("load(y, 0) * load(q, 0) + load(y, 1)")).cycles
    assert chain == one["load"] + one["fma"]
    chain = counting.count_text(text.format("1.0 / (load(y, 0) + 1.0)")).cycles
    assert chain == one["load"] + one["add"] + one["div"]


def test_an_elementary_function_counts_as_what_it_is_made_of():
    """exp: see `lane_exp._exp`; 9 coefficients and 1/2 by Estrin's scheme."""
    inside = counting.count_lanes("exp")
    # The polynomial of ten coefficients is nine multiply-adds and three squarings of r, with a
    # fourth square that nobody reads.
    assert inside.does["fma"] == 1 + 9 + 1
    assert inside.does["div"] == 0
    text = "def rhs(t, y, q, f):\n    store(f, 0, exp(load(y, 0)) + exp(load(y, 1)))\n"
    count = counting.count_text(text)
    assert count.calls == {"exp": 2}
    assert count.flops == 2 * inside.flops + 1


def test_what_is_rare_and_what_lies_outside():
    assert counting.count_lanes("log").does["div"] == 1  # the rare path has one more
    assert counting.count_lanes("tanh").outside == {"tanh"}
    assert counting.count_lanes("where").flops == counting.count_lanes("lt").flops == 0


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="reads the instructions of x86"
)
@pytest.mark.parametrize("title", ["factor", "solve"])
def test_text_and_machine_code_agree(title):
    texts = kernel_of(ax.load("thyroid_human")).texts
    from_text, from_code = counting.count_text(texts[title]), counting.count_assembly(texts, title)
    if not from_code.does["fma"]:
        pytest.skip("no multiply-adds on this machine")
    assert from_code.flops == from_text.flops
    assert from_code.does["div"] == from_text.does["div"]
    assert from_code.does["store"] == from_text.does["store"]
