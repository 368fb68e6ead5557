"""Benchmarks that asv runs: ``asv run --quick --python=same`` in the folder above."""
