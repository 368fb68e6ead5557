"""Draws from the posterior: emcee's ensemble over the vectorised objective, all walkers a sweep."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from axissim.analysis.fitting.likelihood import Objective
from axissim.analysis.fitting.problem import Problem, best_of, plain
from axissim.analysis.fitting.provenance import provenance
from axissim.analysis.fitting.simulation import Solving

if TYPE_CHECKING:
    import xarray as xr

NEEDED = "sampling needs the packages emcee and arviz: pip install 'axissim[fit]'"


def sample(
    problem: Problem,
    found: xr.Dataset,
    *,
    steps: int = 1000,
    walkers: int | None = None,
    burn: int | None = None,
    thin: int = 1,
    seed: int | np.random.Generator = 0,
    method: str = "rodas5p",
    rtol: float = 1e-6,
    atol: Any = None,
    max_steps: int = 20_000,
    threads: int | None = None,
    watch: Callable[[int], None] | None = None,
) -> xr.Dataset:
    """Draw parameters from their posterior distribution.

    The prior is even between the bounds on each parameter's scale, unless the problem gives one.

    Parameters
    ----------
    problem : Problem
    found : xarray.Dataset
        Of `fit`; walkers begin around its ``best``.
    steps : int
        That each walker goes and that are kept, of which every `thin`-th is.
    walkers : int, optional
        Left out, four a parameter, at least 16.
    burn : int, optional
        Steps before that; left out, half of `steps`.
    seed : int or numpy.random.Generator
    method, rtol, atol, max_steps, threads
        As `fit` takes them.

    Returns
    -------
    xarray.Dataset
        ``posterior`` over ``chain`` (a walker), ``draw`` and ``parameter``, plain values;
        ``log_posterior``; ``acceptance`` of each walker; ``autocorrelation`` of each parameter in
        steps (NaN if the chain is too short to tell); ``credible`` 0.025, 0.5, 0.975 of each.

    Raises
    ------
    ValueError
        If emcee is not there, a count is none, or the fit is of another problem.

    References
    ----------
    Goodman & Weare 2010, Comm. App. Math. Comp. Sci. 5, 65; Foreman-Mackey et al. 2013, PASP 125,
    306.
    """
    try:
        import emcee
    except ImportError:
        raise ValueError(NEEDED) from None
    burn = steps // 2 if burn is None else burn
    if steps < 2 or burn < 0 or not 1 <= thin <= steps:
        raise ValueError(
            f"steps = {steps}, burn = {burn}, thin = {thin}: a sample takes two steps or more, "
            "after 0 or more, and keeps one at least"
        )
    objective = Objective(problem, Solving(method, rtol, atol, max_steps, threads))
    rng = np.random.default_rng(seed)
    count = len(problem.unknowns)
    walkers = walkers or max(4 * count, 16)
    if walkers < 2 * count or walkers % 2:
        raise ValueError(f"{count} parameters need an even number of walkers, {2 * count} or more")
    start = _around(objective, best_of(problem, found), walkers, rng)

    def log_posterior(own: Any) -> Any:
        inside = np.all((own >= problem.low) & (own <= problem.high), axis=1)
        reached = np.full(len(own), -np.inf)
        if inside.any():
            reached[inside] = -objective(own[inside])
        return reached

    sampler = emcee.EnsembleSampler(walkers, count, log_posterior, vectorize=True)
    state = np.random.RandomState(int(rng.integers(2**31))).get_state()
    begun = emcee.State(start, random_state=state)
    if burn:
        begun = sampler.run_mcmc(begun, burn)
        sampler.reset()
    for done, _ in enumerate(sampler.sample(begun, iterations=steps), 1):
        if watch is not None:
            watch(done)
    config = {
        "steps": steps, "walkers": walkers, "burn": burn, "thin": thin,
        "seed": int(seed) if isinstance(seed, (int, np.integer)) else None,
        **objective.solving.told,
    }  # fmt: skip
    return _dataset(problem, sampler, thin).assign_attrs(provenance(problem, config))


def _around(objective: Objective, best: Any, walkers: int, rng: np.random.Generator) -> Any:
    """Points near the best, as wide as the curvature there says, at which the model runs."""
    problem = objective.problem
    low, high = problem.low, problem.high
    matrix = np.nan_to_num(objective.slopes(best[None], expected=True).curvature[0])
    values, vectors = np.linalg.eigh(matrix)
    widths = 1.0 / np.sqrt(np.maximum(values, 1.0 / (0.1 * (high - low).max()) ** 2))
    kept = np.empty((0, len(best)))
    for _ in range(100):
        drawn = best + 0.5 * (rng.standard_normal((walkers, len(best))) * widths) @ vectors.T
        drawn = np.where(drawn < low, 2.0 * low - drawn, drawn)
        drawn = np.where(drawn > high, 2.0 * high - drawn, drawn)
        drawn = drawn[np.all((drawn > low) & (drawn < high), axis=1)]
        if len(drawn):
            kept = np.vstack([kept, drawn[np.isfinite(objective(drawn))]])
        if len(kept) >= walkers:
            return kept[:walkers]
    raise ValueError("no room for walkers around the best fit; widen the bounds")


def _dataset(problem: Problem, sampler: Any, thin: int) -> xr.Dataset:
    import xarray as xr

    chain = np.swapaxes(sampler.get_chain(thin=thin), 0, 1)
    lengths = sampler.get_autocorr_time(tol=0)
    drawn = plain(problem.unknowns, chain)[0]
    levels = np.array([0.025, 0.5, 0.975])
    keys = [u.id for u in problem.unknowns]
    return xr.Dataset(
        {
            "posterior": (("chain", "draw", "parameter"), drawn),
            "log_posterior": (("chain", "draw"), sampler.get_log_prob(thin=thin).T),
            "acceptance": ("chain", sampler.acceptance_fraction),
            "autocorrelation": ("parameter", lengths, {"long_name": "in steps of a walker"}),
            "credible": (
                ("parameter", "probability"),
                np.quantile(drawn.reshape(-1, len(keys)), levels, axis=0).T,
            ),
        },
        coords={
            "chain": np.arange(chain.shape[0]),
            "draw": np.arange(chain.shape[1]),
            "parameter": keys,
            "probability": levels,
        },
    )


def inference_data(drawn: xr.Dataset) -> Any:
    """A sample as ArviZ's InferenceData, a variable a parameter.

    Parameters
    ----------
    drawn : xarray.Dataset
        Of `sample`.

    Returns
    -------
    arviz.InferenceData
        With the groups ``posterior`` and ``sample_stats`` (``lp``).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import arviz
        except ImportError:
            raise ValueError(NEEDED) from None
        posterior = {
            str(key): drawn["posterior"].sel(parameter=key).values
            for key in drawn["parameter"].values
        }
        return arviz.from_dict(
            posterior=posterior, sample_stats={"lp": drawn["log_posterior"].values}
        )
