"""Coefficients of the methods, as frozen data that check themselves.

Rosenbrock coefficients are in the form that needs no product with the Jacobian (Hairer & Wanner,
Solving ODEs II, section IV.7): with W = I/(h gamma) - J,

    W k_i = f(t + alpha_i h, y + sum_j a_ij k_j) + sum_j c_ij k_j / h + gamma_i h df/dt.

Dense output of every method is

    y(theta) = (1-theta) y0 + theta (y1 + (1-theta) (d_1 + theta (d_2 + theta d_3))),

with d_q = sum_j dense_qj k_j (times h for an explicit method).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Row = tuple[float, ...]


@dataclass(frozen=True)
class Tableau:
    """One method.

    Attributes
    ----------
    a, c : tuple of tuple of float
        Strictly lower triangular rows; c is empty for an explicit method.
    gamma : float
        The diagonal of a Rosenbrock method, 0 for an explicit one.
    solution, error : tuple of float
        Weights of the stages in the new value and in its estimated error.
    dense : tuple of tuple of float
        Weights of the stages in each vector of the dense output.
    order, embedded_order : int
    source : str
    """

    name: str
    a: tuple[Row, ...]
    solution: Row
    error: Row
    dense: tuple[Row, ...]
    order: int
    embedded_order: int
    source: str
    c: tuple[Row, ...] = ()
    gamma: float = 0.0

    def __post_init__(self) -> None:
        stages = len(self.a)
        shapes = [len(row) == i for rows in (self.a, self.c) for i, row in enumerate(rows)]
        shapes += [len(row) == stages for row in (self.solution, self.error, *self.dense)]
        if not all(shapes) or (self.implicit and len(self.c) != stages):
            raise ValueError(f"{self.name}: the rows of the tableau do not fit each other")
        if abs(float(np.sum(self.weights)) - 1.0) > 1e-10:
            raise ValueError(f"{self.name}: the weights do not add up to 1")
        if self.first_same_as_last and abs(self.alpha[-1] - 1.0) > 1e-12:
            raise ValueError(f"{self.name}: the last stage is not at the end of the step")

    @property
    def implicit(self) -> bool:
        return self.gamma != 0.0

    @property
    def stages(self) -> int:
        return len(self.a)

    @property
    def first_same_as_last(self) -> bool:
        """The last stage of an explicit method is the first of the next step."""
        return not self.implicit and self.a[-1] == self.solution[:-1]

    @property
    def coupling(self) -> Any:
        """The matrix Gamma of the classical form (zero for an explicit method)."""
        if not self.implicit:
            return np.zeros((self.stages, self.stages))
        return np.linalg.inv(np.eye(self.stages) / self.gamma - _square(self.c))

    @property
    def classical(self) -> Any:
        """The matrix of alpha_ij of the classical form."""
        a = _square(self.a)
        return a @ self.coupling if self.implicit else a

    @property
    def weights(self) -> Any:
        """The weights b of the classical form."""
        return self._classical_row(self.solution)

    @property
    def embedded_weights(self) -> Any:
        """The weights of the embedded method."""
        return self._classical_row(np.subtract(self.solution, self.error))

    @property
    def alpha(self) -> Any:
        """Where in the step each stage stands."""
        return self.classical.sum(axis=1)

    @property
    def gammas(self) -> Any:
        """How much of h df/dt each stage takes."""
        return self.coupling.sum(axis=1)

    def _classical_row(self, row: Any) -> Any:
        return np.asarray(row) @ self.coupling if self.implicit else np.asarray(row)


def _square(rows: tuple[Row, ...]) -> Any:
    full = np.zeros((len(rows), len(rows)))
    for i, row in enumerate(rows):
        full[i, :i] = row
    return full


_RODAS4_LAST = (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950)
RODAS4 = Tableau(
    name="rodas4",
    a=(
        (),
        (1.544,),
        (0.9466785280815826, 0.2557011698983284),
        (3.314825187068521, 2.896124015972201, 0.9986419139977817),
        _RODAS4_LAST,
        (*_RODAS4_LAST, 1.0),
    ),
    c=(
        (),
        (-5.6688,),
        (-2.430093356833875, -0.2063599157091915),
        (-0.1073529058151375, -9.594562251023355, -20.47028614809616),
        (7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160),
        (
            8.083246795921522,
            -7.981132988064893,
            -31.52159432874371,
            16.31930543123136,
            -6.058818238834054,
        ),
    ),
    gamma=0.25,
    solution=(*_RODAS4_LAST, 1.0, 1.0),
    error=(0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    dense=(
        (
            10.12623508344586,
            -7.487995877610167,
            -34.80091861555747,
            -7.992771707568823,
            1.025137723295662,
            0.0,
        ),
        (
            -0.6762803392801253,
            6.087714651680015,
            16.43084320892478,
            24.76722511418386,
            -6.594389125716872,
            0.0,
        ),
    ),
    order=4,
    embedded_order=3,
    source="Hairer & Wanner, Solving ODEs II (1996), IV.7 and code RODAS, "
    "doi:10.1007/978-3-642-05221-7",
)

_RODAS5P_LAST = (
    -7.502846399306121,
    2.561846144803919,
    -11.627539656261098,
    -0.18268767659942256,
    0.030198172008377946,
)
RODAS5P = Tableau(
    name="rodas5p",
    a=(
        (),
        (3.0,),
        (2.849394379747939, 0.45842242204463923),
        (-6.954028509809101, 2.489845061869568, -10.358996098473584),
        (2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641),
        _RODAS5P_LAST,
        (*_RODAS5P_LAST, 1.0),
        (*_RODAS5P_LAST, 1.0, 1.0),
    ),
    c=(
        (),
        (-14.155112264123755,),
        (-17.97296035885952, -2.859693295451294),
        (147.12150275711716, -1.41221402718213, 71.68940251302358),
        (165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306),
        (
            24.854864614690072,
            -3.0009227002832186,
            47.4931110020768,
            5.5814197821558125,
            -0.6610691825249471,
        ),
        (
            30.91273214028599,
            -3.1208243349937974,
            77.79954646070892,
            34.28646028294783,
            -19.097331116725623,
            -28.087943162872662,
        ),
        (
            37.80277123390563,
            -3.2571969029072276,
            112.26918849496327,
            66.9347231244047,
            -40.06618937091002,
            -54.66780262877968,
            -9.48861652309627,
        ),
    ),
    gamma=0.21193756319429014,
    solution=(*_RODAS5P_LAST, 1.0, 1.0, 1.0),
    error=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    dense=(
        (
            25.948786856663858,
            -2.5579724845846235,
            10.433815404888879,
            -2.3679251022685204,
            0.524948541321073,
            1.1241088310450404,
            0.4272876194431874,
            -0.17202221070155493,
        ),
        (
            -9.91568850695171,
            -0.9689944594115154,
            3.0438037242978453,
            -24.495224566215796,
            20.176138334709044,
            15.98066361424651,
            -6.789040303419874,
            -6.710236069923372,
        ),
        (
            11.419903575922262,
            2.8879645146136994,
            72.92137995996029,
            80.12511834622643,
            -52.072871366152654,
            -59.78993625266729,
            -0.15582684282751913,
            4.883087185713722,
        ),
    ),
    order=5,
    embedded_order=4,
    source="Steinebach G, BIT Numerical Mathematics 2023;63:27, doi:10.1007/s10543-023-00967-x",
)

_TSIT5_B = (
    0.09646076681806523,
    0.01,
    0.47988965041449960,
    1.3790085741037419,
    -3.2900695154360807,
    2.3247105240997740,
    0.0,
)
# Coefficients of theta, theta^2, theta^3, theta^4 in the weight of each stage in y(theta).
_TSIT5_DENSE = (
    (1.0, -2.763706197274826, 2.9132554618219126, -1.0530884977290216),
    (0.0, 0.13169999999999998, -0.2234, 0.1017),
    (0.0, 3.9302962368947516, -5.941033872131505, 2.490627285651253),
    (0.0, -12.411077166933676, 30.33818863028232, -16.548102889244902),
    (0.0, 37.50931341651104, -88.1789048947664, 47.37952196281928),
    (0.0, -27.896526289197286, 65.09189467479366, -34.87065786149661),
    (0.0, 1.5, -4.0, 2.5),
)


def _in_our_form(weights: Row, quartics: tuple[Row, ...]) -> tuple[Row, ...]:
    """Stage polynomials of degree 4, which are 0 at 0 and the weights at 1, as dense rows."""
    first = [q[0] - b for b, q in zip(weights, quartics, strict=True)]
    second = [d + q[1] for d, q in zip(first, quartics, strict=True)]
    third = [d + q[2] for d, q in zip(second, quartics, strict=True)]
    return tuple(first), tuple(second), tuple(third)


TSIT5 = Tableau(
    name="tsit5",
    a=(
        (),
        (0.161,),
        (-0.008480655492356988, 0.3354806554923570),
        (2.8971530571054935, -6.359448489975075, 4.362295432869582),
        (5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525),
        (
            5.861455442946420,
            -12.920969317847110,
            8.159367898576159,
            -0.07158497328140100,
            -0.028269050394068383,
        ),
        _TSIT5_B[:-1],
    ),
    solution=_TSIT5_B,
    error=(
        0.001780011052225778,
        0.0008164344596567462,
        -0.007880878010261996,
        0.1447110071732629,
        -0.5823571654525552,
        0.4580821059291869,
        -1.0 / 66.0,
    ),
    dense=_in_our_form(_TSIT5_B, _TSIT5_DENSE),
    order=5,
    embedded_order=4,
    source="Tsitouras Ch, Computers & Mathematics with Applications 2011;62:770, "
    "doi:10.1016/j.camwa.2011.06.002",
)

TABLEAUS = {tableau.name: tableau for tableau in (RODAS4, RODAS5P, TSIT5)}
