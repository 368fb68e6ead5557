"""What is found of a run that failed."""

from __future__ import annotations

from dataclasses import dataclass

from axissim.analysis.evidence import Term

CAUSES = (
    "a value that is not finite",
    "events without end",
    "division by zero",
    "logarithm of what is not above 0",
    "root of what is below 0",
    "power of what is below 0",
    "overflow of exp",
    "blow-up in finite time",
    "growth without bound",
    "stiff for an explicit method",
    "oscillates too fast for max_steps",
    "more steps than max_steps",
    "a jump in the rates that no step gets over",
    "not known",
)


@dataclass(frozen=True)
class Finding:
    """Why one run failed.

    Attributes
    ----------
    run : int
        Its place in the order of the design.
    values : dict
        What the design sets in it.
    status : str
    t_fail, t_good : float
        When it failed, and the last moment at which it could be looked at.
    state : dict
        Every state then.
    term : Term or None
        Of the state that changes fastest for its size, the greatest term of its rate.
    radius : float
        The greatest size of an eigenvalue of the Jacobian then.
    cause : str
        One of `CAUSES`.
    because : str
        What speaks for it.
    cures : dict
        What was tried, and how the run ended then.
    script : str
        A Python program that makes the run again.
    """

    run: int
    values: dict[str, float]
    status: str
    t_fail: float
    t_good: float
    state: dict[str, float]
    term: Term | None
    radius: float
    cause: str
    because: str
    cures: dict[str, str]
    script: str

    def lines(self) -> list[str]:
        """The finding for people."""
        set_to = ", ".join(f"{key} = {value:.6g}" for key, value in self.values.items())
        said = [f"run {self.run} ({set_to}): {self.status} at t = {self.t_fail:.6g}"]
        said.append(f"  {self.cause}: {self.because}")
        if self.term is not None:
            said.append(
                f"  at t = {self.t_good:.6g} {self.term.state} = {self.state[self.term.state]:.6g} "
                f"changes fastest, by {self.term.text} = {self.term.value:.4g}"
            )
        said += [f"  {what}: {ended}" for what, ended in self.cures.items()]
        return said
