"""The same system by SciPy, one run at a time: the truth that the lanes are held to."""
