"""Periodic solutions as the roots of equations: collocation, its mesh, multipliers."""
