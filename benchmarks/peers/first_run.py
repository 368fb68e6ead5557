"""One run of one peer from nothing: read the problem, compile, solve the first member at 1e-6.

    first_run.py PEER SCRIPTS PROBLEM

Prints the sum of the last values, so that the result is looked at; who calls it takes the time.
"""

import importlib.util
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

RTOL = 1e-6


class Asked:
    """A problem's files."""

    def __init__(self, scripts: Path, name: str) -> None:
        self.name, self.folder = name, scripts / "problems"
        described = json.loads(self.file("_meta.json").read_text())
        self.states, self.swept = described["states"], described["params"]
        self.start = np.array(described["y0"], float)
        self.member = np.load(self.file("_params.npy"))[0]
        self.times = np.load(self.file("_t.npy"))
        self.scale = np.load(self.file("_scale.npy"))

    def file(self, end: str) -> Path:
        """One of them."""
        return self.folder / f"{self.name}{end}"

    @property
    def atol(self) -> np.ndarray:
        """Of each state."""
        return 1e-3 * RTOL * self.scale

    def equations(self) -> ModuleType:
        """The Python module of the right-hand side."""
        spec = importlib.util.spec_from_file_location("equations", self.file("_py.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def text(self, arithmetic: str) -> dict[str, Any]:
        """The same functions with another module in the place of ``math``."""
        found: dict[str, Any] = {}
        text = (
            self.file("_py.py").read_text().replace("import math", f"import {arithmetic} as math")
        )
        exec(text, found)
        return found


def axissim(asked: Asked) -> float:
    """The method that axissim takes by itself."""
    import axissim as ax

    run = ax.simulate(
        ax.load(asked.file(".ant")),
        t=asked.times,
        params=dict(zip(asked.swept, map(float, asked.member), strict=True)),
        outputs=asked.states,
        rtol=RTOL,
        atol=dict(zip(asked.states, map(float, asked.atol), strict=True)),
    )
    return sum(float(run[key][-1]) for key in asked.states)


def scipy(asked: Asked) -> float:
    """LSODA with the Jacobian, both by Numba."""
    from numba import njit
    from scipy.integrate import solve_ivp

    equations, size = asked.equations(), len(asked.states)
    rates, slopes = njit(equations.rhs_inplace), njit(equations.jac_inplace)

    def rhs(t: float, y: np.ndarray) -> np.ndarray:
        dy = np.empty(size)
        rates(t, y, asked.member, dy)
        return dy

    def jac(t: float, y: np.ndarray) -> np.ndarray:
        found = np.zeros((size, size))
        slopes(t, y, asked.member, found)
        return found

    span = (asked.times[0], asked.times[-1])
    run = solve_ivp(
        rhs, span, asked.start, "LSODA", asked.times, jac=jac, rtol=RTOL, atol=asked.atol
    )
    return float(run.y[:, -1].sum())


def numbalsoda(asked: Asked) -> float:
    """LSODA in compiled code, of states over their scales."""
    import numba as nb
    from numbalsoda import lsoda, lsoda_sig

    size, count = len(asked.states), len(asked.swept)
    rates, scale = nb.njit(asked.equations().rhs_inplace), asked.scale.copy()

    @nb.cfunc(lsoda_sig)
    def rhs(t, u, du, p):
        state, rate, values = nb.carray(u, (size,)), nb.carray(du, (size,)), nb.carray(p, (count,))
        rates(t, state * scale, values, rate)
        for i in range(size):
            rate[i] /= scale[i]

    found, _ = lsoda(
        rhs.address,
        asked.start / scale,
        asked.times,
        asked.member.copy(),
        RTOL,
        1e-3 * RTOL,
        100000,
    )
    return float((found[-1] * scale).sum())


def roadrunner(asked: Asked) -> float:
    """CVODE on code made by LLVM."""
    import roadrunner as rr

    model = rr.RoadRunner(str(asked.file(".xml")))
    integrator = model.getIntegrator()
    integrator.setValue("relative_tolerance", RTOL)
    integrator.setValue("maximum_num_steps", 200000)
    integrator.setValue("absolute_tolerance", float(asked.atol.min()))
    model.timeCourseSelections = ["time", *asked.states]
    for key, number in zip(asked.swept, asked.member, strict=True):
        model[key] = number
    return float(np.asarray(model.simulate(times=list(asked.times)))[-1, 1:].sum())


def sundae(asked: Asked) -> float:
    """CVODE with equations by Numba."""
    from numba import njit
    from sksundae.cvode import CVODE

    equations = asked.equations()
    rates, slopes = njit(equations.rhs_inplace), njit(equations.jac_inplace)

    def rhs(t, y, yp):
        rates(t, y, asked.member, yp)

    def jac(t, y, yp, into):
        slopes(t, y, asked.member, into)

    solver = CVODE(rhs, rtol=RTOL, atol=asked.atol, jacfn=jac, max_num_steps=200000)
    return float(solver.solve(asked.times, asked.start).y[-1].sum())


def diffrax(asked: Asked) -> float:
    """Kvaerno5 (Tsit5 where nothing is stiff), jitted."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import diffrax as dx
    import jax.numpy as jnp

    rates, size = asked.text("jax.numpy")["rhs_list"], len(asked.states)

    def rhs(t, y, p):
        return jnp.stack(
            [jnp.asarray(f, float) for f in rates(t, [y[i] for i in range(size)], list(p))]
        )

    @jax.jit
    def run(p):
        return dx.diffeqsolve(
            dx.ODETerm(rhs),
            dx.Tsit5() if asked.name == "lorenz" else dx.Kvaerno5(),
            asked.times[0],
            asked.times[-1],
            None,
            jnp.array(asked.start),
            p,
            saveat=dx.SaveAt(ts=jnp.array(asked.times)),
            stepsize_controller=dx.PIDController(rtol=RTOL, atol=jnp.array(asked.atol)),
            max_steps=200000,
        ).ys

    return float(run(jnp.array(asked.member))[-1].sum())


def casadi(asked: Asked) -> float:
    """CVODES on C code that a compiler makes of the model."""
    import casadi as ca

    size, scale = len(asked.states), asked.scale
    x, p = ca.SX.sym("x", size), ca.SX.sym("p", len(asked.swept))
    values = [x[i] * float(scale[i]) for i in range(size)]
    rates = asked.text("casadi")["rhs_list"](0.0, values, [p[i] for i in range(p.numel())])
    options = {
        "reltol": RTOL,
        "abstol": 1e-3 * RTOL,
        "max_num_steps": 200000,
        "newton_scheme": "direct",
        "linear_solver": "csparse",
        "jit": True,
        "compiler": "shell",
        "jit_options": {"flags": ["-O3", "-march=native"]},
    }
    equations = {"x": x, "p": p, "ode": ca.vertcat(*rates) / ca.DM(scale)}
    times = list(map(float, asked.times))
    run = ca.integrator("run", "cvodes", equations, times[0], times, options)
    found = np.array(run(x0=asked.start / scale, p=asked.member)["xf"])
    return float((found[:, -1] * scale).sum())


def basico(asked: Asked) -> float:
    """COPASI's LSODA, which interprets the model."""
    import basico as copasi

    copasi.load_model(str(asked.file(".xml")))
    for key, number in zip(asked.swept, asked.member, strict=True):
        copasi.set_parameters(key, initial_value=float(number), exact=True)
    table = copasi.run_time_course(
        start_time=0.0,
        duration=float(asked.times[-1]),
        intervals=len(asked.times) - 1,
        r_tol=RTOL,
        a_tol=float(asked.atol.min()),
        max_steps=200000,
        use_initial_values=True,
    )
    last = table.iloc[-1]
    return float(sum(last.get(key, last.get(f"Values[{key}]")) for key in asked.states))


def amici(asked: Asked) -> float:
    """CVODES on C++ code that is made of the model."""
    import amici as am
    import amici.sim.sundials as sundials
    from amici.importers.sbml import SbmlImporter

    with tempfile.TemporaryDirectory() as folder:
        name = f"{asked.name}_first"
        SbmlImporter(str(asked.file(".xml"))).sbml2amici(
            name, folder, compute_conservation_laws=False, generate_sensitivity_code=False
        )
        model = am.import_model_module(name, folder).get_model()
        for key, number in zip(asked.swept, asked.member, strict=True):
            model.set_free_parameter_by_id(key, float(number))
        model.set_timepoints(list(map(float, asked.times)))
        solver = model.create_solver()
        solver.set_max_steps(200000)
        solver.set_relative_tolerance(RTOL)
        solver.set_absolute_tolerance(float(asked.atol.min()))
        return float(np.asarray(sundials.run_simulation(model, solver).x)[-1].sum())


PEERS: dict[str, Callable[[Asked], float]] = {
    f.__name__: f
    for f in (
        axissim, scipy, numbalsoda, roadrunner, sundae, diffrax, casadi, basico, amici,
    )
}  # fmt: skip


def main() -> None:
    """Solve one run, and print the sum of its last values."""
    peer, scripts, problem = sys.argv[1:]
    print(json.dumps(PEERS[peer](Asked(Path(scripts), problem))))


if __name__ == "__main__":
    main()
