"""Rest, folds and Hopf points as equations: what is zero there, and its slopes.

At a root lambda of the characteristic equation the matrix D(lambda) = lambda M - A0 - sum A_k
exp(-lambda tau_k) is singular.  With borders b, c the number g in [D b; c' 0] [v; g] = [0; 1] is
zero just then (Govaerts 2000, Numerical methods for bifurcations of dynamical equilibria, ch. 4).
A fold is g(0) = 0.  A Hopf point is g(i omega) = 0; with kappa = omega^2 its even and odd part in
lambda, over lambda, are two real equations that stay regular where omega goes to 0 (Bogdanov-
Takens), and go on beyond it, at kappa < 0, to pairs of real eigenvalues of opposite sign.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from axissim.analysis.field.manifold import Manifold, Slopes
from axissim.analysis.field.spectrum import characteristic

_STEP = 3e-6  # of differences of g
_BLUR = 1e-8  # of kappa's scale: within it g's parts are interpolated


class Rest:
    """f = 0 in the coordinates u and one free parameter.

    Attributes
    ----------
    which : int
        The free parameter that is varied; the others stay at `held`.
    """

    def __init__(self, of: Manifold, which: int, held: Any) -> None:
        self.of, self.which, self.held = of, which, np.asarray(held, float)
        self.weights = np.r_[np.full(of.r, 1.0 / max(of.r, 1)), 1.0]

    def free(self, w: Any) -> Any:
        """All free parameters' coordinates (m, f) at points (m, r + 1)."""
        found = np.tile(self.held, (len(w), 1))
        found[:, self.which] = w[:, self.of.r]
        return found

    def slopes(self, w: Any) -> Slopes:
        return self.of.slopes(w[None, : self.of.r], self.free(w[None]))

    def both(self, w: Any) -> tuple[Any, Any]:
        s = self.slopes(w)
        return s.f[0], np.hstack([s.rest[0], s.free[0][:, [self.which]]])

    def settle(self, w: Any) -> None:
        """Nothing is kept from point to point."""


