"""Writes this PEtab problem: measurements of a model with a closed form, with seeded noise.

A -> B -> gone, A(0) given, B(0) = 0; and B at rest at feed/k2, washed out.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

K1, K2, FEED, HIGH, SCALE, SD_B, SD_W = 0.8, 0.3, 1.5, 5.0, 2.5, 0.05, 0.2
HERE = Path(__file__).parent


def a(t: float, start: float) -> float:
    return start * np.exp(-K1 * t)


def b(t: float, start: float) -> float:
    return start * K1 / (K2 - K1) * (np.exp(-K1 * t) - np.exp(-K2 * t))


def main() -> None:
    rng = np.random.default_rng(7)
    rows = ["observableId\tpreequilibrationConditionId\tsimulationConditionId\tmeasurement\ttime\t"
            "observableParameters\tnoiseParameters"]  # fmt: skip
    for condition, start in (("low", 2.0), ("high", HIGH)):
        for t in (0.5, 1.0, 2.0, 4.0, 8.0):
            seen = SCALE * b(t, start) * 10.0 ** (SD_B * rng.normal())
            rows.append(f"b_signal\t\t{condition}\t{seen:.6g}\t{t}\tscale_b\tsd_b")
            wide = 0.05 + 0.1 * a(t, start)
            rows.append(
                f"a_level\t\t{condition}\t{a(t, start) + wide * rng.normal():.6g}\t{t}\t\t0.1"
            )
    for t in (0.0, 1.0, 3.0, 6.0):
        seen = FEED / K2 * np.exp(-K2 * t) + rng.laplace(scale=SD_W)
        rows.append(f"b_washed\trest\twashout\t{seen:.6g}\t{t}\t\t{SD_W}")
    rows.append(f"b_washed\t\trest\t{FEED / K2 + 0.1:.6g}\tinf\t\t{SD_W}")
    (HERE / "measurements.tsv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
