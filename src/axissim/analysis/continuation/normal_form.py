"""What happens beside a fold or Hopf point: the coefficients of its normal form.

Kuznetsov YA (2004), Elements of applied bifurcation theory, 3rd ed., sections 5.4 and 8.7; with
delays as in Janssens SG, Kuznetsov YA, Diekmann O (2020), Periodic normal forms..., where the
second and third derivatives act on the present and the delayed states alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.analysis.continuation.conditions import Singular
from axissim.analysis.field.manifold import Manifold
from axissim.analysis.field.spectrum import characteristic

_STEP = 3e-4  # of second differences of the Jacobian, for states of size 1
_HALF = 1e-5  # of first differences


class Bent:
    """How the slopes of a manifold's rates change at a point, with present and delayed states.

    A direction is (1 + lags, r): of the present state, then of each delayed one.
    """

    def __init__(self, of: Manifold, u: Any, free: Any) -> None:
        self.of, self.u, self.free = of, u, free
        self.count = 1 + of.field.lags

    def _slopes(self, shifts: Any) -> Any:
        """The slopes (m, r, (1 + lags) r) with the states moved by `shifts` (m, 1 + lags, r)."""
        here = self.u + shifts[:, 0]
        before = self.u + shifts[:, 1:]
        s = self.of.slopes(here, np.repeat(self.free, len(shifts), axis=0), before)
        past = np.moveaxis(s.past, 1, 2).reshape(len(shifts), self.of.r, -1)
        return np.concatenate([s.now, past], axis=2)

    def second(self, a: Any, b: Any) -> Any:
        """B(a, b), of complex directions."""
        total = np.zeros(self.of.r, complex)
        for part, unit in ((a.real, 1.0), (a.imag, 1j)):
            size = float(np.abs(part).max())
            if size > 0.0:
                step = _HALF * part / size
                plus, minus = self._slopes(np.stack([step, -step]))
                total += unit * ((plus - minus) @ b.ravel()) * size / (2.0 * _HALF)
        return total

    def third(self, a: Any) -> Any:
        """C(a, a, conj a)."""
        total = np.zeros(self.of.r, complex)
        for part in (a.real, a.imag):
            size = float(np.abs(part).max())
            if size > 0.0:
                step = _STEP * part / size
                plus, middle, minus = self._slopes(np.stack([step, 0.0 * step, -step]))
                total += ((plus - 2.0 * middle + minus) @ a.ravel()) * (size / _STEP) ** 2
        return total


def lyapunov(of: Singular, w: Any) -> float:
    """The first Lyapunov coefficient of a Hopf point, with an eigenvector of length 1.

    Below 0 the cycles that are born are stable as long as nothing else is unstable
    (supercritical), above 0 they are unstable (subcritical).  NaN where there is no pair on the
    axis.
    """
    kappa = float(of.kappa(w))
    if kappa <= 1e-10 * of.scale:
        return float("nan")
    try:
        return _lyapunov(of, w, float(np.sqrt(kappa)))
    except np.linalg.LinAlgError:  # at a fold
        return float("nan")


def _lyapunov(of: Singular, w: Any, omega: float) -> float:
    s, mass = of.slopes(w[None]), of.of.mass
    left, right = of.vectors(w)
    decay = np.exp(-1j * omega * s.ago[0])
    turn = np.diag(mass) + np.tensordot(s.ago[0] * decay, s.past[0], axes=1)
    left = left / (left @ turn @ right)
    ago = np.r_[0.0, s.ago[0]]
    phi = np.exp(-1j * omega * ago)[:, None] * right[None]
    bent = Bent(of.of, w[None, : of.of.r], of.free(w[None]))
    with np.errstate(all="ignore"):
        double = np.linalg.solve(characteristic(s, mass, 2j * omega)[0], bent.second(phi, phi))
        level = np.linalg.solve(characteristic(s, mass, 0.0)[0] + 0j, bent.second(phi, phi.conj()))
        h20 = np.exp(-2j * omega * ago)[:, None] * double[None]
        h11 = np.repeat(level[None], len(ago), axis=0)
        cubic = bent.third(phi) + bent.second(phi.conj(), h20) + 2.0 * bent.second(phi, h11)
        return float((left @ cubic).real / (2.0 * omega))


def fold_coefficient(of: Singular, w: Any) -> float:
    """The quadratic coefficient of a fold, 0 at a cusp; its sign is kept along a curve."""
    left, right = of.vectors(w)
    left, right = _like(left.real, of.left), _like(right.real, of.right)
    bent = Bent(of.of, w[None, : of.of.r], of.free(w[None]))
    phi = np.repeat(right[None], bent.count, axis=0)
    return float((left @ bent.second(phi + 0j, phi + 0j)).real)


def twofold(of: Singular, w: Any) -> float:
    """l' D'(0) r at a fold: 0 where the root at zero is double (Bogdanov-Takens)."""
    left, right = of.vectors(w)
    left, right = _like(left.real, of.left), _like(right.real, of.right)
    s = of.slopes(w[None])
    turn = np.diag(of.of.mass) + np.tensordot(s.ago[0], s.past[0], axes=1)
    return float(left @ turn @ right)


def _like(vector: Any, other: Any) -> Any:
    return -vector if vector @ other < 0.0 else vector
