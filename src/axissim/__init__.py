"""Computational neuroendocrine simulation: models, machine code made for them, sweeps."""