class Singular:
    """f = 0, and a root of the characteristic equation at 0 (fold) or at a pair (Hopf).

    The unknowns are the coordinates u, then free parameters, then, of a Hopf point, kappa over
    `scale`.

    Attributes
    ----------
    hopf : bool
    varied : list of int
        Which free parameters are unknowns: one to find a point, two to follow a curve.
    scale : float
        A typical omega^2.
    """

    def __init__(
        self, of: Manifold, hopf: bool, varied: list[int], held: Any, scale: float = 1.0
    ) -> None:
        self.of, self.hopf, self.varied = of, hopf, varied
        self.held, self.scale = np.asarray(held, float), scale
        self.left = self.right = np.zeros(of.r)
        self.size = 1.0
        inner = np.full(of.r, 1.0 / max(of.r, 1))
        self.weights = np.r_[inner, np.ones(len(varied)), [0.1] * hopf]

    def free(self, w: Any) -> Any:
        """All free parameters' coordinates (m, f)."""
        found = np.tile(self.held, (len(w), 1))
        found[:, self.varied] = w[:, self.of.r : self.of.r + len(self.varied)]
        return found

    def kappa(self, w: Any) -> Any:
        return self.scale * w[..., -1] if self.hopf else 0.0 * w[..., -1]

    def slopes(self, w: Any) -> Slopes:
        """At points (m, unknowns)."""
        return self.of.slopes(w[:, : self.of.r], self.free(w))

    def settle(self, w: Any) -> None:
        """Choose the borders anew, from the null vectors at `w`, without turning round."""
        left, sizes, right = self._decomposed(w)
        self.size = float(np.max(sizes, initial=0.0)) or 1.0
        for name, vector in (("left", left), ("right", right)):
            real = _real(vector)
            old = getattr(self, name)
            setattr(self, name, -real if real @ old < 0.0 else real)

    def vectors(self, w: Any) -> tuple[Any, Any]:
        """The left and right null vectors of D at the root: l' D = 0, D r = 0; of length 1."""
        left, _, right = self._decomposed(w)
        return left, right

    def _decomposed(self, w: Any) -> tuple[Any, Any, Any]:
        root = np.sqrt(complex(-self.kappa(w)))
        matrix = characteristic(self.slopes(w[None]), self.of.mass, root)[0]
        u, sizes, v = np.linalg.svd(matrix)
        return u[:, -1].conj(), sizes, v[-1].conj()

    def both(self, w: Any) -> tuple[Any, Any]:
        s = self.slopes(w[None])
        value = self.parts(w[None], s)[0]
        moves = _STEP * np.maximum(1.0, np.abs(w))
        around = np.concatenate([w + np.diag(moves), w - np.diag(moves)])
        parts = self.parts(around, self.slopes(around))
        count = len(w)
        below = ((parts[:count] - parts[count:]) / (2.0 * moves[:, None])).T
        above = np.hstack(
            [s.rest[0], s.free[0][:, self.varied], np.zeros((self.of.r, int(self.hopf)))]
        )
        return np.r_[s.f[0], value], np.vstack([above, below])

    def parts(self, w: Any, s: Slopes) -> Any:
        """What is zero at the condition: (m, 1) for a fold, (m, 2) for a Hopf point."""
        if not self.hopf:
            return self._g(s, np.zeros(len(w))).real[:, None]
        kappa, blur = self.kappa(w), _BLUR * self.scale
        near = np.abs(kappa) < blur
        share = np.where(near, (kappa + blur) / (2.0 * blur), 1.0)[:, None]
        found = self._even_odd(s, np.where(near, blur, kappa))
        if near.any():
            found = share * found + (1.0 - share) * self._even_odd(s, np.full_like(kappa, -blur))
        return found

    def _even_odd(self, s: Slopes, kappa: Any) -> Any:
        """(g(l) + g(-l))/2 and (g(l) - g(-l))/2l at l = sqrt(-kappa), over their scales."""
        root = np.sqrt(-kappa.astype(complex))
        plus, minus = self._g(s, root), self._g(s, -root)
        odd = (plus - minus) / (2.0 * root) * np.sqrt(self.scale)
        return np.stack([((plus + minus) / 2.0).real, odd.real], axis=1)

    def _g(self, s: Slopes, root: Any) -> Any:
        r = self.of.r
        big = np.zeros((len(s.f), r + 1, r + 1), complex)
        big[:, :r, :r] = characteristic(s, self.of.mass, root)
        big[:, :r, :r] /= self.size
        big[:, :r, r], big[:, r, :r] = self.left, self.right
        right = np.zeros((len(big), r + 1, 1))
        right[:, r] = 1.0
        try:
            return np.linalg.solve(big, right)[:, r, 0]
        except np.linalg.LinAlgError:
            return np.full(len(big), np.nan + 0j)


def _real(vector: Any) -> Any:
    """The longest real vector among the multiples' real parts, of length 1."""
    square = np.sum(vector**2)
    turned = (vector * np.exp(-0.5j * np.angle(square))).real if square else vector.real
    length = float(np.linalg.norm(turned))
    return turned / length if length > 0.0 else np.ones(len(vector)) / np.sqrt(len(vector))


def pinned(of: Singular, w: Any, tol: float = 1e-12) -> Any:
    """The point near `w` at which all conditions hold, one parameter free; None without one."""
    of.settle(w)
    begun = w
    for _ in range(25):
        residual, slopes = of.both(w)
        sizes = np.abs(slopes).max(axis=1)
        sizes = np.where((sizes > 0.0) & np.isfinite(sizes), sizes, 1.0)
        try:
            move = np.linalg.solve(slopes / sizes[:, None], -residual / sizes)
        except np.linalg.LinAlgError:
            return None
        size = float(np.abs(move).max())
        if not np.isfinite(size) or size > 1e3:
            return None
        w = w + move
        if size <= tol * max(1.0, float(np.abs(w).max())):
            return w
    late = size <= 1e-8 * max(1.0, float(np.abs(begun).max()))  # rounding hides the last digits
    return w if late else None
