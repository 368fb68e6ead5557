"""The engine's own times and memory: ``asv run --quick --python=same`` in the folder above.

A file a subject.  Each class names its ``calibration`` (`suite.calibration`), against which
`budgets.py` holds it.  ``setup`` runs before each call that asv times, so what is made once is
remembered in functions with a cache.
"""
